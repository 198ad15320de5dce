#include "ingest/rtsp_url.h"

#include <gtest/gtest.h>

namespace vonggac::ingest {
namespace {

RtspUrl url(const std::string& text) {
  auto parsed = parse_rtsp_url(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : RtspUrl{};
}

TEST(RtspUrl, SplitsHostPortAndTarget) {
  const RtspUrl u = url("rtsp://Cam.Local:8554/a/b?c=1&d=2");
  EXPECT_EQ(u.host, "cam.local");
  EXPECT_EQ(u.port, 8554);
  EXPECT_EQ(u.target, "/a/b?c=1&d=2");
  EXPECT_EQ(u.text(), "rtsp://Cam.Local:8554/a/b?c=1&d=2");
  EXPECT_EQ(url("RTSP://10.0.0.2").port, 554);
  EXPECT_EQ(url("rtsp://[fe80::1]:554/x").host, "fe80::1");
}

TEST(RtspUrl, RefusesWhatMustNotReachTheNetwork) {
  for (const char* bad : {"http://h/", "rtsp://", "rtsp:///x", "rtsp://u:p@h/", "rtsp://h:0/", "rtsp://h:99999/",
                          "rtsp://h/a b", "rtsp://h/\r\nX: y", "rtsp://[fe80::1/x", "rtsp://h:5x/"}) {
    EXPECT_FALSE(parse_rtsp_url(bad)) << bad;
  }
}

TEST(BaseUrl, KeepsThePinnedHostWhateverTheCameraNames) {
  const RtspUrl request = url("rtsp://10.0.0.2:8554/live");
  for (const char* header :
       {"rtsp://192.168.1.10:554/stream0/", "rtsp://user:pw@evil.example/stream0/", "192.168.1.10:554/stream0/",
        "rtsp://rtsp://turret.lan:554/stream0/", "/stream0/", "RTSP://[::1]/stream0/", "10.0.0.2/stream0/"}) {
    EXPECT_EQ(base_url(request, header), "rtsp://10.0.0.2:8554/stream0/") << header;
  }
}

TEST(BaseUrl, FallsBackToTheRequestUrl) {
  const RtspUrl request = url("rtsp://10.0.0.2/live?x=1");
  for (const char* header : {"", "  ", "stream0/", "rtsp://h/a b/", "\x01"}) {
    EXPECT_EQ(base_url(request, header), "rtsp://10.0.0.2/live?x=1") << header;
  }
}

struct ControlCase {
  const char* base;
  const char* control;
  const char* first;
  const char* second;  // nullptr: no alternative
};

TEST(ControlUrl, JoinsAsCamerasExpect) {
  const RtspUrl request = url("rtsp://10.0.0.2/live");
  const ControlCase cases[] = {
      {"rtsp://10.0.0.2/live/", "trackID=1", "rtsp://10.0.0.2/live/trackID=1", nullptr},
      {"rtsp://10.0.0.2/live", "trackID=1", "rtsp://10.0.0.2/live/trackID=1", "rtsp://10.0.0.2/trackID=1"},
      {"rtsp://10.0.0.2/live", "*", "rtsp://10.0.0.2/live", nullptr},
      {"rtsp://10.0.0.2/live", "", "rtsp://10.0.0.2/live", nullptr},
      {"rtsp://10.0.0.2/live/", "/trackID=1", "rtsp://10.0.0.2/live/trackID=1", "rtsp://10.0.0.2/trackID=1"},
      {"rtsp://10.0.0.2", "/t", "rtsp://10.0.0.2/t", nullptr},
      {"rtsp://10.0.0.2/live", "?ctype=video", "rtsp://10.0.0.2/live?ctype=video", nullptr},
      {"rtsp://10.0.0.2/cam?channel=1&subtype=0", "trackID=0", "rtsp://10.0.0.2/cam?channel=1&subtype=0/trackID=0",
       "rtsp://10.0.0.2/trackID=0"},
      {"rtsp://10.0.0.2/live", "rtsp://192.168.0.9:5544/media/t1?x=1", "rtsp://10.0.0.2/media/t1?x=1", nullptr},
      {"rtsp://10.0.0.2/live", "192.168.0.9:554/media/t1", "rtsp://10.0.0.2/media/t1", nullptr},
      {"rtsp://10.0.0.2/live", "rtsp://192.168.0.9", "rtsp://10.0.0.2", nullptr},
      {"rtsp://10.0.0.2/live/", "a b", "rtsp://10.0.0.2/live/", nullptr},
  };
  for (const ControlCase& c : cases) {
    const auto urls = control_urls(request, c.base, c.control);
    EXPECT_EQ(urls.front(), c.first) << c.control;
    ASSERT_EQ(urls.size(), c.second == nullptr ? 1U : 2U) << c.base << " " << c.control;
    if (c.second != nullptr) {
      EXPECT_EQ(urls[1], c.second);
    }
  }
}

TEST(Redirect, IsFollowedOnlyToTheSameHostAndPort) {
  const RtspUrl request = url("rtsp://cam.local/live");
  EXPECT_EQ(resolve_redirect(request, "rtsp://CAM.local:554/other").url, "rtsp://cam.local/other");
  EXPECT_EQ(resolve_redirect(request, "/other").url, "rtsp://cam.local/other");
  for (const char* elsewhere :
       {"rtsp://cam.local:8554/live", "rtsp://10.0.0.9/live", "http://cam.local/live", "", "rtsp://"}) {
    EXPECT_FALSE(resolve_redirect(request, elsewhere).same_host) << elsewhere;
  }
}

}  // namespace
}  // namespace vonggac::ingest
