#include "core/camera_url.h"

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

CameraUrl strip(const std::string& text) {
  base::Result<CameraUrl> url = strip_credentials(text);
  EXPECT_TRUE(url.has_value()) << text << " -> " << url.error().message();
  return url ? std::move(url).value() : CameraUrl{};
}

TEST(StripCredentials, LeavesAnAddressWithoutSecretsAsItIs) {
  const CameraUrl url = strip("rtsp://192.168.1.10/Streaming/Channels/101");
  EXPECT_EQ(url.where.host, "192.168.1.10");
  EXPECT_EQ(url.where.kind, HostKind::kIpv4);
  EXPECT_EQ(url.where.port, 554);
  EXPECT_EQ(url.display_url, "rtsp://192.168.1.10/Streaming/Channels/101");
  EXPECT_EQ(url.request_url.reveal(), "rtsp://192.168.1.10:554/Streaming/Channels/101");
  EXPECT_TRUE(url.username.empty());
  EXPECT_TRUE(url.password.empty());
  EXPECT_FALSE(url.request_is_secret);
}

TEST(StripCredentials, TakesUserinfoOutOfDisplayAndRequest) {
  const CameraUrl url = strip("RTSP://admin:s3cret@Cam-1.lan:8554/live?x=1");
  EXPECT_EQ(url.username, "admin");
  EXPECT_EQ(url.password.reveal(), "s3cret");
  EXPECT_EQ(url.display_url, "rtsp://cam-1.lan:8554/live?x=1");
  EXPECT_EQ(url.request_url.reveal(), "rtsp://cam-1.lan:8554/live?x=1");
  EXPECT_EQ(url.where.kind, HostKind::kName);
}

TEST(StripCredentials, ToleratesAtAndColonInThePassword) {
  const CameraUrl url = strip("rtsp://admin:p@ss:w@rd@10.0.0.5:554/h264");
  EXPECT_EQ(url.username, "admin");
  EXPECT_EQ(url.password.reveal(), "p@ss:w@rd");
  EXPECT_EQ(url.where.host, "10.0.0.5");
  EXPECT_EQ(url.display_url, "rtsp://10.0.0.5/h264");
}

TEST(StripCredentials, DecodesPercentInUserinfoOnly) {
  const CameraUrl url = strip("rtsp://ad%6Din:a%2Fb%40c%23@10.0.0.5/a%20b");
  EXPECT_EQ(url.username, "admin");
  EXPECT_EQ(url.password.reveal(), "a/b@c#");
  EXPECT_EQ(url.request_url.reveal(), "rtsp://10.0.0.5:554/a%20b");
}

TEST(StripCredentials, UnderstandsIpv6) {
  const CameraUrl url = strip("rtsp://u:p@[FD00:0::1]:8554/x");
  EXPECT_EQ(url.where.host, "fd00::1");
  EXPECT_EQ(url.where.kind, HostKind::kIpv6);
  EXPECT_EQ(url.request_url.reveal(), "rtsp://[fd00::1]:8554/x");
  EXPECT_EQ(to_string(url.where), "[fd00::1]:8554");
}

TEST(StripCredentials, FindsXiongmaiCredentialsWithAmpersands) {
  const CameraUrl url = strip("rtsp://192.168.1.9:554/user=admin&password=tlJwpbo6&channel=1&stream=0.sdp?");
  EXPECT_EQ(url.display_url, "rtsp://192.168.1.9/user=***&password=***&channel=1&stream=0.sdp?");
  EXPECT_EQ(url.username, "admin");
  EXPECT_EQ(url.password.reveal(), "tlJwpbo6");
  EXPECT_TRUE(url.request_is_secret);
  EXPECT_EQ(url.request_url.reveal(), "rtsp://192.168.1.9:554/user=admin&password=tlJwpbo6&channel=1&stream=0.sdp?");
}

TEST(StripCredentials, FindsXiongmaiCredentialsWithUnderscores) {
  const CameraUrl url = strip("rtsp://192.168.1.9/user=admin_password=a_b?c/d_channel=1_stream=0.sdp?real_stream");
  EXPECT_EQ(url.display_url, "rtsp://192.168.1.9/user=***_password=***_channel=1_stream=0.sdp?real_stream");
  EXPECT_EQ(url.password.reveal(), "a_b?c/d");
}

