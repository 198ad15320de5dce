/// How real cameras name their tracks (CAM-12), and that none can name another host (CAM-14).
#include <gtest/gtest.h>

#include "support/rtsp_script.h"

namespace vonggac::ingest {
namespace {

using test::CameraScript;
using test::describe_answer;
using test::RtspScript;

std::string sdp_with(const std::string& session_control, const std::string& video_control) {
  return "v=0\r\n" + (session_control.empty() ? "" : "a=control:" + session_control + "\r\n") +
         "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:" + video_control + "\r\n";
}

struct Played {
  Played(const std::string& url, const std::string& base_headers, const std::string& session_control,
         const std::string& video_control)
      : camera(script(url, base_headers, sdp_with(session_control, video_control))) {
    camera.play();
    EXPECT_TRUE(camera.session.playing());
    // No request may name anybody but the stored camera.
    const std::string authority = parse_rtsp_url(url)->authority;
    for (const test::SeenRequest& request : camera.requests) {
      EXPECT_EQ(parse_rtsp_url(request.url)->authority, authority) << request.url;
    }
  }
  static CameraScript script(const std::string& url, const std::string& base_headers, const std::string& sdp) {
    CameraScript script;
    script.url = url;
    script.sdp = sdp;
    script.answers["DESCRIBE"] = {describe_answer(base_headers)};
    return script;
  }
  std::string setup() const { return camera.url_of("SETUP"); }
  std::string play() const { return camera.url_of("PLAY"); }
  RtspScript camera;
};

// Dahua: the track goes behind the query (and behind the slash the camera puts there).
TEST(UrlQuirk, DahuaTrackBehindTheQuery) {
  Played p("rtsp://10.0.0.2/cam/realmonitor?channel=1&subtype=0",
           "Content-Base: rtsp://192.168.5.111:554/cam/realmonitor?channel=1&subtype=0&unicast=true&proto=Onvif/\r\n",
           "*", "trackID=0");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2/cam/realmonitor?channel=1&subtype=0&unicast=true&proto=Onvif/trackID=0");
}

// GW Security: the same without the slash.
TEST(UrlQuirk, GwSecurityBaseWithQueryAndNoSlash) {
  Played p("rtsp://10.0.0.2:5050/H264?channel=1&subtype=0",
           "Content-Base: rtsp://192.168.1.110:5050/H264?channel=1&subtype=0&proto=Onvif\r\n", "*", "video");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2:5050/H264?channel=1&subtype=0&proto=Onvif/video");
}

// Hikvision: absolute controls with queries; PLAY goes to the session's.
TEST(UrlQuirk, HikvisionAbsoluteControls) {
  Played p("rtsp://10.0.0.2/Streaming/Channels/101",
           "Content-Base: rtsp://192.168.5.106:554/Streaming/Channels/101/\r\n",
           "rtsp://192.168.5.106:554/Streaming/Channels/101/?transportmode=unicast&profile=Profile_1",
           "rtsp://192.168.5.106:554/Streaming/Channels/101/trackID=1?transportmode=unicast&profile=Profile_1");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2/Streaming/Channels/101/trackID=1?transportmode=unicast&profile=Profile_1");
  EXPECT_EQ(p.play(), "rtsp://10.0.0.2/Streaming/Channels/101/?transportmode=unicast&profile=Profile_1");
}

// moonfire-nvr issue 356, Anjvision: Content-Base without a scheme.
TEST(UrlQuirk, AnjvisionBaseWithoutScheme) {
  Played p("rtsp://10.0.0.2:554/stream0", "Content-Base: 192.168.1.10:554/stream0/\r\n", "*", "trackID=1");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2:554/stream0/trackID=1");
}

// go2rtc issue 208, Icamra: the scheme twice.
TEST(UrlQuirk, SchemeTwice) {
  Played p("rtsp://10.0.0.2/stream1", "Content-Base: rtsp://rtsp://turret2-cam.lan:554/stream1/\r\n", "*", "trackID=1");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2/stream1/trackID=1");
}

// H264DVR: names itself 127.0.0.1.
TEST(UrlQuirk, BaseNamesLoopback) {
  Played p("rtsp://10.0.0.2/camera", "Content-Base: rtsp://127.0.0.1:554/camera\r\n", "*", "trackID=3");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2/camera/trackID=3");
}

// A hostile camera behind every header at once.
TEST(UrlQuirk, EveryPlaceNamesAnotherHost) {
  Played p("rtsp://10.0.0.2/a", "Content-Base: rtsp://evil.example:8554/b/\r\nContent-Location: rtsp://10.9.9.9/c\r\n",
           "rtsp://evil.example/agg", "rtsp://u:p@10.9.9.9:1/track");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2/track");
  EXPECT_EQ(p.play(), "rtsp://10.0.0.2/agg");
}

// Xiongmai: no query, everything in the path.
TEST(UrlQuirk, XiongmaiParametersInThePath) {
  Played p("rtsp://10.0.0.2:554/user=admin&password=tlJwpbo6&channel=1&stream=0.sdp", "", "*", "trackID=3");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2:554/user=admin&password=tlJwpbo6&channel=1&stream=0.sdp/trackID=3");
}

// Content-Location instead of Content-Base.
TEST(UrlQuirk, ContentLocationOnly) {
  Played p("rtsp://10.0.0.2/a", "Content-Location: rtsp://10.0.0.2/real/\r\n", "*", "t1");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2/real/t1");
}

// Neither header, and no control in the section: the request URL is the track.
TEST(UrlQuirk, NoControlAtAll) {
  CameraScript script;
  script.sdp = "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n";
  script.answers["DESCRIBE"] = {describe_answer("")};
  RtspScript camera{script};
  camera.play();
  EXPECT_EQ(camera.url_of("SETUP"), "rtsp://10.0.0.2:554/live");
}

// "?ctype=video" controls (gortsplib).
TEST(UrlQuirk, ControlIsAQuery) {
  Played p("rtsp://10.0.0.2/test", "", "*", "?ctype=video");
  EXPECT_EQ(p.setup(), "rtsp://10.0.0.2/test?ctype=video");
}

// A server that resolves by the standard answers 404 to the usual join; the other form is tried.
TEST(UrlQuirk, SetupTriesTheStandardJoinAfter404) {
  CameraScript script;
  script.sdp = sdp_with("*", "track1");
  script.answers["DESCRIBE"] = {describe_answer("Content-Base: rtsp://10.0.0.2/app/stream\r\n")};
  script.answers["SETUP"].push_front("RTSP/1.0 404 Not Found\r\nCSeq: {cseq}\r\n\r\n");
  RtspScript camera{script};
  camera.play();
  EXPECT_EQ(camera.url_of("SETUP"), "rtsp://10.0.0.2:554/app/track1");
  EXPECT_TRUE(camera.session.playing());
}

// Servers that allow no aggregate PLAY (460), or do not know the aggregate URL they named.
TEST(UrlQuirk, PlayTriesTheOtherUrls) {
  CameraScript script;
  script.answers["PLAY"].push_front("RTSP/1.0 404 Not Found\r\nCSeq: {cseq}\r\n\r\n");
  script.answers["PLAY"].push_front("RTSP/1.0 460 Only aggregate operation allowed\r\nCSeq: {cseq}\r\n\r\n");
  RtspScript camera{script};
  camera.play();
  EXPECT_TRUE(camera.session.playing());
  EXPECT_EQ(camera.count("PLAY"), 3U);
  EXPECT_EQ(camera.url_of("PLAY"), "rtsp://10.0.0.2:554/live/trackID=1");
}

}  // namespace
}  // namespace vonggac::ingest
