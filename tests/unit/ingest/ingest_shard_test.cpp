#include "ingest/ingest_shard.h"

#include <gtest/gtest.h>
#include <sys/eventfd.h>

#include "support/hand_clock.h"
#include "support/socket_camera.h"

namespace vonggac::ingest {
namespace {

using base::Micros;
using test::SocketCamera;

struct Links final : ShardLinks {
  int control_fd() const override { return wake.get(); }
  base::Result<std::vector<ipc::Received>> receive() override {
    std::uint64_t count = 0;
    (void)!read(wake.get(), &count, sizeof count);
    if (core_gone) return base::unavailable("gone");
    return std::exchange(inbox, {});
  }
  base::Status send(const ipc::Message& message) override {
    sent.push_back(message);
    return {};
  }
  base::Status flush() override { return {}; }
  bool write_media(const ipc::Message& message) override {
    media.push_back(message);
    return true;
  }
  void ring_bell() override { ++bells; }
  void beat(base::MonoTime) override { ++beats; }
  void name_camera(std::optional<std::uint16_t> camera_slot) override {
    EXPECT_NE(camera_slot.has_value(), named.has_value());  // one at a time, and nobody in between
    named = camera_slot;
    if (camera_slot) guarded_slots.push_back(*camera_slot);
  }
  void tell(ipc::Message message, base::UniqueFd fd = {}) {
    ipc::Received received{std::move(message), {}};
    if (fd.valid()) received.fds.push_back(std::move(fd));
    inbox.push_back(std::move(received));
    const std::uint64_t one = 1;
    (void)!write(wake.get(), &one, sizeof one);
  }
  template <typename T>
  std::size_t count() const {
    std::size_t n = 0;
    for (const ipc::Message& message : sent) n += std::holds_alternative<T>(message) ? 1 : 0;
    return n;
  }
  base::UniqueFd wake{eventfd(0, EFD_NONBLOCK)};
  std::vector<ipc::Received> inbox;
  std::vector<ipc::Message> sent;
  std::vector<ipc::Message> media;
  std::optional<std::uint16_t> named;
  std::vector<std::uint16_t> guarded_slots;
  int bells = 0;
  int beats = 0;
  bool core_gone = false;
};

struct IngestShardTest : ::testing::Test {
  test::HandClock clock;
  Links links;
  std::unique_ptr<IngestShard> shard = IngestShard::create(links, clock, kTick).value();

