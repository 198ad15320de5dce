/// The session against a camera on paper: stages, deadlines, ends. Quirks of real cameras are in
/// quirks_rtsp_*_test.cpp.
#include "ingest/rtsp_session.h"

#include <gtest/gtest.h>

#include "support/rtsp_script.h"

namespace vonggac::ingest {
namespace {

using base::Micros;
using ipc::StreamReason;
using test::CameraScript;
using test::rtp_frame;
using test::RtspScript;

constexpr Micros kSecond{1'000'000};

void expect_end(const RtspScript& camera, StreamReason reason) {
  ASSERT_NE(camera.end(), nullptr);
  EXPECT_EQ(camera.end()->reason, reason) << camera.end()->detail;
  EXPECT_FALSE(camera.end()->detail.empty());
  EXPECT_EQ(camera.end()->detail.find("rtsp://"), std::string::npos);
  EXPECT_EQ(camera.end()->detail.find("secret"), std::string::npos);
}

/// Media goes on while time passes.
void stream_for(RtspScript& camera, Micros duration) {
  for (Micros step{0}; step < duration && !camera.session.ended(); step += Micros(500'000)) {
    camera.session.note_media(camera.now, camera.now);
    camera.wait(Micros(500'000));
  }
}

std::string status_line(const std::string& status, const std::string& headers = "") {
  return "RTSP/1.0 " + status + "\r\nCSeq: {cseq}\r\n" + headers + "\r\n";
}

const std::string kDigest1 = "WWW-Authenticate: Digest realm=\"cam\", nonce=\"n1\"\r\n";

// ---- the plain way ------------------------------------------------------------------------------------------

TEST(RtspSession, GoesFromOptionsToPlay) {
  RtspScript camera{CameraScript{}};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  ASSERT_EQ(camera.requests.size(), 4U);
  EXPECT_EQ(camera.requests[0].method, "OPTIONS");
  EXPECT_EQ(camera.requests[1].method, "DESCRIBE");
  EXPECT_EQ(camera.requests[1].header("Accept"), "application/sdp");
  EXPECT_EQ(camera.requests[2].method, "SETUP");
  EXPECT_EQ(camera.requests[2].url, "rtsp://10.0.0.2:554/live/trackID=1");
  EXPECT_EQ(camera.requests[2].header("Transport"), "RTP/AVP/TCP;unicast;interleaved=0-1");
  EXPECT_EQ(camera.requests[3].method, "PLAY");
  EXPECT_EQ(camera.requests[3].url, "rtsp://10.0.0.2:554/live/");
  EXPECT_EQ(camera.requests[3].header("Session"), "1A2B");
}

TEST(RtspSession, SetsUpAudioOnlyIfWanted) {
  CameraScript script;
  script.want_audio = true;
  RtspScript camera{script};
  camera.play();
  EXPECT_EQ(camera.count("SETUP"), 2U);
  EXPECT_EQ(camera.last("SETUP")->header("Transport"), "RTP/AVP/TCP;unicast;interleaved=2-3");
  ASSERT_EQ(camera.tracks.size(), 2U);
  EXPECT_EQ(camera.tracks[1].codec, media::Codec::kG711A);
  camera.say(rtp_frame(2, 8, 1));
  ASSERT_EQ(camera.packets.size(), 1U);
  EXPECT_EQ(camera.packets[0].track, 1U);
}

TEST(RtspSession, RecordsWithoutSoundIfAudioSetupFails) {
  CameraScript script;
  script.want_audio = true;
  script.answers["SETUP"][1] = status_line("500 Internal Server Error");
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
}

TEST(RtspSession, ReportsTheStatesInOrder) {
  RtspScript camera{CameraScript{}};
  camera.play();
  std::vector<ipc::StreamState> states;
  for (const SessionEvent& event : camera.events) {
    if (const auto* changed = std::get_if<StateChanged>(&event)) states.push_back(changed->state);
  }
  EXPECT_EQ(states, (std::vector{ipc::StreamState::kDescribing, ipc::StreamState::kSettingUp,
                                 ipc::StreamState::kWaitingMedia}));
}

TEST(RtspSession, SendsTeardownOnStopWithoutAnEnd) {
  RtspScript camera{CameraScript{}};
  camera.play();
  camera.session.stop();
  camera.wait(Micros(0));
  EXPECT_TRUE(camera.session.ended());
  EXPECT_EQ(camera.url_of("TEARDOWN"), "rtsp://10.0.0.2:554/live/");
  EXPECT_EQ(camera.last("TEARDOWN")->header("Session"), "1A2B");
  EXPECT_EQ(camera.end(), nullptr);
}

TEST(RtspSession, WritesReceiverReportsOnTheChannelOfTheTrack) {
  RtspScript camera{CameraScript{}};
  camera.play();
  const base::Bytes report = {0x80, 201, 0, 1, 0, 0, 0, 7};
  camera.session.send_rtcp(0, report);
  camera.wait(Micros(0));
  EXPECT_EQ(camera.sent_frames, (base::Bytes{'$', 1, 0, 8, 0x80, 201, 0, 1, 0, 0, 0, 7}));
}

// ---- deadlines ------------------------------------------------------------------------------------------------

TEST(RtspSession, EndsWhenDescribeIsNotAnsweredIn10Seconds) {
  CameraScript script;
  script.answers["DESCRIBE"].clear();
  RtspScript camera{script};
  camera.play();
  camera.wait(Micros(9'999'000));
  EXPECT_EQ(camera.end(), nullptr);
  camera.wait(Micros(2'000));
  expect_end(camera, StreamReason::kTimedOut);
}

TEST(RtspSession, EndsWhenHeadersDripInForever) {
  CameraScript script;
  script.answers["DESCRIBE"].clear();
  RtspScript camera{script};
  camera.play();
  camera.say(std::string("RTSP/1.0 200 OK\r\nX: "));
  for (int second = 0; second < 12; ++second) {
    camera.say(std::string("a"));
    camera.wait(kSecond);
  }
  expect_end(camera, StreamReason::kTimedOut);
}

TEST(RtspSession, EndsWhenSetupOrPlayIsNotAnswered) {
  for (const char* method : {"SETUP", "PLAY"}) {
    CameraScript script;
    script.answers[method].clear();
    RtspScript camera{script};
    camera.play();
    camera.wait(Micros(9'900'000));
    EXPECT_EQ(camera.end(), nullptr);
    camera.wait(Micros(200'000));
    expect_end(camera, StreamReason::kTimedOut);
    EXPECT_NE(camera.end()->detail.find(method), std::string::npos);
  }
}

TEST(RtspSession, EndsWithoutMedia5SecondsAfterPlay) {
  RtspScript camera{CameraScript{}};
  camera.play();
  camera.wait(Micros(4'900'000));
  EXPECT_EQ(camera.end(), nullptr);
  camera.wait(Micros(200'000));
  expect_end(camera, StreamReason::kNoMedia);
  EXPECT_EQ(camera.count("TEARDOWN"), 1U);
}

TEST(RtspSession, CountsOnlyPicturesAsMedia) {
  RtspScript camera{CameraScript{}};
  camera.play();
  for (int i = 0; i < 60; ++i) {  // RTCP, empty RTP: the receiver's last_media stays 0
    camera.say(rtp_frame(1, 72, 0, 8));
    camera.say(rtp_frame(0, 96, 1, 0));
    camera.session.note_media(base::MonoTime{}, camera.now);
    camera.wait(Micros(100'000));
  }
  expect_end(camera, StreamReason::kNoMedia);
}

TEST(RtspSession, NoticesSilenceInMidStreamWithin5Seconds) {
  RtspScript camera{CameraScript{}};
  camera.play();
  stream_for(camera, kSecond * 20);
  EXPECT_TRUE(camera.session.playing());
  camera.session.note_media(camera.now, camera.now);
  camera.wait(Micros(5'000'000));
  expect_end(camera, StreamReason::kNoMedia);
}

// ---- keep-alive -------------------------------------------------------------------------------------------------

TEST(RtspSession, KeepsAliveAtHalfTheTimeout) {
  CameraScript script;
  script.answers["SETUP"][0] = test::replaced(script.answers["SETUP"][0], "timeout=60", "timeout=5");
  RtspScript camera{script};
  camera.play();
  stream_for(camera, kSecond * 60);
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.count("GET_PARAMETER"), 24U);
  EXPECT_EQ(camera.last("GET_PARAMETER")->header("Session"), "1A2B");
}

TEST(RtspSession, KeepsAliveByOptionsIfNothingElseIsPublic) {
  CameraScript script;
  script.answers["OPTIONS"] = {status_line("200 OK", "Public: OPTIONS, DESCRIBE, SETUP, PLAY, SET_PARAMETER\r\n")};
  RtspScript camera{script};
  camera.play();
  stream_for(camera, kSecond * 61);
  EXPECT_EQ(camera.count("GET_PARAMETER"), 0U);
  EXPECT_EQ(camera.count("SET_PARAMETER"), 0U);
  EXPECT_EQ(camera.count("OPTIONS"), 3U);
}

TEST(RtspSession, RemembersACameraThatDropsTheLinkOnGetParameter) {
  CameraScript script;
  script.answers["GET_PARAMETER"].clear();
  RtspScript camera{script};
  camera.play();
  stream_for(camera, kSecond * 30);
  ASSERT_EQ(camera.count("GET_PARAMETER"), 1U);
  EXPECT_FALSE(camera.session.keepalive_by_options());
  camera.session.on_closed(false, camera.now);
  EXPECT_TRUE(camera.session.keepalive_by_options());
}

TEST(RtspSession, AnswersAChallengeToAKeepAlive) {
  CameraScript script;
  script.answers["GET_PARAMETER"] = {status_line("401 Unauthorized", kDigest1), status_line("200 OK")};
  RtspScript camera{script};
  camera.play();
  stream_for(camera, kSecond * 31);
  EXPECT_EQ(camera.count("GET_PARAMETER"), 2U);
  EXPECT_NE(camera.last("GET_PARAMETER")->header("Authorization"), "");
  EXPECT_TRUE(camera.session.playing());
}

// ---- login ------------------------------------------------------------------------------------------------------

TEST(RtspSession, AnswersTheChallengeAndAuthorisesEverythingAfterIt) {
  CameraScript script;
  script.answers["DESCRIBE"].push_front(status_line("401 Unauthorized", kDigest1));
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.requests[1].header("Authorization"), "");
  for (std::size_t i = 2; i < camera.requests.size(); ++i) {
    const std::string value = camera.requests[i].header("Authorization");
    EXPECT_NE(value.find("uri=\"" + camera.requests[i].url + "\""), std::string::npos) << camera.requests[i].text;
    EXPECT_EQ(value.find("secret"), std::string::npos);
  }
}

TEST(RtspSession, GivesUpAWrongPasswordAfterOneTry) {
  CameraScript script;
  script.answers["DESCRIBE"] = {status_line("401 Unauthorized", kDigest1)};
  RtspScript camera{script};
  camera.play();
  expect_end(camera, StreamReason::kAuthRefused);
  EXPECT_TRUE(camera.end()->credentials_tried);
  EXPECT_EQ(camera.end()->rtsp_status, 401);
  EXPECT_EQ(camera.count("DESCRIBE"), 2U);
}

TEST(RtspSession, TriesAtMostThreeTimesWhenEveryNonceIsCalledStale) {
  CameraScript script;
  script.answers["DESCRIBE"].clear();
  for (int i = 0; i < 9; ++i) {
    script.answers["DESCRIBE"].push_back(
        status_line("401 Unauthorized",
                    "WWW-Authenticate: Digest realm=\"c\", nonce=\"n" + std::to_string(i) + "\", stale=true\r\n"));
  }
  RtspScript camera{script};
  camera.play();
  expect_end(camera, StreamReason::kAuthRefused);
  EXPECT_EQ(camera.count("DESCRIBE"), 4U);  // one bare, three authorised
}

TEST(RtspSession, SaysThatNoCredentialsAreStored) {
  CameraScript script;
  script.username.clear();
  script.password.clear();
  script.answers["DESCRIBE"] = {status_line("401 Unauthorized", kDigest1)};
  RtspScript camera{script};
  camera.play();
  expect_end(camera, StreamReason::kAuthRefused);
  EXPECT_FALSE(camera.end()->credentials_tried);
}

TEST(RtspSession, AsksForANewConnectionIfTheCameraClosesAfterTheChallenge) {
  CameraScript script;
  script.answers["DESCRIBE"] = {status_line("401 Unauthorized", "Connection: close\r\n" + kDigest1)};
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.saw<Reconnect>());
  EXPECT_EQ(camera.end(), nullptr);
  EXPECT_TRUE(camera.session.ended());
  EXPECT_TRUE(camera.session.authenticator().has_challenge());
}

TEST(RtspSession, AsksForANewConnectionIfItIsClosedWithoutAWord) {
  CameraScript script;
  script.answers["DESCRIBE"] = {status_line("401 Unauthorized", kDigest1), ""};
  RtspScript camera{script};
  camera.play();
  camera.session.on_closed(false, camera.now);
  camera.wait(Micros(0));
  EXPECT_TRUE(camera.saw<Reconnect>());
}

TEST(RtspSession, ForbiddenIsARefusedLogin) {
  CameraScript script;
  script.answers["DESCRIBE"] = {status_line("403 Forbidden")};
  RtspScript camera{script};
  camera.play();
  expect_end(camera, StreamReason::kAuthRefused);
}

// ---- refusals ---------------------------------------------------------------------------------------------------

TEST(RtspSession, MapsStatusCodesToReasons) {
  const std::vector<std::tuple<const char*, const char*, StreamReason>> cases = {
      {"DESCRIBE", "404 Not Found", StreamReason::kNotFound},
      {"DESCRIBE", "500 Oops", StreamReason::kProtocolError},
      {"DESCRIBE", "503 Busy", StreamReason::kConnectionRefused},
      {"SETUP", "461 Unsupported Transport", StreamReason::kTransportRefused},
      {"SETUP", "453 Not Enough Bandwidth", StreamReason::kConnectionRefused},
      {"PLAY", "454 Session Not Found", StreamReason::kNotFound},
  };
  for (const auto& [method, status, reason] : cases) {
    CameraScript script;
    script.answers[method] = {status_line(status)};
    RtspScript camera{script};
    camera.play();
    expect_end(camera, reason);
    EXPECT_EQ(camera.end()->rtsp_status, std::stoi(status));
  }
}

TEST(RtspSession, FollowsARedirectOnTheSameHostOnce) {
  CameraScript script;
  script.answers["DESCRIBE"].push_front(status_line("302 Moved", "Location: rtsp://10.0.0.2/other\r\n"));
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.url_of("DESCRIBE"), "rtsp://10.0.0.2:554/other");
  script.answers["DESCRIBE"] = {status_line("302 Moved", "Location: /again\r\n")};
  RtspScript endless{script};
  endless.play();
  expect_end(endless, StreamReason::kProtocolError);
  EXPECT_EQ(endless.count("DESCRIBE"), 2U);
}

TEST(RtspSession, NeverFollowsARedirectElsewhere) {
  CameraScript script;
  script.answers["DESCRIBE"] = {status_line("301 Moved", "Location: rtsp://evil.example/live\r\n")};
  RtspScript camera{script};
  camera.play();
  expect_end(camera, StreamReason::kForbiddenAddress);
}

TEST(RtspSession, SaysWhichCodecIsNotSupported) {
  CameraScript script;
  script.sdp = "v=0\r\nm=video 0 RTP/AVP 26\r\n";
  RtspScript camera{script};
  camera.play();
  expect_end(camera, StreamReason::kUnsupportedCodec);
  EXPECT_NE(camera.end()->detail.find("jpeg"), std::string::npos);
}

TEST(RtspSession, EndsIfTheReceiverCannotTakeTheTrack) {
  RtspScript camera{CameraScript{}};
  camera.refuse_tracks = true;
  camera.play();
  expect_end(camera, StreamReason::kUnsupportedCodec);
}

TEST(RtspSession, EndsWhenTheCameraClosesOrResets) {
  RtspScript camera{CameraScript{}};
  camera.play();
  camera.session.on_closed(true, camera.now);
  camera.wait(Micros(0));
  expect_end(camera, StreamReason::kLinkLost);
  EXPECT_EQ(camera.count("TEARDOWN"), 0U);
}

TEST(RtspSession, NamesHttpAndOversizedHeads) {
  RtspScript http{CameraScript{}};
  http.session.start(http.now);
  http.say(std::string("HTTP/1.0 400 Bad Request\r\n\r\n"));
  expect_end(http, StreamReason::kProtocolError);
  RtspScript endless{CameraScript{}};
  endless.session.start(endless.now);
  endless.say("RTSP/1.0 200 OK\r\n" + std::string(70'000, 'x'));
  expect_end(endless, StreamReason::kProtocolError);
}

// ---- requests of the camera, framing ------------------------------------------------------------------------------

TEST(RtspSession, AnswersRequestsOfTheCamera) {
  RtspScript camera{CameraScript{}};
  camera.play();
  camera.requests.clear();
  camera.say(
      std::string("SET_PARAMETER rtsp://x RTSP/1.0\r\nCSeq: 9\r\nContent-Length: 3\r\n\r\na:b"
                  "REDIRECT rtsp://evil RTSP/1.0\r\nCSeq: 10\r\n\r\n"));
  ASSERT_EQ(camera.requests.size(), 2U);
  EXPECT_EQ(camera.requests[0].text, "RTSP/1.0 200 OK\r\nCSeq: 9\r\nSession: 1A2B\r\n\r\n");
  EXPECT_EQ(camera.requests[1].text.substr(0, 12), "RTSP/1.0 551");
  EXPECT_TRUE(camera.session.playing());
}

/// The camera is asked to DESCRIBE although OPTIONS got no answer; the refusal of OPTIONS comes when SETUP is under
/// way. It used to begin the handshake anew, with every track twice, and later to read beyond the tracks.
TEST(RtspSession, ALateRefusalOfAnEarlierRequestChangesNothing) {
  CameraScript script;
  script.answers["OPTIONS"].clear();
  script.answers["SETUP"].clear();
  RtspScript camera{script};
  camera.play();
  camera.wait(4 * kSecond);
  ASSERT_EQ(camera.requests.size(), 3U);
  EXPECT_EQ(camera.requests[2].method, "SETUP");
  camera.say("RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\n" + kDigest1 + "\r\n");
  EXPECT_EQ(camera.requests.size(), 3U);
  camera.say("RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 1A2B\r\n\r\n");
  camera.pump();
  EXPECT_EQ(camera.requests.back().method, "PLAY");
  EXPECT_TRUE(camera.session.playing());
}

TEST(RtspSession, EndsWhenTheCameraTearsDown) {
  RtspScript camera{CameraScript{}};
  camera.play();
  camera.say(std::string("TEARDOWN rtsp://x RTSP/1.0\r\nCSeq: 9\r\n\r\n"));
  expect_end(camera, StreamReason::kLinkLost);
}

TEST(RtspSession, GoesOnAfterATornFrame) {
  RtspScript camera{CameraScript{}};
  camera.play();
  base::Bytes torn = rtp_frame(0, 96, 1, 900);
  torn.resize(400);
  camera.say(torn);
  for (std::uint16_t i = 2; i < 12; ++i) camera.say(rtp_frame(0, 96, i, 300));
  EXPECT_GE(camera.packets.size(), 8U);
  camera.session.note_media(camera.now, camera.now);
  camera.wait(kSecond * 3);
  EXPECT_TRUE(camera.session.playing());
}

TEST(RtspSession, EndsWithin2SecondsIfFramingIsGoneForGood) {
  RtspScript camera{CameraScript{}};
  camera.play();
  camera.say(rtp_frame(0, 96, 1));
  for (int i = 0; i < 25 && !camera.session.ended(); ++i) {
    camera.say(std::string(1000, '\x7f'));
    camera.session.note_media(camera.now, camera.now);
    camera.wait(Micros(100'000));
  }
  expect_end(camera, StreamReason::kProtocolError);
  EXPECT_LE(camera.now.us, 1'000'000 + 2'600'000);
}

// ---- UDP ------------------------------------------------------------------------------------------------------------

CameraScript udp_script() {
  CameraScript script;
  script.transport = ipc::Transport::kUdp;
  script.answers["SETUP"] = {status_line(
      "200 OK", "Transport: RTP/AVP;unicast;client_port=40000-40001;server_port=6970-6971\r\nSession: 7\r\n")};
  return script;
}

TEST(RtspSession, SetsUpUdpWithThePortsOfCore) {
  RtspScript camera{udp_script()};
  camera.play();
  EXPECT_TRUE(camera.saw<UdpPortsWanted>());
  EXPECT_EQ(camera.count("SETUP"), 0U);
  camera.session.udp_ports(0, 40000, 40001, camera.now);
  camera.pump();
  EXPECT_EQ(camera.last("SETUP")->header("Transport"), "RTP/AVP;unicast;client_port=40000-40001");
  ASSERT_TRUE(camera.saw<UdpPeerKnown>());
  EXPECT_EQ(camera.count("PLAY"), 0U);
  camera.session.udp_ready(0, camera.now);
  camera.pump();
  EXPECT_TRUE(camera.session.playing());
}

TEST(RtspSession, PlaysUdpAfterHalfASecondEvenIfTheSocketsAreNotConnected) {
  RtspScript camera{udp_script()};
  camera.play();
  camera.session.udp_ports(0, 40000, 40001, camera.now);
  camera.pump();
  camera.wait(Micros(600'000));
  EXPECT_EQ(camera.count("PLAY"), 1U);
}

TEST(RtspSession, OffersTheOtherTransportIfTheCameraInsistsOnIt) {
  CameraScript tcp;
  tcp.answers["SETUP"] = udp_script().answers["SETUP"];
  RtspScript only_udp{tcp};
  only_udp.play();
  expect_end(only_udp, StreamReason::kTransportRefused);
  CameraScript udp = udp_script();
  udp.answers["SETUP"] = {status_line("200 OK", "Transport: RTP/AVP/TCP;interleaved=0-1\r\nSession: 7\r\n")};
  RtspScript only_tcp{udp};
  only_tcp.play();
  only_tcp.session.udp_ports(0, 40000, 40001, only_tcp.now);
  only_tcp.pump();
  expect_end(only_tcp, StreamReason::kTransportRefused);
}

TEST(RtspSession, DoesNotGrowItsOutputWhileTheCameraReadsNothing) {
  RtspScript camera{CameraScript{}};
  camera.play();
  const base::Bytes report(1000, 0x55);
  for (int i = 0; i < 1000; ++i) camera.session.send_rtcp(0, report);
  base::Bytes out;
  camera.session.take_output(out);
  EXPECT_LT(out.size(), 70'000U);
}

}  // namespace
}  // namespace vonggac::ingest
