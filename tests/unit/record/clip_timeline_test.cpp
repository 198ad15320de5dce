#include "record/clip_timeline.h"

#include <deque>

#include <gtest/gtest.h>

#include "record/clip_holes.h"
#include "support/sample_parameters.h"

namespace vonggac::record {
namespace {

constexpr std::int64_t kStart = 1'790'000'000'000'000;
constexpr std::int64_t kFrameUs = 100'000;  // 10 fps
constexpr std::uint32_t kFrame90k = 9000;

/// Fragments of 10 frames, one second, key frame first; every frame has 100 bytes.
class TimelineTest : public testing::Test {
 protected:
  media::Moof& fragment(std::int64_t start_us, const media::TrackParameters& video) {
    moofs_.emplace_back();
    media::MoofTrack track;
    track.data_offset = 200;
    for (int i = 0; i < 10; ++i) track.fragment.samples.push_back({100, kFrame90k, 0, i == 0});
    moofs_.back().tracks.push_back(track);
    TimelineFragment f;
    f.source = static_cast<std::uint32_t>(fragments_.size());
    f.moof_offset = 1000;
    f.moof = &moofs_.back();
    f.start_us = start_us;
    f.video = &video;
    f.audio = &audio_;
    fragments_.push_back(f);
    return moofs_.back();
  }
  media::Moof& fragment(std::int64_t start_us) { return fragment(start_us, video_); }

  base::Result<ClipTimeline> cut(std::int64_t from_us, std::int64_t to_us) {
    ClipTimelineBuilder builder({from_us}, {to_us});
    for (const TimelineFragment& f : fragments_) builder.add(f);
    return builder.finish();
  }

  media::TrackParameters video_ = test::h264_320(), audio_ = test::g711_mu();
  std::deque<media::Moof> moofs_;
  std::vector<TimelineFragment> fragments_;
};

TEST_F(TimelineTest, ShowsExactlyTheFramesOfTheRange) {
  for (int i = 0; i < 3; ++i) fragment(kStart + i * 1'000'000);
  const auto clip = cut(kStart + 1'250'000, kStart + 1'650'000);
  ASSERT_TRUE(clip) << clip.error().to_string();
  EXPECT_EQ(clip->frames, 4U);  // at 1.3 1.4 1.5 1.6
  EXPECT_EQ(clip->first_frame.us, kStart + 1'300'000);
  EXPECT_EQ(clip->last_frame.us, kStart + 1'600'000);
  EXPECT_EQ(clip->end.us, kStart + 1'650'000);
  const auto& track = clip->movie.video;
  ASSERT_EQ(track.samples.size(), 7U);  // from the key frame at 1.0
  EXPECT_EQ(track.samples[0].source, 1U);
  EXPECT_EQ(track.samples[0].offset, 1200U);
  EXPECT_EQ(track.samples[6].offset, 1800U);
  EXPECT_EQ(track.presentation_start_90k, 3 * kFrame90k);
  EXPECT_EQ(track.presentation_duration_90k, 3 * kFrame90k + kFrame90k / 2);
  EXPECT_TRUE(clip->starts_with_key);
  EXPECT_TRUE(clip->wall_time_kept);
}

TEST_F(TimelineTest, BoundsAreHalfOpen) {
  fragment(kStart);
  const auto clip = cut(kStart + 2 * kFrameUs, kStart + 5 * kFrameUs);
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->first_frame.us, kStart + 2 * kFrameUs);
  EXPECT_EQ(clip->last_frame.us, kStart + 4 * kFrameUs);
  EXPECT_EQ(clip->frames, 3U);
}

TEST_F(TimelineTest, CountsWallTimeFromTheFirstPictureShownEvenBeforeTheFirstDecodeTime) {
  fragment(kStart);
  // Decode times pushed back by a picture, as the fragment before ended late: what is shown stays where it was.
  for (auto& sample : fragment(kStart + 1'000'000).tracks[0].fragment.samples) {
    sample.composition_offset_90k = -static_cast<std::int32_t>(kFrame90k);
  }
  const auto clip = cut(kStart + 1'200'000, kStart + 1'500'000);
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->frames, 3U);
  EXPECT_EQ(clip->first_frame.us, kStart + 1'200'000);
  EXPECT_EQ(clip->movie.video.samples.back().offset, 1600U) << "the fifth picture is the last one shown";
}

