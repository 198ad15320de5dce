#include "api/routes.h"

#include <algorithm>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "link_fixture.h"
#include "support/register_world.h"

namespace vonggac::api {
namespace {

constexpr const char* kId = "01932b6e-7a10-7c3e-9f00-0123456789ab";

/// Runs everything at once.
struct InlinePool final : FilePool {
  bool run(std::function<void()> work, std::function<void()> then) override {
    if (full) return false;
    work();
    then();
    return true;
  }
  bool full = false;
};

struct PatternBody final : BodySource {
  std::uint64_t size_bytes() const override { return 1000; }
  base::Result<base::Bytes> read(std::uint64_t, std::size_t size) override { return base::Bytes(size); }
};

struct FakeClips final : ClipSource {
  base::Result<std::vector<ClipRow>> clips(const FootageFilter& f) override {
    filter = f;
    return rows;
  }
  base::Result<std::vector<EventRow>> events(const FootageFilter& f) override {
    filter = f;
    return std::vector<EventRow>{};
  }
  base::Result<std::vector<GapRow>> gaps(const FootageFilter& f) override {
    filter = f;
    return base::unavailable("index is locked by /srv/x");
  }
  base::Result<std::vector<TamperRow>> tampers(const FootageFilter& f) override {
    filter = f;
    return std::vector<TamperRow>{{9, {}, {1'000'000}, std::nullopt, "covered", ""}};
  }
  base::Result<EventPlace> place_of_event(std::int64_t event) override {
    if (event != 42) return base::not_found("no such event");
    return EventPlace{base::CameraId{*base::Uuid::parse(kId)}, {1'000'000}, {2'000'000}};
  }
  base::Result<base::Bytes> thumbnail(std::int64_t event) override {
    if (event != 42) return base::not_found("no such event");
    return base::Bytes{0xFF, 0xD8};
  }
  base::Result<std::shared_ptr<BodySource>> open_clip(const base::CameraId&, base::WallTime, base::WallTime) override {
    return std::shared_ptr<BodySource>(std::make_shared<PatternBody>());
  }
  base::Result<SearchHits> search(const SearchFilter& f) override {
    searched = f;
    return hits;
  }
  std::optional<FootageFilter> filter;
  std::optional<SearchFilter> searched;
  SearchHits hits;
  std::vector<ClipRow> rows;
};

struct RoutesTest : LinkFixture {
  /// As a program of somebody who may do everything.
  HttpRequest request(const std::string& target) {
    HttpRequest out;
    out.method = "GET";
    out.target = target;
    out.host = "127.0.0.1:8080";
    out.authorization = "Bearer " + token;
    return out;
  }
  Routes routes() {
    return Routes(
        {clock, *link, clips, pool, pool, pool, *world.office, desk, permits, stats, {8080, false, true, {}}});
  }
  HttpReply answer(const HttpRequest& wanted) {
    Routes all = routes();
    std::optional<HttpReply> out;
    all.handle(wanted, [&out](HttpReply reply) { out = std::move(reply); });
    if (!out && reply_with) {
      const auto questions = sent<ipc::ControlRequest>();
      EXPECT_EQ(questions.size(), 1U);
      question = questions.at(0).json;
      reply(ipc::ControlReply{questions.at(0).id, *reply_with});
    }
    EXPECT_TRUE(out.has_value());
    return out.value_or(HttpReply{});
  }
  HttpReply get(const std::string& target) { return answer(request(target)); }
  static std::string header(const HttpReply& reply, const std::string& name) {
    for (const auto& [key, value] : reply.headers) {
      if (key == name) return value;
    }
    return {};
  }
  std::string clip_target(const std::string& more = "") {
    return std::string("/api/v1/cameras/") + kId +
           "/clip.mp4?from=2026-11-21T07:00:00Z&to=2026-11-21T07:05:00Z&purpose=" + world.purpose_of(user).to_string() +
           more;
  }

