#include "api/live_hub.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "link_fixture.h"

namespace vonggac::api {
namespace {

struct RecordingSink final : LiveSink {
  void on_parameters(std::uint8_t tile, std::shared_ptr<const media::TrackParameters>) override {
    log.push_back("parameters " + std::to_string(tile));
  }
  void on_unit(std::uint8_t tile, const media::AccessUnit& unit) override {
    log.push_back((unit.key ? "key " : "unit ") + std::to_string(tile));
  }
  void on_ended(std::uint8_t tile, const std::string& reason, const std::string&) override {
    log.push_back("ended " + std::to_string(tile) + " " + reason);
  }
  std::vector<std::string> log;
};

base::CameraId camera(std::uint8_t number) {
  base::CameraId id;
  id.bytes[15] = number;
  return id;
}

ipc::LiveParameters parameters(std::uint32_t subscription, std::uint8_t mark = 1) {
  ipc::LiveParameters out;
  out.subscription = subscription;
  out.parameters.codec = media::Codec::kH264;
  out.parameters.sps = {{0x67, mark}};
  return out;
}

ipc::LiveUnit unit(std::uint32_t subscription, bool key) {
  ipc::LiveUnit out;
  out.subscription = subscription;
  out.unit.key = key;
  out.unit.payload = std::make_shared<const base::Bytes>(base::Bytes{0, 0, 0, 1, 0x65});
  return out;
}

struct LiveHubTest : LinkFixture {
  LiveHubTest() : hub(*link) {}
  LiveHub hub;
  RecordingSink a, b;
  using Log = std::vector<std::string>;
};

TEST_F(LiveHubTest, SubscribesOnceForManyViewersAndEndsWithTheLast) {
  const auto first = hub.attach(camera(1), media::StreamRole::kSub, a, 0);
  const auto second = hub.attach(camera(1), media::StreamRole::kSub, b, 0);
  auto asked = sent<ipc::LiveSubscribe>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_TRUE(asked[0].subscribe);
  hub.detach(first);
  EXPECT_TRUE(sent<ipc::LiveSubscribe>().empty());
  hub.detach(second);
  asked = sent<ipc::LiveSubscribe>();
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_FALSE(asked[0].subscribe);
  EXPECT_EQ(hub.streams(), 0U);
}

TEST_F(LiveHubTest, KeepsRolesAndCamerasApart) {
  hub.attach(camera(1), media::StreamRole::kSub, a, 0);
  hub.attach(camera(1), media::StreamRole::kMain, a, 1);
  hub.attach(camera(2), media::StreamRole::kSub, a, 2);
  const auto asked = sent<ipc::LiveSubscribe>();
  ASSERT_EQ(asked.size(), 3U);
  reply(parameters(asked[2].subscription));
  EXPECT_EQ(a.log, (Log{"parameters 2"}));
}

TEST_F(LiveHubTest, GivesALateViewerTheNewestGroupOfPictures) {
  hub.attach(camera(1), media::StreamRole::kSub, a, 0);
  const auto id = sent<ipc::LiveSubscribe>().at(0).subscription;
  reply(parameters(id));
  reply(unit(id, true));
  reply(unit(id, false));
  reply(unit(id, true));
  reply(unit(id, false));
  hub.attach(camera(1), media::StreamRole::kSub, b, 5);
  EXPECT_EQ(b.log, (Log{"parameters 5", "key 5", "unit 5"}));
}

TEST_F(LiveHubTest, PassesEqualParametersOnOnlyOnce) {
  hub.attach(camera(1), media::StreamRole::kSub, a, 0);
  const auto id = sent<ipc::LiveSubscribe>().at(0).subscription;
  reply(parameters(id, 1));
  reply(parameters(id, 1));
  reply(parameters(id, 2));
  EXPECT_EQ(a.log, (Log{"parameters 0", "parameters 0"}));
}

TEST_F(LiveHubTest, TellsEveryViewerWhyAStreamEndedAndForgetsIt) {
  hub.attach(camera(1), media::StreamRole::kSub, a, 3);
  hub.attach(camera(1), media::StreamRole::kSub, b, 4);
  const auto id = sent<ipc::LiveSubscribe>().at(0).subscription;
  reply(ipc::LiveEnded{id, ipc::StreamReason::kLinkLost, "cable"});
  EXPECT_EQ(a.log, (Log{"ended 3 link_lost"}));
  EXPECT_EQ(b.log, (Log{"ended 4 link_lost"}));
  EXPECT_EQ(hub.tiles(), 0U);
  reply(unit(id, true));  // still on its way when it ended
  EXPECT_EQ(a.log.size(), 1U);
}

TEST_F(LiveHubTest, LeavesAudioOut) {
  hub.attach(camera(1), media::StreamRole::kSub, a, 0);
  const auto id = sent<ipc::LiveSubscribe>().at(0).subscription;
  ipc::LiveParameters audio = parameters(id);
  audio.parameters.codec = media::Codec::kAac;
  reply(audio);
  ipc::LiveUnit frame = unit(id, true);
  frame.unit.track = media::TrackKind::kAudio;
  reply(frame);
  EXPECT_TRUE(a.log.empty());
}

}  // namespace
}  // namespace vonggac::api
