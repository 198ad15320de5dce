#include "ingest/parameter_sets.h"

#include <gtest/gtest.h>

#include "ingest/annex_b.h"
#include "ingest/base64.h"
#include "support/rtp_packets.h"

namespace vonggac::testing {
namespace {
using ingest::ParameterSets;
using media::Codec;

std::string base64(const Bytes& bytes, bool padded = true) {
  static const char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (i + k < bytes.size() ? bytes[i + k] : 0U);
    const std::size_t chars = std::min<std::size_t>(bytes.size() - i, 3) + 1;
    for (std::size_t k = 0; k < 4; ++k) {
      if (k < chars) {
        out += kAlphabet[group >> (18 - 6 * k) & 63];
      } else if (padded) {
        out += '=';
      }
    }
  }
  return out;
}

TEST(Base64, ToleratesMissingPaddingSpacesAndTheUrlAlphabet) {
  const Bytes bytes = bytes_of({0xFB, 0xEF, 0xBE, 0x01});
  EXPECT_EQ(ingest::decode_base64_leniently("++++AQ=="), bytes);
  EXPECT_EQ(ingest::decode_base64_leniently("----AQ"), bytes);
  EXPECT_EQ(ingest::decode_base64_leniently(" ++\t++AQ"), bytes);
  EXPECT_EQ(ingest::decode_base64_leniently("++++#AQ=="), bytes_of({0xFB, 0xEF, 0xBE}));
  EXPECT_TRUE(ingest::decode_base64_leniently("").empty());
}

TEST(AnnexB, FindsCodesOnlyWhereTheyAre) {
  EXPECT_EQ(ingest::find_start_code(bytes_of({0, 0, 1}), 0), 0U);
  EXPECT_EQ(ingest::find_start_code(bytes_of({5, 1, 0, 1, 0, 0, 1, 7}), 0), 4U);
  EXPECT_EQ(ingest::find_start_code(bytes_of({0, 0, 3, 1, 0, 0}), 0), 6U);
  EXPECT_EQ(ingest::find_start_code({}, 0), 0U);
}

TEST(ParameterSetsFromSdp, AreCompleteWithSpsAndPps) {
  ParameterSets sets(Codec::kH264, 90'000);
  sets.add_from_sdp({{"sprop-parameter-sets", base64(h264::sps()) + "," + base64(h264::pps())}});
  const auto parameters = sets.take_change();
  ASSERT_NE(parameters, nullptr);
  EXPECT_EQ(parameters->sps, std::vector<Bytes>{h264::sps()});
  EXPECT_EQ(parameters->pps, std::vector<Bytes>{h264::pps()});
  EXPECT_EQ(parameters->codec, Codec::kH264);
  EXPECT_EQ(sets.take_change(), nullptr);
}

TEST(ParameterSetsFromSdp, TolerateOrderPaddingTrailingCommasAndGarbage) {
  const std::string sps = base64(h264::sps(), false);
  const std::string pps = base64(h264::pps(), false);
  for (const std::string& value : {pps + "," + sps, sps + "," + pps + ",", "," + sps + ",,?," + pps + ",,",
                                   "AAAA," + sps + "," + pps, " " + sps + " , " + pps}) {
    ParameterSets sets(Codec::kH264, 90'000);
    sets.add_from_sdp({{"sprop-parameter-sets", value}});
    const auto parameters = sets.take_change();
    ASSERT_NE(parameters, nullptr) << value;
    EXPECT_EQ(parameters->sps, std::vector<Bytes>{h264::sps()}) << value;
  }
}

TEST(ParameterSetsFromSdp, StartCodesAreUnderstood) {
  ParameterSets sets(Codec::kH264, 90'000);
  const Bytes code = bytes_of({0, 0, 0, 1});
  sets.add_from_sdp({{"sprop-parameter-sets", base64(join({code, h264::sps(), code, h264::pps()}))}});
  const auto parameters = sets.take_change();
  ASSERT_NE(parameters, nullptr);
  EXPECT_EQ(parameters->sps, std::vector<Bytes>{h264::sps()});
}

TEST(ParameterSetsFromSdp, H265KeysMayBeSwapped) {
  ParameterSets sets(Codec::kH265, 90'000);
  sets.add_from_sdp(
      {{"sprop-vps", base64(h265::pps())}, {"sprop-sps", base64(h265::vps())}, {"sprop-pps", base64(h265::sps())}});
  const auto parameters = sets.take_change();
  ASSERT_NE(parameters, nullptr);
  EXPECT_EQ(parameters->vps, std::vector<Bytes>{h265::vps()});
  EXPECT_EQ(parameters->sps, std::vector<Bytes>{h265::sps()});
  EXPECT_EQ(parameters->pps, std::vector<Bytes>{h265::pps()});
}

TEST(ParameterSets, H265NeedsAVps) {
  ParameterSets sets(Codec::kH265, 90'000);
  sets.add_in_band(h265::sps());
  sets.add_in_band(h265::pps());
  EXPECT_EQ(sets.take_change(), nullptr);
  sets.add_in_band(h265::vps());
  EXPECT_NE(sets.take_change(), nullptr);
}

TEST(ParameterSets, InBandReplacesTheSdpsOfAnotherId) {
  ParameterSets sets(Codec::kH264, 90'000);
  sets.add_from_sdp({{"sprop-parameter-sets", base64(h264::sps(1)) + "," + base64(h264::pps())}});
  ASSERT_NE(sets.take_change(), nullptr);
  sets.add_in_band(h264::sps(0));
  const auto parameters = sets.take_change();
  ASSERT_NE(parameters, nullptr);
  EXPECT_EQ(parameters->sps, std::vector<Bytes>{h264::sps(0)});
  EXPECT_EQ(parameters->pps, std::vector<Bytes>{h264::pps()});
}

TEST(ParameterSets, RepetitionIsNoChange) {
  ParameterSets sets(Codec::kH264, 90'000);
  sets.add_from_sdp({{"sprop-parameter-sets", base64(h264::sps()) + "," + base64(h264::pps())}});
  ASSERT_NE(sets.take_change(), nullptr);
  sets.add_in_band(h264::sps());
  sets.add_in_band(h264::pps());
  EXPECT_EQ(sets.take_change(), nullptr);
}

TEST(ParameterSets, SeveralIdsAreKept) {
  ParameterSets sets(Codec::kH264, 90'000);
  for (const int id : {0, 1}) {
    sets.add_in_band(h264::sps(id));
    sets.add_in_band(h264::pps(id));
  }
  EXPECT_EQ(sets.take_change()->sps, (std::vector<Bytes>{h264::sps(0), h264::sps(1)}));
  sets.add_in_band(h264::sps(1, 0x28));
  EXPECT_EQ(sets.take_change()->sps, (std::vector<Bytes>{h264::sps(0), h264::sps(1, 0x28)}));
}

TEST(ParameterSets, CountAndSizeAreCapped) {
  ParameterSets sets(Codec::kH264, 90'000);
  sets.add_in_band(h264::sps());
  Bytes large = h264::sps();
  large.resize(ParameterSets::kMostSetBytes + 1, 0x55);
  sets.add_in_band(large);
  EXPECT_EQ(sets.ignored(), 1U);
  for (int id = 0; id < 60; ++id) {
    // ue(v) of 3..62 in five or more bits: prefix zeros, then id + 1.
    const int code = id + 4;
    Bytes pps = bytes_of({0x68});
    int bits = 0;
    while (code >> (bits + 1) != 0) ++bits;
    base::ByteWriter(pps).u32(static_cast<std::uint32_t>(code) << (31 - 2 * bits));
    sets.add_in_band(pps);
  }
  EXPECT_EQ(sets.take_change()->pps.size(), ParameterSets::kMostSets);
}

TEST(ParameterSets, H265IdIsReadBehindSubLayers) {
  // max_sub_layers_minus1 = 1, both sub-layer flags set: 88 + 8 more bits before the id.
  const auto sps = [](int id_bits) {
    return join({h265::header(33), bytes_of({0x03}), Bytes(12, 0x11), bytes_of({0xC0, 0x00}), Bytes(11, 0x22),
                 bytes_of({0x33, id_bits, 0x55})});
  };
  ParameterSets sets(Codec::kH265, 90'000);
  sets.add_in_band(h265::vps());
  sets.add_in_band(h265::pps());
  sets.add_in_band(sps(0x80));  // ue 0
  sets.add_in_band(sps(0x40));  // ue 1
  EXPECT_EQ(sets.take_change()->sps.size(), 2U);
  sets.add_in_band(sps(0x41));  // ue 1 again, other bytes
  EXPECT_EQ(sets.take_change()->sps.size(), 2U);
}

}  // namespace
}  // namespace vonggac::testing
