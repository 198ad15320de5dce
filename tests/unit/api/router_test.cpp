#include "api/router.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace vonggac::api {
namespace {

constexpr const char* kRouteId = "01932b6e-7a10-7c3e-9f00-0123456789ab";

TEST(Router, KnowsEachRoute) {
  EXPECT_EQ(route_of("/").kind, RouteKind::kPage);
  EXPECT_EQ(route_of("/healthz").kind, RouteKind::kHealth);
  EXPECT_EQ(route_of("/api/v1/status").kind, RouteKind::kStatus);
  EXPECT_EQ(route_of("/api/v1/cameras").kind, RouteKind::kCameras);
  EXPECT_EQ(route_of("/api/v1/clips").kind, RouteKind::kClips);
  EXPECT_EQ(route_of("/api/v1/events").kind, RouteKind::kEvents);
  EXPECT_EQ(route_of("/api/v1/gaps").kind, RouteKind::kGaps);
  EXPECT_EQ(route_of("/api/v1/live").kind, RouteKind::kLive);
}

TEST(Router, TakesIdsFromThePath) {
  const Route snapshot = route_of(std::string("/api/v1/cameras/") + kRouteId + "/snapshot.jpg");
  EXPECT_EQ(snapshot.kind, RouteKind::kSnapshot);
  EXPECT_EQ(snapshot.camera.to_string(), kRouteId);
  EXPECT_EQ(route_of(std::string("/api/v1/cameras/") + kRouteId + "/clip.mp4").kind, RouteKind::kClipFile);
  const Route thumbnail = route_of("/api/v1/events/42/thumbnail.jpg");
  EXPECT_EQ(thumbnail.kind, RouteKind::kThumbnail);
  EXPECT_EQ(thumbnail.event, 42);
  EXPECT_EQ(route_of("/assets/main.js").asset, "main.js");
}

TEST(Router, KnowsNothingElse) {
  const std::string id = kRouteId;
  const std::vector<std::string> paths{"",
                                       "status",
                                       "//",
                                       "/index.html",
                                       "/healthz/",
                                       "/api",
                                       "/api/v1",
                                       "/api/v1/",
                                       "/api/v2/status",
                                       "/api/v1/status/",
                                       "/API/v1/status",
                                       "/api/v1/cameras/" + id,
                                       "/api/v1/cameras/" + id + "/",
                                       "/api/v1/cameras/" + id + "/clip.mp4/x",
                                       "/api/v1/cameras/x/clip.mp4",
                                       "/api/v1/cameras//clip.mp4",
                                       "/api/v1/events/-1/thumbnail.jpg",
                                       "/api/v1/events/1x/thumbnail.jpg",
                                       "/api/v1/events/99999999999999999999/thumbnail.jpg",
                                       "/assets/",
                                       "/assets/a/b"};
  for (const std::string& path : paths) {
    EXPECT_EQ(route_of(path).kind, RouteKind::kUnknown) << path;
  }
}

TEST(Router, TurnsTraversalIntoUnknownPages) {
  for (const char* path : {"/assets/../index.db", "/assets/..%2findex.db", "/../../etc/passwd", "/assets/%2e%2e/x",
                           "/assets/..\\x", "/./", "/assets//etc/passwd", "/assets/a\tb"}) {
    EXPECT_EQ(route_of(path).kind, RouteKind::kUnknown) << path;
  }
  EXPECT_EQ(route_of(std::string("/assets/a\0b", 11)).kind, RouteKind::kUnknown);
  EXPECT_EQ(route_of("/" + std::string(5000, 'a')).kind, RouteKind::kUnknown);
}

TEST(Query, DecodesNamesAndValues) {
  const auto query = Query::parse("a=1&b=x%20y+z&c&&d=%C3%A1");
  ASSERT_TRUE(query.ok());
  EXPECT_EQ(query->text("a"), "1");
  EXPECT_EQ(query->text("b"), "x y z");
  EXPECT_EQ(query->text("c"), "");
  EXPECT_EQ(query->text("d"), "á");
  EXPECT_EQ(query->text("e"), std::nullopt);
}

TEST(Query, RefusesBadEscapesRepeatsAndExcess) {
  for (const char* text : {"a=%", "a=%2", "a=%zz", "a=%00", "a=%0d%0a", "a=%7f", "a=1&a=2"}) {
    EXPECT_FALSE(Query::parse(text).ok()) << text;
  }
  EXPECT_FALSE(Query::parse("a=" + std::string(2049, 'x')).ok());
  EXPECT_FALSE(Query::parse(std::string(5000, '&')).ok());
  std::string many;
  for (int i = 0; i < 17; ++i) many += "n" + std::to_string(i) + "=1&";
  EXPECT_FALSE(Query::parse(many).ok());
}

TEST(Query, ReadsTypedValues) {
  const auto query =
      Query::parse(std::string("camera=") + kRouteId + "&from=2026-11-21T07:00:00Z&limit=20&motion=1&off=0");
  ASSERT_TRUE(query.ok());
  EXPECT_EQ((*query->camera("camera"))->to_string(), kRouteId);
  EXPECT_EQ(base::to_iso8601(**query->time("from")).substr(0, 19), "2026-11-21T07:00:00");
  EXPECT_EQ(**query->number("limit", 1, 1000), 20);
  EXPECT_TRUE(*query->flag("motion"));
  EXPECT_FALSE(*query->flag("off"));
  EXPECT_FALSE(*query->flag("absent"));
  EXPECT_FALSE((*query->camera("absent")).has_value());
}

TEST(Query, RefusesValuesOfTheWrongKind) {
  const auto query = Query::parse("camera=7&from=yesterday&limit=0&motion=maybe&big=99999999999999999999");
  ASSERT_TRUE(query.ok());
  EXPECT_FALSE(query->camera("camera").ok());
  EXPECT_FALSE(query->time("from").ok());
  EXPECT_FALSE(query->number("limit", 1, 1000).ok());
  EXPECT_FALSE(query->number("big", 1, 1000).ok());
  EXPECT_FALSE(query->flag("motion").ok());
  EXPECT_FALSE(query->only({"camera"}).ok());
}

}  // namespace
}  // namespace vonggac::api
