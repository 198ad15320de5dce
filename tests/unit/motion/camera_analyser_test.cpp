#include "motion/camera_analyser.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "support/hand_clock.h"
#include "unit/motion/encoded_clip.h"

namespace vonggac::motion {
namespace {

/// One camera and what its analyser said.
class Bench {
 public:
  explicit Bench(ipc::AnalyseCamera settings = {}) {
    settings.slot = 4;
    settings.generation = 11;
    analyser = std::make_unique<CameraAnalyser>(settings, clock, [this](ipc::Message m) { take(std::move(m)); });
  }

  /// Feeds the units as they would come, working them off at once.
  void play(const test::EncodedClip& clip, std::size_t from = 0, std::size_t to = SIZE_MAX) {
    for (std::size_t i = from; i < std::min(to, clip.units.size()); ++i) {
      clock.mono = clip.units[i].capture;
      analyser->take(clip.units[i]);
      while (analyser->has_work()) analyser->step();
    }
  }
  const AnalyserCounters& counters() const { return analyser->counters(); }

  test::HandClock clock;
  std::unique_ptr<CameraAnalyser> analyser;
  std::vector<ipc::MotionReport> motion;
  std::vector<ipc::MotionGrid> grids;
  std::vector<ipc::Snapshot> snapshots;
  std::vector<ipc::AnalyseFailed> failures;

