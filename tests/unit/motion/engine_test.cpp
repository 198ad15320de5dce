#include "motion/engine.h"

#include <functional>

#include <gtest/gtest.h>

#include "motion/frame_sampler.h"
#include "unit/motion/painted_scene.h"

namespace vonggac::motion {
namespace {

constexpr int kWidth = 320, kHeight = 180;
constexpr std::int64_t kStepUs = 125'000;

struct Seen {
  int started = 0, ended = 0;
  std::int64_t alarm_us = 0;  ///< of the first event
  EngineOutput last;
  std::vector<MovingBox> boxes;
  std::string zone;
  bool grid_used = false;
};

/// Shows `pictures` pictures made by `paint(i)` at 8 a second.
Seen show(Engine& engine, int pictures, const std::function<test::Painting(int)>& paint,
          std::int64_t step_us = kStepUs) {
  Seen seen;
  for (int i = 0; i < pictures; ++i) {
    const test::Painting painting = paint(i);
    const EngineOutput out = engine.look(painting.luma(), i * step_us);
    if (out.event_started && seen.started++ == 0) seen.alarm_us = i * step_us;
    seen.ended += out.event_ended ? 1 : 0;
    if (out.event_active) seen.zone = out.zone;
    seen.boxes.insert(seen.boxes.end(), out.boxes.begin(), out.boxes.end());
    for (const std::uint8_t cells : out.grid) seen.grid_used = seen.grid_used || cells != 0;
    seen.last = out;
  }
  return seen;
}

/// Quiet until picture 32, then a person-sized thing walks in from the left at 6 px a picture.
test::Painting walk(const test::PaintedScene& scene, int i, int top = 80) {
  test::Painting painting = scene.street(static_cast<std::uint32_t>(i));
  if (i >= 32) scene.put(painting, (i - 32) * 6 - 20, top, 20, 50, static_cast<std::uint32_t>(i));
  return painting;
}

TEST(Engine, FindsAMovingThingAndItsBox) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const Seen seen = show(*engine, 72, [&](int i) { return walk(scene, i); });
  ASSERT_EQ(seen.started, 1);
  EXPECT_GE(seen.alarm_us, 33 * kStepUs);
  EXPECT_LE(seen.alarm_us, 33 * kStepUs + 1'500'000);
  ASSERT_FALSE(seen.boxes.empty());
  const MovingBox& box = seen.boxes.back();
  const auto i = static_cast<int>(box.time_us / kStepUs);
  EXPECT_NEAR(box.box.x * kWidth, (i - 32) * 6 - 20, 8);
  EXPECT_NEAR(box.box.y * kHeight, 80, 8);
  EXPECT_NEAR(box.box.w * kWidth, 20, 12);
  EXPECT_NEAR(box.box.h * kHeight, 50, 12);
  EXPECT_TRUE(seen.grid_used);
}

TEST(Engine, EndsTheEventWhenTheThingHasGone) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const Seen seen = show(*engine, 120, [&](int i) { return i < 72 ? walk(scene, i) : scene.street(0); });
  EXPECT_EQ(seen.started, 1);
  EXPECT_EQ(seen.ended, 1);
  EXPECT_FALSE(seen.last.event_active);
}

TEST(Engine, GivesNoEventForTheFirstPictures) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const Seen seen = show(*engine, 16, [&](int i) {
    test::Painting painting = scene.street();
    scene.put(painting, 40 + i * 6, 80, 20, 50);
    return painting;
  });
  EXPECT_EQ(seen.started, 0);
}

TEST(Engine, IgnoresNoise) {
  test::PaintedScene scene(kWidth, kHeight);
  scene.noise = 20;
  const auto engine = Engine::create({});
  const Seen seen = show(*engine, 120, [&](int i) { return scene.street(static_cast<std::uint32_t>(i)); });
  EXPECT_EQ(seen.started, 0);
}

TEST(Engine, FindsAMovingThingInNoise) {
  test::PaintedScene scene(kWidth, kHeight);
  scene.noise = 20;
  const auto engine = Engine::create({});
  const Seen seen = show(*engine, 72, [&](int i) { return walk(scene, i); });
  EXPECT_EQ(seen.started, 1);
}

TEST(Engine, IgnoresLightSwitchedOnAndOff) {
  test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const Seen seen = show(*engine, 160, [&](int i) {
    scene.light = i / 40 % 2 == 0 ? 1.0 : 1.6;
    return scene.street();
  });
  EXPECT_EQ(seen.started, 0);
}

TEST(Engine, IgnoresACameraThatShakes) {
  test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const Seen seen = show(*engine, 120, [&](int i) {
    scene.shift_x = static_cast<int>(test::hash_of(static_cast<std::uint32_t>(i)) % 9) - 4;
    scene.shift_y = static_cast<int>(test::hash_of(static_cast<std::uint32_t>(i + 500)) % 5) - 2;
    return scene.street();
  });
  EXPECT_EQ(seen.started, 0);
}

