/// Messages and logins as real cameras send them (CAM-12, CAM-11, CAM-13).
#include <gtest/gtest.h>

#include "support/rtsp_script.h"

namespace vonggac::ingest {
namespace {

using base::Micros;
using test::CameraScript;
using test::describe_answer;
using test::rtp_frame;
using test::RtspScript;

struct Quirk : ::testing::Test {
  CameraScript script;
  /// Rewrites every answer of the script.
  void rewrite(std::string_view what, const std::string& with) {
    for (auto& [method, answers] : script.answers) {
      for (std::string& answer : answers) answer = test::replaced(answer, what, with);
    }
  }
  void expect_plays() {
    RtspScript camera{script};
    camera.play();
    EXPECT_TRUE(camera.session.playing()) << (camera.end() != nullptr ? camera.end()->detail : "waits");
    camera.say(rtp_frame(0, 96, 1));
    EXPECT_EQ(camera.packets.size(), 1U);
  }
  /// Media and time go on for a while.
  static void stream_for(RtspScript& camera, int seconds) {
    for (int i = 0; i < seconds; ++i) {
      camera.session.note_media(camera.now, camera.now);
      camera.wait(Micros(1'000'000));
    }
  }
};
using MessageQuirk = Quirk;
using KeepAliveQuirk = Quirk;
using LoginQuirk = Quirk;

// H264DVR, VStarcam: "Cseq"; others in lower case throughout.
TEST_F(MessageQuirk, HeaderNamesInOtherLetters) {
  rewrite("CSeq:", "Cseq:");
  rewrite("Content-Length:", "content-length:");
  rewrite("Session:", "session:");
  rewrite("Transport:", "TRANSPORT:");
  expect_plays();
}

// Blanks before the colon, and none behind it.
TEST_F(MessageQuirk, BlankBeforeTheColon) {
  rewrite("CSeq: ", "CSeq :");
  rewrite("Session: ", "Session\t:  ");
  expect_plays();
}

// Retina issue 77 (Longse), gortsplib issue 437: a blank behind the CSeq.
TEST_F(MessageQuirk, LongseBlankBehindCSeq) {
  rewrite("{cseq}", "{cseq} ");
  expect_plays();
}

// Line feeds without carriage returns.
TEST_F(MessageQuirk, BareLineFeeds) {
  rewrite("\r\n", "\n");
  expect_plays();
}

// Hisilicon server (homebridge-foscamcamera issue 6): always "Cseq: 0".
TEST_F(MessageQuirk, HisiliconCSeqAlwaysZero) {
  rewrite("{cseq}", "0");
  expect_plays();
}

TEST_F(MessageQuirk, CSeqOfTheFirstRequestInAllAnswers) {
  rewrite("CSeq: {cseq}", "CSeq: 1");
  expect_plays();
}

TEST_F(MessageQuirk, AnswerToTheFirstOfTwoSetupsSentTwice) {
  script.want_audio = true;
  script.answers["SETUP"][0] += script.answers["SETUP"][0];
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.count("SETUP"), 2U);
  camera.say(rtp_frame(2, 8, 1));
  ASSERT_EQ(camera.packets.size(), 1U);
  EXPECT_EQ(camera.packets[0].track, 1U);
}

TEST_F(MessageQuirk, CSeqMissing) {
  rewrite("CSeq: {cseq}\r\n", "");
  expect_plays();
}

// gortsplib: "RTSP/1.0 200" without a reason, or with two blanks.
TEST_F(MessageQuirk, ReasonMissing) {
  rewrite("200 OK", "200");
  expect_plays();
  rewrite("RTSP/1.0 200", "RTSP/1.0  200 ");
  expect_plays();
}

// The same field twice, the first one empty.
TEST_F(MessageQuirk, HeaderTwice) {
  rewrite("Content-Length: {length}", "Content-Length: \r\nContent-Length: {length}");
  rewrite("Public:", "Server: a\r\nServer: b\r\nPublic:");
  expect_plays();
}

TEST_F(MessageQuirk, OptionsRefused) {
  for (const char* status : {"404 Not Found", "501 Not Implemented", "400 Bad Request", "551 Option not supported"}) {
    script.answers["OPTIONS"] = {std::string("RTSP/1.0 ") + status + "\r\nCSeq: {cseq}\r\n\r\n"};
    expect_plays();
  }
}

TEST_F(MessageQuirk, OptionsIgnored) {
  script.answers["OPTIONS"].clear();
  RtspScript camera{script};
  camera.play();
  EXPECT_EQ(camera.count("DESCRIBE"), 0U);
  camera.wait(Micros(3'100'000));
  EXPECT_TRUE(camera.session.playing());
}

// Retina 0.3.8: a line break in front of messages and frames.
TEST_F(MessageQuirk, LineBreakInFrontOfEverything) {
  rewrite("RTSP/1.0 ", "\r\nRTSP/1.0 ");
  RtspScript camera{script};
  camera.play();
  base::Bytes bytes{'\r', '\n'};
  const base::Bytes frame = rtp_frame(0, 96, 1);
  bytes.insert(bytes.end(), frame.begin(), frame.end());
  camera.say(bytes);
  camera.say(bytes);
  EXPECT_EQ(camera.packets.size(), 2U);
}

// A repeated answer must not be taken for the one to the next request.
TEST_F(MessageQuirk, AnswerSentTwice) {
  script.answers["SETUP"][0] += script.answers["SETUP"][0];
  script.answers["DESCRIBE"][0] += script.answers["DESCRIBE"][0];
  expect_plays();
}

// Retina 0.3.6, v4l2rtspserver: RTP between PLAY and its answer.
TEST_F(MessageQuirk, MediaBeforeTheAnswerToPlay) {
  const base::Bytes frame = rtp_frame(0, 96, 1, 600);
  script.answers["PLAY"][0].insert(0, std::string(base::as_text(frame)));
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.packets.size(), 1U);
}

