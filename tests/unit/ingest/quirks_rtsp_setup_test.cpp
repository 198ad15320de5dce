/// SETUP and PLAY as real cameras answer them (CAM-12).
#include <gtest/gtest.h>

#include "support/rtsp_script.h"

namespace vonggac::ingest {
namespace {

using base::Micros;
using test::CameraScript;
using test::rtp_frame;
using test::RtspScript;

std::string setup_answer(const std::string& headers) {
  return "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\n" + headers + "\r\n";
}

/// Plays with these headers in the answer(s) to SETUP.
struct SetUpAs {
  explicit SetUpAs(const std::string& video, const std::string& audio = "") : camera(script(video, audio)) {
    camera.play();
    EXPECT_TRUE(camera.session.playing()) << (camera.end() != nullptr ? camera.end()->detail : "waits");
  }
  static CameraScript script(const std::string& video, const std::string& audio) {
    CameraScript script;
    script.want_audio = !audio.empty();
    script.answers["SETUP"] = {setup_answer(video)};
    if (!audio.empty()) script.answers["SETUP"].push_back(setup_answer(audio));
    return script;
  }
  /// Where a packet on this channel ends up; -1: nowhere.
  int track_of(std::uint8_t channel, std::uint8_t payload_type) {
    camera.packets.clear();
    camera.say(rtp_frame(channel, payload_type, 1));
    return camera.packets.empty() ? -1 : static_cast<int>(camera.packets[0].track);
  }
  RtspScript camera;
};

// H264DVR: another Session id with the second SETUP; PLAY belongs to the first.
TEST(SetupQuirk, SessionChangesBetweenSetups) {
  SetUpAs s("Session: 231970;timeout=60\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n",
            "Session: 231980;timeout=60\r\nTransport: RTP/AVP/TCP;interleaved=2-3\r\n");
  EXPECT_EQ(s.camera.last("PLAY")->header("Session"), "231970");
}

// Hikvision: blanks around the id; Xiongmai: a blank behind it; trailing ';'.
TEST(SetupQuirk, BlanksAndSemicolonsAroundTheSession) {
  for (const char* session :
       {"        708345999;timeout=60", "708345999 ", "708345999;", " 708345999 ; timeout = 60 ;"}) {
    SetUpAs s(std::string("Session: ") + session + "\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1;\r\n");
    EXPECT_EQ(s.camera.last("PLAY")->header("Session"), "708345999") << session;
  }
}

// Retina 0.4.17, Hikvision and Dahua: blanks inside ssrc; gortsplib: odd and impossible ssrc.
TEST(SetupQuirk, SsrcPaddedOddOrImpossible) {
  for (const char* ssrc : {" d6d6627", "     D93FF", "4317f", "1449463210", "zz", ""}) {
    SetUpAs s(std::string("Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=") + ssrc + "\r\n");
    EXPECT_EQ(s.track_of(4, 96), 0) << ssrc;
  }
}

// Luckfox rkipc (Retina issue 120): ssrc before the channels.
TEST(SetupQuirk, SsrcFirst) {
  EXPECT_EQ(SetUpAs("Session: 1\r\nTransport: RTP/AVP/TCP;ssrc=22345684;interleaved=6-7\r\n").track_of(6, 96), 0);
}

// gortsplib issue 456: 200 OK without a Transport.
TEST(SetupQuirk, TransportMissing) { EXPECT_EQ(SetUpAs("Session: 1\r\n").track_of(0, 96), 0); }

// Transport without channels: those asked for are meant.
TEST(SetupQuirk, InterleavedMissing) {
  EXPECT_EQ(SetUpAs("Session: 1\r\nTransport: RTP/AVP/TCP;unicast\r\n").track_of(0, 96), 0);
}

// gortsplib issue 72, mediamtx issue 19: other channels than asked.
TEST(SetupQuirk, OtherChannelsThanAsked) {
  SetUpAs s("Session: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=8-9;ssrc=2A27A3FB\r\n");
  EXPECT_EQ(s.track_of(8, 96), 0);
  s.camera.session.send_rtcp(0, base::Bytes(8, 0x80));
  s.camera.wait(Micros(0));
  EXPECT_EQ(s.camera.sent_frames.at(1), 9);
}

// moonfire-nvr issue 213: data on channels that belong to nothing.
TEST(SetupQuirk, DataOnUnassignedChannels) {
  SetUpAs s("Session: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n");
  EXPECT_EQ(s.track_of(0, 96), 0);
  EXPECT_EQ(s.track_of(4, 107), -1);
  EXPECT_EQ(s.track_of(0, 96), 0);
}

// The camera answers one pair and sends on another.
TEST(SetupQuirk, SendsOnOtherChannelsThanAnswered) {
  SetUpAs s("Session: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n",
            "Session: 1\r\nTransport: RTP/AVP/TCP;interleaved=2-3\r\n");
  EXPECT_EQ(s.track_of(10, 8), 1);
  EXPECT_EQ(s.track_of(6, 96), 0);
}

// Both tracks are given the same channels: the payload type tells.
TEST(SetupQuirk, SameChannelsForBothTracks) {
  SetUpAs s("Session: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n",
            "Session: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n");
  EXPECT_EQ(s.track_of(0, 96), 0);
  EXPECT_EQ(s.track_of(0, 8), 1);
}

// RTCP on the channel of RTP, and RTP with the marker bit on the channel of RTCP.
TEST(SetupQuirk, RtcpAndRtpOnEachOthersChannel) {
  SetUpAs s("Session: 1\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n");
  s.camera.say(rtp_frame(0, 200, 1));
  s.camera.say(rtp_frame(1, 0x80 | 96, 2));
  ASSERT_EQ(s.camera.packets.size(), 2U);
  EXPECT_TRUE(s.camera.packets[0].rtcp);
  EXPECT_FALSE(s.camera.packets[1].rtcp);
}

// One channel number alone, or the parameters in capitals.
TEST(SetupQuirk, SingleChannelAndCapitals) {
  SetUpAs s("Session: 1\r\nTransport: rtp/avp/tcp;UNICAST;INTERLEAVED=2\r\n");
  EXPECT_EQ(s.track_of(2, 96), 0);
}

// No Session with SETUP; one was named with DESCRIBE (libavformat) or none at all.
TEST(SetupQuirk, SessionMissing) {
  CameraScript script = SetUpAs::script("Transport: RTP/AVP/TCP;interleaved=0-1\r\n", "");
  RtspScript without{script};
  without.play();
  EXPECT_TRUE(without.session.playing());
  EXPECT_EQ(without.last("PLAY")->text.find("Session"), std::string::npos);
  script.answers["DESCRIBE"] = {test::describe_answer("Session: l0Ttl\r\n")};
  RtspScript with{script};
  with.play();
  EXPECT_EQ(with.last("PLAY")->header("Session"), "l0Ttl");
}

// Yoosee: 200 OK to a SETUP for TCP, but with UDP in it. Core then tries UDP.
TEST(SetupQuirk, YooseeSetsUpUdpInstead) {
  RtspScript camera{SetUpAs::script(
      "Session: 1\r\nTransport: RTP/AVP;unicast;source=10.0.0.2;client_port=0-1;server_port=40004-40005;ssrc=0\r\n",
      "")};
  camera.play();
  ASSERT_NE(camera.end(), nullptr);
  EXPECT_EQ(camera.end()->reason, ipc::StreamReason::kTransportRefused);
}

// moonfire-nvr issue 224 (OMNY), Retina issue 117 (Laureii), Tapo, Hikvision: RTP-Info that makes no sense.
TEST(PlayQuirk, SenselessRtpInfo) {
  for (const char* info :
       {"url=trackID=1;seq=1;rtptime=-1", "url=rtsp://192.168.1.19:554/0/main/trackID=0;seq=0;rtptime=0;",
        "url=trackID=1;seq=16852;rtptime=1070938629;ssrc=dcc4a0d8,url=trackID=2", ";;,,=", ""}) {
    CameraScript script;
    script.answers["PLAY"] = {std::string("RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nRange: npt=now-\r\nRTP-Info: ") + info +
                              "\r\n\r\n"};
    RtspScript camera{script};
    camera.play();
    EXPECT_TRUE(camera.session.playing()) << info;
  }
}

// Live servers that know no Range.
TEST(PlayQuirk, RangeRefused) {
  CameraScript script;
  script.answers["PLAY"].push_front("RTSP/1.0 457 Invalid Range\r\nCSeq: {cseq}\r\n\r\n");
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.last("PLAY")->header("Range"), "");
}

// smolrtsp issue 31: UDP without server_port; the sockets are connected to the address alone.
TEST(UdpQuirk, ServerPortMissingOrSingle) {
  for (const auto& [transport, port] : {std::pair("RTP/AVP/UDP;unicast;client_port=5000-5001", 0),
                                        std::pair("RTP/AVP;unicast;server_port=8052;client_port=5000", 8052)}) {
    CameraScript script = SetUpAs::script(std::string("Session: 1\r\nTransport: ") + transport + "\r\n", "");
    script.transport = ipc::Transport::kUdp;
    RtspScript camera{script};
    camera.play();
    camera.session.udp_ports(0, 5000, 5001, camera.now);
    camera.pump();
    camera.wait(Micros(600'000));
    EXPECT_TRUE(camera.session.playing());
    for (const SessionEvent& event : camera.events) {
      if (const auto* peer = std::get_if<UdpPeerKnown>(&event)) {
        EXPECT_EQ(peer->rtp_port, port);
      }
    }
    EXPECT_TRUE(camera.saw<UdpPeerKnown>());
  }
}

}  // namespace
}  // namespace vonggac::ingest
