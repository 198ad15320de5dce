#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "support/sample_parameters.h"
#include "worker_fixture.h"

namespace vonggac::test {
namespace {

struct Frame {
  int opcode = -1;  ///< -1: closed
  std::string payload;
};

struct LiveSocket : WorkerFixture {
  std::string own_origin() { return "Origin: http://127.0.0.1:" + std::to_string(core.port()) + "\r\n"; }
  static std::string upgrade_headers() {
    return "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  }
  std::unique_ptr<RawClient> open() {
    auto client = std::make_unique<RawClient>(core.port());
    client->send(request("/api/v1/live", upgrade_headers() + own_origin()));
    const auto answer = client->read_answer();
    EXPECT_EQ(answer.status(), 101) << answer.head << answer.body;
    EXPECT_EQ(answer.header("Sec-WebSocket-Accept"), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    return client;
  }
  /// A masked frame, as browsers send them.
  static std::string frame(int opcode, const std::string& payload) {
    std::string out{static_cast<char>(0x80 | opcode)};
    if (payload.size() < 126) {
      out.push_back(static_cast<char>(0x80 | payload.size()));
    } else {
      out.push_back(static_cast<char>(0x80 | 126));
      out.push_back(static_cast<char>(payload.size() >> 8));
      out.push_back(static_cast<char>(payload.size() & 0xFF));
    }
    out += std::string("\x01\x02\x03\x04", 4);
    for (std::size_t i = 0; i < payload.size(); ++i) {
      out.push_back(static_cast<char>(payload[i] ^ static_cast<char>(i % 4 + 1)));
    }
    return out;
  }
  /// The next message; pings are answered on the way.
  static Frame read_frame(RawClient& client) {
    Frame next = read_any_frame(client);
    while (next.opcode == 9) {
      client.send(frame(10, next.payload));
      next = read_any_frame(client);
    }
    return next;
  }
  static Frame read_any_frame(RawClient& client) {
    const std::string head = client.take(2);
    if (head.size() < 2) return {};
    std::size_t size = static_cast<unsigned char>(head[1]);
    EXPECT_LT(size, 128U) << "server frames are not masked";
    if (size == 126 || size == 127) {
      const std::string length = client.take(size == 126 ? 2 : 8);
      size = 0;
      for (const char c : length) size = size << 8 | static_cast<unsigned char>(c);
    }
    return {head[0] & 0x0F, client.take(size)};
  }
  static std::string subscribe(int tile) {
    return R"({"op":"subscribe","tile":)" + std::to_string(tile) + R"(,"camera":")" + kCamera + R"(","role":"sub"})";
  }
  int web_count(const std::string& name) {
    const std::string status = get("/api/v1/status").body;
    const std::string key = "\"" + name + "\":";
    const std::size_t at = status.find(key);
    EXPECT_NE(at, std::string::npos) << status;
    return at == std::string::npos ? -1 : std::stoi(status.substr(at + key.size()));
  }
  void send_parameters(std::uint32_t id) {
    ipc::LiveParameters parameters;
    parameters.subscription = id;
    parameters.parameters = h264_320();
    core.send(parameters);
  }
  void send_unit(std::uint32_t id, std::int64_t pts, bool key, std::size_t bytes = 100) {
    ipc::LiveUnit unit;
    unit.subscription = id;
    unit.unit.key = key;
    unit.unit.pts.ticks_90k = pts;
    base::Bytes payload(bytes, 7);
    base::ByteWriter(payload).patch_u32(0, static_cast<std::uint32_t>(bytes - 4));
    payload[4] = key ? 0x65 : 0x41;
    unit.unit.payload = std::make_shared<const base::Bytes>(std::move(payload));
    core.send(unit);
  }
};

TEST_F(LiveSocket, SendsInitAndFragmentsOfATile) {
  const auto client = open();
  client->send(frame(1, subscribe(5)));
  const auto asked = wait_for_subscriptions(1);
  EXPECT_EQ(asked.camera.to_string(), kCamera);
  send_parameters(asked.subscription);
  send_unit(asked.subscription, 900'000, true);
  send_unit(asked.subscription, 909'000, false, 70'000);

  const Frame text = read_frame(*client);
  EXPECT_EQ(text.opcode, 1);
  EXPECT_NE(text.payload.find("avc1.42c00c"), std::string::npos) << text.payload;
  const Frame init = read_frame(*client);
  EXPECT_EQ(init.opcode, 2);
  EXPECT_EQ(init.payload.substr(0, 2), std::string("\x01\x05", 2));
  EXPECT_EQ(init.payload.substr(6, 4), "ftyp");
  const Frame first = read_frame(*client);
  EXPECT_EQ(first.payload.substr(0, 2), std::string("\x02\x05", 2));
  EXPECT_EQ(first.payload.substr(6, 4), "moof");
  const Frame second = read_frame(*client);
  EXPECT_GT(second.payload.size(), 70'000U);
}

TEST_F(LiveSocket, EndsATileWithItsReason) {
  const auto client = open();
  client->send(frame(1, subscribe(1)));
  const auto asked = wait_for_subscriptions(1);
  core.send(ipc::LiveEnded{asked.subscription, ipc::StreamReason::kAuthRefused, "401"});
  const Frame ended = read_frame(*client);
  EXPECT_EQ(ended.payload, R"({"type":"ended","tile":1,"reason":"auth_refused"})");
}

TEST_F(LiveSocket, GivesTheSubscriptionUpWhenTheViewerLeaves) {
  auto client = open();
  client->send(frame(1, subscribe(1)));
  EXPECT_TRUE(wait_for_subscriptions(1).subscribe);
  client.reset();
  EXPECT_FALSE(wait_for_subscriptions(2).subscribe);
}

TEST_F(LiveSocket, PausesAndResumesATile) {
  const auto client = open();
  client->send(frame(1, subscribe(1)));
  EXPECT_TRUE(wait_for_subscriptions(1).subscribe);
  client->send(frame(1, R"({"op":"pause","tile":1})"));
  EXPECT_FALSE(wait_for_subscriptions(2).subscribe);
  client->send(frame(1, R"({"op":"resume","tile":1})"));
  EXPECT_TRUE(wait_for_subscriptions(3).subscribe);
}

TEST_F(LiveSocket, OpensOnlyForOurOwnOrigin) {
  for (const char* origin : {"", "Origin: http://evil.example\r\n", "Origin: null\r\n"}) {
    RawClient client(core.port());
    client.send(request("/api/v1/live", upgrade_headers() + origin));
    EXPECT_EQ(client.read_answer().status(), 403) << origin;
  }
}

TEST_F(LiveSocket, UpgradesNothingElse) {
  RawClient client(core.port());
  client.send(request("/api/v1/status", upgrade_headers() + own_origin()));
  EXPECT_EQ(client.read_answer().status(), 200);
}

TEST_F(LiveSocket, SaysWhatIsWrongWithACommand) {
  const auto client = open();
  client->send(frame(1, "{\"op\":\"explode\",\"tile\":1}"));
  EXPECT_NE(read_frame(*client).payload.find("\"error\""), std::string::npos);
  client->send(frame(1, subscribe(2)));
  EXPECT_TRUE(wait_for_subscriptions(1).subscribe);
}

TEST_F(LiveSocket, ClosesOnBadFramesAndLivesOn) {
  const std::vector<std::string> bad{
      std::string("\x81\x05hello", 7),                                              // not masked
      std::string("\x81\xFF\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x02\x03\x04", 14),  // 2^63 - 1 bytes
      std::string("\x81\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01\x02\x03\x04", 14),  // length with the sign bit
      std::string("\xF1\x80\x01\x02\x03\x04", 6),                                   // reserved bits
      std::string("\x83\x80\x01\x02\x03\x04", 6),                                   // reserved opcode
      std::string("\x89\xFE\x00\x80\x01\x02\x03\x04", 8) + std::string(128, 'p'),   // ping over 125 bytes
      std::string("\x80\x80\x01\x02\x03\x04", 6),                                   // continuation of nothing
      frame(1, std::string(5000, 'x')),                                             // longer than a command may be
      frame(2, "binary"),
      frame(1, "\xC3\x28"),  // not UTF-8
  };
  for (const std::string& bytes : bad) {
    const auto client = open();
    client->send(bytes);
    client->read_to_end(3000);
    EXPECT_TRUE(client->closed()) << static_cast<int>(bytes[0] & 0xFF);
  }
  EXPECT_EQ(get("/healthz").status(), 200);
}

TEST_F(LiveSocket, ClosesOnAFloodOfCommands) {
  const auto client = open();
  std::string flood;
  for (int i = 0; i < 200; ++i) flood += frame(1, R"({"op":"pause","tile":1})");
  client->send(flood);
  client->read_to_end(3000);
  EXPECT_TRUE(client->closed());
}

TEST_F(LiveSocket, DropsForAViewerWhoDoesNotReadAndServesTheOther) {
  const auto slow = open();
  const int small = 4096;
  setsockopt(slow->fd(), SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  slow->send(frame(1, subscribe(1)));
  const auto asked = wait_for_subscriptions(1);
  const auto quick = open();
  quick->send(frame(1, subscribe(2)));
  send_parameters(asked.subscription);
  EXPECT_EQ(read_frame(*quick).opcode, 1);
  EXPECT_EQ(read_frame(*quick).opcode, 2);
  for (int i = 0; i < 600; ++i) {  // 30 MB: more than every buffer on the way
    send_unit(asked.subscription, i * 9'000, i % 10 == 0, 50'000);
    ASSERT_GT(read_frame(*quick).payload.size(), 50'000U) << i;
  }
  EXPECT_GT(web_count("units_dropped"), 100);
  // Ten seconds without a finished write later the slow one is cut off, and only that one.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  std::int64_t pts = 600 * 9'000;
  while (web_count("viewers_cut") == 0 && std::chrono::steady_clock::now() < deadline) {
    send_unit(asked.subscription, pts += 9'000, true);
    ASSERT_EQ(read_frame(*quick).opcode, 2);
    poll(nullptr, 0, 100);
  }
  EXPECT_EQ(web_count("viewers_cut"), 1);
  EXPECT_EQ(web_count("viewers"), 1);
}

}  // namespace
}  // namespace vonggac::test
