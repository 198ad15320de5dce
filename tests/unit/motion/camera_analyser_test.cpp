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
  std::vector<ipc::MotionCandidate> candidates;
  std::vector<ipc::MotionLive> live;
  std::vector<ipc::AnalyseLevel> levels;

 private:
  void take(ipc::Message message) {
    if (auto* report = std::get_if<ipc::MotionReport>(&message)) motion.push_back(*report);
    if (auto* grid = std::get_if<ipc::MotionGrid>(&message)) grids.push_back(*grid);
    if (auto* snapshot = std::get_if<ipc::Snapshot>(&message)) snapshots.push_back(*snapshot);
    if (auto* candidate = std::get_if<ipc::MotionCandidate>(&message)) candidates.push_back(*candidate);
    if (auto* now = std::get_if<ipc::MotionLive>(&message)) live.push_back(*now);
    if (auto* watch = std::get_if<ipc::AnalyseWatch>(&message)) levels.push_back(watch->level);
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

/// Somebody quick is in the picture only from `from` to `to`.
test::EncodedClip street_with_runner(int pictures, int from, int to, int gop) {
  test::PaintedScene scene(320, 180);
  scene.noise = 2;
  test::ClipShape shape;
  shape.gop = gop;
  return test::encode_clip(shape, pictures, [=](int i) {
    test::Painting painting = scene.street(static_cast<std::uint32_t>(i));
    if (i >= from && i < to) scene.put(painting, 60 + (i - from) * 10, 80, 20, 50, static_cast<std::uint32_t>(i));
    return painting;
  });
}

TEST(CameraAnalyser, SeesWhoComesAndGoesBetweenTwoKeyPictures) {
  // Key pictures at 7.8 and 11.7 s; too early for packet sizes to say anything.
  const test::EncodedClip clip = street_with_runner(160, 90, 106, 39);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 90);
  ASSERT_FALSE(bench.analyser->awake());
  bench.play(clip, 90, 110);
  ASSERT_FALSE(bench.motion.empty()) << "told while it is there";
  EXPECT_GE(bench.motion.front().start.us, 8'900'000);
  EXPECT_LE(bench.motion.front().start.us, 10'000'000);
}

TEST(CameraAnalyser, DecodesHalfOfALongGopToLookAtTwoPicturesOfIt) {
  const test::EncodedClip clip = street_with_walker(400, 1000, 39, 2);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 78);
  ASSERT_FALSE(bench.analyser->awake());
  const AnalyserCounters before = bench.counters();
  bench.play(clip, 78, 390);
  EXPECT_EQ(bench.counters().run_decoded, before.run_decoded);
  EXPECT_EQ(bench.counters().key_decoded - before.key_decoded, 8U);
  EXPECT_NEAR(static_cast<double>(bench.counters().between_decoded - before.between_decoded), 8 * 20, 8);
  EXPECT_EQ(bench.counters().looked_at - before.looked_at, 16U);
}

TEST(CameraAnalyser, DecodesNothingBetweenKeyPicturesThatAreNear) {
  const test::EncodedClip clip = street_with_walker(400, 1000);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_EQ(bench.counters().between_decoded, 0U);
}

TEST(CameraAnalyser, LooksAtNoMoreKeyPicturesOfACameraThatSendsThemOften) {
  const test::EncodedClip clip = street_with_walker(400, 1000, 5);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_FALSE(bench.analyser->awake());
  EXPECT_LE(bench.counters().key_decoded, 26U) << "of 74 that came in 37 s asleep";
  EXPECT_GE(bench.counters().key_decoded, 18U);
}

TEST(CameraAnalyser, FindsAWalkerThoughItPassesMostKeyPictures) {
  const test::EncodedClip clip = street_with_walker(400, 205, 5);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  ASSERT_FALSE(bench.motion.empty());
  EXPECT_LE(bench.motion.front().start.us, 22'000'000);
  EXPECT_GE(bench.motion.front().start.us, 20'400'000);
  EXPECT_EQ(bench.motion.back().phase, ipc::MotionPhase::kEnd);
}

