/// Descriptions as real cameras send them (CAM-12). Each must play; the text is made up after public reports, named in
/// the comment of each test.
#include <gtest/gtest.h>

#include "support/rtsp_script.h"

namespace vonggac::ingest {
namespace {

using media::Codec;
using test::CameraScript;
using test::describe_answer;
using test::RtspScript;

/// Runs the handshake with this description and checks that it plays.
struct Described {
  explicit Described(std::string sdp, bool want_audio = false) : camera(script(std::move(sdp), want_audio)) {
    camera.play();
    EXPECT_TRUE(camera.session.playing()) << (camera.end() != nullptr ? camera.end()->detail : "not ended");
  }
  static CameraScript script(std::string sdp, bool want_audio) {
    CameraScript script;
    script.sdp = std::move(sdp);
    script.want_audio = want_audio;
    return script;
  }
  const TrackDescription& video() const { return camera.tracks.at(0); }
  const TrackDescription& audio() const { return camera.tracks.at(1); }
  std::string setup_url() const { return camera.url_of("SETUP"); }
  RtspScript camera;
};

// Retina 0.4.7: libavformat based servers leave Content-Type out, and name a Session already here.
TEST(SdpQuirk, ContentTypeMissing) {
  CameraScript script;
  script.answers["DESCRIBE"] = {
      "RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nContent-Length: {length}\r\nSession: l0TtlU\r\n\r\n{sdp}"};
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.url_of("SETUP"), "rtsp://10.0.0.2:554/live/trackID=1");
}

// Retina issue 52, V380 and others with the macro-video server: no o= line.
TEST(SdpQuirk, OriginLineMissing) {
  Described d(
      "v=0\r\ns=streamed by macro-video\r\nt=0 0\r\na=control:*\r\nc=IN IP4 0.0.0.0\r\nm=video 0 RTP/AVP 96\r\n"
      "b=AS:500\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
      "profile-level-id=TeAo;packetization-mode=1\r\na=control:track1\r\n");
  EXPECT_EQ(d.setup_url(), "rtsp://10.0.0.2:554/live/track1");
}

// Retina issue 33, Geovision: no t= line, no session control, absolute media control, metadata without a codec of ours.
TEST(SdpQuirk, GeovisionWithoutTimingAndSessionControl) {
  Described d(
      "v=0\r\no=- 1001 1 IN IP4 192.168.5.237\r\ns=VCP IPC\r\nm=video 0 RTP/AVP 105\r\nc=IN IP4 192.168.5.237\r\n"
      "a=control:rtsp://192.168.5.237/media/video1/video\r\na=rtpmap:105 H264/90000\r\na=recvonly\r\n"
      "m=application 0 RTP/AVP 107\r\na=control:rtsp://192.168.5.237/media/video1/metadata\r\n"
      "a=rtpmap:107 vnd.onvif.metadata/90000\r\na=fmtp:107 DecoderTag=h3c-v3 RTCP=0\r\n");
  EXPECT_EQ(d.video().payload_type, 105);
  EXPECT_EQ(d.setup_url(), "rtsp://10.0.0.2:554/media/video1/video");
  EXPECT_EQ(d.camera.url_of("PLAY"), "rtsp://10.0.0.2:554/live/");
}

// Retina testdata, Reolink: blanks and a ';' at the end of fmtp.
TEST(SdpQuirk, SemicolonAtTheEndOfFmtp) {
  Described d(
      "v=0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 "
      "packetization-mode=1;\r\na=control:1\r\n"
      "m=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000\r\n"
      "a=fmtp:97 streamtype=5;mode=AAC-hbr;sizelength=13;config=1408; profile=1;\r\na=control:2\r\n",
      true);
  EXPECT_EQ(d.audio().fmtp.at("config"), "1408");
  EXPECT_EQ(d.audio().fmtp.at("profile"), "1");
  EXPECT_EQ(d.audio().fmtp.size(), 5U);
}

// moonfire-nvr issue 213, H264DVR and IPCAM: a blank behind the clock rate.
TEST(SdpQuirk, BlankBehindTheClockRate) {
  Described d("v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000 \r\na=framerate:0S\r\na=control:trackID=3\r\n");
  EXPECT_EQ(d.video().clock_rate_hz, 90'000U);
}

// Retina 0.4.4, Ubiquiti: "a=fmtp:96" with nothing behind; two audio sections before the video.
TEST(SdpQuirk, UbiquitiEmptyFmtpAndVideoLast) {
  Described d(
      "v=0\r\na=control:*\r\nm=audio 0 RTP/AVP 96\r\na=rtpmap:96 mpeg4-generic/48000/1\r\na=control:trackID=0\r\n"
      "a=fmtp:96 config=1188; SizeLength=13; IndexLength=3; IndexDeltaLength=3;\r\n"
      "m=audio 0 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=control:trackID=1\r\na=fmtp:96\r\n"
      "m=video 0 RTP/AVP 97\r\na=control:trackID=2\r\na=rtpmap:97 H264/90000\r\n",
      true);
  EXPECT_EQ(d.video().codec, Codec::kH264);
  EXPECT_EQ(d.audio().codec, Codec::kAac);
  EXPECT_EQ(d.audio().fmtp.at("indexdeltalength"), "3");
}

// moonfire-nvr issue 238, TP-Link: a private section whose format is no number.
TEST(SdpQuirk, TpLinkPrivateSection) {
  Described d(
      "v=0\r\no=- 14665860 31787219 1 IN IP4 192.168.2.29\r\ns=x\r\nt=0 0\r\n"
      "m=application/TP-LINK 0 RTP/AVP smart/1/90000\r\na=rtpmap:95 TP-LINK/90000\r\na=control:track3\r\n"
      "m=video 0 RTP/AVP 96\r\na=control:track1\r\na=rtpmap:96 H265/90000\r\n");
  EXPECT_EQ(d.video().codec, Codec::kH265);
  EXPECT_EQ(d.setup_url(), "rtsp://10.0.0.2:554/live/track1");
}

// Retina testdata, Foscam: PCMU by its static number only.
TEST(SdpQuirk, FoscamStaticAudioTypeWithoutRtpmap) {
  Described d(
      "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n"
      "m=audio 0 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\nb=AS:64\r\na=control:track2\r\n",
      true);
  EXPECT_EQ(d.audio().codec, Codec::kG711Mu);
  EXPECT_EQ(d.audio().clock_rate_hz, 8000U);
  EXPECT_EQ(d.audio().channels, 1);
}

// Retina testdata, VStarcam: a tab and blanks behind the payload type.
TEST(SdpQuirk, TabBehindThePayloadType) {
  Described d(
      "v=0\r\nm=video 0 RTP/AVP 96\r\na=control:track0\r\na=rtpmap:96 H264/90000\r\n"
      "m=audio 0 RTP/AVP 8\t \r\na=control:track1\r\na=rtpmap:8 PCMA/8000/1\r\n",
      true);
  EXPECT_EQ(d.audio().codec, Codec::kG711A);
}

// Retina issue 26, Anpviz: AAC under the number of PCMU.
TEST(SdpQuirk, RtpmapOverridesTheStaticType) {
  Described d(
      "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n"
      "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 MPEG4-GENERIC/16000/2\r\na=fmtp:0 config=1408\r\na=control:2\r\n",
      true);
  EXPECT_EQ(d.audio().codec, Codec::kAac);
  EXPECT_EQ(d.audio().clock_rate_hz, 16'000U);
}

// mediacommon issue 144, HIK Media Server: the fmtp carries the number of another section.
TEST(SdpQuirk, FmtpWithTheNumberOfAnotherType) {
  Described d(
      "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=video\r\n"
      "m=audio 0 RTP/AVP 104\r\na=rtpmap:104 MPEG4-GENERIC/16000\r\na=fmtp:97 "
      "mode=AAC-hbr;config=1408\r\na=control:trackID=audio\r\n",
      true);
  EXPECT_EQ(d.audio().fmtp.at("config"), "1408");
}

// Servers that write "h264" or "HEVC".
TEST(SdpQuirk, CodecNamesInOtherLetters) {
  EXPECT_EQ(Described("v=0\r\nm=VIDEO 0 RTP/AVP 96\r\na=RTPMAP:96 h264/90000\r\na=control:1\r\n").video().codec,
            Codec::kH264);
  EXPECT_EQ(Described("v=0\r\nm=video 0 RTP/AVP 98\r\na=rtpmap:98 HEVC/90000\r\na=control:1\r\n").video().codec,
            Codec::kH265);
}

// Embedded servers that send a fixed buffer: NULs behind the text, counted in Content-Length.
TEST(SdpQuirk, NulsBehindTheText) {
  std::string sdp = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1\r\n";
  sdp.append(37, '\0');
  EXPECT_EQ(Described(sdp).setup_url(), "rtsp://10.0.0.2:554/live/track1");
}

// gortsplib and Retina: the last line, here the control, has no line end.
TEST(SdpQuirk, NoLineEndAtTheEnd) {
  EXPECT_EQ(Described("v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:track1").setup_url(),
            "rtsp://10.0.0.2:554/live/track1");
}

// RFC 2326 allows CR alone as a line end, and a few do it.
TEST(SdpQuirk, CarriageReturnsAlone) {
  EXPECT_EQ(Described("v=0\rm=video 0 RTP/AVP 96\ra=rtpmap:96 H264/90000\ra=control:track1\r").setup_url(),
            "rtsp://10.0.0.2:554/live/track1");
}

// gortsplib "unix newlines", "empty lines", "no v=0 at start".
TEST(SdpQuirk, LineFeedsAloneEmptyLinesAndNoVersion) {
  EXPECT_EQ(Described("\n\no=- 1 1 IN IP4 x\n\nm=video 0 RTP/AVP 96\n\na=rtpmap:96 H264/90000\na=control:track1\n")
                .setup_url(),
            "rtsp://10.0.0.2:554/live/track1");
}

// mediamtx issues 120, 121, 2708, 2762, 5033, 5292: empty or impossible o= and c= values.
TEST(SdpQuirk, BrokenOriginAndConnectionLines) {
  Described d(
      "v=0\r\no=Channel1 -8959200248001175080 1698143674.978737 IP IP4\r\ns=\r\nc=\r\nc=IN \r\nc=IN IP4 "
      "\r\nt=now-\r\nb=RR:0\r\n"
      "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n");
  EXPECT_EQ(d.video().codec, Codec::kH264);
}

// CAM-14: addresses and ports of the description are never used, not even a multicast one.
TEST(SdpQuirk, PortAndForeignAddressInTheSection) {
  Described d(
      "v=0\r\nc=IN IP4 239.1.2.3/127\r\nm=video 5004/2 RTP/AVP 96\r\nc=IN IP4 8.8.8.8\r\na=rtpmap:96 "
      "H264/90000\r\na=control:1\r\n");
  EXPECT_EQ(d.setup_url(), "rtsp://10.0.0.2:554/live/1");
}

// Cameras without any fmtp, or with an empty sprop.
TEST(SdpQuirk, ParameterSetsMissingOrEmpty) {
  EXPECT_TRUE(
      Described("v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n").video().fmtp.empty());
  Described d(
      "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 sprop-parameter-sets=; "
      "profile-level-id=\r\na=control:1\r\n");
  EXPECT_EQ(d.video().fmtp.at("sprop-parameter-sets"), "");
}

// ONVIF cameras that list the metadata stream first.
TEST(SdpQuirk, MetadataBeforeVideo) {
  Described d(
      "v=0\r\nm=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\na=control:meta\r\n"
      "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:video\r\n");
  EXPECT_EQ(d.setup_url(), "rtsp://10.0.0.2:554/live/video");
  EXPECT_EQ(d.camera.count("SETUP"), 1U);
}

// A dynamic payload type without rtpmap; the parameters tell the codec.
TEST(SdpQuirk, RtpmapMissingButParametersTell) {
  EXPECT_EQ(Described("v=0\r\nm=video 0 RTP/AVP 96\r\na=fmtp:96 "
                      "packetization-mode=1;sprop-parameter-sets=Z0I=,aM4=\r\na=control:1\r\n")
                .video()
                .codec,
            Codec::kH264);
  EXPECT_EQ(Described("v=0\r\nm=video 0 RTP/AVP 96\r\na=fmtp:96 sprop-vps=QAE=;sprop-sps=QgE=\r\na=control:1\r\n")
                .video()
                .codec,
            Codec::kH265);
}

// Luckfox rkipc (Retina issue 120): control stands before the other attributes.
TEST(SdpQuirk, ControlBeforeTheOtherAttributes) {
  Described d(
      "v=0\r\na=control:*\r\na=type:broadcast\r\na=tool:x\r\nm=video 0 RTP/AVP "
      "96\r\na=control:trackID=9\r\na=rtpmap:96 H264/90000\r\n");
  EXPECT_EQ(d.setup_url(), "rtsp://10.0.0.2:554/live/trackID=9");
}

// mediamtx issue 5074: every section is called sendonly, from the camera's own point of view.
TEST(SdpQuirk, EverythingCalledSendonly) {
  Described d(
      "v=0\r\nm=video 0 RTP/AVP 96\r\na=sendonly\r\na=rtpmap:96 H264/90000\r\na=control:1\r\n"
      "m=audio 0 RTP/AVP 8\r\na=sendonly\r\na=control:2\r\n",
      true);
  EXPECT_EQ(d.audio().codec, Codec::kG711A);
}

// rtpmap number and m= number disagree, with only one of each.
TEST(SdpQuirk, RtpmapWithTheWrongNumber) {
  Described d(
      "v=0\r\nm=video 0 RTP/AVP 97\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:1\r\n");
  EXPECT_EQ(d.video().payload_type, 97);
  EXPECT_EQ(d.video().fmtp.at("packetization-mode"), "1");
}

// Reolink and Hikvision NVRs put several formats on one line; the usable one is not the first.
TEST(SdpQuirk, UsableFormatIsNotTheFirst) {
  EXPECT_EQ(Described("v=0\r\nm=video 0 RTP/AVP 112 96\r\na=rtpmap:112 vnd.onvif.x/90000\r\na=rtpmap:96 "
                      "H264/90000\r\na=control:1\r\n")
                .video()
                .payload_type,
            96);
}

// No Content-Length: the description ends when nothing more comes.
TEST(SdpQuirk, ContentLengthMissing) {
  CameraScript script;
  script.answers["DESCRIBE"] = {"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nContent-Type: application/sdp\r\n\r\n{sdp}"};
  RtspScript camera{script};
  camera.play();
  EXPECT_FALSE(camera.session.playing());
  camera.wait(base::Micros(600'000));
  EXPECT_TRUE(camera.session.playing());
}

// Content-Length counted too high (NULs or line ends that were never sent).
TEST(SdpQuirk, ContentLengthTooHigh) {
  CameraScript script;
  script.answers["DESCRIBE"] = {"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nContent-Length: 1000\r\n\r\n{sdp}"};
  RtspScript camera{script};
  camera.play();
  camera.wait(base::Micros(3'100'000));
  EXPECT_TRUE(camera.session.playing());
}

}  // namespace
}  // namespace vonggac::ingest