TEST(Engine, IgnoresThingsThatBlinkInOnePlace) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const Seen seen = show(*engine, 120, [&](int i) {
    test::Painting painting = scene.street();
    if (i % 2 == 0) scene.put(painting, 200, 60, 30, 30);
    return painting;
  });
  EXPECT_EQ(seen.started, 0);
}

TEST(Engine, IgnoresThingsInAnIgnoreZone) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create(
      {.sensitivity = 5, .zones = {{"road", ipc::ZoneKind::kIgnore, {{0, 0.3F}, {1, 0.3F}, {1, 1}, {0, 1}}}}});
  const Seen seen = show(*engine, 72, [&](int i) { return walk(scene, i); });
  EXPECT_EQ(seen.started, 0);
}

TEST(Engine, NamesTheDetectZoneAndIgnoresThePlacesOutside) {
  const test::PaintedScene scene(kWidth, kHeight);
  const EngineSettings settings{.sensitivity = 5,
                                .zones = {{"gate", ipc::ZoneKind::kDetect, {{0, 0.6F}, {1, 0.6F}, {1, 1}, {0, 1}}}}};
  const auto inside = Engine::create(settings);
  const Seen below = show(*inside, 72, [&](int i) { return walk(scene, i, 110); });
  EXPECT_EQ(below.started, 1);
  EXPECT_EQ(below.zone, "gate");
  const auto outside = Engine::create(settings);
  EXPECT_EQ(show(*outside, 72, [&](int i) { return walk(scene, i, 5); }).started, 0);
}

TEST(Engine, SaysWhichWatchZoneSomethingIsInAndLooksEverywhereElseToo) {
  const test::PaintedScene scene(kWidth, kHeight);
  const EngineSettings settings{.sensitivity = 5,
                                .zones = {{"door", ipc::ZoneKind::kWatch, {{0.5F, 0}, {1, 0}, {1, 1}, {0.5F, 1}}}}};
  const auto engine = Engine::create(settings);
  std::int64_t watched_us = 0, moving_us = 0;
  for (int i = 0; i < 72; ++i) {
    const std::int64_t time_us = i * 125'000;
    const EngineOutput out = engine->look(walk(scene, i).luma(), time_us);
    if (out.event_active && moving_us == 0) moving_us = time_us;
    if (out.watched.empty()) continue;
    EXPECT_EQ(out.watched, std::vector<std::string>{"door"});
    if (watched_us == 0) watched_us = time_us;
  }
  EXPECT_GT(moving_us, 0);
  EXPECT_GT(watched_us, moving_us + 500'000) << "it came in from the left";
}

TEST(Engine, AWatchZoneIsLookedAtBesideDetectZones) {
  const test::PaintedScene scene(kWidth, kHeight);
  const EngineSettings settings{.sensitivity = 5,
                                .zones = {{"sky", ipc::ZoneKind::kDetect, {{0, 0}, {1, 0}, {1, 0.1F}, {0, 0.1F}}},
                                          {"road", ipc::ZoneKind::kWatch, {{0, 0.6F}, {1, 0.6F}, {1, 1}, {0, 1}}}}};
  const auto inside = Engine::create(settings);
  const Seen below = show(*inside, 72, [&](int i) { return walk(scene, i, 110); });
  EXPECT_EQ(below.started, 1);
  EXPECT_EQ(below.zone, "road");
  const auto outside = Engine::create(settings);
  EXPECT_EQ(show(*outside, 72, [&](int i) { return walk(scene, i, 40); }).started, 0);
}

TEST(Engine, SeesNothingUnderAPrivacyMask) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create(
      {.sensitivity = 5, .zones = {{"windows", ipc::ZoneKind::kPrivacy, {{0, 0.3F}, {1, 0.3F}, {1, 1}, {0, 1}}}}});
  EXPECT_EQ(show(*engine, 72, [&](int i) { return walk(scene, i); }).started, 0);
}

TEST(Engine, TakesAParkedThingIntoTheBackground) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const auto parked = [&](int i) { return walk(scene, std::min(i, 60)); };
  const Seen seen = show(*engine, 260, parked);
  EXPECT_EQ(seen.started, 1);
  EXPECT_EQ(seen.ended, 1);
  EXPECT_FALSE(seen.last.candidate) << "still looked at, 25 s after it stopped";
  EXPECT_FALSE(engine->peek(parked(259).luma()));
}

