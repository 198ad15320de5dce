#include "api/origin_check.h"

#include <gtest/gtest.h>

namespace vonggac::api {
namespace {

TEST(LoopbackHost, LetsLoopbackNamesWithTheRightPortIn) {
  for (const char* host : {"127.0.0.1:8080", "localhost:8080", "LOCALHOST:8080", "[::1]:8080", "127.9.8.7:8080"}) {
    EXPECT_TRUE(is_own_host(host, {8080, false, true, {}})) << host;
  }
  EXPECT_TRUE(is_own_host("localhost", {80, false, true, {}}));
}

TEST(LoopbackHost, RefusesNamesThatAnotherSiteCouldPointHere) {
  for (const char* host : {"",
                           "evil.example:8080",
                           "localhost.evil.example:8080",
                           "127.0.0.1.evil.example:8080",
                           "evil.example",
                           "127.0.0.1",
                           "127.0.0.1:80",
                           "127.0.0.1:8080.",
                           "127.0.0.1:08080",
                           "127.0.0.1:8080:8080",
                           "localhost:",
                           ":8080",
                           "[::1]",
                           "[::1",
                           "[::ffff:127.0.0.1]:8080",
                           "::1:8080",
                           "0.0.0.0:8080",
                           "128.0.0.1:8080",
                           "127.0.0.1@evil:8080",
                           "2130706433:8080",
                           "0177.0.0.1:8080",
                           "localhost :8080",
                           "localhost.:8080"}) {
    EXPECT_FALSE(is_own_host(host, {8080, false, true, {}})) << host;
  }
}

TEST(SameOrigin, IsTheHostWithOurScheme) {
  EXPECT_TRUE(is_same_origin("http://127.0.0.1:8080", "127.0.0.1:8080", false));
  EXPECT_TRUE(is_same_origin("http://LocalHost:8080", "localhost:8080", false));
}

TEST(OwnHost, OfAMachineInANetworkIsAnAddressOrOneOfItsNames) {
  const OwnAddress own{8443, true, false, {"congan-phuong.lan"}};
  for (const char* host :
       {"192.168.1.20:8443", "[fd00::20]:8443", "congan-phuong.lan:8443", "CongAn-Phuong.lan:8443", "localhost:8443"}) {
    EXPECT_TRUE(is_own_host(host, own)) << host;
  }
  for (const char* host :
       {"evil.example:8443", "192.168.1.20", "192.168.1.20:443", "[fd00::20]", "192.168.1.20.evil.example:8443"}) {
    EXPECT_FALSE(is_own_host(host, own)) << host;
  }
  EXPECT_TRUE(is_own_host("192.168.1.20", {443, true, false, {}}));
  EXPECT_TRUE(is_same_origin("https://192.168.1.20:8443", "192.168.1.20:8443", true));
  EXPECT_FALSE(is_same_origin("http://192.168.1.20:8443", "192.168.1.20:8443", true));
}

TEST(SameOrigin, RefusesAbsentForeignAndOpaqueOrigins) {
  for (const char* origin : {"", "null", "http://evil.example", "https://127.0.0.1:8080", "http://127.0.0.1",
                             "http://127.0.0.1:8081", "http://localhost:8080", "http://127.0.0.1:8080/"}) {
    EXPECT_FALSE(is_same_origin(origin, "127.0.0.1:8080", false)) << origin;
  }
  EXPECT_FALSE(is_same_origin("http://", "", false));
}

HttpRequest fetched(const char* target, const char* site, const char* mode) {
  HttpRequest request;
  request.target = target;
  request.fetch_site = site;
  request.fetch_mode = mode;
  return request;
}

TEST(CrossSite, LetsOurPageAndToolsAndLinksIn) {
  EXPECT_FALSE(is_cross_site(fetched("/api/v1/status", "same-origin", "cors")));
  EXPECT_FALSE(is_cross_site(fetched("/api/v1/status", "none", "navigate")));
  EXPECT_FALSE(is_cross_site(fetched("/api/v1/status", "", "")));
  EXPECT_FALSE(is_cross_site(fetched("/", "cross-site", "navigate")));
  EXPECT_FALSE(is_cross_site(fetched("/?x=1", "cross-site", "navigate")));
}

TEST(CrossSite, KeepsPicturesAndDataFromOtherSites) {
  EXPECT_TRUE(is_cross_site(fetched("/api/v1/events/1/thumbnail.jpg", "cross-site", "no-cors")));
  EXPECT_TRUE(is_cross_site(fetched("/api/v1/status", "same-site", "cors")));
  EXPECT_TRUE(is_cross_site(fetched("/", "cross-site", "no-cors")));
  EXPECT_TRUE(is_cross_site(fetched("/healthz", "cross-site", "navigate")));
}

}  // namespace
}  // namespace vonggac::api