  test::RegisterWorld world{clock};
  access::UserId user = world.person("toan.quyen", test::all_roles());
  std::string token = world.token_of(user, access::all_actions());
  gate::LoginDesk desk{*world.office};
  gate::Permits permits{*world.office};
  FakeClips clips;
  InlinePool pool;
  WebStats stats;
  std::optional<std::string> reply_with;
  std::string question;
};

TEST_F(RoutesTest, ServesThePageAndItsFilesWithValidators) {
  const HttpReply page = get("/");
  EXPECT_EQ(page.status, 200U);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  HttpRequest again = request("/");
  again.if_none_match = "\"other\", W/" + header(page, "ETag");
  const HttpReply unchanged = answer(again);
  EXPECT_EQ(unchanged.status, 304U);
  EXPECT_FALSE(unchanged.body);
  EXPECT_EQ(get("/assets/nothing.js").status, 404U);
}

TEST_F(RoutesTest, RefusesForeignHostsBeforeAnythingElse) {
  HttpRequest rebound = request("/api/v1/status");
  rebound.host = "evil.example:8080";
  EXPECT_EQ(answer(rebound).status, 421U);
  rebound.host.clear();
  EXPECT_EQ(answer(rebound).status, 400U);
}

TEST_F(RoutesTest, RefusesAQueryWhereThereIsNothingToAsk) {
  for (const std::string target :
       {"/api/v1/status?x=1", "/api/v1/cameras?a=b", "/healthz?x", "/api/v1/events/42/thumbnail.jpg?w=9"}) {
    EXPECT_EQ(get(target).status, 400U) << target;
  }
  EXPECT_EQ(get(std::string("/api/v1/cameras/") + kId + "/snapshot.jpg?t=1").status, 400U);
  EXPECT_EQ(get("/api/v1/clips?alarm=1").status, 400U) << "clips have none";
  EXPECT_EQ(get("/?from=a-friend").status, 200U) << "the page itself opens however it was passed on";
}

TEST_F(RoutesTest, ListsAlarmsAlone) {
  EXPECT_EQ(get("/api/v1/events?alarm=1").status, 200U);
  EXPECT_TRUE(clips.filter->only_alarms);
  EXPECT_EQ(get("/api/v1/events").status, 200U);
  EXPECT_FALSE(clips.filter->only_alarms);
}

TEST_F(RoutesTest, ListsWhenACameraDidNotShowItsView) {
  const HttpReply reply = get("/api/v1/tampers?limit=5");
  EXPECT_EQ(reply.status, 200U);
  ASSERT_TRUE(reply.body);
  EXPECT_NE(reply.body->find(R"("kind":"covered")"), std::string::npos) << *reply.body;
  EXPECT_NE(reply.body->find(R"("end":null)"), std::string::npos);
  EXPECT_EQ(clips.filter->limit, 6U);
}

TEST_F(RoutesTest, AnswersOnlyReadingMethods) {
  HttpRequest post = request("/api/v1/status");
  post.method = "DELETE";
  const HttpReply refused = answer(post);
  EXPECT_EQ(refused.status, 405U);
  EXPECT_EQ(header(refused, "Allow"), "GET, HEAD");
  post.origin = "http://evil.example";
  EXPECT_EQ(answer(post).status, 403U);
}

TEST_F(RoutesTest, RefusesRequestsThatOtherSitesMake) {
  HttpRequest image = request("/api/v1/events/42/thumbnail.jpg");
  image.fetch_site = "cross-site";
  image.fetch_mode = "no-cors";
  EXPECT_EQ(answer(image).status, 403U);
}

TEST_F(RoutesTest, OpensTheLiveSocketOnlyForOurOwnOriginAndPeopleWhoMayWatch) {
  const auto status_of = [&](const HttpRequest& wanted) {
    Routes all = routes();
    unsigned status = 0;
    all.admit_socket(SocketKind::kLive, wanted, [&](std::optional<HttpReply> refused, const SocketVisitor&) {
      status = refused ? refused->status : 101;
    });
    return status;
  };
  HttpRequest live = request("/api/v1/live");
  EXPECT_EQ(status_of(live), 403U);
  live.origin = "http://evil.example";
  EXPECT_EQ(status_of(live), 403U);
  live.origin = "http://127.0.0.1:8080";
  EXPECT_EQ(status_of(live), 101U);
  live.authorization.clear();
  EXPECT_EQ(status_of(live), 401U);
  EXPECT_EQ(get("/api/v1/live").status, 426U);
}

TEST_F(RoutesTest, OpensTheFeedForOurOwnPageAndForProgramsWithAToken) {
  const auto status_of = [&](const HttpRequest& wanted) {
    Routes all = routes();
    unsigned status = 0;
    all.admit_socket(SocketKind::kEvents, wanted, [&](std::optional<HttpReply> refused, const SocketVisitor& visitor) {
      status = refused ? refused->status : 101;
      EXPECT_EQ(visitor.person.is_nil(), refused.has_value());
    });
    return status;
  };
  HttpRequest feed = request("/api/v1/events");
  feed.upgrade = true;
  EXPECT_EQ(Routes::socket_of(feed), SocketKind::kEvents);
  EXPECT_EQ(status_of(feed), 101U) << "a program: neither origin nor cookie";
  feed.cookie = "__Host-vonggac=x";
  EXPECT_EQ(status_of(feed), 403U);
  feed.origin = "http://evil.example";
  EXPECT_EQ(status_of(feed), 403U);
  feed.cookie.clear();
  EXPECT_EQ(status_of(feed), 403U);
  feed.origin = "http://127.0.0.1:8080";
  EXPECT_EQ(status_of(feed), 101U);
  feed.authorization.clear();
  EXPECT_EQ(status_of(feed), 401U);
  feed.target = "/api/v1/events?after=1";
  EXPECT_EQ(status_of(feed), 400U);
  feed.upgrade = false;
  EXPECT_FALSE(Routes::socket_of(feed).has_value()) << "that is the list";
}

TEST_F(RoutesTest, AsksCoreForTheStatus) {
  reply_with = R"({"ok":true,"status":{"version":"0.1.0","cameras":[]}})";
  const HttpReply reply = get("/api/v1/status");
  EXPECT_EQ(question, R"({"op":"status"})");
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(header(reply, "Cache-Control"), "no-store");
  EXPECT_NE(reply.body->find("0.1.0"), std::string::npos);
}

TEST_F(RoutesTest, SendsSnapshotsWithTheirAge) {
  clock.wall = *base::parse_iso8601("2026-11-21T07:00:02Z");
  reply_with = R"({"ok":true,"jpeg_base64":"/9j/","taken_at":"2026-11-21T07:00:00.5Z"})";
  const HttpReply reply = get(std::string("/api/v1/cameras/") + kId + "/snapshot.jpg");
  EXPECT_EQ(reply.content_type, "image/jpeg");
  EXPECT_EQ(reply.body->size(), 3U);
  EXPECT_EQ(header(reply, "Vonggac-Age-Ms"), "1500");
  EXPECT_NE(question.find(kId), std::string::npos);
}

TEST_F(RoutesTest, SaysWhenCoreHasNoSnapshot) {
  reply_with = R"({"ok":false,"error":{"kind":"not_found","message":"no picture yet"}})";
  EXPECT_EQ(get(std::string("/api/v1/cameras/") + kId + "/snapshot.jpg").status, 404U);
}

TEST_F(RoutesTest, PassesTheFilterOnAndTellsWhetherThereIsMore) {
  clips.rows.resize(3);
  const HttpReply reply =
      get(std::string("/api/v1/clips?camera=") + kId + "&from=2026-11-21&to=2026-11-22&motion=1&limit=2");
  ASSERT_EQ(reply.status, 200U);
  EXPECT_EQ(clips.filter->camera->to_string(), kId);
  EXPECT_TRUE(clips.filter->only_motion);
  EXPECT_EQ(clips.filter->limit, 3U);
  const auto value = boost::json::parse(*reply.body);
  EXPECT_EQ(value.at("clips").as_array().size(), 2U);
  EXPECT_TRUE(value.at("more").as_bool());
}

TEST_F(RoutesTest, RefusesBadQueriesWithAProblem) {
  for (const char* target :
       {"/api/v1/clips?camera=7", "/api/v1/clips?limit=0", "/api/v1/clips?unknown=1",
        "/api/v1/clips?from=2026-11-22&to=2026-11-21", "/api/v1/events?motion=1", "/api/v1/gaps?from=%zz"}) {
    const HttpReply reply = get(target);
    EXPECT_EQ(reply.status, 400U) << target;
    EXPECT_EQ(reply.content_type, "application/problem+json") << target;
  }
}

TEST_F(RoutesTest, HidesWhyTheIndexCannotBeRead) {
  const HttpReply reply = get("/api/v1/gaps");
  EXPECT_EQ(reply.status, 503U);
  EXPECT_EQ(reply.body->find("/srv"), std::string::npos);
}

TEST_F(RoutesTest, FindsThumbnails) {
  EXPECT_EQ(get("/api/v1/events/42/thumbnail.jpg").content_type, "image/jpeg");
  EXPECT_EQ(get("/api/v1/events/43/thumbnail.jpg").status, 404U);
}

TEST_F(RoutesTest, SendsAClipWholeOrInPart) {
  HttpRequest wanted = request(clip_target());
  HttpReply reply = answer(wanted);
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.content_length(), 1000U);
  EXPECT_EQ(header(reply, "Accept-Ranges"), "bytes");
  wanted.range = "bytes=100-199";
  reply = answer(wanted);
  EXPECT_EQ(reply.status, 206U);
  EXPECT_EQ(reply.first, 100U);
  EXPECT_EQ(reply.content_length(), 100U);
  EXPECT_EQ(header(reply, "Content-Range"), "bytes 100-199/1000");
  wanted.range = "bytes=1000-";
  reply = answer(wanted);
  EXPECT_EQ(reply.status, 416U);
  EXPECT_EQ(header(reply, "Content-Range"), "bytes */1000");
}

TEST_F(RoutesTest, SendsTheWholeClipWhenItIsNotTheOneThatWasBegun) {
  HttpRequest wanted = request(clip_target());
  const std::string etag = header(answer(wanted), "ETag");
  wanted.range = "bytes=100-199";
  wanted.if_range = "\"another\"";
  EXPECT_EQ(answer(wanted).status, 200U);
  wanted.if_range = etag;
  EXPECT_EQ(answer(wanted).status, 206U);
}

TEST_F(RoutesTest, NamesADownload) {
  EXPECT_EQ(header(get(clip_target("&download=1")), "Content-Disposition"),
            "attachment; filename=\"01932b6e_20261121T070000Z_20261121T070500Z.mp4\"");
  EXPECT_EQ(header(get(clip_target()), "Content-Disposition"), "");
}

TEST_F(RoutesTest, RefusesClipsWithoutOrWithTooLongASpan) {
  const std::string path =
      std::string("/api/v1/cameras/") + kId + "/clip.mp4?purpose=" + world.purpose_of(user).to_string();
  for (const char* query : {"", "&from=2026-11-21T07:00:00Z", "&from=2026-11-21T07:00:00Z&to=2026-11-21T07:00:00Z",
                            "&from=2026-11-21T07:00:00Z&to=2026-11-21T13:00:01Z", "&from=x&to=y"}) {
    EXPECT_EQ(get(path + query).status, 400U) << query;
  }
}

TEST_F(RoutesTest, SearchesARegionAndTellsWhatWasFound) {
  SearchHit hit;
  hit.camera = {*base::Uuid::parse(kId)};
  hit.start = *base::parse_iso8601("2026-11-21T07:00:02Z");
  hit.end = hit.start + base::Seconds(4);
  hit.score = 0.25;
  hit.moving_seconds = 3;
  hit.has_footage = true;
  hit.event = 42;
  hit.has_thumbnail = true;
  clips.hits.hits = {hit};
  clips.hits.more = true;
  const HttpReply reply =
      get(std::string("/api/v1/search?camera=") + kId + "," + kId +
          "&region=0.1%2C0.2%2C0.3%2C0.4%3B0%2C0%2C1%2C0%2C1%2C1&from=2026-11-01&min_cells=2&min_seconds=3"
          "&limit=7");
  ASSERT_EQ(reply.status, 200U) << *reply.body;
  EXPECT_EQ(clips.searched->cameras.size(), 2U);
  EXPECT_EQ(clips.searched->region, "0.1,0.2,0.3,0.4;0,0,1,0,1,1");
  EXPECT_EQ(clips.searched->min_cells, 2);
  EXPECT_EQ(clips.searched->min_seconds, 3);
  EXPECT_EQ(clips.searched->limit, 7U);
  EXPECT_FALSE(clips.searched->to.has_value());
  const auto value = boost::json::parse(*reply.body);
  const auto& row = value.at("hits").at(0);
  EXPECT_EQ(row.at("camera").as_string(), kId);
  EXPECT_EQ(row.at("duration_ms").as_int64(), 4000);
  EXPECT_EQ(row.at("score").as_double(), 0.25);
  EXPECT_EQ(row.at("event").as_int64(), 42);
  EXPECT_TRUE(row.at("thumbnail").as_bool());
  EXPECT_TRUE(value.at("more").as_bool());
  EXPECT_TRUE(value.at("complete").as_bool());
}

TEST_F(RoutesTest, RefusesHostileSearchesWithASentence) {
  const std::string id = kId;
  const std::string region = "region=0,0,1,1";
  for (const std::string& query :
       {std::string(), std::string("region="), std::string("region=x"), std::string("region=0,0,2,1"),
        std::string("region=0,0,nan,1"), std::string("region=") + std::string(2000, '1'), region + "&camera=7",
        region + "&camera=" + id + ",", region + "&camera=", region + "&min_cells=0", region + "&min_cells=577",
        region + "&min_cells=1e3", region + "&min_seconds=-1", region + "&limit=1001",
        region + "&limit=99999999999999999999", region + "&from=yesterday", region + "&from=2026-11-22&to=2026-11-21",
        region + "&from=2020-01-01&to=2026-11-21", region + "&order=id%3B%20DROP%20TABLE%20segment"}) {
    clips.searched.reset();
    const HttpReply reply = get("/api/v1/search?" + query);
    EXPECT_EQ(reply.status, 400U) << query;
    EXPECT_FALSE(clips.searched.has_value()) << query;
    const auto detail = boost::json::parse(*reply.body).at("detail").as_string();
    EXPECT_GT(detail.size(), 25U) << query;
    EXPECT_EQ(detail.find("DROP"), boost::json::string::npos) << "repeats the query";
  }
  std::string many = region + "&camera=" + id;
  for (int i = 0; i < 60; ++i) many += "," + id;
  EXPECT_EQ(get("/api/v1/search?" + many).status, 400U) << "longer than a query may be";
}

TEST_F(RoutesTest, AsksCoreForTheTuner) {
  reply_with = R"({"ok":true,"now":{"events":3},"with":{"events":5}})";
  const HttpReply reply = get(std::string("/api/v1/cameras/") + kId + "/tune?sensitivity=7&minutes=30");
  ASSERT_EQ(reply.status, 200U);
  const auto asked = boost::json::parse(question);
  EXPECT_EQ(asked.at("op").as_string(), "motion.tune");
  EXPECT_EQ(asked.at("id").as_string(), kId);
  EXPECT_EQ(asked.at("sensitivity").as_int64(), 7);
  EXPECT_EQ(asked.at("minutes").as_int64(), 30);
  EXPECT_EQ(boost::json::parse(*reply.body), boost::json::parse(R"({"now":{"events":3},"with":{"events":5}})"));
}

TEST_F(RoutesTest, RefusesTuningOutOfRange) {
  for (const char* query : {"?sensitivity=0", "?sensitivity=10", "?minutes=61", "?zones=1", "?sensitivity=high"}) {
    EXPECT_EQ(get(std::string("/api/v1/cameras/") + kId + "/tune" + query).status, 400U) << query;
  }
}

TEST_F(RoutesTest, SaysBusyWhenTooMuchWaitsForTheDisk) {
  pool.full = true;
  EXPECT_EQ(get("/api/v1/clips").status, 503U);
}

}  // namespace
}  // namespace vonggac::api
