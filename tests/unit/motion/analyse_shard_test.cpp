#include "motion/analyse_shard.h"

#include <deque>

#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/worker.h"
#include "support/hand_clock.h"
#include "unit/motion/encoded_clip.h"

namespace vonggac::motion {
namespace {

/// Core, as the shard sees it. The eventfds are always readable, so that turn() never waits.
class FakeLinks final : public AnalyseLinks {
 public:
  FakeLinks() : control_(eventfd(1, EFD_NONBLOCK)), bell_(eventfd(1, EFD_NONBLOCK)) {}
  int control_fd() const override { return control_.get(); }
  int bell_fd() const override { return bell_.get(); }
  base::Result<std::vector<ipc::Received>> receive() override {
    if (gone) return base::unavailable("closed");
    std::vector<ipc::Received> out;
    for (ipc::Message& message : control) {
      out.emplace_back();
      out.back().message = std::move(message);
    }
    control.clear();
    return out;
  }
  void clear_bell() override {}
  base::Result<ipc::Message> read_media() override {
    if (broken) return base::data_loss("broken ring");
    if (media.empty()) return base::not_found("empty");
    ipc::Message message = std::move(media.front());
    media.pop_front();
    return message;
  }
  base::Status send(const ipc::Message& message) override {
    sent.push_back(message);
    return {};
  }
  base::Status flush() override { return {}; }
  void beat(base::MonoTime now) override { last_beat = now; }
  void guarded(std::uint16_t slot, const std::function<void()>& work) override {
    guarded_slots.push_back(slot);
    work();
  }
  template <typename T>
  int count() const {
    int found = 0;
    for (const ipc::Message& message : sent) found += std::holds_alternative<T>(message) ? 1 : 0;
    return found;
  }

  std::vector<ipc::Message> control, sent;
  std::deque<ipc::Message> media;
  std::vector<std::uint16_t> guarded_slots;
  base::MonoTime last_beat;
  bool gone = false, broken = false;

 private:
  base::UniqueFd control_, bell_;
};

test::EncodedClip walker_clip(int pictures) {
  const test::PaintedScene scene(320, 180);
  return test::encode_clip({}, pictures, [scene](int i) {
    test::Painting painting = scene.street();
    if (i >= 40) scene.put(painting, (i - 40) * 5 - 20, 80, 20, 50);
    return painting;
  });
}

struct World {
  World() : shard(std::move(*AnalyseShard::create(links, clock))) {}

  void add(std::uint16_t slot, std::uint32_t generation, const test::EncodedClip& clip) {
    ipc::AnalyseCamera camera;
    camera.slot = slot;
    camera.generation = generation;
    links.control.emplace_back(camera);
    links.media.emplace_back(ipc::MediaParameters{slot, generation, media::TrackKind::kVideo, clip.parameters});
  }
  void feed(std::uint16_t slot, std::uint32_t generation, const media::AccessUnit& unit) {
    links.media.emplace_back(ipc::MediaUnit{slot, generation, unit});
  }