  static ipc::StartStream request(std::uint16_t slot, std::uint32_t generation = 1) {
    ipc::StartStream message;
    message.slot = slot;
    message.camera_slot = static_cast<std::uint16_t>(slot / 2);
    message.generation = generation;
    message.request_url = "rtsp://10.0.0.2:554/live";
    return message;
  }
  /// One pass of the loop with nothing to wait for.
  void tick() {
    clock.advance(kTick);
    shard->turn();
  }
  void start(SocketCamera& camera, const ipc::StartStream& message) {
    links.tell(message, camera.take_recorder_end());
    for (int i = 0; i < 8; ++i) {
      tick();
      camera.serve();
    }
  }
  void stream(SocketCamera& camera, int pictures) {
    for (int i = 0; i < pictures; ++i) {
      camera.send_picture(i == 0);
      tick();
      tick();
    }
  }
};

TEST_F(IngestShardTest, RunsAStreamFromStartToMedia) {
  SocketCamera camera;
  start(camera, request(4));
  EXPECT_EQ(camera.count("PLAY"), 1U);
  stream(camera, 5);
  EXPECT_GE(links.media.size(), 4U);
  EXPECT_GT(links.beats, 0);
}

TEST_F(IngestShardTest, GathersUnwatchedStreamsUntilTheTick) {
  SocketCamera camera;
  start(camera, request(4));
  stream(camera, 5);
  tick();
  links.media.clear();
  links.bells = 0;
  for (int i = 0; i < 3; ++i) {
    camera.send_picture(false);
    clock.advance(Micros(1000));
    links.tell(ipc::SetWatched{63, false});  // wakes the loop before the tick
    shard->turn();
  }
  EXPECT_TRUE(links.media.empty());
  tick();
  EXPECT_GE(links.media.size(), 2U);
  EXPECT_EQ(links.bells, 1);
}

TEST_F(IngestShardTest, ReadsUnwatchedStreamsOnceInTheGatheringTime) {
  shard = IngestShard::create(links, clock, Micros(100'000)).value();
  SocketCamera camera;
  start(camera, request(4));
  stream(camera, 5);
  links.media.clear();
  int readings = 0;
  for (int i = 0; i < 20; ++i) {
    camera.send_picture(false);
    links.tell(ipc::SetWatched{63, false});  // so that turn() does not wait for the gathering time
    tick();
    if (links.media.empty()) continue;
    EXPECT_GE(links.media.size(), 3U);
    links.media.clear();
    ++readings;
  }
  EXPECT_EQ(readings, 4);
}

TEST_F(IngestShardTest, LooksMoreOftenWhereTheSocketWasNearlyFull) {
  shard = IngestShard::create(links, clock, Micros(100'000)).value();
  SocketCamera camera;
  start(camera, request(4));
  stream(camera, 5);
  ASSERT_TRUE(camera.make_room(1U << 20));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(camera.send_picture(false, 50'000));
  for (int i = 0; i < 5 && links.media.size() < 9; ++i) {
    links.tell(ipc::SetWatched{63, false});
    tick();
  }
  links.media.clear();
  for (int i = 0; i < 20; ++i) {  // 50 kB in 20 ms is more than the gathering time would bear
    ASSERT_TRUE(camera.send_picture(false, 50'000));
    tick();
    EXPECT_EQ(links.media.size(), 1U) << i;
    links.media.clear();
  }
  int readings = 0;
  for (int i = 0; i < 25; ++i) {
    camera.send_picture(false);
    links.tell(ipc::SetWatched{63, false});
    tick();
    readings += links.media.empty() ? 0 : 1;
    links.media.clear();
  }
  EXPECT_LE(readings, 5 + 5);  // the rest of the hurry, then once in the gathering time
}

TEST_F(IngestShardTest, ReadsWatchedStreamsAtOnce) {
  SocketCamera camera;
  start(camera, request(4));
  stream(camera, 5);
  links.tell(ipc::SetWatched{4, true});
  tick();
  links.media.clear();
  camera.send_picture(false);
  clock.advance(Micros(1000));
  shard->turn();
  EXPECT_EQ(links.media.size(), 1U);
}

TEST_F(IngestShardTest, NamesTheCameraWhoseBytesItParses) {
  SocketCamera camera;
  start(camera, request(6));
  ASSERT_FALSE(links.guarded_slots.empty());
  for (const std::uint16_t slot : links.guarded_slots) EXPECT_EQ(slot, 3);
}

TEST_F(IngestShardTest, StopsOnlyTheGenerationMeant) {
  SocketCamera camera;
  start(camera, request(4, 7));
  stream(camera, 3);
  links.tell(ipc::StopStream{4, 6});
  tick();
  EXPECT_EQ(shard->stream_count(), 1U);
  camera.serve();
  EXPECT_EQ(camera.count("TEARDOWN"), 0U);
  links.tell(ipc::StopStream{4, 7});
  tick();
  camera.serve();
  EXPECT_EQ(camera.count("TEARDOWN"), 1U);
  camera.hang_up();
  tick();
  tick();
  EXPECT_EQ(shard->stream_count(), 0U);
}

TEST_F(IngestShardTest, ReplacesTheStreamOfASlot) {
  SocketCamera first;
  start(first, request(4, 1));
  SocketCamera second;
  start(second, request(4, 2));
  first.serve();
  EXPECT_EQ(first.count("TEARDOWN"), 1U);
  EXPECT_EQ(second.count("PLAY"), 1U);
  links.media.clear();
  stream(second, 4);
  ASSERT_FALSE(links.media.empty());
  EXPECT_EQ(std::get<ipc::MediaUnit>(links.media.back()).generation, 2U);
}

TEST_F(IngestShardTest, RefusesAStartItCannotCarryOut) {
  ipc::StartStream bad = request(4);
  bad.request_url = "http://10.0.0.2/";
  SocketCamera camera;
  links.tell(bad, camera.take_recorder_end());
  links.tell(request(5));  // without a socket
  tick();
  EXPECT_EQ(links.count<ipc::StreamEnded>(), 2U);
  EXPECT_EQ(shard->stream_count(), 0U);
}

TEST_F(IngestShardTest, LeavesOtherStreamsAloneWhenOneEnds) {
  SocketCamera good;
  SocketCamera bad;
  start(good, request(2));
  start(bad, request(4));
  bad.hang_up();
  tick();
  tick();
  EXPECT_EQ(shard->stream_count(), 1U);
  EXPECT_EQ(links.count<ipc::StreamEnded>(), 1U);
  stream(good, 4);
  EXPECT_GE(links.media.size(), 3U);
}

TEST_F(IngestShardTest, TearsDownOnShutdown) {
  SocketCamera camera;
  start(camera, request(4));
  links.tell(ipc::Shutdown{});
  tick();
  camera.serve();
  EXPECT_EQ(camera.count("TEARDOWN"), 1U);
  EXPECT_FALSE(shard->done());
  clock.advance(Micros(800'000));
  shard->turn();
  EXPECT_TRUE(shard->done());
}

TEST_F(IngestShardTest, EndsWhenCoreIsGone) {
  links.core_gone = true;
  links.tell(ipc::Shutdown{});
  tick();
  EXPECT_TRUE(shard->done());
}

}  // namespace
}  // namespace vonggac::ingest
