#include "record/fragmenter.h"

#include <array>

#include <gtest/gtest.h>

#include "support/hand_clock.h"
#include "support/synthetic_camera.h"

namespace vonggac::record {
namespace {

using test::HandClock;
using test::SyntheticCamera;

constexpr std::int64_t kFragmentMaxUs = 2'000'000;

class FragmenterBench {
 public:
  HandClock clock;
  SyntheticCamera source{clock};
  Fragmenter fragmenter{kFragmentMaxUs};
  std::vector<PreparedFragment> sealed;

  void feed(const media::AccessUnit& unit) {
    if (fragmenter.ends_before(unit)) seal(&unit);
    fragmenter.add(unit);
  }
  void seal(const media::AccessUnit* next) {
    auto fragment = fragmenter.seal(next, [this](base::MonoTime t) { return clock.wall + (t - clock.mono); });
    if (fragment) sealed.push_back(std::move(*fragment));
  }
  void play(int frames) {
    for (int i = 0; i < frames; ++i) {
      feed(source.next());
      clock.advance(base::Micros(source.frame_us()));
    }
  }
};

std::int64_t decode_end(const PreparedTrack& track) {
  std::int64_t end = track.decode_start_90k;
  for (const media::FragmentSample& sample : track.samples) end += sample.duration_90k;
  return end;
}

TEST(Fragmenter, MakesOneFragmentOfEachGop) {
  FragmenterBench bench;
  bench.play(91);
  ASSERT_EQ(bench.sealed.size(), 3U);
  for (const PreparedFragment& f : bench.sealed) {
    EXPECT_EQ(f.video.samples.size(), 30U);
    EXPECT_TRUE(f.key_start);
    EXPECT_TRUE(f.video.samples[0].key);
    EXPECT_EQ(f.duration_90k, 180'000U);
    for (const auto& sample : f.video.samples) EXPECT_EQ(sample.composition_offset_90k, 0);
  }
  EXPECT_EQ(bench.sealed[0].video.decode_start_90k, 0);
  EXPECT_EQ(bench.sealed[1].video.decode_start_90k, 180'000);
}

TEST(Fragmenter, GathersShortGopsIntoFragmentsOfHalfASecond) {
  FragmenterBench bench;
  bench.source.gop_frames = 1;  // nothing but key pictures, 15 a second
  bench.play(15 * 4 + 1);
  ASSERT_GE(bench.sealed.size(), 6U);
  ASSERT_LE(bench.sealed.size(), 8U);
  for (const PreparedFragment& f : bench.sealed) {
    EXPECT_TRUE(f.key_start);
    EXPECT_EQ(f.video.samples.size(), 8U);
  }
}

TEST(Fragmenter, MarksTheRestOfAGopAfterADamagedPicture) {
  FragmenterBench bench;
  bench.source.gop_frames = 90;  // three pieces of 2 s
  bench.play(10);
  media::AccessUnit hurt = bench.source.next();
  hurt.damaged = true;
  bench.feed(hurt);
  bench.play(200);
  ASSERT_GE(bench.sealed.size(), 5U);
  for (const int piece : {0, 1, 2}) EXPECT_TRUE(bench.sealed[static_cast<std::size_t>(piece)].damaged) << piece;
  EXPECT_TRUE(bench.sealed[3].key_start);
  EXPECT_FALSE(bench.sealed[3].damaged);
}

TEST(Fragmenter, LossBeforeAKeyPictureMarksTheFragmentThatEndsThere) {
  FragmenterBench bench;
  bench.play(30);
  bench.fragmenter.note_loss();
  bench.play(61);
  ASSERT_EQ(bench.sealed.size(), 3U);
  EXPECT_TRUE(bench.sealed[0].damaged);
  EXPECT_FALSE(bench.sealed[1].damaged);
  EXPECT_FALSE(bench.sealed[2].damaged);
}

TEST(Fragmenter, CutsALongGopIntoPiecesThatSayTheyHaveNoKeyFrame) {
  FragmenterBench bench;
  bench.source.gop_frames = 0;
  bench.play(15 * 11);
  ASSERT_GE(bench.sealed.size(), 4U);
  EXPECT_TRUE(bench.sealed[0].key_start);
  for (std::size_t i = 1; i < bench.sealed.size(); ++i) {
    EXPECT_FALSE(bench.sealed[i].key_start);
    EXPECT_LE(base::us_from_90k(bench.sealed[i].duration_90k), kFragmentMaxUs + 200'000);
    EXPECT_EQ(bench.sealed[i].video.decode_start_90k, decode_end(bench.sealed[i - 1].video));
  }
}

TEST(Fragmenter, GivesBPicturesRisingDecodeTimesAndTheirTimeOfShowing) {
  FragmenterBench bench;
  bench.source.b_pictures = true;
  bench.source.gop_frames = 31;
  bench.play(31 * 3 + 1);
  ASSERT_EQ(bench.sealed.size(), 3U);
  std::int64_t last_decode = -1;
  bool offsets_seen = false;
  for (const PreparedFragment& f : bench.sealed) {
    std::int64_t decode = f.video.decode_start_90k;
    std::vector<std::int64_t> shown;
    for (const auto& sample : f.video.samples) {
      EXPECT_GT(decode, last_decode);
      last_decode = decode;
      shown.push_back(decode + sample.composition_offset_90k);
      offsets_seen = offsets_seen || sample.composition_offset_90k != 0;
      decode += sample.duration_90k;
    }
    EXPECT_EQ(shown[1] - shown[0], 3 * 6000) << "the P picture is shown after two B pictures";
    std::sort(shown.begin(), shown.end());
    EXPECT_EQ(shown.front(), f.video.decode_start_90k) << "nothing is shown before the fragment's first decode time";
    for (std::size_t i = 1; i < shown.size(); ++i) EXPECT_EQ(shown[i] - shown[i - 1], 6000);
  }
  EXPECT_TRUE(offsets_seen);
}

TEST(Fragmenter, EndsAPyramidOfBPicturesWhereTheNextGroupBegins) {
  FragmenterBench bench;
  bench.source.gop_frames = 9;
  const std::array<int, 9> order = {0, 4, 2, 1, 3, 8, 6, 5, 7};
  const std::int64_t origin = bench.source.pts_origin_90k;
  for (int i = 0; i < 28; ++i) {
    media::AccessUnit unit = bench.source.next();
    unit.pts.ticks_90k = origin + (i / 9 * 9 + order[static_cast<std::size_t>(i % 9)]) * 7200;
    bench.feed(unit);
    bench.clock.advance(base::Micros(80'000));
  }
  ASSERT_EQ(bench.sealed.size(), 3U);
  for (std::size_t i = 0; i < bench.sealed.size(); ++i) {
    const PreparedTrack& video = bench.sealed[i].video;
    EXPECT_EQ(video.decode_start_90k, static_cast<std::int64_t>(i) * 9 * 7200);
    EXPECT_EQ(decode_end(video), static_cast<std::int64_t>(i + 1) * 9 * 7200);
    EXPECT_EQ(video.samples[0].composition_offset_90k, 0) << "the key picture is shown first";
    for (const auto& sample : video.samples) EXPECT_EQ(sample.duration_90k, 7200U);
  }
}

TEST(Fragmenter, DoesNotCutBetweenAPictureAndTheBPicturesShownBeforeIt) {
  FragmenterBench bench;
  bench.source.b_pictures = true;
  bench.source.gop_frames = 0;
  bench.play(15 * 9);
  ASSERT_GE(bench.sealed.size(), 3U);
  for (std::size_t i = 1; i < bench.sealed.size(); ++i) {
    EXPECT_EQ(bench.sealed[i].video.decode_start_90k, decode_end(bench.sealed[i - 1].video));
  }
}

TEST(Fragmenter, KeepsDecodeTimesRisingWhenThePtsStandsStillOrJumpsBack) {
  FragmenterBench bench;
  bench.play(10);
  media::AccessUnit same = bench.source.next();
  for (int i = 0; i < 3; ++i) bench.feed(same);
  media::AccessUnit back = bench.source.next();
  back.pts.ticks_90k -= 3 * 90'000;
  back.key = false;
  bench.feed(back);
  bench.seal(nullptr);
  ASSERT_EQ(bench.sealed.size(), 1U);
  for (const auto& sample : bench.sealed[0].video.samples) EXPECT_GE(sample.duration_90k, 1U);
}

TEST(Fragmenter, SurvivesAbsurdTimeStamps) {
  FragmenterBench bench;
  for (const std::int64_t pts : {INT64_MAX, INT64_MIN, std::int64_t{0}, INT64_MAX, std::int64_t{-1}}) {
    media::AccessUnit unit = bench.source.next();
    unit.pts.ticks_90k = pts;
    bench.feed(unit);
    bench.clock.advance(base::Millis(66));
  }
  bench.seal(nullptr);
  ASSERT_FALSE(bench.sealed.empty());
  std::int64_t last_end = 0;
  for (const PreparedFragment& f : bench.sealed) {
    EXPECT_GE(f.video.decode_start_90k, last_end);
    last_end = decode_end(f.video);
  }
  EXPECT_LT(last_end, 90'000) << "capture times say it was a third of a second";
}

TEST(Fragmenter, FollowsCaptureTimeOverADiscontinuity) {
  FragmenterBench bench;
  bench.play(15);
  bench.clock.advance(base::Seconds(4));
  media::AccessUnit unit = bench.source.next();
  unit.discontinuity = true;
  unit.pts.ticks_90k = 77;
  bench.feed(unit);
  ASSERT_EQ(bench.sealed.size(), 1U);
  bench.seal(nullptr);
  EXPECT_TRUE(bench.sealed[1].discontinuity);
  EXPECT_NEAR(static_cast<double>(bench.sealed[1].video.decode_start_90k), 5 * 90'000, 7'000);
}

TEST(Fragmenter, InterleavesAudioByTimeOfCapture) {
  FragmenterBench bench;
  const auto audio = std::make_shared<const base::Bytes>(160, std::uint8_t{1});
  for (int i = 0; i < 31; ++i) {
    bench.feed(bench.source.next());
    for (int k = 0; k < 3; ++k) {
      media::AccessUnit unit;
      unit.track = media::TrackKind::kAudio;
      unit.pts.ticks_90k = 500 + (i * 3 + k) * 2000;
      unit.capture = bench.clock.mono + base::Micros(k * 22'222);
      unit.payload = audio;
      bench.feed(unit);
    }
    bench.clock.advance(base::Micros(66'667));
  }
  ASSERT_EQ(bench.sealed.size(), 1U);
  const PreparedTrack& track = bench.sealed[0].audio;
  EXPECT_EQ(track.samples.size(), 90U);
  EXPECT_NEAR(static_cast<double>(track.decode_start_90k), 0, 200);
  EXPECT_EQ(track.samples[5].duration_90k, 2000U);
  EXPECT_NEAR(static_cast<double>(decode_end(track)), 180'000, 2500);
}

TEST(Fragmenter, TheSumOfPayloadsIsWhatTheFragmentSays) {
  FragmenterBench bench;
  bench.play(31);
  ASSERT_EQ(bench.sealed.size(), 1U);
  std::uint64_t sum = 0;
  for (const auto& payload : bench.sealed[0].video.payloads) sum += payload->size();
  EXPECT_EQ(bench.sealed[0].payload_bytes, sum);
}

}  // namespace
}  // namespace vonggac::record
