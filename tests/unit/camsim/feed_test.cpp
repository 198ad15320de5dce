#include <gtest/gtest.h>

#include "camsim/audio_feed.h"
#include "camsim/frame_counter.h"
#include "camsim/video_feed.h"
#include "support/hand_clock.h"
#include "synthetic_clip.h"

namespace vonggac::camsim {
namespace {

using std::chrono::milliseconds;

/// What one receiver got.
class Recorder final : public UnitSink {
 public:
  struct Got {
    UnitTiming timing;
    std::vector<int> nal_types;  ///< of single NAL units and the first fragments
    std::optional<std::uint64_t> counter;
    base::Bytes first_sps;
    std::size_t bytes = 0;
    std::size_t packets = 0;
  };
  void on_unit(WireUnit& unit, const UnitTiming& timing) override {
    if (wants_key && !timing.key) return;
    wants_key = false;
    Got got;
    got.timing = timing;
    got.bytes = unit.bytes().size();
    got.packets = unit.packets().size();
    for (const WireUnit::Packet& packet : unit.packets()) {
      const base::ByteSpan nal = unit.rtp(packet).subspan(kRtpHeaderBytes);
      if (nal.empty()) continue;
      if ((nal[0] & 0x1f) == 28 && (nal[1] & 0x80) == 0) continue;
      got.nal_types.push_back((nal[0] & 0x1f) == 28 ? nal[1] & 0x1f : nal[0] & 0x1f);
      if (got.nal_types.back() == 7) got.first_sps.assign(nal.begin(), nal.end());
      if (const auto counter = read_frame_counter(nal, media::Codec::kH264)) got.counter = counter->counter;
    }
    all.push_back(std::move(got));
  }
  bool waits_for_key() const override { return wants_key; }
  bool wants_key = false;
  std::vector<Got> all;
};

class VideoFeedTest : public ::testing::Test {
 protected:
  VideoFeedTest() { feed_.start(clock_.mono_now().us, 0); }
  ~VideoFeedTest() override { feed_.detach(&sink_); }
  /// Lets so many frames of 100 ms fall due.
  void pass_frames(int count) {
    clock_.advance(milliseconds(100 * count));
    feed_.catch_up();
  }
  void change(const Faults& faults) {
    feed_.catch_up();
    faults_ = faults;
    feed_.faults_changed();
  }
  std::vector<std::uint64_t> counters() const {
    std::vector<std::uint64_t> out;
    for (const auto& got : sink_.all) out.push_back(got.counter.value_or(~0ull));
    return out;
  }