TEST(CameraAnalyser, FollowsALongEventByKeyPicturesAndSleepsWhenTheyAreEmpty) {
  const test::EncodedClip clip = street_with_walker(500, 205);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_LE(bench.counters().run_decoded, 40U + 90U) << "the start, and less than half of the 9 s somebody walked";
  ASSERT_EQ(bench.motion.back().phase, ipc::MotionPhase::kEnd);
  EXPECT_GE(bench.motion.back().end.us, 27'000'000);
  EXPECT_LE(bench.motion.back().end.us, 31'000'000);
}

/// Somebody walks to and fro from second 6 on, in a rain of so many drops a picture.
test::EncodedClip street_with_walker_to_and_fro(int pictures, std::uint32_t drops) {
  const test::PaintedScene scene(320, 180);
  return test::encode_clip({}, pictures, [scene, drops](int i) {
    test::Painting painting = scene.street();
    for (std::uint32_t drop = 0; drop < drops; ++drop) {
      const std::uint32_t random = test::hash_of(static_cast<std::uint32_t>(i) * 1000 + drop);
      scene.put(painting, static_cast<int>(random % 320), static_cast<int>(random / 320 % 180), 3, 6);
    }
    const int step = i % 120;
    if (i >= 60) scene.put(painting, 20 + 4 * std::min(step, 120 - step), 80, 20, 50);
    return painting;
  });
}

/// How many pictures long the camera coasted each time.
std::vector<int> coasts_of(const test::EncodedClip& clip) {
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  std::vector<int> coasted;
  for (std::size_t i = 0; i < clip.units.size(); ++i) {
    const bool before = bench.analyser->coasting();
    bench.play(clip, i, i + 1);
    if (bench.analyser->coasting() && !before) coasted.push_back(0);
    if (bench.analyser->coasting()) ++coasted.back();
  }
  EXPECT_FALSE(bench.motion.empty());
  return coasted;
}

TEST(CameraAnalyser, CoastsTwiceAsLongEachTimeItWasRight) {
  const std::vector<int> coasted = coasts_of(street_with_walker_to_and_fro(900, 0));
  ASSERT_GE(coasted.size(), 3U);
  EXPECT_NEAR(coasted[0], 60, 20);  // ends at a key picture, one in 20
  EXPECT_NEAR(coasted[1], 110, 20);
  EXPECT_NEAR(coasted[2], 210, 20);
}

TEST(CameraAnalyser, LooksAtEveryPictureOfAnEventInTheRain) {
  EXPECT_TRUE(coasts_of(street_with_walker_to_and_fro(400, 60)).empty());
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

TEST(CameraAnalyser, GivesASnapshotOnRequestAndEveryMinute) {
  const test::EncodedClip clip = street_with_walker(700, 1000);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  EXPECT_EQ(bench.snapshots.size(), 2U);
  EXPECT_EQ(bench.snapshots[0].slot, 4);
  EXPECT_EQ(bench.snapshots[0].jpeg[0], 0xff);
  bench.analyser->request_snapshot();
  media::AccessUnit key = clip.units[680];
  ASSERT_TRUE(key.key);
  key.capture.us = 71'000'000;
  bench.analyser->take(key);
  bench.analyser->step();
  ASSERT_EQ(bench.snapshots.size(), 3U);
  EXPECT_EQ(bench.snapshots[2].capture.us, 71'000'000);
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
  EXPECT_EQ(bench.counters().key_decoded, 2U) << "what follows 20 is passed over: for a while key pictures alone";
  EXPECT_EQ(bench.counters().run_decoded, 0U);
}

TEST(CameraAnalyser, LooksAtKeyPicturesAloneForAWhileAfterSheddingAndSaysSo) {
  const test::EncodedClip clip = street_with_walker(600, 205);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 100);
  bench.analyser->shed();
  EXPECT_EQ(bench.analyser->level(), ipc::AnalyseLevel::kShedToKeys);
  const std::uint64_t run_before = bench.counters().run_decoded;
  bench.play(clip, 100, 299);
  bench.analyser->tick();
  EXPECT_EQ(bench.counters().run_decoded, run_before);
  EXPECT_FALSE(bench.motion.empty()) << "the walker is found between two key pictures all the same";
  bench.play(clip, 299, 320);
  bench.analyser->tick();
  EXPECT_EQ(bench.analyser->level(), ipc::AnalyseLevel::kAsNeeded);
  EXPECT_EQ(bench.levels,
            (std::vector<ipc::AnalyseLevel>{ipc::AnalyseLevel::kShedToKeys, ipc::AnalyseLevel::kAsNeeded}));
}

