#include <ostream>

#include <gtest/gtest.h>

#include "media/h264_parameters.h"
#include "media/h265_parameters.h"
#include "media/video_format.h"
#include "support/sample_parameters.h"

namespace vonggac::media {
namespace {

using test::from_hex;

struct H264Case {
  const char* name;
  const char* sps;
  unsigned profile, level, width, height, coded_height, chroma, depth;
  FrameRate rate;
};

void PrintTo(const H264Case& c, std::ostream* out) { *out << c.name; }

class H264SpsOfEncoder : public testing::TestWithParam<H264Case> {};

/// The expected values are what ffprobe prints for the same streams.
TEST_P(H264SpsOfEncoder, IsReadAsFfprobeReadsIt) {
  const H264Case& expected = GetParam();
  const auto sps = parse_h264_sps(from_hex(expected.sps));
  ASSERT_TRUE(sps) << sps.error().to_string();
  EXPECT_EQ(sps->profile_idc, expected.profile);
  EXPECT_EQ(sps->level_idc, expected.level);
  EXPECT_EQ(sps->width, expected.width);
  EXPECT_EQ(sps->height, expected.height);
  EXPECT_EQ(sps->coded_height, expected.coded_height);
  EXPECT_EQ(sps->chroma_format_idc, expected.chroma);
  EXPECT_EQ(sps->bit_depth_luma, expected.depth);
  EXPECT_FALSE(sps->vui.truncated);
  ASSERT_TRUE(sps->vui.frame_rate);
  EXPECT_EQ(std::uint64_t{sps->vui.frame_rate->numerator} * expected.rate.denominator,
            std::uint64_t{expected.rate.numerator} * sps->vui.frame_rate->denominator);
}

INSTANTIATE_TEST_SUITE_P(
    X264, H264SpsOfEncoder,
    testing::Values(
        H264Case{"baseline", "6742c00cda0507ec0440000003004000000783c50aa8", 66, 12, 320, 240, 240, 1, 8, {15, 1}},
        H264Case{"main", "674d401eeca05809360420000003002000000641e2c5b2c0", 77, 30, 704, 576, 576, 1, 8, {25, 1}},
        H264Case{"high",
                 "67640028acb403c0113f2e02d40404050000030001000003001e0f1832a0",
                 100,
                 40,
                 1920,
                 1080,
                 1088,
                 1,
                 8,
                 {15, 1}},
        H264Case{"hrd",
                 "67640016acb405217f112602200000030020000003029c04003d08000f427258c03c58ba80",
                 100,
                 22,
                 642,
                 362,
                 368,
                 1,
                 8,
                 {10, 1}},
        H264Case{"interlaced",
                 "67640028acd94078044fde0220000003002000000643e2c5b2c0",
                 100,
                 40,
                 1920,
                 1080,
                 1088,
                 1,
                 8,
                 {25, 1}},
        H264Case{
            "high10", "676e0016a6cd940a02ff97011000000300100000030140f162d960", 110, 22, 640, 360, 368, 1, 10, {10, 1}},
        H264Case{
            "high422", "677a0016bcd940a02ff89c0440000003004000000503c58b6580", 122, 22, 640, 360, 368, 2, 8, {10, 1}},
        H264Case{"high444_with_matrices",
                 "67f40016919b281405fdc5e022000003000200000300281e2c5b2c",
                 244,
                 22,
                 638,
                 358,
                 368,
                 3,
                 8,
                 {10, 1}},
        H264Case{
            "uhd", "67640033acd9403c0043ec0440000003004000000a03c60c6580", 100, 51, 3840, 2160, 2160, 1, 8, {20, 1}}),
    [](const auto& test_info) { return std::string(test_info.param.name); });

TEST(H264Sps, ReadsReorderingAspectAndColour) {
  const auto with_b = parse_h264_sps(from_hex("674d401eeca05809360420000003002000000641e2c5b2c0"));
  ASSERT_TRUE(with_b);
  EXPECT_EQ(with_b->vui.max_reorder_frames, 2U);
  EXPECT_EQ(with_b->vui.sample_aspect, (SampleAspect{12, 11}));
  const auto without_b = parse_h264_sps(from_hex(test::kSps1080p15));
  ASSERT_TRUE(without_b);
  EXPECT_EQ(without_b->vui.max_reorder_frames, 0U);
  ASSERT_TRUE(without_b->vui.colour);
  EXPECT_EQ(without_b->vui.colour->primaries, 1);
  EXPECT_FALSE(without_b->vui.colour->full_range);
}

TEST(H264Sps, EveryTruncationBeforeTheVuiIsRefused) {
  const base::Bytes whole = from_hex(test::kSps1080p15);
  for (std::size_t size = 0; size < 10; ++size) {
    EXPECT_FALSE(parse_h264_sps(base::ByteSpan(whole).first(size))) << size;
  }
}

TEST(H264Sps, TruncatedVuiKeepsTheSize) {
  const base::Bytes whole = from_hex(test::kSps1080p15);
  const auto sps = parse_h264_sps(base::ByteSpan(whole).first(whole.size() - 8));
  ASSERT_TRUE(sps);
  EXPECT_EQ(sps->width, 1920U);
  EXPECT_TRUE(sps->vui.truncated);
}

/// Writes bits from the left: to build parameter sets no sane encoder makes.
class BitWriter {
 public:
  void u(std::uint64_t value, int bits) {
    for (int i = bits - 1; i >= 0; --i) push((value >> i & 1) != 0);
  }
  void ue(std::uint32_t value) {
    const std::uint64_t code = std::uint64_t{value} + 1;
    int length = 0;
    while (code >> (length + 1) != 0) ++length;
    u(0, length);
    u(code, length + 1);
  }
  base::Bytes take() {
    push(true);
    while (count_ % 8 != 0) push(false);
    return bytes_;
  }