TEST(StripCredentials, AcceptsAnEmptyXiongmaiPassword) {
  const CameraUrl url = strip("rtsp://192.168.1.9/user=admin&password=&channel=1&stream=0.sdp?");
  EXPECT_EQ(url.display_url, "rtsp://192.168.1.9/user=***&password=&channel=1&stream=0.sdp?");
  EXPECT_TRUE(url.password.empty());
}

TEST(StripCredentials, FindsCredentialsInQueryParameters) {
  for (const char* text :
       {"rtsp://10.1.1.1/live?username=bob&password=hush%21&q=1", "rtsp://10.1.1.1/live?usr=bob&pwd=hush%21&q=1",
        "rtsp://10.1.1.1/live?loginuse=bob&loginpas=hush%21&q=1",
        "rtsp://10.1.1.1/live?UserName=bob&PassWord=hush%21&q=1"}) {
    const CameraUrl url = strip(text);
    EXPECT_EQ(url.username, "bob") << text;
    EXPECT_EQ(url.password.reveal(), "hush!") << text;
    EXPECT_EQ(url.display_url.find("hush"), std::string::npos) << text;
    EXPECT_NE(url.display_url.find("=***&q=1"), std::string::npos) << url.display_url;
  }
}

TEST(StripCredentials, HidesTokensAndKeepsOtherParameters) {
  const CameraUrl url = strip("rtsp://10.1.1.1/cam/realmonitor?channel=1&subtype=0&auth=YWRtaW46aHVzaA==&unicast=true");
  EXPECT_EQ(url.display_url, "rtsp://10.1.1.1/cam/realmonitor?channel=1&subtype=0&auth=***&unicast=true");
  EXPECT_TRUE(url.username.empty());
}

TEST(StripCredentials, FindsNameAndPasswordInAPathSegment) {
  const CameraUrl url = strip("rtsp://10.1.1.1/0/bob:hush/main");
  EXPECT_EQ(url.display_url, "rtsp://10.1.1.1/0/***/main");
  EXPECT_EQ(url.username, "bob");
  EXPECT_EQ(url.password.reveal(), "hush");
  EXPECT_EQ(strip("rtsp://10.1.1.1/iphone/11?bob:hush&").display_url, "rtsp://10.1.1.1/iphone/11?***&");
}

TEST(StripCredentials, UserinfoWinsOverThePath) {
  const CameraUrl url = strip("rtsp://u:p@10.1.1.1/user=admin&password=x&channel=1");
  EXPECT_EQ(url.username, "u");
  EXPECT_EQ(url.password.reveal(), "p");
}

TEST(StripCredentials, AQuestionMarkInsideAPathPasswordDoesNotStartTheQuery) {
  const CameraUrl url = strip("rtsp://10.1.1.1/user=a?b_channel=1_pw=hush");
  EXPECT_EQ(url.display_url, "rtsp://10.1.1.1/user=***_channel=1_pw=***");
}

TEST(StripCredentials, TheDisplayAddressIsItsOwnDisplayAddress) {
  for (const char* text :
       {"rtsp://u:p@10.1.1.1/user=admin&password=x&channel=1&stream=0.sdp?", "rtsp://10.1.1.1/0/bob:hush/main",
        "rtsp://10.1.1.1:8554/live?usr=a&pwd=b", "rtsp://[::1]:5000", "rtsp://cam.lan?x"}) {
    const CameraUrl once = strip(text);
    const CameraUrl twice = strip(once.display_url);
    EXPECT_EQ(twice.display_url, once.display_url);
    EXPECT_EQ(to_string(twice.where), to_string(once.where));
    EXPECT_EQ(twice.holds_placeholder, once.request_is_secret) << text;
  }
}

TEST(StripCredentials, RefusesOtherSchemes) {
  for (const char* text :
       {"file:///etc/passwd", "concat:a|b", "exec:/bin/sh", "http://10.0.0.1/", "rtspu://10.0.0.1/", "rtsp:/10.0.0.1/",
        "rtsp:10.0.0.1", "10.0.0.1:554", "", "-i", "--url=rtsp://10.0.0.1/", "//10.0.0.1/", "rtsp//10.0.0.1"}) {
    EXPECT_FALSE(strip_credentials(text).has_value()) << text;
  }
  const base::Result<CameraUrl> tls = strip_credentials("rtsps://10.0.0.1/");
  ASSERT_FALSE(tls.has_value());
  EXPECT_NE(tls.error().message().find("rtsps"), std::string::npos);
}

