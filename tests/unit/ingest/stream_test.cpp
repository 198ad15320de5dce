#include "ingest/stream.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>
#include <sys/un.h>

#include "support/hand_clock.h"
#include "support/socket_camera.h"

namespace vonggac::ingest {
namespace {

using base::Micros;
using ipc::StreamReason;
using ipc::StreamState;
using test::CameraScript;
using test::SocketCamera;

struct Host final : StreamHost {
  void report(const ipc::Message& message) override { reports.push_back(message); }
  bool emit(const ipc::Message& message) override {
    if (ring_full) return false;
    media.push_back(message);
    return true;
  }
  base::WallTime wall_now() const override { return clock.wall_now(); }
  template <typename T>
  std::vector<T> all() const {
    std::vector<T> found;
    for (const ipc::Message& message : reports) {
      if (const T* typed = std::get_if<T>(&message)) found.push_back(*typed);
    }
    return found;
  }
  std::size_t units() const {
    std::size_t n = 0;
    for (const ipc::Message& message : media) n += std::holds_alternative<ipc::MediaUnit>(message) ? 1 : 0;
    return n;
  }
  test::HandClock clock;
  std::vector<ipc::Message> reports;
  std::vector<ipc::Message> media;
  bool ring_full = false;
};

struct StreamTest : ::testing::Test {
  Host host;
  SlotMemory memory;
  std::vector<std::uint8_t> scratch = std::vector<std::uint8_t>(256U << 10);
  std::unique_ptr<SocketCamera> camera;
  std::unique_ptr<Stream> stream;
  ipc::StartStream request;