// Some answer PLAY only after many packets, or never.
TEST_F(MessageQuirk, PlayNeverAnsweredButMediaCome) {
  script.answers["PLAY"].clear();
  RtspScript camera{script};
  camera.play();
  camera.say(rtp_frame(0, 96, 1));
  stream_for(camera, 15);
  EXPECT_TRUE(camera.session.playing());
}

// Media before SETUP is even answered come from an old session on the same socket number (live555); they are dropped.
TEST_F(MessageQuirk, StaleMediaDuringTheHandshake) {
  script.answers["DESCRIBE"][0].insert(0, std::string(base::as_text(rtp_frame(0, 96, 77, 300))));
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_TRUE(camera.packets.empty());
}

// ---- keep-alive --------------------------------------------------------------------------------------------

// Retina issues 133 and 136 (Tapo C220, C520WS): advertised, refused with 400, and with the CSeq of the request before.
TEST_F(KeepAliveQuirk, TapoRefusesWithTheCSeqBefore) {
  rewrite("timeout=60", "timeout=15");
  script.answers["GET_PARAMETER"] = {"RTSP/1.0 400 Bad Request\r\nCSeq: 4\r\n\r\n"};
  RtspScript camera{script};
  camera.play();
  stream_for(camera, 40);
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.count("GET_PARAMETER"), 1U);
  EXPECT_GE(camera.count("OPTIONS"), 5U);
}

// thingino-firmware issue 490: 454 to GET_PARAMETER while the stream goes on.
TEST_F(KeepAliveQuirk, SessionNotFoundIsNotBelieved) {
  script.answers["GET_PARAMETER"] = {"RTSP/1.0 454 Session Not Found\r\nCSeq: {cseq}\r\n\r\n"};
  RtspScript camera{script};
  camera.play();
  stream_for(camera, 65);
  EXPECT_TRUE(camera.session.playing());
}

// gortsplib: cameras that never answer a keep-alive.
TEST_F(KeepAliveQuirk, NeverAnswered) {
  script.answers["GET_PARAMETER"].clear();
  RtspScript camera{script};
  camera.play();
  stream_for(camera, 600);
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.count("GET_PARAMETER"), 20U);
}

// No Public header at all: only OPTIONS is safe (rtsp-simple-server 0.19 dropped the link on other methods).
TEST_F(KeepAliveQuirk, PublicMissing) {
  script.answers["OPTIONS"] = {"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n\r\n"};
  RtspScript camera{script};
  camera.play();
  stream_for(camera, 61);
  EXPECT_EQ(camera.count("OPTIONS"), 3U);
  EXPECT_EQ(camera.count("GET_PARAMETER"), 0U);
}

// The answer comes between two frames.
TEST_F(KeepAliveQuirk, AnswerBetweenFrames) {
  RtspScript camera{script};
  camera.play();
  base::Bytes bytes = rtp_frame(0, 96, 1);
  const std::string answer = "RTSP/1.0 200 OK\r\nCSeq: 5\r\nSession: 1A2B\r\n\r\n";
  bytes.insert(bytes.end(), answer.begin(), answer.end());
  const base::Bytes next = rtp_frame(0, 96, 2);
  bytes.insert(bytes.end(), next.begin(), next.end());
  camera.say(bytes);
  EXPECT_EQ(camera.packets.size(), 2U);
}

