#include "camsim/timeline.h"

#include <gtest/gtest.h>

#include "synthetic_clip.h"

namespace vonggac::camsim {
namespace {

TEST(LoopTimeline, RisesEvenlyAcrossTheLoop) {
  const auto clip = test::synthetic_clip();  // 20 frames
  LoopTimeline timeline(clip->video, 0);
  for (int i = 0; i < 65; ++i) {
    EXPECT_EQ(timeline.current().dts_90k, i * 9000);
    EXPECT_EQ(timeline.current().frame, &clip->video.frames[static_cast<std::size_t>(i % 20)]);
    timeline.advance();
  }
}

TEST(LoopTimeline, SeeksIntoTheClipAndBeyondIt) {
  const auto clip = test::synthetic_clip();
  LoopTimeline timeline(clip->video, 0);
  timeline.seek(4 * 9000 + 1);
  EXPECT_EQ(timeline.current().dts_90k, 5 * 9000);
  LoopTimeline later(clip->video, 0);
  later.seek(20 * 9000 + 3 * 9000);
  EXPECT_EQ(later.current().frame, &clip->video.frames[3]);
  EXPECT_EQ(later.current().dts_90k, 23 * 9000);
  LoopTimeline end(clip->video, 0);
  end.seek(19 * 9000 + 1);
  EXPECT_EQ(end.current().frame, &clip->video.frames[0]);
  EXPECT_EQ(end.current().dts_90k, 20 * 9000);
}

TEST(LoopTimeline, FindsTheNextKeyFrameAlsoAcrossTheLoop) {
  const auto clip = test::synthetic_clip();
  LoopTimeline timeline(clip->video, 0);
  EXPECT_EQ(timeline.next_key().dts_90k, 0);
  timeline.seek(11 * 9000);
  EXPECT_EQ(timeline.next_key().dts_90k, 20 * 9000);
}

TEST(PaceAxis, PlaysInRealTimeWithoutDrift) {
  const PaceAxis axis(0, 1000);
  EXPECT_EQ(axis.mono_us(90'000), 1'001'000);
  // 100 days at 15 fps: rounding does not add up.
  EXPECT_EQ(axis.mono_us(90'000ll * 8'640'000), 1000 + 8'640'000'000'000);
  EXPECT_EQ(axis.timestamp(123'456), 123'456);
}

TEST(PaceAxis, DeliversSlowerThanDeclaredWithoutAJump) {
  PaceAxis axis(0, 0);
  axis.change(90'000, 21.0 / 25, 1);
  EXPECT_EQ(axis.mono_us(90'000), 1'000'000);
  EXPECT_EQ(axis.mono_us(180'000), 1'000'000 + 1'190'476);
  EXPECT_EQ(axis.timestamp(180'000), 180'000);
}

TEST(PaceAxis, SpeedsUpFramesAndTheirTimeStampsTogether) {
  PaceAxis axis(0, 0);
  axis.change(90'000, 4, 0.25);
  EXPECT_EQ(axis.mono_us(180'000), 1'250'000);
  EXPECT_EQ(axis.timestamp(180'000), 90'000 + 22'500);
}

TEST(PaceAxis, DriftsByPartsPerMillion) {
  PaceAxis axis(0, 0);
  axis.change(0, 1, 1 + 200e-6);
  EXPECT_EQ(axis.timestamp(90'000ll * 86'400), 90'000ll * 86'400 + 1'555'200);  // 17.28 s a day
  EXPECT_EQ(axis.mono_us(90'000ll * 86'400), 86'400'000'000);
}

TEST(PaceAxis, JumpsTimeStampsButNotTheMomentOfSending) {
  PaceAxis axis(0, 0);
  axis.jump_timestamp(-324'000'000);
  EXPECT_EQ(axis.timestamp(90'000), 90'000 - 324'000'000);
  EXPECT_EQ(axis.mono_us(90'000), 1'000'000);
}

}  // namespace
}  // namespace vonggac::camsim
