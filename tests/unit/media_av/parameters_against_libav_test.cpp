// MED-04: our reading of sequence parameter sets beside libav's, on sets of encoders with random bits changed. What
// both accept must have the same size; libav reads the set through its stream parser, as a player would.
#include <iostream>
#include <iterator>
#include <memory>
#include <optional>
#include <random>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
}

#include <gtest/gtest.h>

#include "media/h264_parameters.h"
#include "media/h265_parameters.h"
#include "support/sample_parameters.h"

namespace vonggac::media {
namespace {

using test::from_hex;

struct Size {
  unsigned width = 0, height = 0, coded_width = 0, coded_height = 0;
  bool operator==(const Size&) const = default;
};
std::ostream& operator<<(std::ostream& out, const Size& s) {
  return out << s.width << "x" << s.height << " coded " << s.coded_width << "x" << s.coded_height;
}

void add_nal(base::Bytes& stream, base::ByteSpan nal) {
  constexpr std::uint8_t kStartCode[] = {0, 0, 0, 1};
  stream.insert(stream.end(), std::begin(kStartCode), std::end(kStartCode));
  stream.insert(stream.end(), nal.begin(), nal.end());
}

/// What libav's parser says about the picture that begins in `stream`; nothing where it refused the set.
std::optional<Size> size_by_libav(AVCodecID codec, base::Bytes stream) {
  const std::unique_ptr<AVCodecParserContext, decltype(&av_parser_close)> parser(av_parser_init(codec),
                                                                                 &av_parser_close);
  AVCodecContext* raw = avcodec_alloc_context3(avcodec_find_decoder(codec));
  const std::unique_ptr<AVCodecContext, void (*)(AVCodecContext*)> context(
      raw, [](AVCodecContext* c) { avcodec_free_context(&c); });
  parser->flags |= PARSER_FLAG_COMPLETE_FRAMES;
  const int size = static_cast<int>(stream.size());
  stream.resize(stream.size() + AV_INPUT_BUFFER_PADDING_SIZE);
  std::uint8_t* out = nullptr;
  int out_size = 0;
  av_parser_parse2(parser.get(), context.get(), &out, &out_size, stream.data(), size, AV_NOPTS_VALUE, AV_NOPTS_VALUE,
                   0);
  if (parser->coded_width <= 0) return std::nullopt;
  return Size{static_cast<unsigned>(parser->width), static_cast<unsigned>(parser->height),
              static_cast<unsigned>(parser->coded_width), static_cast<unsigned>(parser->coded_height)};
}

std::optional<Size> h264_by_libav(base::ByteSpan sps) {
  base::Bytes stream;
  add_nal(stream, sps);
  add_nal(stream, from_hex("68ce3c80"));                // picture parameter set 0 of sequence set 0
  add_nal(stream, from_hex("6588ffffffffffffffffff"));  // the first slice of an IDR picture
  return size_by_libav(AV_CODEC_ID_H264, std::move(stream));
}

std::optional<Size> h265_by_libav(base::ByteSpan vps, base::ByteSpan sps, base::ByteSpan pps) {
  base::Bytes stream;
  add_nal(stream, vps);
  add_nal(stream, sps);
  add_nal(stream, pps);
  add_nal(stream, from_hex("2601afffffffffffffffffffffff"));
  return size_by_libav(AV_CODEC_ID_HEVC, std::move(stream));
}

template <typename Sps>
std::optional<Size> size_of(const base::Result<Sps>& sps) {
  if (!sps) return std::nullopt;
  return Size{sps->width, sps->height, sps->coded_width, sps->coded_height};
}

/// One to six bits beyond the NAL header are changed.
base::Bytes mutate(const base::Bytes& set, std::size_t header_bytes, std::mt19937_64& random) {
  base::Bytes changed = set;
  for (std::uint64_t n = 1 + random() % 6; n > 0; --n) {
    const std::size_t at = header_bytes + random() % (set.size() - header_bytes);
    changed[at] = static_cast<std::uint8_t>(changed[at] ^ (1U << (random() % 8)));
  }
  return changed;
}

std::string hex_of(base::ByteSpan bytes) {
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

struct Tally {
  int both = 0, same = 0, only_libav = 0, only_ours = 0, changed_size = 0;
};

// libav's parser is made anew for each set, which costs 25 times as much where every allocation is watched.
#ifdef __SANITIZE_ADDRESS__
constexpr int kChangedSets = 400;
#else
constexpr int kChangedSets = 2'000;
#endif

class ParametersAgainstLibav : public testing::Test {
 protected:
  void SetUp() override { av_log_set_level(AV_LOG_QUIET); }
  /// libav also cuts the default display window of H.265's usability information, which is a wish of the encoder and
  /// not part of the picture's size; where that leaves nothing, it shows the whole coded picture.
  static bool differs_by_display_window(const Size& ours, const Size& libav) {
    if (ours.coded_width != libav.coded_width || ours.coded_height != libav.coded_height) return false;
    const bool whole = libav.width == libav.coded_width && libav.height == libav.coded_height;
    return whole || (libav.width <= ours.width && libav.height <= ours.height);
  }
  void compare(const std::optional<Size>& ours, const std::optional<Size>& libav, base::ByteSpan set,
               const std::optional<Size>& unchanged) {
    tally_.both += ours && libav ? 1 : 0;
    tally_.only_libav += !ours && libav ? 1 : 0;
    tally_.only_ours += ours && !libav ? 1 : 0;
    tally_.changed_size += ours && ours != unchanged ? 1 : 0;
    tally_.same += ours && libav && *ours == *libav ? 1 : 0;
    if (!ours && libav) {
      EXPECT_TRUE(libav->coded_width > kMaxPictureSide || libav->coded_height > kMaxPictureSide || is_h265_)
          << "refused by us, " << *libav << " by libav: " << hex_of(set);
    }
    if (!ours || !libav || *ours == *libav) return;
    EXPECT_TRUE(is_h265_ && differs_by_display_window(*ours, *libav))
        << *ours << " by us, " << *libav << " by libav: " << hex_of(set);
  }
  void TearDown() override {
    std::cout << tally_.both << " accepted by both, " << tally_.same << " with the same size, " << tally_.only_libav
              << " by libav alone, " << tally_.only_ours << " by us alone, " << tally_.changed_size
              << " with a changed size\n";
  }
  Tally tally_;
  bool is_h265_ = false;
};

constexpr const char* kH264Sets[] = {
    "6742c00cda0507ec0440000003004000000783c50aa8",
    "674d401eeca05809360420000003002000000641e2c5b2c0",
    "67640028acb403c0113f2e02d40404050000030001000003001e0f1832a0",
    "67640016acb405217f112602200000030020000003029c04003d08000f427258c03c58ba80",
    "67640028acd94078044fde0220000003002000000643e2c5b2c0",
    "676e0016a6cd940a02ff97011000000300100000030140f162d960",
    "677a0016bcd940a02ff89c0440000003004000000503c58b6580",
    "67f40016919b281405fdc5e022000003000200000300281e2c5b2c",
};
constexpr const char* kH265Sets[] = {
    "42010101600000030090000003000003003fa005020171f2e5ba4a4c2f0168080000030008000003005040",
    "420101016000000300900000030000030078a003c0801107cb965654a4c2f01680800000030080000007b04e4a2f0007a12000f42440",
    "42010202200000030090000003000003003f0000a005220171c448d965652b2a5270bc05a02000000300200000030321",
    "4201010408000003009d0800000300003fb005020171f12d965654a4c2f046a020404080000003008000000c84",
};

TEST_F(ParametersAgainstLibav, ChangedH264SetsHaveTheSameSize) {
  std::mt19937_64 random(264);
  for (const char* text : kH264Sets) {
    const base::Bytes set = from_hex(text);
    const auto unchanged = size_of(parse_h264_sps(set));
    ASSERT_TRUE(unchanged && h264_by_libav(set)) << text;
    EXPECT_EQ(*unchanged, *h264_by_libav(set));
    for (int i = 0; i < kChangedSets; ++i) {
      const base::Bytes changed = mutate(set, 1, random);
      compare(size_of(parse_h264_sps(changed)), h264_by_libav(changed), changed, unchanged);
    }
  }
  EXPECT_GT(tally_.both, kChangedSets * 5 / 2);
  EXPECT_EQ(tally_.same, tally_.both);
  EXPECT_GT(tally_.changed_size, kChangedSets / 2);
}

TEST_F(ParametersAgainstLibav, ChangedH265SetsHaveTheSameSize) {
  std::mt19937_64 random(265);
  is_h265_ = true;
  const TrackParameters sample = test::h265_640();
  for (const char* text : kH265Sets) {
    const base::Bytes set = from_hex(text);
    const auto unchanged = size_of(parse_h265_sps(set));
    ASSERT_TRUE(unchanged && h265_by_libav(sample.vps[0], set, sample.pps[0])) << text;
    EXPECT_EQ(*unchanged, *h265_by_libav(sample.vps[0], set, sample.pps[0]));
    for (int i = 0; i < kChangedSets; ++i) {
      const base::Bytes changed = mutate(set, 2, random);
      compare(size_of(parse_h265_sps(changed)), h265_by_libav(sample.vps[0], changed, sample.pps[0]), changed,
              unchanged);
    }
  }
  EXPECT_GT(tally_.both, kChangedSets / 2);
  EXPECT_GT(tally_.same, tally_.both * 97 / 100);
  EXPECT_GT(tally_.changed_size, kChangedSets / 8);
}

}  // namespace
}  // namespace vonggac::media