TEST(CameraAnalyser, GivesWayLongerWhereItHappensAgain) {
  const test::EncodedClip clip = street_with_walker(20, 1000);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  const auto held_for = [&] {
    bench.analyser->shed();
    int seconds = 0;
    while (bench.analyser->level() == ipc::AnalyseLevel::kShedToKeys && seconds < 1000) {
      bench.clock.advance(base::Seconds(1));
      bench.analyser->tick();
      ++seconds;
    }
    return seconds;
  };
  EXPECT_EQ(held_for(), 20);
  EXPECT_EQ(held_for(), 40);
  for (int i = 0; i < 5; ++i) (void)held_for();
  EXPECT_EQ(held_for(), 300);
  bench.clock.advance(base::Seconds(61));
  EXPECT_EQ(held_for(), 20);
}

TEST(CameraAnalyser, KeepsTheNewestKeyPictureWhereEvenThoseAreTooMany) {
  ipc::AnalyseCamera settings;
  settings.key_frames_only = true;
  const test::EncodedClip clip = street_with_walker(100, 1000);
  Bench bench(settings);
  bench.analyser->set_parameters(clip.parameters);
  for (const media::AccessUnit& unit : clip.units) bench.analyser->take(unit);
  EXPECT_EQ(bench.analyser->level(), ipc::AnalyseLevel::kMainKeyPictures);
  EXPECT_EQ(bench.analyser->shed_keys(), 4U);
  EXPECT_EQ(bench.analyser->level(), ipc::AnalyseLevel::kShedKeys);
  while (bench.analyser->has_work()) bench.analyser->step();
  EXPECT_EQ(bench.counters().key_decoded, 1U);
  EXPECT_EQ(bench.counters().looked_at, 1U);
}

TEST(CameraAnalyser, SaysThatItLooksAtEveryPictureWhereKeyPicturesAreRare) {
  const test::EncodedClip clip = street_with_walker(100, 1000, 100);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  bench.analyser->tick();
  ASSERT_FALSE(bench.levels.empty());
  EXPECT_EQ(bench.levels.back(), ipc::AnalyseLevel::kEveryPicture);
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

// ---- woken from outside, and tuned -----------------------------------------------------------------------------

TEST(CameraAnalyser, LooksAtEveryPictureWhileWoken) {
  const test::EncodedClip clip = street_with_walker(300, 1000);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 100);
  ASSERT_FALSE(bench.analyser->awake());
  const std::uint64_t before = bench.counters().run_decoded;
  bench.analyser->wake_until({18'000'000});
  bench.play(clip, 100, 180);
  EXPECT_TRUE(bench.analyser->awake());
  EXPECT_GE(bench.counters().run_decoded - before, 80U);
  bench.play(clip, 180, 300);
  EXPECT_FALSE(bench.analyser->awake()) << "nothing moved: asleep again at the next key pictures";
  EXPECT_TRUE(bench.motion.empty());
}

TEST(CameraAnalyser, AWakeThatIsOverChangesNothing) {
  const test::EncodedClip clip = street_with_walker(200, 1000);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 100);
  const std::uint64_t before = bench.counters().run_decoded;
  bench.analyser->wake_until({9'000'000});
  bench.play(clip, 100, 200);
  EXPECT_EQ(bench.counters().run_decoded, before);
}

TEST(CameraAnalyser, LooksAtEveryPictureWhileWokenWhereOtherwiseKeyPicturesDo) {
  ipc::AnalyseCamera settings;
  settings.key_frames_only = true;
  const test::EncodedClip clip = street_with_walker(200, 1000);
  Bench bench(settings);
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 50);
  EXPECT_EQ(bench.counters().run_decoded, 0U);
  bench.analyser->wake_until({12'000'000});
  bench.play(clip, 50, 120);
  EXPECT_EQ(bench.counters().run_decoded, 60U) << "from the key picture at 6 s on";
  bench.play(clip, 120);
  EXPECT_LE(bench.counters().run_decoded, 60U + 25U);
  EXPECT_FALSE(bench.analyser->awake()) << "key pictures again";
}

