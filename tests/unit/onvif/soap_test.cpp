#include "onvif/soap.h"

#include <gtest/gtest.h>

#include "onvif/device_requests.h"
#include "onvif/device_url.h"
#include "onvif/discovery.h"

namespace vonggac::onvif {
namespace {

std::string answer(const std::string& body) {
  return "<SOAP-ENV:Envelope xmlns:SOAP-ENV='http://www.w3.org/2003/05/soap-envelope'><SOAP-ENV:Body>" + body +
         "</SOAP-ENV:Body></SOAP-ENV:Envelope>";
}
pugi::xml_node body_of(const base::Result<SoapReply>& reply) { return reply->body; }

TEST(Soap, TheTokenIsTheOneOfTheStandard) {
  // WSS UsernameToken Profile 1.0, ONVIF Application Programmer's Guide 6.1.1.3: nonce, date and password of its
  // example.
  UsernameToken token{"user", base::Secret("userpassword"), "", *base::parse_iso8601("2010-09-16T07:50:45Z")};
  const std::string nonce_base64 = "LKqI6G/AikKCQrN0zqZFlg==";
  const unsigned char nonce[] = {0x2c, 0xaa, 0x88, 0xe8, 0x6f, 0xc0, 0x8a, 0x42,
                                 0x82, 0x42, 0xb3, 0x74, 0xce, 0xa6, 0x45, 0x96};
  token.nonce.assign(reinterpret_cast<const char*>(nonce), sizeof nonce);
  const std::string text = envelope("<x/>", &token);
  EXPECT_NE(text.find(nonce_base64), std::string::npos);
  EXPECT_NE(text.find("tuOSpGlFlIXsozq4HFNeeGeFLEI="), std::string::npos) << text;
  EXPECT_NE(text.find("<Created xmlns="), std::string::npos);
  EXPECT_EQ(text.find("userpassword"), std::string::npos);
}

TEST(Soap, ATokenlessRequestHasNoHeader) { EXPECT_EQ(envelope("<x/>", nullptr).find("Header"), std::string::npos); }

TEST(Soap, RefusalsAreToldApart) {
  const auto kind = [](int status, const std::string& text) { return read_reply(status, text).error().kind(); };
  const auto fault = [](const std::string& code) {
    return answer("<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>ter:" + code +
                  "</s:Value></s:Subcode></s:Code></s:Fault>");
  };
  EXPECT_EQ(kind(400, fault("NotAuthorized")), base::ErrorKind::kPermissionDenied);
  EXPECT_EQ(kind(401, ""), base::ErrorKind::kPermissionDenied);
  EXPECT_EQ(kind(401, "<html><body/></html>"), base::ErrorKind::kPermissionDenied);
  EXPECT_EQ(kind(500, fault("ActionNotSupported")), base::ErrorKind::kNotFound);
  EXPECT_EQ(kind(500, fault("InvalidArgVal")), base::ErrorKind::kUnavailable);
  EXPECT_EQ(kind(302, ""), base::ErrorKind::kUnavailable);
  EXPECT_EQ(kind(200, "<html><body/></html>"), base::ErrorKind::kDataLoss);
  EXPECT_TRUE(read_reply(200, answer("<x/>")).has_value());
}

TEST(DeviceRequests, TheClockIsReadAndNonsenseIsNone) {
  const auto clock = [](const std::string& hour, const std::string& year) {
    const auto reply = read_reply(200, answer("<r><UTCDateTime><Time><Hour>" + hour +
                                              "</Hour><Minute>5</Minute><Second>9</Second>"
                                              "</Time><Date><Year>" +
                                              year + "</Year><Month>11</Month><Day>21</Day></Date></UTCDateTime></r>"));
    return read_date_and_time(body_of(reply));
  };
  EXPECT_EQ(clock("14", "2026"), *base::parse_iso8601("2026-11-21T14:05:09Z"));
  EXPECT_EQ(clock("99", "2026"), std::nullopt);
  EXPECT_EQ(clock("14", "0"), std::nullopt);
  EXPECT_EQ(clock("x", "2026"), std::nullopt);
}

TEST(DeviceRequests, Media1AndMedia2ProfilesAreReadAlike) {
  const auto one = read_reply(
      200, answer("<trt:GetProfilesResponse><trt:Profiles "
                  "token='P&amp;1'><tt:Name>chính</tt:Name><tt:VideoSourceConfiguration><tt:SourceToken>V1"
                  "</tt:SourceToken></tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration><tt:Encoding>H264</"
                  "tt:Encoding><tt:Resolution><tt:Width>1920"
                  "</tt:Width><tt:Height>1080</tt:Height></tt:Resolution><tt:RateControl><tt:FrameRateLimit>25</"
                  "tt:FrameRateLimit></tt:RateControl><tt:H264>"
                  "<tt:GovLength>50</tt:GovLength></tt:H264></tt:VideoEncoderConfiguration></trt:Profiles></"
                  "trt:GetProfilesResponse>"));
  const auto two = read_reply(
      200, answer("<tr2:GetProfilesResponse><tr2:Profiles "
                  "token='P&amp;1'><tr2:Name>chính</tr2:Name><tr2:Configurations><tr2:VideoSource><tt:SourceToken>V1"
                  "</tt:SourceToken></tr2:VideoSource><tr2:VideoEncoder "
                  "GovLength='50'><tt:Encoding>H264</tt:Encoding><tt:Resolution><tt:Width>1920</tt:Width>"
                  "<tt:Height>1080</tt:Height></tt:Resolution><tt:RateControl><tt:FrameRateLimit>25.0</"
                  "tt:FrameRateLimit></tt:RateControl></tr2:VideoEncoder>"
                  "</tr2:Configurations></tr2:Profiles></tr2:GetProfilesResponse>"));
  for (const auto* reply : {&one, &two}) {
    const std::vector<Profile> profiles = read_profiles(body_of(*reply));
    ASSERT_EQ(profiles.size(), 1U);
    EXPECT_EQ(profiles[0].token, "P&1");
    EXPECT_EQ(profiles[0].name, "chính");
    EXPECT_EQ(profiles[0].source, "V1");
    EXPECT_EQ(profiles[0].encoding, "H264");
    EXPECT_EQ(profiles[0].width, 1920);
    EXPECT_EQ(profiles[0].frame_rate, 25);
    EXPECT_EQ(profiles[0].gov_length, 50);
  }
  EXPECT_NE(ask_stream_uri(false, "P&1").body.find("P&amp;1"), std::string::npos) << "a token goes back as it came";
}

TEST(DeviceRequests, IdentifiersHaveOneForm) {
  EXPECT_EQ(normal_uuid("urn:uuid:5F5A69C2-E0AE-504F-829B-000000000001"), "5f5a69c2-e0ae-504f-829b-000000000001");
  EXPECT_EQ(normal_uuid("uuid:short"), "");
  EXPECT_EQ(scope_value("onvif://www.onvif.org/name/C%E1%BB%95ng%20B onvif://x", "name"), "Cổng B");
  EXPECT_EQ(scope_value("onvif://www.onvif.org/name/%zz%1b", "name"), "%zz?");
  const auto reply = read_reply(
      200, answer("<i><HwAddress>00:00:00:00:00:00</HwAddress><HwAddress>3C-EF-8C-01-02-03</HwAddress></i>"));
  EXPECT_EQ(read_mac(body_of(reply)), "3C-EF-8C-01-02-03");
}

TEST(DeviceUrl, OnlyPortAndPathAreBelieved) {
  const auto url = parse_device_url("RTSP://user:p%40ss@10.9.9.9:10554/cam?channel=1&subtype=0#x", "rtsp");
  ASSERT_TRUE(url.has_value());
  EXPECT_EQ(url->port, 10554);
  EXPECT_EQ(url->target, "/cam?channel=1&subtype=0");
  EXPECT_EQ(url->claimed_host, "10.9.9.9");
  EXPECT_EQ(parse_device_url("http://[fe80::1]/onvif", "http")->port, 0);
  EXPECT_EQ(parse_device_url("http://[fe80::1]:81/onvif", "http")->port, 81);
  EXPECT_EQ(parse_device_url("rtsp://1.2.3.4", "rtsp")->target, "/");
  EXPECT_EQ(parse_device_url("rtsp://1.2.3.4?x=1", "rtsp")->target, "/?x=1");
}

TEST(DeviceUrl, OtherSchemesAndOddCharactersAreNone) {
  for (const char* text :
       {"", "rtsp:", "rtsp:/1.2.3.4/", "http://1.2.3.4/", "file:///etc/passwd", "rtsp://1.2.3.4:0/",
        "rtsp://1.2.3.4:99999/", "rtsp://1.2.3.4:x/", "rtsp://1.2.3.4/a b", "rtsp://1.2.3.4/a\r\nX: y",
        "rtsp://1.2.3.4/\"", "rtspx://1.2.3.4/", "concat:rtsp://1.2.3.4/", " rtsp://1.2.3.4/"}) {
    EXPECT_FALSE(parse_device_url(text, "rtsp").has_value()) << text;
  }
}

TEST(Discovery, AnswersAreReadAndForeignDatagramsGiveNothing) {
  const std::string match =
      "<d:ProbeMatch><a:EndpointReference><a:Address>urn:uuid:5f5a69c2-e0ae-504f-829b-000000000001</a:Address></"
      "a:EndpointReference>"
      "<d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types><d:Scopes>onvif://www.onvif.org/hardware/IPC-1 "
      "onvif://www.onvif.org/name/Cong"
      "</d:Scopes><d:XAddrs>https://10.0.0.5/x http://10.0.0.5:8000/onvif/device_service</d:XAddrs></d:ProbeMatch>";
  const auto found = read_probe_matches(answer("<d:ProbeMatches>" + match + "</d:ProbeMatches>"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].uuid, "5f5a69c2-e0ae-504f-829b-000000000001");
  EXPECT_EQ(found[0].name, "Cong");
  EXPECT_EQ(found[0].hardware, "IPC-1");
  EXPECT_EQ(found[0].port, 8000);
  EXPECT_TRUE(found[0].video);
  std::string many;
  for (int i = 0; i < 100; ++i) many += match;
  EXPECT_EQ(read_probe_matches(answer(many)).size(), kMaxMatchesPerDatagram);
  EXPECT_TRUE(read_probe_matches("M-SEARCH * HTTP/1.1\r\n").empty());
  EXPECT_TRUE(read_probe_matches("<a/>").empty());
  EXPECT_TRUE(XmlDocument::parse(probe_message("x")).has_value());
}

}  // namespace
}  // namespace vonggac::onvif
