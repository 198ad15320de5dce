#include "api/route_table.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace vonggac::api {
namespace {

constexpr const char* kRouteId = "01932b6e-7a10-7c3e-9f00-0123456789ab";

TEST(RouteTable, FindsEachOfItsRows) {
  for (const RouteRow& row : route_table()) {
    std::string path(row.path);
    if (const std::size_t open = path.find('{'); open != std::string::npos) {
      const bool event = variable_of(row) == PathVariable::kEvent, name = variable_of(row) == PathVariable::kName;
      path.replace(open, path.find('}') - open + 1, event ? "42" : (name ? "main.js" : kRouteId));
      if (const std::size_t row_open = path.find("{row}"); row_open != std::string::npos)
        path.replace(row_open, 5, "7");
    }
    EXPECT_EQ(find_route(row.method, path).row, &row) << row.method << " " << path;
  }
}

TEST(RouteTable, TakesIdsFromThePath) {
  const RouteMatch snapshot = find_route("HEAD", std::string("/api/v1/cameras/") + kRouteId + "/snapshot.jpg");
  ASSERT_NE(snapshot.row, nullptr);
  EXPECT_EQ(snapshot.id.to_string(), kRouteId);
  EXPECT_EQ(find_route("GET", "/api/v1/events/42/thumbnail.jpg").number, 42);
  EXPECT_EQ(find_route("GET", "/assets/main.js").name, "main.js");
}

TEST(RouteTable, TakesTheNumberOfARowBesideAnId) {
  const std::string import = std::string("/api/v1/imports/") + kRouteId;
  const RouteMatch choice = find_route("POST", import + "/rows/12/choice");
  ASSERT_NE(choice.row, nullptr);
  EXPECT_EQ(choice.id.to_string(), kRouteId);
  EXPECT_EQ(choice.number, 12);
  for (const char* row : {"", "-1", "1x", "x", "4294967296", "1/2", "99999999999999999999"}) {
    EXPECT_EQ(find_route("POST", import + "/rows/" + row + "/choice").row, nullptr) << row;
  }
}

TEST(RouteTable, TakesALongBodyAtOneAddressOnly) {
  std::vector<std::string> longer;
  for (const RouteRow& row : route_table()) {
    if (row.most_body_bytes > kMostFormBytes) longer.push_back(std::string(row.path));
  }
  EXPECT_EQ(longer, std::vector<std::string>{"/api/v1/imports"});
}

TEST(RouteTable, TellsWhichMethodsAnAddressTakes) {
  const RouteMatch users = find_route("PUT", "/api/v1/users");
  EXPECT_EQ(users.row, nullptr);
  EXPECT_EQ(users.allow, "GET, HEAD, POST");
}

/// Deny by default: only these may be called by anybody.
TEST(RouteTable, OpensNothingToStrangersButTheDoor) {
  std::vector<std::string> open;
  for (const RouteRow& row : route_table()) {
    if (row.door == Door::kOpen || row.door == Door::kOpenLogin)
      open.push_back(std::string(row.method) + " " + std::string(row.path));
  }
  const std::vector<std::string> expected{"GET /",
                                          "GET /assets/{asset}",
                                          "GET /healthz",
                                          "GET /readyz",
                                          "GET /api/v1/openapi.json",
                                          "GET /api/v1/setup",
                                          "POST /api/v1/setup",
                                          "POST /api/v1/login"};
  EXPECT_EQ(open, expected);
}

TEST(RouteTable, ChangesNothingByReading) {
  for (const RouteRow& row : route_table()) {
    const bool changes =
        row.demand.action == access::Action::kRegisterWrite || row.demand.action == access::Action::kTicketWrite;
    EXPECT_FALSE(row.method == "GET" && changes) << row.path;
  }
}

TEST(RouteTable, KnowsNothingElse) {
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
    EXPECT_EQ(find_route("GET", path).row, nullptr) << path;
  }
}

TEST(RouteTable, TurnsTraversalIntoUnknownPages) {
  for (const char* path : {"/assets/../index.db", "/assets/..%2findex.db", "/../../etc/passwd", "/assets/%2e%2e/x",
                           "/assets/..\\x", "/./", "/assets//etc/passwd", "/assets/a\tb"}) {
    EXPECT_EQ(find_route("GET", path).row, nullptr) << path;
  }
  EXPECT_EQ(find_route("GET", std::string("/assets/a\0b", 11)).row, nullptr);
  EXPECT_EQ(find_route("GET", "/" + std::string(5000, 'a')).row, nullptr);
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
  EXPECT_FALSE(query->only(std::string_view("camera")).ok());
}

}  // namespace
}  // namespace vonggac::api
