/// What was filmed outside the hours that an owner agreed to is told of in no list.
#include "api/agreed_hours.h"

#include <fmt/format.h>

#include "catalogue/agreements.h"
#include "register_fixture.h"

namespace vonggac::api {
namespace {

base::WallTime at(const char* time) { return *base::parse_iso8601(time); }

struct OneDay final : NoArchive {
  base::Result<std::vector<ClipRow>> clips(const FootageFilter&) override {
    ClipRow row;
    row.camera = camera;
    row.start = at("2026-03-19T12:00:00+07:00");
    row.end = at("2026-03-20T12:00:00+07:00");
    row.size_bytes = 24'000;
    row.codec = "h264";
    return std::vector<ClipRow>{row};
  }
  base::Result<std::vector<EventRow>> events(const FootageFilter&) override {
    std::vector<EventRow> rows;
    for (const char* time : {"2026-03-19T13:00:00+07:00", "2026-03-19T21:59:00+07:00", "2026-03-19T23:00:00+07:00"}) {
      EventRow row;
      row.id = static_cast<std::int64_t>(rows.size()) + 1;
      row.camera = camera;
      row.start = at(time);
      row.end = row.start + base::Seconds(120);
      row.has_thumbnail = true;
      row.alarm = "cổng";
      row.alarm_at = row.start;
      rows.push_back(row);
    }
    return rows;
  }
  base::Result<SearchHits> search(const SearchFilter&) override {
    SearchHits found;
    VG_ASSIGN(const auto rows, events({}));
    for (const EventRow& row : rows) {
      SearchHit hit;
      hit.camera = camera;
      hit.start = row.start;
      hit.end = row.end;
      hit.event = row.id;
      found.hits.push_back(hit);
    }
    return found;
  }
  base::CameraId camera;
};

/// Forty events at noon, then one in the afternoon; so many of them as were asked for.
struct ManyAtNoon final : NoArchive {
  base::Result<std::vector<EventRow>> events(const FootageFilter& filter) override {
    asked.push_back(filter.limit);
    std::vector<EventRow> rows;
    for (std::int64_t id = 1; id <= 41 && rows.size() < filter.limit; ++id) {
      EventRow row;
      row.id = id;
      row.camera = camera;
      row.start = at(id <= 40 ? "2026-03-19T12:00:00+07:00" : "2026-03-19T16:10:00+07:00");
      row.end = row.start + base::Seconds(10);
      rows.push_back(row);
    }
    return rows;
  }
  base::CameraId camera;
  std::vector<std::size_t> asked;
};

class AgreedHoursTest : public RegisterFixture {
 protected:
  void SetUp() override {
    RegisterFixture::SetUp();
    day.camera = base::CameraId{*base::Uuid::parse(make_camera(make_site()))};
  }
  void agree(const std::string& hours) {
    const catalogue::AgreementId id = world->agree(day.camera);
    // As it is kept, also what the form would not take.
    world->quietly([&](store::WriteSession& s) {
      return s.run("update agreement set hours = $2 where id = $1", {id, hours}).error();
    });
  }
  boost::json::array list(const std::string& target, const char* name) {
    const boost::json::object whole = listed(day, target);
    EXPECT_FALSE(whole.at("more").as_bool());
    return whole.at(name).as_array();
  }
  boost::json::object listed(ClipSource& source, const std::string& target) {
    Routes routes(
        {clock, *link, source, pool, pool, pool, *world->office, *desk, *permits, stats, {8080, false, true, {}}});
    std::optional<HttpReply> out;
    routes.handle(request("GET", target), [&out](HttpReply reply) { out = std::move(reply); });
    EXPECT_EQ(out->status, 200U) << *out->body;
    return json_of(*out);
  }
  OneDay day;
};

TEST_P(AgreedHoursTest, ListsTellOnlyOfWhatWasFilmedInThem) {
  EXPECT_EQ(list("/api/v1/clips", "clips").size(), 1U) << "a public place, nobody had to agree";
  EXPECT_EQ(list("/api/v1/events", "events").size(), 3U);
  // It is a quarter to five in the afternoon: looking is allowed, and what was filmed at noon is not told of.
  agree("22:00-05:00, 16:00-17:00");
  const auto listed = list("/api/v1/clips", "clips");
  ASSERT_EQ(listed.size(), 2U);
  EXPECT_EQ(listed[0].at("start").as_string(), "2026-03-19T09:00:00.000000Z");
  EXPECT_EQ(listed[0].at("end").as_string(), "2026-03-19T10:00:00.000000Z");
  EXPECT_EQ(listed[1].at("start").as_string(), "2026-03-19T15:00:00.000000Z");
  EXPECT_EQ(listed[1].at("end").as_string(), "2026-03-19T22:00:00.000000Z");
  EXPECT_EQ(listed[1].at("size_bytes").to_number<int>(), 7000);
  const auto events = list("/api/v1/events", "events");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at("start").as_string(), "2026-03-19T15:00:00.000000Z") << "begun a minute before the hours";
  EXPECT_FALSE(events[0].at("thumbnail").as_bool());
  EXPECT_TRUE(events[0].at("alarm").is_null());
  EXPECT_TRUE(events[1].at("thumbnail").as_bool());
  const auto hits = list("/api/v1/search?region=0,0,1,1", "hits");
  ASSERT_EQ(hits.size(), 2U);
  EXPECT_TRUE(hits[0].at("event").is_null());
  EXPECT_EQ(hits[1].at("event").to_number<int>(), 3);
}

TEST_P(AgreedHoursTest, AListReadsOnBehindWhatIsHiddenAndNoFurtherThanItMust) {
  ManyAtNoon many;
  many.camera = day.camera;
  EXPECT_EQ(listed(many, "/api/v1/events?limit=1").at("events").as_array().size(), 1U);
  EXPECT_EQ(many.asked, std::vector<std::size_t>{2}) << "nothing is hidden";
  agree("16:00-17:00");
  many.asked.clear();
  const auto found = listed(many, "/api/v1/events?limit=1");
  ASSERT_EQ(found.at("events").as_array().size(), 1U);
  EXPECT_EQ(found.at("events").as_array()[0].at("id").to_number<int>(), 41);
  EXPECT_FALSE(found.at("more").as_bool());
  EXPECT_EQ(many.asked, (std::vector<std::size_t>{2, 9, 65}));
}

INSTANTIATE_TEST_SUITE_P(sqlite, AgreedHoursTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, AgreedHoursTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