  StreamTest() {
    request.slot = 5;
    request.generation = 9;
    request.camera_slot = 2;
    request.request_url = "rtsp://10.0.0.2:554/live";
    request.username = "viewer";
    request.password = base::Secret("secret");
  }
  base::MonoTime now() const { return host.clock.mono; }
  void start(CameraScript script = {}) {
    camera = std::make_unique<SocketCamera>(std::move(script));
    stream = std::make_unique<Stream>(request, parse_rtsp_url(request.request_url).value(), camera->take_recorder_end(),
                                      memory, host);
    stream->start(now());
  }
  /// Both sides say what they have to say.
  void exchange() {
    for (int i = 0; i < 8 && !stream->finished(); ++i) {
      camera->serve();
      stream->on_readable(Stream::Port::kRtsp, scratch, now());
    }
  }
  void play(CameraScript script = {}) {
    start(std::move(script));
    exchange();
  }
  /// 40 ms: a picture, then two ticks.
  void picture(bool key = false, std::size_t bytes = 200) {
    camera->send_picture(key, bytes);
    stream->on_readable(Stream::Port::kRtsp, scratch, now());
    for (int i = 0; i < 2; ++i) {
      host.clock.advance(Micros(20'000));
      stream->on_tick(scratch, now());
    }
  }
  void stream_pictures(int count) {
    for (int i = 0; i < count; ++i) picture(i % 25 == 0);
  }
  void pass(Micros duration) {
    for (Micros passed{0}; passed < duration; passed += Micros(20'000)) {
      host.clock.advance(Micros(20'000));
      stream->on_tick(scratch, now());
    }
  }
};

TEST_F(StreamTest, ReportsStatesThenDeliversParametersAndUnits) {
  play();
  stream_pictures(5);
  std::vector<StreamState> states;
  for (const auto& status : host.all<ipc::StreamStatus>()) {
    EXPECT_EQ(status.slot, 5);
    EXPECT_EQ(status.generation, 9U);
    states.push_back(status.state);
  }
  EXPECT_EQ(states, (std::vector{StreamState::kDescribing, StreamState::kSettingUp, StreamState::kWaitingMedia,
                                 StreamState::kStreaming}));
  ASSERT_GE(host.media.size(), 3U);
  ASSERT_TRUE(std::holds_alternative<ipc::MediaParameters>(host.media[0]));
  EXPECT_EQ(std::get<ipc::MediaParameters>(host.media[0]).parameters.codec, media::Codec::kH264);
  ASSERT_TRUE(std::holds_alternative<ipc::MediaUnit>(host.media[1]));
  EXPECT_TRUE(std::get<ipc::MediaUnit>(host.media[1]).unit.key);
  EXPECT_EQ(std::get<ipc::MediaUnit>(host.media[1]).slot, 5);
}

TEST_F(StreamTest, WantsAttentionOnlyUntilItStreamsUnlessWatched) {
  play();
  EXPECT_TRUE(stream->wants_attention());
  stream_pictures(3);
  EXPECT_FALSE(stream->wants_attention());
  stream->set_watched(true);
  EXPECT_TRUE(stream->wants_attention());
}

TEST_F(StreamTest, StopsReadingWhileTheRingIsFullAndLosesNothing) {
  play();
  stream_pictures(5);
  const std::size_t before = host.units();
  host.ring_full = true;
  stream_pictures(10);
  EXPECT_TRUE(stream->blocked());
  EXPECT_EQ(host.units(), before);
  host.ring_full = false;
  pass(Micros(40'000));
  EXPECT_FALSE(stream->blocked());
  exchange();
  stream_pictures(5);
  EXPECT_EQ(host.all<ipc::StreamEnded>().size(), 0U);
  for (const ipc::Message& message : host.media) {
    if (const auto* unit = std::get_if<ipc::MediaUnit>(&message)) {
      EXPECT_FALSE(unit->unit.damaged);
    }
  }
  EXPECT_GE(host.units(), before + 14);
}

TEST_F(StreamTest, DoesNotBlameTheCameraWhileTheRingIsFull) {
  play();
  stream_pictures(5);
  host.ring_full = true;
  stream_pictures(3);
  pass(Micros(30'000'000));
  EXPECT_EQ(host.all<ipc::StreamEnded>().size(), 0U);
  host.ring_full = false;
  stream_pictures(3);
  EXPECT_FALSE(stream->blocked());
}

TEST_F(StreamTest, EndsASilentCameraWithin5Seconds) {
  play();
  stream_pictures(50);
  pass(Micros(5'100'000));
  const auto ended = host.all<ipc::StreamEnded>();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].reason, StreamReason::kNoMedia);
  EXPECT_EQ(ended[0].media_seconds, 6U);  // not quite 2 s of pictures and 5 s of waiting
  camera->serve();
  EXPECT_EQ(camera->count("TEARDOWN"), 1U);
}

TEST_F(StreamTest, EndsAStreamWhosePacketsNeverMakeAPicture) {
  play();
  for (int i = 0; i < 400 && host.all<ipc::StreamEnded>().empty(); ++i) {
    camera->send_noise_packet();
    stream->on_readable(Stream::Port::kRtsp, scratch, now());
    pass(Micros(100'000));
  }
  ASSERT_EQ(host.all<ipc::StreamEnded>().size(), 1U);
  EXPECT_EQ(host.all<ipc::StreamEnded>()[0].reason, StreamReason::kNoMedia);
  EXPECT_NE(host.all<ipc::StreamEnded>()[0].detail.find("no picture"), std::string::npos);
  EXPECT_EQ(host.units(), 0U);
}

TEST_F(StreamTest, EndsWhenTheCameraHangsUp) {
  play();
  stream_pictures(5);
  camera->hang_up();
  stream->on_readable(Stream::Port::kRtsp, scratch, now());
  const auto ended = host.all<ipc::StreamEnded>();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].reason, StreamReason::kLinkLost);
  EXPECT_TRUE(stream->finished());
}

TEST_F(StreamTest, AnswersTheChallengeAtOnceOnTheNextConnection) {
  CameraScript script;
  script.answers["OPTIONS"] = {
      "RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nConnection: close\r\nWWW-Authenticate: Digest realm=\"r\", "
      "nonce=\"n\"\r\n\r\n"};
  play(script);
  ASSERT_EQ(host.all<ipc::ReconnectNow>().size(), 1U);
  EXPECT_EQ(host.all<ipc::StreamEnded>().size(), 0U);
  EXPECT_TRUE(stream->finished());
  ++request.generation;
  play();
  ASSERT_GE(camera->requests.size(), 4U);
  EXPECT_NE(camera->requests[0].find("Authorization: Digest username=\"viewer\", realm=\"r\", nonce=\"n\""),
            std::string::npos);
  EXPECT_FALSE(memory.authenticator.has_value());
}

TEST_F(StreamTest, ForgetsTheChallengeForAnotherCamera) {
  CameraScript script;
  script.answers["OPTIONS"] = {
      "RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nConnection: close\r\nWWW-Authenticate: Basic realm=\"r\"\r\n\r\n"};
  play(script);
  request.request_url = "rtsp://10.0.0.3/other";
  play();
  EXPECT_EQ(camera->requests[0].find("Authorization"), std::string::npos);
}

TEST_F(StreamTest, SendsTeardownAndWaitsForTheCameraToClose) {
  play();
  stream_pictures(5);
  stream->stop(now());
  EXPECT_FALSE(stream->finished());
  camera->serve();
  EXPECT_EQ(camera->count("TEARDOWN"), 1U);
  EXPECT_TRUE(camera->closed_by_recorder());
  camera->hang_up();
  stream->on_readable(Stream::Port::kRtsp, scratch, now());
  EXPECT_TRUE(stream->finished());
  EXPECT_EQ(host.all<ipc::StreamEnded>().size(), 0U);
}

TEST_F(StreamTest, ClosesHalfASecondAfterStopWhateverTheCameraDoes) {
  play();
  stream->stop(now());
  pass(Micros(480'000));
  EXPECT_FALSE(stream->finished());
  pass(Micros(60'000));
  EXPECT_TRUE(stream->finished());
}

TEST_F(StreamTest, ReportsToTheCameraEvery5SecondsAndToCoreEvery2) {
  play();
  stream_pictures(275);  // 11 s
  camera->serve();
  EXPECT_EQ(host.all<ipc::StreamStats>().size(), 5U);
  EXPECT_GT(host.all<ipc::StreamStats>().back().access_units, 240U);
  ASSERT_EQ(camera->frames.size(), 2U);
  EXPECT_EQ(camera->frames[0][1], 1);                                // the RTCP channel
  EXPECT_EQ(static_cast<unsigned char>(camera->frames[0][5]), 201);  // a receiver report
}

TEST_F(StreamTest, EndsAFlood) {
  request.max_bits_per_second = 1'000'000;
  play();
  for (int i = 0; i < 200 && host.all<ipc::StreamEnded>().empty(); ++i) picture(i % 25 == 0, 12'000);  // 2.4 Mbit/s
  const auto ended = host.all<ipc::StreamEnded>();
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].reason, StreamReason::kRateExceeded);
  EXPECT_GE(ended[0].media_seconds, 2U);
  EXPECT_LE(ended[0].media_seconds, 5U);
}

TEST_F(StreamTest, EndsTooManyPicturesPerSecond) {
  request.max_frames_per_second = 20;
  play();
  stream_pictures(200);  // 25 a second
  ASSERT_EQ(host.all<ipc::StreamEnded>().size(), 1U);
  EXPECT_EQ(host.all<ipc::StreamEnded>()[0].reason, StreamReason::kRateExceeded);
}

// ---- UDP, with datagram socket pairs in the place of core's sockets --------------------------------------------

struct UdpStreamTest : StreamTest {
  base::UniqueFd rtp;
  base::UniqueFd rtcp;
  UdpStreamTest() { request.transport = ipc::Transport::kUdp; }
  static CameraScript script() {
    CameraScript script;
    script.answers["SETUP"] = {
        "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nTransport: RTP/AVP;unicast;server_port=6970-6971\r\nSession: 7\r\n\r\n"};
    return script;
  }
  static std::pair<base::UniqueFd, base::UniqueFd> datagram_pair() {
    int pair[2] = {-1, -1};
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, pair), 0);
    return {base::UniqueFd(pair[0]), base::UniqueFd(pair[1])};
  }
  void give_sockets() {
    auto [rtp_camera, rtp_ours] = datagram_pair();
    auto [rtcp_camera, rtcp_ours] = datagram_pair();
    rtp = std::move(rtp_camera);
    rtcp = std::move(rtcp_camera);
    stream->add_udp_sockets({5, 9, 0, 40'000, 40'001}, std::move(rtp_ours), std::move(rtcp_ours), now());
  }
  void send_rtp(const base::Bytes& packet) {
    EXPECT_EQ(send(rtp.get(), packet.data(), packet.size(), 0), static_cast<ssize_t>(packet.size()));
  }
};

TEST_F(UdpStreamTest, AsksForSocketsPunchesAndReceives) {
  play(script());
  ASSERT_EQ(host.all<ipc::UdpRequest>().size(), 1U);
  give_sockets();
  send_rtp(testing::rtp({}, testing::h264::slice(true)));  // from whomever, before the sockets are connected
  exchange();
  ASSERT_EQ(host.all<ipc::UdpConnect>().size(), 1U);
  EXPECT_EQ(host.all<ipc::UdpConnect>()[0].server_rtp_port, 6970);
  EXPECT_EQ(host.all<ipc::UdpConnect>()[0].server_rtcp_port, 6971);
  pass(Micros(20'000));
  exchange();
  EXPECT_EQ(camera->count("PLAY"), 1U);
  char punch[64];
  EXPECT_EQ(recv(rtp.get(), punch, sizeof punch, 0), 12);
  EXPECT_EQ(recv(rtcp.get(), punch, sizeof punch, 0), 8);
  testing::RtpFields fields;
  for (int i = 0; i < 5; ++i) {
    fields.marker = false;
    send_rtp(testing::rtp(fields, testing::h264::sps()));
    ++fields.sequence;
    send_rtp(testing::rtp(fields, testing::h264::pps()));
    ++fields.sequence;
    fields.marker = true;
    send_rtp(testing::rtp(fields, testing::h264::slice(true)));
    ++fields.sequence;
    fields.timestamp += 3600;
    stream->on_readable(Stream::Port::kVideoRtp, scratch, now());
    pass(Micros(40'000));
  }
  EXPECT_GE(host.units(), 4U);
  for (const auto& unit : host.media) {
    if (const auto* media_unit = std::get_if<ipc::MediaUnit>(&unit)) {
      EXPECT_FALSE(media_unit->unit.damaged);
    }
  }
}

TEST_F(UdpStreamTest, BelievesNothingFromSocketsThatAreNotConnected) {
  play(script());
  rtp.reset(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  stream->add_udp_sockets({5, 9, 0, 40'000, 40'001}, base::UniqueFd(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)),
                          base::UniqueFd(socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)), now());
  exchange();
  // An abstract address makes the socket reachable for everybody, as a bound UDP socket is.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "vonggac-test-%d", getpid());
  ASSERT_EQ(bind(stream->fd(Stream::Port::kVideoRtp), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const base::Bytes packet = testing::rtp({}, testing::h264::slice(true));
  ASSERT_EQ(sendto(rtp.get(), packet.data(), packet.size(), 0, reinterpret_cast<sockaddr*>(&address), sizeof address),
            static_cast<ssize_t>(packet.size()));
  pass(Micros(600'000));
  exchange();
  EXPECT_EQ(camera->count("PLAY"), 1U);
  stream->on_readable(Stream::Port::kVideoRtp, scratch, now());
  pass(Micros(5'100'000));
  EXPECT_EQ(host.units(), 0U);
  ASSERT_EQ(host.all<ipc::StreamEnded>().size(), 1U);
  EXPECT_EQ(host.all<ipc::StreamEnded>()[0].reason, StreamReason::kNoMedia);
}

/// Bytes that waited in the socket for their turn are as old as they are, not as new as the reading of them.
TEST_F(StreamTest, TimesGatheredPicturesByTheirArrival) {
  const base::SystemClock real;
  host.clock.wall = real.wall_now();
  camera = std::make_unique<SocketCamera>(CameraScript{}, SocketCamera::Link::kTcp);
  stream = std::make_unique<Stream>(request, parse_rtsp_url(request.request_url).value(), camera->take_recorder_end(),
                                    memory, host);
  stream->start(now());
  for (int i = 0; i < 200 && camera->count("PLAY") == 0; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    camera->serve();
    stream->on_readable(Stream::Port::kRtsp, scratch, now());
  }
  for (int i = 0; i < 4; ++i) camera->send_picture(i == 0);
  const base::MonoTime sent = real.mono_now();
  std::this_thread::sleep_for(std::chrono::milliseconds(80));
  host.clock.advance(real.wall_now() - host.clock.wall);
  const base::Micros waited = real.mono_now() - sent;
  if (waited > kLongestKernelWait - Micros(50'000)) GTEST_SKIP() << "this machine stood still for too long";
  stream->on_readable(Stream::Port::kRtsp, scratch, now());
  ASSERT_GE(host.units(), 1U);
  for (const ipc::Message& message : host.media) {
    const auto* unit = std::get_if<ipc::MediaUnit>(&message);
    if (unit == nullptr) continue;
    const base::Micros age = now() - unit->unit.capture;
    EXPECT_GE(age.count(), 60'000);
    EXPECT_LE(age, waited + Micros(40'000));
    break;
  }
}

}  // namespace
}  // namespace vonggac::ingest