// GW Security names another timeout with PLAY than with SETUP; the shorter one counts. 0 and nonsense do not.
TEST_F(KeepAliveQuirk, TimeoutChangesOrMakesNoSense) {
  rewrite("timeout=60", "timeout=0");
  script.answers["PLAY"][0] = test::replaced(script.answers["PLAY"][0], "1A2B", "1A2B; timeout=20");
  RtspScript camera{script};
  camera.play();
  stream_for(camera, 41);
  EXPECT_EQ(camera.count("GET_PARAMETER"), 4U);
}

// ---- login ---------------------------------------------------------------------------------------------------

struct LoginCase {
  const char* challenge;
  const char* expected;
};

// Hikvision, Dahua, Longse, iPOLiS and others, as they spell it.
TEST_F(LoginQuirk, ChallengesAsCamerasSpellThem) {
  const LoginCase cases[] = {
      {"WWW-Authenticate: Digest realm=\"b4a3\", nonce=\"73\", stale=\"FALSE\"\r\nWWW-Authenticate: Basic "
       "realm=\"b4a3\"\r\n",
       "Digest username=\"viewer\", realm=\"b4a3\", nonce=\"73\""},
      {"WWW-Authenticate: Basic realm=\"x\", Digest realm=\"x\", nonce=\"5\"\r\n",
       "Digest username=\"viewer\", realm=\"x\", nonce=\"5\""},
      {"WWW-Authenticate: Digest realm=\"IP Camera(AB705)\", nonce=\"f\", algorithm=\"MD5\", stale=\"FALSE\"\r\n",
       "Digest username=\"viewer\", realm=\"IP Camera(AB705)\", nonce=\"f\""},
      {"WWW-Authenticate: Digest realm=\"\", nonce=\"6\"\r\n", "Digest username=\"viewer\", realm=\"\", nonce=\"6\""},
      {"www-authenticate:Digest realm=cam,nonce=77\r\n", "Digest username=\"viewer\", realm=\"cam\", nonce=\"77\""},
      {"WWW-Authenticate: DIGEST qop=\"auth\", realm=\"t\", nonce=\"1612605593\"\r\n",
       "Digest username=\"viewer\", realm=\"t\", nonce=\"1612605593\""},
      {"WWW-Authenticate: Basic realm=\"Device_CGI\"\r\n", "Basic dmlld2VyOnNlY3JldA=="},
  };
  for (const LoginCase& c : cases) {
    script = CameraScript{};
    script.answers["DESCRIBE"].push_front(std::string("RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\n") + c.challenge +
                                          "\r\n");
    RtspScript camera{script};
    camera.play();
    EXPECT_TRUE(camera.session.playing()) << c.challenge;
    EXPECT_EQ(camera.last("PLAY")->header("Authorization").rfind(c.expected, 0), 0U) << camera.last("PLAY")->text;
  }
}

// scrypted pull request 2123 (Amcrest): qop, nc and algorithm must not be quoted; icholy/digest issue 8 (Lilin):
// response last.
TEST_F(LoginQuirk, BareWordsAndResponseLast) {
  script.answers["DESCRIBE"].push_front(
      "RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", "
      "opaque=\"\", algorithm=MD5\r\n\r\n");
  RtspScript camera{script};
  camera.play();
  const std::string value = camera.last("SETUP")->header("Authorization");
  EXPECT_NE(value.find(", algorithm=MD5, opaque=\"\", qop=auth, nc=00000002, cnonce=\"0a4f113b\", response=\""),
            std::string::npos)
      << value;
}

// A camera that challenges OPTIONS already.
TEST_F(LoginQuirk, OptionsChallenged) {
  script.answers["OPTIONS"] = {
      "RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\"\r\n\r\n"};
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_NE(camera.requests[1].header("Authorization"), "");
}

// A new nonce for every request, never called stale.
TEST_F(LoginQuirk, NonceForOneRequestOnly) {
  int n = 0;
  for (const char* method : {"DESCRIBE", "SETUP", "PLAY"}) {
    script.answers[method].push_front(
        "RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n" +
        std::to_string(n++) + "\"\r\n\r\n");
  }
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_NE(camera.last("PLAY")->header("Authorization").find("nonce=\"n2\""), std::string::npos);
}

// The 401 carries an HTML page without Content-Length.
TEST_F(LoginQuirk, PageBehindTheChallenge) {
  script.answers["DESCRIBE"].push_front(
      "RTSP/1.0 401 Unauthorized\r\nCSeq: {cseq}\r\nWWW-Authenticate: Digest realm=\"r\", "
      "nonce=\"n\"\r\n\r\n<html><body>401</body></html>\r\n");
  expect_plays();
}

}  // namespace
}  // namespace vonggac::ingest