 private:
  void push(bool bit) {
    if (count_ % 8 == 0) bytes_.push_back(0);
    if (bit) bytes_.back() = static_cast<std::uint8_t>(bytes_.back() | 0x80 >> count_ % 8);
    ++count_;
  }
  base::Bytes bytes_;
  std::size_t count_ = 0;
};

base::Bytes baseline_sps(std::uint32_t width_mbs_minus1, std::uint32_t height_mbs_minus1, std::uint32_t crop_right) {
  BitWriter bits;
  bits.u(0x6742001E, 32);
  bits.ue(0);  // id
  bits.ue(0);  // log2_max_frame_num - 4
  bits.ue(2);  // poc type
  bits.ue(1);  // reference frames
  bits.u(0, 1);
  bits.ue(width_mbs_minus1);
  bits.ue(height_mbs_minus1);
  bits.u(0b11, 2);  // frames only, direct 8x8
  bits.u(1, 1);     // cropping
  bits.ue(0);
  bits.ue(crop_right);
  bits.ue(0);
  bits.ue(0);
  bits.u(0, 1);  // no VUI
  return bits.take();
}

TEST(H264Sps, SideBeyondTheCapIsRefused) {
  EXPECT_TRUE(parse_h264_sps(baseline_sps(511, 511, 0)));
  EXPECT_FALSE(parse_h264_sps(baseline_sps(512, 10, 0)));
  EXPECT_FALSE(parse_h264_sps(baseline_sps(10, 1023, 0)));
}

TEST(H264Sps, CroppingThatLeavesNothingIsRefused) {
  const auto one_pixel_pair = parse_h264_sps(baseline_sps(1, 1, 15));
  ASSERT_TRUE(one_pixel_pair);
  EXPECT_EQ(one_pixel_pair->width, 2U);
  EXPECT_FALSE(parse_h264_sps(baseline_sps(1, 1, 16)));
  EXPECT_FALSE(parse_h264_sps(baseline_sps(1, 1, 0xFFFFFFFE)));
}

TEST(H264Sps, PictureOrderTypeTwoMeansNoReordering) {
  TrackParameters p = test::h264_320();
  p.sps = {baseline_sps(10, 10, 0)};
  const auto format = parse_video_format(p);
  ASSERT_TRUE(format);
  EXPECT_EQ(format->max_reorder_frames, 0U);
  EXPECT_FALSE(format->frame_rate);
}

struct H265Case {
  const char* name;
  const char* sps;
  unsigned profile, level, width, height, coded_width, coded_height, depth, reorder;
  FrameRate rate;
};

void PrintTo(const H265Case& c, std::ostream* out) { *out << c.name; }

class H265SpsOfEncoder : public testing::TestWithParam<H265Case> {};

TEST_P(H265SpsOfEncoder, IsReadAsFfprobeReadsIt) {
  const H265Case& expected = GetParam();
  const auto sps = parse_h265_sps(from_hex(expected.sps));
  ASSERT_TRUE(sps) << sps.error().to_string();
  EXPECT_EQ(sps->profile.idc, expected.profile);
  EXPECT_EQ(sps->profile.level_idc, expected.level);
  EXPECT_EQ(sps->width, expected.width);
  EXPECT_EQ(sps->height, expected.height);
  EXPECT_EQ(sps->coded_width, expected.coded_width);
  EXPECT_EQ(sps->coded_height, expected.coded_height);
  EXPECT_EQ(sps->bit_depth_luma, expected.depth);
  EXPECT_EQ(sps->max_reorder_frames, expected.reorder);
  EXPECT_FALSE(sps->vui.truncated);
  ASSERT_TRUE(sps->vui.frame_rate);
  EXPECT_EQ(std::uint64_t{sps->vui.frame_rate->numerator} * expected.rate.denominator,
            std::uint64_t{expected.rate.numerator} * sps->vui.frame_rate->denominator);
}

INSTANTIATE_TEST_SUITE_P(
    X265, H265SpsOfEncoder,
    testing::Values(
        H265Case{"main",
                 "42010101600000030090000003000003003fa005020171f2e5ba4a4c2f0168080000030008000003005040",
                 1,
                 63,
                 640,
                 360,
                 640,
                 368,
                 8,
                 0,
                 {10, 1}},
        H265Case{"hrd",
                 "420101016000000300900000030000030078a003c0801107cb965654a4c2f01680800000030080000007b04e4a2f0007a1200"
                 "0f42440",
                 1,
                 120,
                 1920,
                 1080,
                 1920,
                 1088,
                 8,
                 2,
                 {15, 1}},
        H265Case{"large",
                 "420101016000000300900000030000030096a00168200661f3e595952930bc05a02000000300200000030281",
                 1,
                 150,
                 2880,
                 1620,
                 2880,
                 1632,
                 8,
                 2,
                 {20, 1}},
        H265Case{"ten_bit_with_sub_layers_and_scaling_lists",
                 "42010202200000030090000003000003003f0000a005220171c448d965652b2a5270bc05a020000003002000000303"
                 "21",
                 2,
                 63,
                 642,
                 362,
                 656,
                 368,
                 10,
                 2,
                 {25, 1}},
        H265Case{"main422_10",
                 "4201010408000003009d0800000300003fb005020171f12d965654a4c2f046a020404080000003008000000"
                 "c84",
                 4,
                 63,
                 640,
                 360,
                 640,
                 368,
                 10,
                 2,
                 {25, 1}}),
    [](const auto& test_info) { return std::string(test_info.param.name); });

TEST(H265Sps, EveryTruncationBeforeTheVuiIsRefused) {
  const base::Bytes whole = test::h265_640().sps[0];
  for (std::size_t size = 0; size < 24; ++size) {
    EXPECT_FALSE(parse_h265_sps(base::ByteSpan(whole).first(size))) << size;
  }
}

TEST(H265Vps, IsReadAndTruncationRefused) {
  const base::Bytes whole = test::h265_640().vps[0];
  const auto vps = parse_h265_vps(whole);
  ASSERT_TRUE(vps);
  EXPECT_EQ(vps->max_sub_layers, 1);
  EXPECT_EQ(vps->profile.idc, 1);
  EXPECT_FALSE(parse_h265_vps(base::ByteSpan(whole).first(12)));
}

TEST(VideoFormat, NeedsEverySetToBeReadable) {
  EXPECT_TRUE(parse_video_format(test::h264_1080p()));
  EXPECT_TRUE(parse_video_format(test::h265_640()));
  TrackParameters no_pps = test::h264_1080p();
  no_pps.pps.clear();
  EXPECT_FALSE(parse_video_format(no_pps));
  TrackParameters swapped = test::h264_1080p();
  std::swap(swapped.sps, swapped.pps);
  EXPECT_FALSE(parse_video_format(swapped));
  TrackParameters no_vps = test::h265_640();
  no_vps.vps.clear();
  EXPECT_FALSE(parse_video_format(no_vps));
  EXPECT_FALSE(parse_video_format(test::aac_16k()));
}

TEST(VideoFormat, RefusesEndlessParameterSets) {
  TrackParameters many = test::h264_1080p();
  many.sps.resize(kMaxParameterSets + 1, many.sps.front());
  EXPECT_FALSE(parse_video_format(many));
  TrackParameters large = test::h264_1080p();
  large.sps.front().resize(kMaxParameterSetBytes + 1);
  EXPECT_FALSE(parse_video_format(large));
}

TEST(SemanticallyEqual, FlippedTimingIsTheSame) {
  EXPECT_TRUE(semantically_equal(test::h264_track(test::kSps1080p15, test::kPps1080),
                                 test::h264_track(test::kSps1080p25, test::kPps1080)));
  EXPECT_TRUE(semantically_equal(test::h265_640(), test::h265_640_at_25()));
}

TEST(SemanticallyEqual, SignalDescriptionThatSpellsOutTheDefaultsIsTheSame) {
  // A camera that sends video_signal_type_present_flag with every second key frame, and nothing behind it.
  EXPECT_TRUE(semantically_equal(
      test::h264_track("674d4016da0280bfe584000003000400000300518a000c3500186a99c601e2c5d4", "68ef3c80"),
      test::h264_track("674d4016da0280bfe59a200000030020000003028c500061a800c354ce300f162ea0", "68ef3c80")));
}

TEST(SemanticallyEqual, OrderRepetitionReferenceBitsAndPaddingAreTheSame) {
  const TrackParameters a = test::h264_1080p();
  TrackParameters b = a;
  b.sps.push_back(test::from_hex(test::kSps1080p25));
  std::swap(b.sps[0], b.sps[1]);
  b.sps[0][0] = 0x27;  // nal_ref_idc 1 instead of 3
  b.pps[0].insert(b.pps[0].end(), {0, 0});
  EXPECT_TRUE(semantically_equal(a, b));
  EXPECT_TRUE(semantically_equal(b, a));
}

TEST(SemanticallyEqual, AnythingThatChangesPicturesIsDifferent) {
  const TrackParameters a = test::h264_1080p();
  EXPECT_FALSE(semantically_equal(a, test::h264_320()));
  EXPECT_FALSE(semantically_equal(a, test::h265_640()));
  TrackParameters other_level = a;
  other_level.sps[0][3] = 41;
  EXPECT_FALSE(semantically_equal(a, other_level));
  TrackParameters other_pps = a;
  other_pps.pps[0][2] ^= 0x10;
  EXPECT_FALSE(semantically_equal(a, other_pps));
  TrackParameters more_pps = a;
  more_pps.pps.push_back(test::from_hex(test::kPps320));
  EXPECT_FALSE(semantically_equal(a, more_pps));
  EXPECT_FALSE(semantically_equal(more_pps, a));
}

TEST(SemanticallyEqual, ReorderingDepthIsDifferent) {
  // The same stream with and without B pictures: bitstream_restriction says 0 and 2.
  const auto without_b = test::h264_track("67640028acd940780227e5c044000003000400000300783c60c658", "68ef8fcb");
  auto changed = without_b;
  changed.sps[0][changed.sps[0].size() - 2] ^= 0x02;
  ASSERT_TRUE(parse_h264_sps(changed.sps[0]));
  ASSERT_NE(parse_h264_sps(changed.sps[0])->vui.max_reorder_frames,
            parse_h264_sps(without_b.sps[0])->vui.max_reorder_frames);
  EXPECT_FALSE(semantically_equal(without_b, changed));
}

TEST(SemanticallyEqual, AudioIsComparedPlainly) {
  TrackParameters other = test::aac_16k();
  EXPECT_TRUE(semantically_equal(test::aac_16k(), other));
  other.clock_rate_hz = 8000;
  EXPECT_FALSE(semantically_equal(test::aac_16k(), other));
}

TEST(CodecString, FollowsTheRfcForms) {
  EXPECT_EQ(*codec_string(test::h264_1080p()), "avc1.640028");
  EXPECT_EQ(*codec_string(test::h264_320()), "avc1.42c00c");
  EXPECT_EQ(*codec_string(test::h265_640()), "hvc1.1.6.L63.90");
  EXPECT_EQ(*codec_string(test::aac_16k()), "mp4a.40.2");
  EXPECT_EQ(*codec_string(test::g711_mu()), "ulaw");
  EXPECT_FALSE(codec_string(TrackParameters{}));
}

}  // namespace
}  // namespace vonggac::media