TEST(Engine, GivesTheSameEventsForTheSamePictures) {
  test::PaintedScene scene(kWidth, kHeight);
  scene.noise = 12;
  const auto run = [&] {
    const auto engine = Engine::create({});
    return show(*engine, 72, [&](int i) { return walk(scene, i); });
  };
  const Seen first = run(), second = run();
  EXPECT_EQ(first.alarm_us, second.alarm_us);
  ASSERT_EQ(first.boxes.size(), second.boxes.size());
  for (std::size_t i = 0; i < first.boxes.size(); ++i) {
    EXPECT_EQ(first.boxes[i].box.x, second.boxes[i].box.x);
    EXPECT_EQ(first.boxes[i].score, second.boxes[i].score);
  }
}

TEST(Engine, LeavesSmallThingsAloneAtLowSensitivity) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto small = [&](int i) {
    test::Painting painting = scene.street();
    if (i >= 32) scene.put(painting, (i - 32) * 4 - 8, 80, 8, 14);
    return painting;
  };
  const auto usual = Engine::create({.sensitivity = 5, .zones = {}});
  EXPECT_EQ(show(*usual, 72, small).started, 1);
  const auto dull = Engine::create({.sensitivity = 1, .zones = {}});
  EXPECT_EQ(show(*dull, 72, small).started, 0);
}

TEST(Engine, PeekSeesAChangeAndLearnsNothing) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  show(*engine, 32, [&](int) { return scene.street(); });
  const test::Painting empty = scene.street(), visited = walk(scene, 45);
  EXPECT_FALSE(engine->peek(empty.luma()));
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(engine->peek(visited.luma()));
  EXPECT_FALSE(engine->peek(empty.luma()));
}

TEST(Engine, KeyPicturesAloneGiveAnEventForAThingThatMoved) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const Seen seen = show(
      *engine, 12,
      [&](int i) {
        test::Painting painting = scene.street();
        if (i == 6 || i == 7) scene.put(painting, 60 + (i - 6) * 90, 80, 20, 50);
        return painting;
      },
      2'000'000);
  EXPECT_EQ(seen.started, 1);
  EXPECT_EQ(seen.alarm_us, 7 * 2'000'000);
  EXPECT_EQ(seen.ended, 1);
}

TEST(Engine, KeyPicturesAloneGiveNoEventForAThingThatOnlyAppears) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  const Seen seen = show(
      *engine, 12,
      [&](int i) {
        test::Painting painting = scene.street();
        if (i >= 6) scene.put(painting, 60, 80, 20, 50);
        return painting;
      },
      2'000'000);
  EXPECT_EQ(seen.started, 0);
}

TEST(Engine, ClosesTheEventAndLearnsAnewAfterAJumpInTime) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  show(*engine, 60, [&](int i) { return walk(scene, i); });
  const test::Painting later = scene.street();
  const EngineOutput out = engine->look(later.luma(), 60 * kStepUs + 11'000'000);
  EXPECT_TRUE(out.event_ended);
  EXPECT_FALSE(out.event_active);
}

TEST(Engine, FinishClosesAnOpenEvent) {
  const test::PaintedScene scene(kWidth, kHeight);
  const auto engine = Engine::create({});
  ASSERT_EQ(show(*engine, 60, [&](int i) { return walk(scene, i); }).started, 1);
  EXPECT_TRUE(engine->finish().event_ended);
  EXPECT_FALSE(engine->finish().event_ended);
}

TEST(Engine, PassesOverPicturesTooSmallToLookAt) {
  const auto engine = Engine::create({});
  const std::vector<std::uint8_t> pixels(64, 0);
  EXPECT_FALSE(engine->look({pixels.data(), 8, 8, 8}, 0).candidate);
  EXPECT_FALSE(engine->look({nullptr, 640, 360, 640}, 1).candidate);
  EXPECT_FALSE(engine->peek({nullptr, 640, 360, 640}));
}

TEST(FrameSampler, TakesEightPicturesASecondEvenly) {
  for (const std::int64_t fps : {8, 10, 12, 15, 25, 30}) {
    FrameSampler sampler;
    int taken = 0;
    for (std::int64_t i = 0; i < 20 * fps; ++i) taken += sampler.take(i * 1'000'000 / fps) ? 1 : 0;
    EXPECT_NEAR(taken, 160, 2) << fps << " fps";
  }
}

TEST(FrameSampler, TakesEveryPictureOfASlowCameraAndAfterAGap) {
  FrameSampler sampler;
  for (std::int64_t i = 0; i < 20; ++i) EXPECT_TRUE(sampler.take(i * 200'000));
  EXPECT_TRUE(sampler.take(60'000'000));
  EXPECT_FALSE(sampler.take(60'010'000));
  EXPECT_TRUE(sampler.take(1'000'000)) << "the axis went back: begin anew";
}

}  // namespace
}  // namespace vonggac::motion