TEST(StripCredentials, RefusesIpv4AddressesInUnusualForms) {
  for (const char* host : {"2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "1.2.3.4.5",
                           "256.1.1.1", "1.2.3", "192.168.1.0x10", "[::ffff:10.0.0.1]", "[::10.0.0.1]"}) {
    EXPECT_FALSE(strip_credentials("rtsp://" + std::string(host) + "/x").has_value()) << host;
  }
}

TEST(StripCredentials, RefusesHostsThatAreNone) {
  for (const std::string& host :
       {std::string(), std::string("a..b"), std::string("-a.b"), std::string("a-.b"), std::string("a.b."),
        std::string("a b"), std::string("a|b"), std::string("[::1"), std::string("[fe80::1%eth0]"), std::string("[]"),
        std::string(254, 'a'), std::string(64, 'a') + ".lan", std::string("[::1]x")}) {
    EXPECT_FALSE(strip_credentials("rtsp://" + host + "/x").has_value()) << host;
  }
  std::string longest;
  for (int i = 0; i < 50; ++i) longest += "abcd.";
  EXPECT_TRUE(strip_credentials("rtsp://" + longest + "abc/x").has_value());    // 253
  EXPECT_FALSE(strip_credentials("rtsp://" + longest + "abcd/x").has_value());  // 254
}

TEST(StripCredentials, RefusesPortsOutsideTheirRange) {
  for (const char* port : {"0", "65536", "99999999999", "", "554x", "0554", "-1", "+554", " 554"}) {
    EXPECT_FALSE(strip_credentials("rtsp://10.0.0.1:" + std::string(port) + "/x").has_value()) << port;
  }
  EXPECT_EQ(strip("rtsp://10.0.0.1:65535/x").where.port, 65'535);
}

TEST(StripCredentials, RefusesCharactersThatCouldSplitALine) {
  for (const std::string& text : {std::string("rtsp://10.0.0.1/a\r\nX: y"), std::string("rtsp://10.0.0.1/a b"),
                                  std::string("rtsp://10.0.0.1/a\tb"), std::string("rtsp://10.0.0.1/a\0b", 18),
                                  std::string("rtsp://u:p%0d%0a@10.0.0.1/"), std::string("rtsp://u:p%00@10.0.0.1/"),
                                  std::string("rtsp://10.0.0.1/\xc3\xa9"), std::string("rtsp://good\\@10.0.0.1/"),
                                  std::string("rtsp://u:100%@10.0.0.1/")}) {
    EXPECT_FALSE(strip_credentials(text).has_value()) << text;
  }
}

TEST(StripCredentials, RefusesWhatCouldBeHalfAPassword) {
  for (const char* text : {"rtsp://admin:12/34@10.0.0.1/x", "rtsp://admin:12?34@10.0.0.1/x",
                           "rtsp://admin:12#34@10.0.0.1/x", "rtsp://a:b@c:1/d@10.0.0.1/x", "rtsp://@10.0.0.1/",
                           "rtsp://:pw@10.0.0.1/", "rtsp://a%3Ab:c@10.0.0.1/", "rtsp://10.0.0.1/x#frag"}) {
    EXPECT_FALSE(strip_credentials(text).has_value()) << text;
  }
}

TEST(StripCredentials, NeverRepeatsTheInputInItsSentences) {
  for (const char* text : {"rtsp://admin:SECRETPW@bad host/", "rtsp://admin:SECRETPW", "rtsp://admin:SECRETPW@1.2.3/",
                           "rtsp://x/SECRETPW@y", "http://admin:SECRETPW@10.0.0.1/", "rtsp://admin:SECRETPW%@10.0.0.1/",
                           "rtsp://admin:SECRETPW@10.0.0.1:0/"}) {
    const base::Result<CameraUrl> url = strip_credentials(text);
    ASSERT_FALSE(url.has_value()) << text;
    EXPECT_EQ(url.error().message().find("SECRETPW"), std::string::npos) << url.error().message();
  }
}

TEST(ParseHostAndPort, UsesTheDefaultPort) {
  EXPECT_EQ(parse_host_and_port("cam.lan", 554)->port, 554);
  EXPECT_EQ(parse_host_and_port("[::1]:80", 554)->port, 80);
  EXPECT_FALSE(parse_host_and_port("::1", 554).has_value());
}

}  // namespace
}  // namespace vonggac::core