TEST_F(TimelineTest, FragmentThatBeginsWithALateBPictureKeepsTheOrderOfShowing) {
  // Decoded I0 P4 B2 B1 | B3 P8 B6 B5 B7: the first fragment was closed before its last B picture came.
  const auto picture = [](std::int64_t duration, std::int64_t composition, bool key) {
    return media::FragmentSample{100, static_cast<std::uint32_t>(duration * kFrame90k),
                                 static_cast<std::int32_t>(composition * kFrame90k), key};
  };
  fragment(kStart).tracks[0].fragment.samples = {picture(1, 0, true), picture(1, 3, false), picture(2, 0, false),
                                                 picture(2, -3, false)};
  fragment(kStart + 3 * kFrameUs).tracks[0].fragment.samples = {
      picture(1, -3, false), picture(1, 1, false), picture(1, -2, false), picture(1, -4, false), picture(1, -3, false)};
  const auto clip = cut(kStart, kStart + 9 * kFrameUs);
  ASSERT_TRUE(clip) << clip.error().to_string();
  EXPECT_EQ(clip->frames, 9U);
  std::int64_t decode = 0;
  std::vector<std::int64_t> shown;
  for (const auto& sample : clip->movie.video.samples) {
    shown.push_back((decode + sample.composition_offset_90k) / kFrame90k);
    decode += sample.duration_90k;
  }
  EXPECT_EQ(shown, (std::vector<std::int64_t>{0, 4, 2, 1, 3, 8, 6, 5, 7}));
}

TEST_F(TimelineTest, NothingInTheRangeIsOutOfRange) {
  fragment(kStart);
  EXPECT_EQ(cut(kStart + 2'000'000, kStart + 3'000'000).error().kind(), base::ErrorKind::kOutOfRange);
  EXPECT_EQ(cut(kStart + 110'000, kStart + 120'000).error().kind(), base::ErrorKind::kOutOfRange);
}