  test::HandClock clock_;
  Reactor reactor_{clock_};
  Faults faults_;
  VideoFeed feed_{reactor_, faults_, test::synthetic_clip(), 1400};
  Recorder sink_;
};

TEST_F(VideoFeedTest, CountsEveryUnitWhetherOrNotAnyoneListens) {
  pass_frames(12);
  EXPECT_EQ(feed_.counter(), 13u);  // the first fell due at the start
  feed_.attach(&sink_);
  pass_frames(2);
  EXPECT_EQ(counters(), (std::vector<std::uint64_t>{13, 14}));
}

TEST_F(VideoFeedTest, PutsParameterSetsAndTheCounterBeforeTheKeyFrame) {
  pass_frames(9);
  feed_.attach(&sink_);
  pass_frames(2);
  ASSERT_EQ(sink_.all.size(), 2u);
  EXPECT_EQ(sink_.all[0].nal_types, (std::vector<int>{7, 8, 6, 5}));
  EXPECT_EQ(sink_.all[1].nal_types, (std::vector<int>{6, 1}));
}

TEST_F(VideoFeedTest, LoopsWithoutABreakInTimeStampsOrCounters) {
  feed_.attach(&sink_);
  pass_frames(50);
  ASSERT_EQ(sink_.all.size(), 50u);
  for (std::size_t i = 1; i < sink_.all.size(); ++i) {
    EXPECT_EQ(sink_.all[i].timing.timestamp - sink_.all[i - 1].timing.timestamp, 9000);
    EXPECT_EQ(*sink_.all[i].counter, *sink_.all[i - 1].counter + 1);
  }
}

TEST_F(VideoFeedTest, SendsNothingWhenMutedAndDoesNotCountIt) {
  feed_.attach(&sink_);
  faults_.mute = MuteMode::kSilent;
  pass_frames(5);
  EXPECT_TRUE(sink_.all.empty());
  EXPECT_EQ(feed_.counter(), 1u);
  faults_.mute = MuteMode::kRtcpOnly;
  pass_frames(1);
  EXPECT_EQ(sink_.all.at(0).packets, 0u);
  faults_.mute = MuteMode::kEmptyPackets;
  pass_frames(1);
  EXPECT_EQ(sink_.all.at(1).bytes, kInterleavedHeaderBytes + kRtpHeaderBytes);
}

TEST_F(VideoFeedTest, RespellsTheSpsEverySecondGop) {
  faults_.flip_sps = true;
  feed_.attach(&sink_);
  pass_frames(49);
  std::vector<base::Bytes> seen;
  for (const auto& got : sink_.all) {
    if (!got.first_sps.empty()) seen.push_back(got.first_sps);
  }
  ASSERT_EQ(seen.size(), 4u);
  EXPECT_NE(seen[0], seen[1]);
  EXPECT_EQ(seen[0], seen[2]);
  EXPECT_EQ(seen[1], seen[3]);
}

TEST_F(VideoFeedTest, KeepsParameterSetsOutOfBandWhenAsked) {
  faults_.sprop = SpropMode::kSdpOnly;
  pass_frames(9);
  feed_.attach(&sink_);
  pass_frames(1);
  EXPECT_EQ(sink_.all.at(0).nal_types, (std::vector<int>{6, 5}));
}

TEST_F(VideoFeedTest, LeavesKeyFramesOutForAWhile) {
  feed_.attach(&sink_);
  faults_.gop = GopMode::kNoKeyFrames;
  faults_.gop_until_us = clock_.mono_now().us + 2'500'000;
  pass_frames(1);
  for (int i = 0; i < 39; ++i) pass_frames(1);
  std::vector<std::uint64_t> keys;
  for (const auto& got : sink_.all) {
    if (got.timing.key) keys.push_back(*got.counter);
  }
  EXPECT_EQ(keys, (std::vector<std::uint64_t>{28, 38}));  // frames 10 and 20 were never sent nor counted
}

TEST_F(VideoFeedTest, GivesAnEndlessGopItsFirstKeyFrameOnly) {
  faults_.gop = GopMode::kEndless;
  sink_.wants_key = true;
  feed_.attach(&sink_);
  pass_frames(60);
  std::size_t keys = 0;
  for (const auto& got : sink_.all) keys += got.timing.key ? 1 : 0;
  EXPECT_EQ(keys, 1u);
  EXPECT_GT(sink_.all.size(), 40u);
}

TEST_F(VideoFeedTest, RepeatsTimeStampsInPairs) {
  faults_.equal_timestamps = true;
  feed_.attach(&sink_);
  pass_frames(5);
  ASSERT_EQ(sink_.all.size(), 5u);
  EXPECT_EQ(sink_.all[1].timing.timestamp, sink_.all[2].timing.timestamp);
  EXPECT_EQ(sink_.all[3].timing.timestamp, sink_.all[4].timing.timestamp);
  EXPECT_LT(sink_.all[2].timing.timestamp, sink_.all[3].timing.timestamp);
}

TEST_F(VideoFeedTest, StepsBackOnceAndGoesOn) {
  feed_.attach(&sink_);
  pass_frames(2);
  feed_.step_back_once(45'000);
  pass_frames(2);
  const auto& all = sink_.all;
  EXPECT_EQ(all[2].timing.timestamp, all[1].timing.timestamp - 45'000);
  EXPECT_EQ(all[3].timing.timestamp, all[1].timing.timestamp + 18'000);
}

TEST_F(VideoFeedTest, DeliversFewerFramesThanDeclared) {
  Faults slow;
  slow.slow_factor = 0.84;
  change(slow);
  feed_.attach(&sink_);
  pass_frames(100);
  EXPECT_EQ(sink_.all.size(), 84u);
  EXPECT_EQ(sink_.all[80].timing.timestamp - sink_.all[0].timing.timestamp, 80 * 9000);
}

TEST_F(VideoFeedTest, FloodsWithFramesInTheirOwnTime) {
  Faults flood;
  flood.flood_fps = 8;
  change(flood);
  feed_.attach(&sink_);
  pass_frames(10);
  EXPECT_EQ(sink_.all.size(), 73u);  // the next frame was due after 100 ms; from it on one every 12.5 ms
  EXPECT_EQ(sink_.all[1].timing.timestamp - sink_.all[0].timing.timestamp, 1125);
}

TEST_F(VideoFeedTest, FloodsWithFillerBits) {
  faults_.flood_bits = 10;
  feed_.attach(&sink_);
  pass_frames(1);
  EXPECT_GT(sink_.all.at(0).bytes, 200u * 10);
  EXPECT_EQ(sink_.all.at(0).nal_types, (std::vector<int>{6, 1, 12}));
}

TEST_F(VideoFeedTest, SwitchesToTheKeyFrameOfAnotherFile) {
  feed_.attach(&sink_);
  pass_frames(3);
  test::ClipShape other;
  other.key_bytes = 9000;
  feed_.switch_clip(test::synthetic_clip(other));
  pass_frames(2);
  ASSERT_EQ(sink_.all.size(), 5u);
  EXPECT_TRUE(sink_.all[3].timing.key);
  EXPECT_GT(sink_.all[3].bytes, 9000u);
  EXPECT_EQ(sink_.all[3].timing.timestamp - sink_.all[2].timing.timestamp, 9000);
}

TEST_F(VideoFeedTest, FoldsAKeyFrameIntoOneNalWithStartCodes) {
  faults_.quirks.set(static_cast<std::size_t>(Quirk::kAnnexB));
  pass_frames(9);
  feed_.attach(&sink_);
  pass_frames(1);
  EXPECT_EQ(sink_.all.at(0).nal_types, (std::vector<int>{7}));
}

class AudioFeedTest : public ::testing::Test {
 protected:
  AudioFeedTest() {
    const std::int64_t now = clock_.mono_now().us;
    video_.start(now, 0);
    audio_.start(now);
    audio_.attach(&sink_);
  }
  ~AudioFeedTest() override { audio_.detach(&sink_); }
  static std::shared_ptr<const Clip> clip_with_sound() {
    auto clip = test::synthetic_clip();  // 2 s
    clip->audio.codec = media::Codec::kG711Mu;
    clip->audio.sample_rate_hz = 8000;
    clip->audio.channels = 1;
    clip->audio.samples_per_frame = 160;
    for (int i = 0; i < 100; ++i) clip->audio.frames.emplace_back(160, static_cast<std::uint8_t>(i));
    return clip;
  }

  test::HandClock clock_;
  Reactor reactor_{clock_};
  Faults faults_;
  std::shared_ptr<const Clip> clip_ = clip_with_sound();
  VideoFeed video_{reactor_, faults_, clip_, 1400};
  AudioFeed audio_{reactor_, faults_, video_, clip_};
  Recorder sink_;
};

TEST_F(AudioFeedTest, RunsOnAcrossTheLoop) {
  clock_.advance(milliseconds(5000));
  audio_.catch_up();
  ASSERT_EQ(sink_.all.size(), 250u);  // the one due at the start came before anybody listened
  for (std::size_t i = 1; i < sink_.all.size(); ++i) {
    EXPECT_EQ(sink_.all[i].timing.timestamp - sink_.all[i - 1].timing.timestamp, 160);
  }
}

TEST_F(AudioFeedTest, DriftsAgainstThePicture) {
  faults_.audio_ppm = 10'000;
  audio_.faults_changed();
  clock_.advance(milliseconds(10'000));
  audio_.catch_up();
  EXPECT_EQ(sink_.all.size(), 504u);  // 8080 samples a second from the frame due after 20 ms
}

TEST_F(AudioFeedTest, DropsOutAndComesBackAtTheRightPlace) {
  audio_.drop_out(1'000'000);
  clock_.advance(milliseconds(2000));
  audio_.catch_up();
  ASSERT_EQ(sink_.all.size(), 51u);
  EXPECT_EQ(sink_.all[0].timing.timestamp, 50 * 160);
}

TEST_F(AudioFeedTest, DiesWhenTold) {
  faults_.audio_dead = true;
  clock_.advance(milliseconds(1000));
  audio_.catch_up();
  EXPECT_TRUE(sink_.all.empty());
}

}  // namespace
}  // namespace vonggac::camsim
