#include "live/tile_muxer.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/sample_parameters.h"

namespace vonggac::live {
namespace {

media::AccessUnit timed_unit(std::int64_t pts, bool key = false) {
  media::AccessUnit out;
  out.key = key;
  out.pts.ticks_90k = pts;
  out.payload = std::make_shared<const base::Bytes>(base::Bytes{0, 0, 0, 1, 0x65});
  return out;
}

/// The body of the first box of this type anywhere in moof (its fields are found by their names, not by position).
base::ByteReader box(base::ByteSpan bytes, std::string_view type) {
  const std::string_view text = base::as_text(bytes);
  const std::size_t at = text.find(type);
  return base::ByteReader(at == std::string_view::npos ? base::ByteSpan() : bytes.subspan(at + 4));
}

std::uint64_t decode_time(const LiveFragment& fragment) {
  base::ByteReader in = box(fragment.head, "tfdt");
  return in.u8() == 1 ? (in.skip(3), in.u64()) : (in.skip(3), in.u32());
}

TEST(TileMuxer, MakesAnInitSegmentWithItsCodecString) {
  TileMuxer muxer;
  const auto init = muxer.set_parameters(test::h264_1080p());
  ASSERT_TRUE(init.ok()) << init.error().message();
  EXPECT_EQ(init->codecs, "avc1.640028");
  EXPECT_EQ(init->width, 1920U);
  EXPECT_EQ(init->height, 1080U);
  EXPECT_EQ(std::string(base::as_text(base::ByteSpan(init->bytes).subspan(4, 4))), "ftyp");
}

TEST(TileMuxer, NamesH265) {
  TileMuxer muxer;
  const auto init = muxer.set_parameters(test::h265_640());
  ASSERT_TRUE(init.ok());
  EXPECT_EQ(init->codecs.substr(0, 5), "hvc1.");
  EXPECT_EQ(init->codec, media::Codec::kH265);
}

TEST(TileMuxer, RefusesAudioAndDamagedParameters) {
  TileMuxer muxer;
  EXPECT_FALSE(muxer.set_parameters(test::aac_16k()).ok());
  media::TrackParameters cut = test::h264_1080p();
  cut.sps[0].resize(4);
  EXPECT_FALSE(muxer.set_parameters(cut).ok());
}

TEST(TileMuxer, BeginsItsAxisAtZeroAndFollowsTheCamera) {
  TileMuxer muxer;
  EXPECT_EQ(decode_time(muxer.fragment(timed_unit(5'000'000, true), false)), 0U);
  EXPECT_EQ(decode_time(muxer.fragment(timed_unit(5'009'000), false)), 9'000U);
  EXPECT_EQ(decode_time(muxer.fragment(timed_unit(5'018'000), false)), 18'000U);
}

TEST(TileMuxer, PutsHeadAndPayloadTogetherAsOneMdat) {
  TileMuxer muxer;
  const LiveFragment fragment = muxer.fragment(timed_unit(0, true), false);
  ASSERT_GE(fragment.head.size(), 8U);
  base::ByteReader mdat(base::ByteSpan(fragment.head).subspan(fragment.head.size() - 8));
  EXPECT_EQ(mdat.u32(), 8U + fragment.payload->size());
  EXPECT_EQ(base::as_text(mdat.take(4)), "mdat");
  EXPECT_TRUE(fragment.key);
}

TEST(TileMuxer, ClosesTheHoleThatDroppedPicturesLeave) {
  TileMuxer muxer;
  (void)muxer.fragment(timed_unit(0, true), false);
  (void)muxer.fragment(timed_unit(9'000), false);
  EXPECT_EQ(decode_time(muxer.fragment(timed_unit(900'000, true), true)), 18'000U);
  EXPECT_EQ(decode_time(muxer.fragment(timed_unit(909'000), false)), 27'000U);
}

TEST(TileMuxer, GoesOnWhenTheCameraReAnchorsOrJumpsBack) {
  TileMuxer muxer;
  (void)muxer.fragment(timed_unit(1'000'000, true), false);
  (void)muxer.fragment(timed_unit(1'009'000), false);
  media::AccessUnit anchored = timed_unit(77, true);
  anchored.discontinuity = true;
  EXPECT_EQ(decode_time(muxer.fragment(anchored, false)), 18'000U);
  EXPECT_EQ(decode_time(muxer.fragment(timed_unit(9'077), false)), 27'000U);
  EXPECT_EQ(decode_time(muxer.fragment(timed_unit(-900'000'000, true), false)), 36'000U);
  EXPECT_EQ(decode_time(muxer.fragment(timed_unit(-899'991'000), false)), 45'000U);
}

TEST(TileMuxer, KeepsDecodeTimesRisingWhereCamerasReorderPictures) {
  TileMuxer muxer;
  std::vector<std::uint64_t> times;
  for (const std::int64_t pts : {0, 27'000, 9'000, 18'000, 54'000}) {
    times.push_back(decode_time(muxer.fragment(timed_unit(pts, pts == 0), false)));
  }
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GT(times[i], times[i - 1]);
  EXPECT_EQ(times.back(), 54'000U);
}

TEST(TileMuxer, SurvivesTheOutermostTimestamps) {
  TileMuxer muxer;
  std::uint64_t last = 0;
  for (const std::int64_t pts : {INT64_MIN, INT64_MAX, std::int64_t{0}, INT64_MAX, INT64_MIN, INT64_MIN}) {
    const std::uint64_t now = decode_time(muxer.fragment(timed_unit(pts, true), false));
    EXPECT_LT(now, 1'000'000U);
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace vonggac::live