TEST_F(TimelineTest, PictureBeforeAGapIsHeldSoThatWallTimeIsKept) {
  fragment(kStart);
  fragment(kStart + 6'000'000);  // five seconds later than expected
  const auto clip = cut(kStart, kStart + 7'000'000);
  ASSERT_TRUE(clip);
  const auto& samples = clip->movie.video.samples;
  ASSERT_EQ(samples.size(), 20U);
  EXPECT_EQ(samples[9].duration_90k, kFrame90k + 5 * 90'000);
  EXPECT_EQ(clip->movie.video.presentation_duration_90k, 7 * 90'000U);
  EXPECT_TRUE(clip->wall_time_kept);
}

TEST_F(TimelineTest, JitterOfFragmentStartsIsNotCorrected) {
  fragment(kStart);
  fragment(kStart + 1'009'000);
  fragment(kStart + 1'998'000);
  const auto clip = cut(kStart, kStart + 3'000'000);
  ASSERT_TRUE(clip);
  for (const auto& sample : clip->movie.video.samples) EXPECT_EQ(sample.duration_90k, kFrame90k);
}

TEST_F(TimelineTest, SlowDriftIsCorrectedBeforeItShows) {
  // The camera's clock runs 1 % slow: each second of media took 1.01 s.
  for (int i = 0; i < 100; ++i) fragment(kStart + i * 1'010'000);
  const auto clip = cut(kStart, kStart + 101'000'000);
  ASSERT_TRUE(clip);
  std::int64_t at_90k = 0;
  for (std::size_t i = 0; i < clip->movie.video.samples.size(); ++i) {
    if (i % 10 == 0) {
      const std::int64_t wall_90k = static_cast<std::int64_t>(i) / 10 * 90'900;
      EXPECT_LE(std::llabs(at_90k - wall_90k), ClipTimelineBuilder::kTolerance90k);
    }
    at_90k += clip->movie.video.samples[i].duration_90k;
  }
}

TEST_F(TimelineTest, OverlapShortensTheSampleBefore) {
  fragment(kStart);
  fragment(kStart + 950'000);
  const auto clip = cut(kStart, kStart + 2'000'000);
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->movie.video.samples[9].duration_90k, kFrame90k - 4500);
}

TEST_F(TimelineTest, OverlapOfLessThanASecondIsCaughtUpWithAndKeepsWallTime) {
  fragment(kStart);
  for (int i = 1; i < 8; ++i) fragment(kStart + i * 1'000'000 - 400'000);  // more than the frame before lasts
  const auto clip = cut(kStart, kStart + 8'000'000);
  ASSERT_TRUE(clip);
  EXPECT_TRUE(clip->wall_time_kept);
  EXPECT_EQ(clip->last_frame.us, kStart + 7'500'000);
  std::uint64_t length_90k = 0;
  for (const auto& sample : clip->movie.video.samples) length_90k += sample.duration_90k;
  EXPECT_NEAR(static_cast<double>(length_90k), 7.6 * 90'000, 10.0);
}

TEST_F(TimelineTest, ClockSetBackKeepsTheLineAndSaysSo) {
  fragment(kStart);
  fragment(kStart + 1'000'000);
  fragment(kStart - 3'600'000'000);
  fragment(kStart - 3'599'000'000);
  const auto clip = cut(kStart - 4'000'000'000, kStart + 3'000'000);
  ASSERT_TRUE(clip);
  EXPECT_FALSE(clip->wall_time_kept);
  EXPECT_EQ(clip->frames, 40U);
  for (const auto& sample : clip->movie.video.samples) EXPECT_EQ(sample.duration_90k, kFrame90k);
}

TEST_F(TimelineTest, GapLongerThanASampleMayLastIsShortenedAndSaid) {
  fragment(kStart);
  fragment(kStart + 8 * 3'600'000'000LL);
  const auto clip = cut(kStart, kStart + 9 * 3'600'000'000LL);
  ASSERT_TRUE(clip);
  EXPECT_FALSE(clip->wall_time_kept);
  EXPECT_EQ(clip->movie.video.samples[9].duration_90k, media::kMaxSampleDuration90k);
}

TEST_F(TimelineTest, ReorderedPicturesAreCutByTheirTimeOfShowing) {
  // Decode order I P B B ...: shown 0 3 1 2, then 4 7 5 6, 8 9.
  media::Moof& moof = fragment(kStart);
  const int shown[] = {0, 3, 1, 2, 4, 7, 5, 6, 8, 9};
  for (int i = 0; i < 10; ++i) {
    moof.tracks[0].fragment.samples[static_cast<std::size_t>(i)].composition_offset_90k =
        (shown[i] - i) * static_cast<int>(kFrame90k);
  }
  const auto clip = cut(kStart + 2 * kFrameUs, kStart + 6 * kFrameUs);
  ASSERT_TRUE(clip);
  EXPECT_EQ(clip->frames, 4U);  // 2 3 4 5
  EXPECT_EQ(clip->first_frame.us, kStart + 2 * kFrameUs);
  EXPECT_EQ(clip->last_frame.us, kStart + 5 * kFrameUs);
  EXPECT_EQ(clip->movie.video.samples.size(), 7U);  // up to frame 5 in decode order, 7 comes along
  EXPECT_EQ(clip->movie.video.presentation_start_90k, 2 * kFrame90k);
  EXPECT_EQ(clip->movie.video.presentation_duration_90k, 4 * kFrame90k);
}

TEST_F(TimelineTest, WithoutAKeyFrameItSaysSo) {
  fragment(kStart).tracks[0].fragment.samples[0].key = false;
  const auto clip = cut(kStart + 300'000, kStart + 600'000);
  ASSERT_TRUE(clip);
  EXPECT_FALSE(clip->starts_with_key);
  EXPECT_EQ(clip->movie.video.samples.size(), 6U);
}

TEST_F(TimelineTest, OnlyParametersOfKeptSamplesAreWritten) {
  const media::TrackParameters other = test::h264_1080p();
  fragment(kStart);
  fragment(kStart + 1'000'000, other);
  const auto across = cut(kStart + 500'000, kStart + 1'500'000);
  ASSERT_TRUE(across);
  EXPECT_EQ(across->movie.video.descriptions.size(), 2U);
  EXPECT_EQ(across->movie.video.samples.back().description, 1);
  const auto after = cut(kStart + 1'000'000, kStart + 1'500'000);
  ASSERT_TRUE(after);
  ASSERT_EQ(after->movie.video.descriptions.size(), 1U);
  EXPECT_EQ(after->movie.video.descriptions[0], other);
  EXPECT_EQ(after->movie.video.samples.front().description, 0);
}

TEST_F(TimelineTest, AudioBeginsWithTheSampleUnderTheFirstPicture) {
  for (int i = 0; i < 2; ++i) {
    media::Moof& moof = fragment(kStart + i * 1'000'000);
    moof.tracks[0].fragment.base_decode_time_90k = static_cast<std::uint64_t>(i) * 90'000;
    media::MoofTrack sound;
    sound.fragment.track_id = media::kAudioTrackId;
    sound.fragment.base_decode_time_90k = static_cast<std::uint64_t>(i) * 90'000;
    sound.data_offset = 1200;
    sound.fragment.samples.assign(25, {160, 3600, 0, true});  // 40 ms
    moof.tracks.push_back(sound);
  }
  const auto clip = cut(kStart + 300'000, kStart + 1'500'000);
  ASSERT_TRUE(clip);
  ASSERT_TRUE(clip->movie.audio);
  const auto& audio = *clip->movie.audio;
  EXPECT_EQ(audio.delay_90k, 0U);
  EXPECT_EQ(audio.presentation_start_90k, 1800U);  // 300 ms lies in the sample that began at 280 ms
  EXPECT_EQ(audio.presentation_duration_90k, 108'000U);
  EXPECT_EQ(audio.samples.front().offset, 1000U + 1200 + 7 * 160);
  EXPECT_EQ(audio.samples.size(), 31U);
}

TEST_F(TimelineTest, AudioThatComesLaterIsDelayed) {
  fragment(kStart);
  media::Moof& second = fragment(kStart + 1'000'000);
  second.tracks[0].fragment.base_decode_time_90k = 90'000;
  media::MoofTrack sound;
  sound.fragment.track_id = media::kAudioTrackId;
  sound.fragment.base_decode_time_90k = 90'000;
  sound.fragment.samples.assign(10, {160, 3600, 0, true});
  second.tracks.push_back(sound);
  const auto clip = cut(kStart + 500'000, kStart + 2'000'000);
  ASSERT_TRUE(clip && clip->movie.audio);
  EXPECT_EQ(clip->movie.audio->delay_90k, 45'000U);
  EXPECT_EQ(clip->movie.audio->presentation_start_90k, 0U);
}

StoredGap gap(std::int64_t start_us, std::optional<std::int64_t> end_us, GapCause cause) {
  StoredGap g;
  g.start = {start_us};
  if (end_us) g.end = base::WallTime{*end_us};
  g.cause = cause;
  return g;
}

constexpr std::int64_t kS = 1'000'000;

TEST(FindHoles, CompleteCoverageHasNone) {
  EXPECT_TRUE(find_holes({{0, 5 * kS, 1}, {5 * kS + 1000, 10 * kS, 2}}, {}, {0}, {10 * kS}).empty());
}

TEST(FindHoles, GapRowsGiveTheCauseAndTheRestWasNotRecorded) {
  const auto holes = find_holes({{0, 10 * kS, 1}, {40 * kS, 50 * kS, 2}}, {gap(15 * kS, 30 * kS, GapCause::kLinkLost)},
                                {0}, {50 * kS});
  ASSERT_EQ(holes.size(), 3U);
  EXPECT_EQ(holes[0].start.us, 10 * kS);
  EXPECT_EQ(holes[0].end.us, 15 * kS);
  EXPECT_EQ(holes[0].cause, GapCause::kUnknown);
  EXPECT_EQ(holes[1].cause, GapCause::kLinkLost);
  EXPECT_EQ(holes[1].start.us, 15 * kS);
  EXPECT_EQ(holes[1].end.us, 30 * kS);
  EXPECT_EQ(holes[2].end.us, 40 * kS);
}

TEST(FindHoles, JumpInTheSequenceMeansDeleted) {
  const auto holes = find_holes({{0, 10 * kS, 1}, {40 * kS, 50 * kS, 20}}, {}, {0}, {50 * kS});
  ASSERT_EQ(holes.size(), 1U);
  EXPECT_EQ(holes[0].cause, GapCause::kDeleted);
}

TEST(FindHoles, HeadTailAndOpenGapsAreCutToTheRange) {
  const auto holes = find_holes(
      {{20 * kS, 30 * kS, 1}},
      {gap(-5 * kS, 15 * kS, GapCause::kCameraUnreachable), gap(30 * kS, std::nullopt, GapCause::kServiceStopped)},
      {10 * kS}, {40 * kS});
  ASSERT_EQ(holes.size(), 3U);
  EXPECT_EQ(holes[0].start.us, 10 * kS);
  EXPECT_EQ(holes[0].end.us, 15 * kS);
  EXPECT_EQ(holes[0].cause, GapCause::kCameraUnreachable);
  EXPECT_EQ(holes[2].cause, GapCause::kServiceStopped);
  EXPECT_EQ(holes[2].end.us, 40 * kS);
}

}  // namespace
}  // namespace vonggac::record