TEST(CameraAnalyser, TellsWhyAnEventBeganAndEnded) {
  const test::EncodedClip clip = street_with_walker(400, 205);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  ASSERT_FALSE(bench.motion.empty());
  EXPECT_NE(bench.motion.front().start_reason, ipc::MotionReason::kUnknown);
  EXPECT_EQ(bench.motion.back().end_reason, ipc::MotionReason::kNothingMoves);
}

TEST(CameraAnalyser, NotesWhatItFollowed) {
  const test::EncodedClip clip = street_with_walker(400, 205);
  ipc::AnalyseCamera settings;
  settings.full_decode = true;
  Bench bench(settings);
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip);
  bench.analyser->finish();
  const auto fired = std::find_if(bench.candidates.begin(), bench.candidates.end(),
                                  [](const auto& c) { return c.verdict == ipc::MotionVerdict::kMoves; });
  ASSERT_NE(fired, bench.candidates.end());
  EXPECT_EQ(fired->slot, 4);
  EXPECT_EQ(fired->generation, 11U);
  EXPECT_NE(fired->fires_at & (1U << 4), 0) << "the sensitivity in force";
  EXPECT_NE(fired->fires_at & (1U << 8), 0) << "and a higher one";
  EXPECT_GT(fired->travel, 0.3F);
  EXPECT_GT(fired->straightness, 0.8F);
  EXPECT_FALSE(fired->feet.points.empty());
  EXPECT_LE(fired->feet.points.size(), ipc::MotionCandidate::kMaxFeet);
}

TEST(CameraAnalyser, ShadowRunsBesideAndEndsByItself) {
  const test::EncodedClip clip = street_with_walker(500, 205);
  Bench bench;
  bench.analyser->set_parameters(clip.parameters);
  bench.play(clip, 0, 150);
  ipc::AnalyseShadow shadow;
  shadow.until = {40'000'000};
  shadow.sensitivity = 7;
  shadow.zones.push_back({"elsewhere", ipc::ZoneKind::kDetect, {{{0.F, 0.F}, {0.2F, 0.F}, {0.F, 0.1F}}}, ""});
  bench.analyser->start_shadow(shadow);
  EXPECT_TRUE(bench.analyser->shadowed());
  bench.play(clip, 150, 420);
  EXPECT_FALSE(bench.analyser->shadowed()) << "its time is over";
  ASSERT_GE(bench.live.size(), 20U);
  EXPECT_EQ(bench.live.back().own.events, 1U);
  EXPECT_EQ(bench.live.back().shadow.events, 0U) << "nobody walks through its zone";
  EXPECT_GT(bench.live.back().own.threshold_grey, bench.live.back().shadow.threshold_grey);
  EXPECT_TRUE(std::any_of(bench.candidates.begin(), bench.candidates.end(),
                          [](const auto& c) { return c.shadow && c.verdict == ipc::MotionVerdict::kOutsideZones; }));
  const std::size_t told = bench.live.size();
  bench.play(clip, 420);
  EXPECT_EQ(bench.live.size(), told);
}

TEST(CameraAnalyser, ShadowChangesNoEvent) {
  const test::EncodedClip clip = street_with_walker(400, 205);
  ipc::AnalyseCamera settings;
  settings.full_decode = true;
  Bench alone(settings), shadowed(settings);
  ipc::AnalyseShadow shadow;
  shadow.until = {100'000'000};
  shadow.sensitivity = 1;
  for (Bench* bench : {&alone, &shadowed}) {
    bench->analyser->set_parameters(clip.parameters);
    if (bench == &shadowed) bench->analyser->start_shadow(shadow);
    bench->play(clip);
  }
  ASSERT_EQ(alone.motion.size(), shadowed.motion.size());
  for (std::size_t i = 0; i < alone.motion.size(); ++i) {
    EXPECT_EQ(alone.motion[i].start.us, shadowed.motion[i].start.us);
    EXPECT_EQ(alone.motion[i].end.us, shadowed.motion[i].end.us);
    EXPECT_EQ(alone.motion[i].score, shadowed.motion[i].score);
  }
}

}  // namespace
}  // namespace vonggac::motion