  test::HandClock clock;
  FakeLinks links;
  std::unique_ptr<AnalyseShard> shard;
};

TEST(AnalyseShard, LooksAtItsCamerasAndReports) {
  const test::EncodedClip clip = walker_clip(160);
  World world;
  world.add(2, 7, clip);
  world.add(5, 8, clip);
  for (const media::AccessUnit& unit : clip.units) {
    world.clock.mono = unit.capture;
    world.feed(2, 7, unit);
    world.feed(5, 8, unit);
    world.shard->turn();
    EXPECT_EQ(world.links.last_beat, unit.capture);
  }
  int starts = 0, ends = 0;
  for (const ipc::Message& message : world.links.sent) {
    const auto* report = std::get_if<ipc::MotionReport>(&message);
    if (report == nullptr) continue;
    EXPECT_EQ(report->generation, report->slot == 2 ? 7U : 8U);
    starts += report->phase == ipc::MotionPhase::kStart ? 1 : 0;
    ends += report->phase == ipc::MotionPhase::kEnd ? 1 : 0;
  }
  EXPECT_EQ(starts, 2);
  EXPECT_EQ(ends, 2);
  EXPECT_GT(world.links.count<ipc::MotionGrid>(), 4);
  EXPECT_EQ(world.links.count<ipc::Snapshot>(), 2) << "one of each camera at the start, then one a minute";
  for (const std::uint16_t slot : world.links.guarded_slots) EXPECT_TRUE(slot == 2 || slot == 5);
}

TEST(AnalyseShard, PassesOverUnitsOfAnotherGenerationOrSlot) {
  const test::EncodedClip clip = walker_clip(5);
  World world;
  world.add(2, 7, clip);
  world.feed(2, 6, clip.units[0]);
  world.feed(9, 7, clip.units[0]);
  world.feed(60'000, 7, clip.units[0]);
  world.shard->turn();
  ASSERT_NE(world.shard->camera(2), nullptr);
  EXPECT_EQ(world.shard->camera(2)->counters().units_taken, 0U);
  EXPECT_EQ(world.shard->camera(9), nullptr);
}

TEST(AnalyseShard, StopsACameraAndEndsWhenToldOrWhenCoreIsGone) {
  const test::EncodedClip clip = walker_clip(5);
  World world;
  world.add(2, 7, clip);
  world.shard->turn();
  world.links.control.emplace_back(ipc::AnalyseStop{2});
  world.shard->turn();
  EXPECT_EQ(world.shard->camera(2), nullptr);
  EXPECT_FALSE(world.shard->done());
  world.links.control.emplace_back(ipc::Shutdown{});
  world.shard->turn();
  EXPECT_TRUE(world.shard->done());
  World orphan;
  orphan.links.gone = true;
  orphan.shard->turn();
  EXPECT_TRUE(orphan.shard->done());
  World cheated;
  cheated.links.broken = true;
  cheated.shard->turn();
  EXPECT_TRUE(cheated.shard->done());
}

TEST(AnalyseShard, ChangesSettingsWithoutForgettingTheBackground) {
  const test::EncodedClip clip = walker_clip(5);
  World world;
  world.add(2, 7, clip);
  world.shard->turn();
  const CameraAnalyser* const before = world.shard->camera(2);
  ipc::AnalyseCamera keener;
  keener.slot = 2;
  keener.generation = 7;
  keener.sensitivity = 8;
  world.links.control.emplace_back(keener);
  world.shard->turn();
  EXPECT_EQ(world.shard->camera(2), before);
  keener.generation = 8;
  world.links.control.emplace_back(keener);
  world.shard->turn();
  EXPECT_EQ(world.shard->camera(2)->generation(), 8U);
}

TEST(AnalyseShard, GivesASnapshotOnRequest) {
  const test::EncodedClip clip = walker_clip(20);
  World world;
  world.add(2, 7, clip);
  for (std::size_t i = 0; i < 10; ++i) world.feed(2, 7, clip.units[i]);
  world.shard->turn();
  const int before = world.links.count<ipc::Snapshot>();
  world.links.control.emplace_back(ipc::SnapshotRequest{2});
  world.links.control.emplace_back(ipc::SnapshotRequest{63});
  world.feed(2, 7, clip.units[10]);
  world.shard->turn();
  world.shard->turn();
  EXPECT_EQ(world.links.count<ipc::Snapshot>(), before + 1);
}

TEST(AnalyseShard, ShedsTheDearestOfThoseThatMay) {
  using base::Millis;
  EXPECT_EQ(
      choose_to_shed({{0, Millis(1'500), true, 900}, {1, Millis(9'000), false, 5'000}, {2, Millis(0), true, 1'000}}),
      2U);
  EXPECT_EQ(choose_to_shed({{0, Millis(900), true, 900}, {1, Millis(900), true, 1'000}}), std::nullopt)
      << "nobody is late";
}

TEST(AnalyseShard, ShedsTheAwakeCameraFurthestBehind) {
  using base::Millis;
  const std::vector<Backlog> backlogs{{0, Millis(1'500), true}, {1, Millis(9'000), false}, {2, Millis(4'000), true}};
  EXPECT_EQ(choose_to_shed(backlogs), 2U);
  EXPECT_EQ(choose_to_shed({{0, Millis(1'000), true}, {1, Millis(900), false}}), std::nullopt);
  EXPECT_EQ(choose_to_shed({{1, Millis(9'000), false}}), std::nullopt);
  EXPECT_EQ(choose_to_shed({}), std::nullopt);
}

TEST(AnalyseShard, DropsOldPicturesOfAMovingCameraWhenItCannotKeepUp) {
  const test::EncodedClip clip = walker_clip(60);
  // Every look at this clock costs 0.7 s: no machine keeps up like that.
  class LeapingClock final : public base::Clock {
   public:
    base::WallTime wall_now() const override { return {}; }
    base::MonoTime mono_now() const override { return {now_us += 700'000}; }
    mutable std::int64_t now_us = 0;
  } leaping;
  FakeLinks links;
  auto shard = std::move(*AnalyseShard::create(links, leaping));
  ipc::AnalyseCamera camera;
  links.control.emplace_back(camera);
  links.media.emplace_back(ipc::MediaParameters{0, 0, media::TrackKind::kVideo, clip.parameters});
  for (std::size_t i = 0; i < 45; ++i) links.media.emplace_back(ipc::MediaUnit{0, 0, clip.units[i]});
  for (int i = 0; i < 60; ++i) shard->turn();
  ASSERT_NE(shard->camera(0), nullptr);
  const AnalyserCounters& counters = shard->camera(0)->counters();
  EXPECT_GT(counters.shed, 20U);
  EXPECT_EQ(counters.errors, 0U);
  EXPECT_LE(counters.shed + counters.run_decoded + counters.key_decoded, 45U);
  EXPECT_GE(counters.looked_at, 3U) << "key pictures are never shed";
}

TEST(AnalyseShard, WorksInsideItsSandbox) {
  const test::EncodedClip clip = walker_clip(120);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    World world;
    if (!prepare_libraries().ok()) _exit(2);
    if (!ipc::apply_sandbox(ipc::SandboxProfile::kAnalyse).ok()) _exit(77);
    world.add(2, 7, clip);
    for (const media::AccessUnit& unit : clip.units) {
      world.clock.mono = unit.capture;
      world.feed(2, 7, unit);
      world.shard->turn();
    }
    const bool fine = world.links.count<ipc::MotionReport>() > 0 && world.links.count<ipc::Snapshot>() > 0 &&
                      world.links.count<ipc::AnalyseFailed>() == 0;
    _exit(fine ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status)) << "ended by signal " << WTERMSIG(status);
  if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "this kernel refuses the sandbox";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace vonggac::motion
