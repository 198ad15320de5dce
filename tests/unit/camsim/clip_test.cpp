#include "camsim/clip.h"

#include <gtest/gtest.h>

#include "camsim/decoder_config.h"
#include "synthetic_clip.h"

namespace vonggac::camsim {
namespace {

TEST(SplitLengthPrefixed, FindsTheNalsAndStopsAtDamage) {
  const base::Bytes data = {0, 0, 0, 2, 0x65, 1, 0, 0, 0, 1, 0x41, 0, 0, 0, 9, 7};
  const auto nals = split_length_prefixed(data, 4);
  ASSERT_EQ(nals.size(), 2u);
  EXPECT_EQ(nals[0].size(), 2u);
  EXPECT_EQ(nals[1][0], 0x41);
}

TEST(DecoderConfig, GivesTheParameterSetsOfAvcC) {
  base::Bytes record = {1, 0x4d, 0x40, 0x16, 0xff, 0xe1};
  base::ByteWriter writer(record);
  writer.u16(static_cast<std::uint16_t>(test::h264_sps().size()));
  writer.raw(test::h264_sps());
  writer.u8(1);
  writer.u16(static_cast<std::uint16_t>(test::h264_pps().size()));
  writer.raw(test::h264_pps());
  ParameterSets sets;
  const auto length_bytes = read_avc_config(record, sets);
  ASSERT_TRUE(length_bytes.ok());
  EXPECT_EQ(*length_bytes, 4u);
  EXPECT_EQ(sets.sps.at(0), test::h264_sps());
  EXPECT_EQ(sets.pps.at(0), test::h264_pps());
  record.pop_back();
  ParameterSets cut;
  EXPECT_FALSE(read_avc_config(record, cut).ok());
}

TEST(DecoderConfig, GivesTheParameterSetsOfHvcC) {
  base::Bytes record(23, 0);
  record[0] = 1;
  record[21] = 3;
  record[22] = 3;
  base::ByteWriter writer(record);
  for (const base::Bytes& nal : {test::h265_vps(), test::h265_sps(), test::h265_pps()}) {
    writer.u8(static_cast<std::uint8_t>(0x80 | (nal[0] >> 1)));
    writer.u16(1);
    writer.u16(static_cast<std::uint16_t>(nal.size()));
    writer.raw(nal);
  }
  ParameterSets sets;
  ASSERT_TRUE(read_hevc_config(record, sets).ok());
  EXPECT_EQ(sets.vps.at(0), test::h265_vps());
  EXPECT_EQ(sets.sps.at(0), test::h265_sps());
  EXPECT_EQ(sets.pps.at(0), test::h265_pps());
}

TEST(LoadClip, SaysWhatIsMissing) {
  const auto clip = load_clip("/nonexistent/clip.mp4");
  ASSERT_FALSE(clip.ok());
  EXPECT_EQ(clip.error().kind(), base::ErrorKind::kNotFound);
}

}  // namespace
}  // namespace vonggac::camsim