 private:
  void take(ipc::Message message) {
    if (auto* report = std::get_if<ipc::MotionReport>(&message)) motion.push_back(*report);
    if (auto* grid = std::get_if<ipc::MotionGrid>(&message)) grids.push_back(*grid);
    if (auto* snapshot = std::get_if<ipc::Snapshot>(&message)) snapshots.push_back(*snapshot);
    if (auto* failed = std::get_if<ipc::AnalyseFailed>(&message)) failures.push_back(*failed);
  }
};

constexpr int kFps = 10, kGop = 20;

/// Still, but for a walker who crosses from `from` to about 9 s later.
test::EncodedClip street_with_walker(int pictures, int from, int gop = kGop, int noise = 4) {
  test::PaintedScene scene(320, 180);
  scene.noise = noise;
  test::ClipShape shape;
  shape.gop = gop;
  return test::encode_clip(shape, pictures, [=](int i) {
    test::Painting painting = scene.street(static_cast<std::uint32_t>(i));
    if (i >= from) scene.put(painting, (i - from) * 4 - 20, 80, 20, 50, static_cast<std::uint32_t>(i));
    return painting;
  });
}

TEST(CameraAnalyser, DecodesOnlyKeyPicturesWhileNothingMoves) {
  const test::EncodedClip clip = street_with_walker(400, 1000);
  ASSERT_FALSE(clip.units.empty());
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 60);
  EXPECT_FALSE(bench.analyser->awake()) << "after the first looks";
  const std::uint64_t run_before = bench.counters().run_decoded;
  bench.play(clip, 60);
  EXPECT_EQ(bench.counters().run_decoded, run_before);
  EXPECT_EQ(bench.counters().key_decoded, 18U);  // 40 s, a key picture every 2 s, the first two while awake
  EXPECT_TRUE(bench.motion.empty());
  EXPECT_EQ(bench.counters().units_taken, 400U);
}

TEST(CameraAnalyser, WakesAndReportsTheWholeEvent) {
  const test::EncodedClip clip = street_with_walker(400, 205);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  ASSERT_GE(bench.motion.size(), 2U);
  const ipc::MotionReport& start = bench.motion.front();
  const ipc::MotionReport& end = bench.motion.back();
  EXPECT_EQ(start.phase, ipc::MotionPhase::kStart);
  EXPECT_GE(start.start.us, 20'400'000);
  EXPECT_LE(start.start.us, 21'800'000) << "though the next key picture came at 22 s";
  EXPECT_EQ(end.phase, ipc::MotionPhase::kEnd);
  EXPECT_NEAR(static_cast<double>(end.end.us), 29e6, 1.5e6);
  EXPECT_GT(end.thumbnail.size(), 500U);
  EXPECT_LE(end.thumbnail.size(), 20'000U);
  EXPECT_GT(end.box_h, 0.15F);
  EXPECT_FALSE(bench.grids.empty());
  EXPECT_FALSE(bench.analyser->awake()) << "asleep again 11 s later";
}

TEST(CameraAnalyser, PacketSizesWakeItBeforeTheNextKeyPicture) {
  // A key picture every 3.9 s: short of what counts as a long GOP.
  const test::EncodedClip clip = street_with_walker(330, 240, 39, 2);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 240);
  ASSERT_FALSE(bench.analyser->awake());
  std::size_t i = 240;
  for (; i < clip.units.size() && !bench.analyser->awake(); ++i) bench.play(clip, i, i + 1);
  EXPECT_LT(i, 273U) << "the next key picture is number 273";
}

TEST(CameraAnalyser, DecodesEverythingWhereKeyPicturesAreRare) {
  const test::EncodedClip clip = street_with_walker(200, 1000, 100);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_TRUE(bench.analyser->awake());
  EXPECT_GE(bench.counters().run_decoded, 195U);
}

TEST(CameraAnalyser, DecodesEverythingWhenToldTo) {
  ipc::AnalyseCamera settings;
  settings.full_decode = true;
  const test::EncodedClip clip = street_with_walker(150, 1000);
  Bench bench(settings);
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_EQ(bench.counters().run_decoded, 150U);
  EXPECT_LE(bench.counters().looked_at, 122U) << "at most 8 a second";
}

TEST(CameraAnalyser, TouchesNothingButKeyPicturesWhenToldTo) {
  ipc::AnalyseCamera settings;
  settings.key_frames_only = true;
  const test::EncodedClip clip = street_with_walker(300, 205);
  Bench bench(settings);
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_EQ(bench.counters().run_decoded, 0U);
  EXPECT_EQ(bench.counters().key_decoded, 15U);
  ASSERT_FALSE(bench.motion.empty()) << "the walker was seen at 22 s and elsewhere at 24 s";
  EXPECT_EQ(bench.motion.front().start.us, 22'000'000);
}

TEST(CameraAnalyser, GivesASnapshotOnRequestAndEveryTenSeconds) {
  const test::EncodedClip clip = street_with_walker(300, 1000);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_EQ(bench.snapshots.size(), 3U);
  EXPECT_EQ(bench.snapshots[0].slot, 4);
  EXPECT_EQ(bench.snapshots[0].jpeg[0], 0xff);
  bench.analyser->request_snapshot();
  media::AccessUnit key = clip.units[280];
  ASSERT_TRUE(key.key);
  key.capture.us = 31'000'000;
  bench.analyser->take(key);
  bench.analyser->step();
  ASSERT_EQ(bench.snapshots.size(), 4U);
  EXPECT_EQ(bench.snapshots[3].capture.us, 31'000'000);
}

TEST(CameraAnalyser, TellsOnceThatItGaveUpAndBeginsAgainWithNewParameters) {
  const test::EncodedClip clip = street_with_walker(100, 1000);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  media::AccessUnit broken = clip.units[0];
  broken.payload = std::make_shared<const base::Bytes>(base::Bytes{0, 0, 0, 4, 0x65, 0, 0, 0});
  for (int i = 0; i < 200; ++i) {
    broken.capture.us = i * 100'000;
    bench.analyser->take(broken);
    bench.analyser->step();
  }
  ASSERT_EQ(bench.failures.size(), 1U);
  EXPECT_EQ(bench.failures[0].generation, 11U);
  EXPECT_FALSE(bench.failures[0].detail.empty());
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_GT(bench.counters().looked_at, 0U);
  EXPECT_EQ(bench.failures.size(), 1U);
}

TEST(CameraAnalyser, SaysWhyItCannotLookAtAStream) {
  media::TrackParameters parameters;
  parameters.codec = media::Codec::kAac;
  Bench bench;
  bench.analyser->set_parameters(parameters);
  ASSERT_EQ(bench.failures.size(), 1U);
}

TEST(CameraAnalyser, ShedsOnlyWhileAwakeAndGoesOnAtTheKeyPicture) {
  const test::EncodedClip clip = street_with_walker(100, 1000);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  ASSERT_TRUE(bench.analyser->awake());
  for (std::size_t i = 0; i < 30; ++i) bench.analyser->take(clip.units[i]);
  bench.clock.advance(base::Seconds(3));
  EXPECT_EQ(bench.analyser->backlog(), base::Seconds(3));
  ASSERT_TRUE(bench.analyser->can_shed());
  bench.analyser->shed();
  EXPECT_EQ(bench.counters().shed, 19U);  // 1..19; the key pictures 0 and 20 stay, and what follows 20
  while (bench.analyser->has_work()) bench.analyser->step();
  EXPECT_EQ(bench.counters().errors, 0U);
  EXPECT_EQ(bench.counters().run_decoded, 11U);
}

TEST(CameraAnalyser, CatchingUpAfterAWakeUpIsNoBacklog) {
  const test::EncodedClip clip = street_with_walker(300, 205);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 220);
  ASSERT_FALSE(bench.analyser->awake());
  bench.clock.mono = clip.units[220].capture;
  bench.analyser->take(clip.units[220]);
  bench.analyser->step();  // looks at the key picture, wakes, goes back to the one before
  ASSERT_TRUE(bench.analyser->awake());
  EXPECT_TRUE(bench.analyser->has_work());
  EXPECT_EQ(bench.analyser->backlog(), base::Micros(0));
}

TEST(CameraAnalyser, ClosesTheEventWhenTheStreamFallsSilent) {
  const test::EncodedClip clip = street_with_walker(240, 150);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 190);
  ASSERT_FALSE(bench.motion.empty());
  ASSERT_NE(bench.motion.back().phase, ipc::MotionPhase::kEnd);
  bench.clock.advance(base::Seconds(6));
  bench.analyser->tick();
  EXPECT_EQ(bench.motion.back().phase, ipc::MotionPhase::kEnd);
}

TEST(CameraAnalyser, DoesNotLookAtDamagedPictures) {
  test::EncodedClip clip = street_with_walker(60, 1000);
  for (std::size_t i = 1; i < 20; ++i) clip.units[i].damaged = true;
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 20);
  EXPECT_EQ(bench.counters().run_decoded, 20U);
  EXPECT_EQ(bench.counters().looked_at, 1U);
}

}  // namespace
}  // namespace vonggac::motion
