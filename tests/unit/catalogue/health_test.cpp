#include "catalogue/health.h"

#include <algorithm>

#include "catalogue/uptime.h"
#include "support/camera_crowd.h"
#include "support/catalogue_world.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kSecond = 1'000'000;

HealthSample sample_at(std::int64_t seconds, bool reachable) {
  HealthSample sample;
  sample.at = {seconds * kSecond};
  sample.reachable = sample.video = reachable;
  return sample;
}

TEST(HealthMachine, OneLookSaysTheWorstFirst) {
  const HealthRules rules;
  HealthSample sample = sample_at(0, true);
  EXPECT_EQ(health_of(sample, rules), "CO_TIN_HIEU");
  sample.skew_ms = -73'000;
  EXPECT_EQ(health_of(sample, rules), "LECH_GIO");
  sample.recording = false;
  EXPECT_EQ(health_of(sample, rules), "KHONG_GHI");
  sample.tamper = "LECH_HUONG";
  EXPECT_EQ(health_of(sample, rules), "BI_CHE_MO");
  sample.video = false;
  EXPECT_EQ(health_of(sample, rules), "MAT_HINH");
  sample.reachable = false;
  EXPECT_EQ(health_of(sample, rules), "MAT_TIN_HIEU");
  sample.configured = false;
  EXPECT_EQ(health_of(sample, rules), "CHUA_CAU_HINH");
}

TEST(HealthMachine, AStateChangesWhenItHasLastedAndFromWhenItBegan) {
  HealthMachine machine;
  EXPECT_TRUE(machine.take(sample_at(0, true), {}));
  EXPECT_FALSE(machine.take(sample_at(30, false), {}));
  EXPECT_FALSE(machine.take(sample_at(60, false), {}));
  EXPECT_EQ(machine.state, "CO_TIN_HIEU") << "not yet";
  EXPECT_TRUE(machine.take(sample_at(90, false), {}));
  EXPECT_EQ(machine.state, "MAT_TIN_HIEU");
  EXPECT_EQ(machine.since.us, 30 * kSecond);
  EXPECT_FALSE(machine.take(sample_at(80, true), {})) << "late samples are left out";
  EXPECT_EQ(machine.raw, "MAT_TIN_HIEU");
}

TEST(HealthMachine, ABlinkChangesNothing) {
  HealthMachine machine;
  machine.take(sample_at(0, true), {});
  EXPECT_FALSE(machine.take(sample_at(30, false), {}));
  EXPECT_FALSE(machine.take(sample_at(60, true), {}));
  EXPECT_FALSE(machine.take(sample_at(600, true), {}));
  EXPECT_EQ(machine.state, "CO_TIN_HIEU");
}

TEST(HealthMachine, WhatComesAndGoesIsUnstableUntilItIsCalm) {
  HealthMachine machine;
  machine.take(sample_at(0, true), {});
  std::int64_t now = 0;
  for (int i = 0; i < 8; ++i) machine.take(sample_at(now += 45, i % 2 == 1), {});
  EXPECT_EQ(machine.state, "CHAP_CHON");
  EXPECT_EQ(machine.since.us, 45 * kSecond) << "since the first change";
  const std::int64_t last_change = now;
  for (int i = 0; i < 19; ++i) machine.take(sample_at(now += 30, true), {});
  EXPECT_EQ(machine.state, "CHAP_CHON") << "calm for nine and a half minutes";
  machine.take(sample_at(now += 30, true), {});
  EXPECT_EQ(machine.state, "CO_TIN_HIEU");
  EXPECT_EQ(machine.since.us, last_change * kSecond);
}

TEST(HealthMachine, ASilenceIsNotKnownNotGood) {
  HealthMachine machine;
  machine.take(sample_at(0, true), {});
  machine.take(sample_at(30, true), {});
  const auto change = machine.take(sample_at(3600, true), {});
  ASSERT_TRUE(change);
  EXPECT_EQ(change->known_until->us, 30 * kSecond);
  EXPECT_EQ(machine.since.us, 3600 * kSecond);
}

class HealthTest : public test::CatalogueWorld {
 protected:
  HealthSample lost() const { return {}; }
  std::vector<std::string> states(const base::CameraId& camera) {
    std::vector<std::string> found;
    for (const HealthSpan& span :
         read([&](store::Reader& s) { return health_spans(s, camera, {0}, clock_.wall_now()); })) {
      found.push_back(span.state);
    }
    return found;
  }
  Uptime uptime(const base::CameraId& camera, base::WallTime from, base::WallTime to) {
    return read([&](store::Reader& s) { return camera_uptime(s, camera, from, to); });
  }
};

TEST_P(HealthTest, SpansFollowEachOtherAndTheListKnowsTheLast) {
  const base::CameraId id = add_camera_in(khom1_);
  EXPECT_EQ(camera(id).health, "CHUA_CAU_HINH");
  watch(id, well(), base::Seconds(600));
  watch(id, lost(), base::Seconds(600));
  EXPECT_EQ(camera(id).health, "MAT_TIN_HIEU");
  HealthSample covered = well();
  covered.tamper = "BI_CHE";
  watch(id, covered, base::Seconds(300));
  EXPECT_EQ(states(id), (std::vector<std::string>{"CO_TIN_HIEU", "MAT_TIN_HIEU", "BI_CHE_MO"}));
  const auto spans = read([&](store::Reader& s) { return health_spans(s, id, {0}, clock_.wall_now()); });
  for (std::size_t i = 1; i < spans.size(); ++i) EXPECT_EQ(*spans[i - 1].to, spans[i].from);
  EXPECT_FALSE(spans.back().to);
  EXPECT_EQ(*spans[0].to - spans[0].from, base::Seconds(600)) << "to the second it was lost";
  EXPECT_EQ(read([&](store::Reader& s) { return health_now(s, id); })->tamper, "BI_CHE");
}

TEST_P(HealthTest, NewsIsToldOnceAndHeartbeatsAreNot) {
  const base::CameraId id = add_camera_in(khom1_);
  const auto news = [&] {
    std::size_t count = 0;
    for (const store::OutboxRow& row : read([](store::Reader& s) { return store::read_outbox(s, 0, 1000); })) {
      count += row.topic == "camera.health" ? 1 : 0;
    }
    return count;
  };
  watch(id, well(), base::Seconds(1800));
  EXPECT_EQ(news(), 1U);
  watch(id, lost(), base::Seconds(1800));
  EXPECT_EQ(news(), 2U);
  EXPECT_EQ(store_
                ->write_quietly([&](store::WriteSession& s) {
                  return note_health(s, base::CameraId{base::Uuid::make_v7(clock_)}, well()).error();
                })
                .kind(),
            base::ErrorKind::kNotFound);
}

TEST_P(HealthTest, UptimeCountsOnlyTimeInService) {
  const base::CameraId id = add_camera_in(khom1_);
  const base::WallTime start = clock_.wall_now();
  watch(id, well(), base::Seconds(3600));  // before it is in service
  put_in_service(id);
  const base::WallTime in_service = clock_.wall_now();
  watch(id, well(), base::Seconds(3 * 3600));
  watch(id, lost(), base::Seconds(3600));
  ASSERT_TRUE(step(id, "BAO_TRI").ok());
  watch(id, lost(), base::Seconds(7200));  // under repair: does not count
  const Uptime all = uptime(id, start, clock_.wall_now());
  EXPECT_EQ(all.service_us, 4 * 3600 * kSecond);
  EXPECT_EQ(all.up_us, 3 * 3600 * kSecond);
  EXPECT_EQ(all.known_us, all.service_us);
  EXPECT_DOUBLE_EQ(*all.percent(), 75);
  const Uptime half = uptime(id, in_service + base::Seconds(7200), in_service + base::Seconds(4 * 3600));
  EXPECT_DOUBLE_EQ(*half.percent(), 50);
  EXPECT_FALSE(uptime(id, start, in_service).percent()) << "of nothing there is no percentage";
}

TEST_P(HealthTest, TimeNobodyWasLookingIsNotCountedAsWorking) {
  const base::CameraId id = add_camera_in(khom1_);
  put_in_service(id);
  const base::WallTime start = clock_.wall_now();
  watch(id, well(), base::Seconds(3600));
  clock_.advance(base::Seconds(3 * 3600));
  const Uptime open = uptime(id, start, clock_.wall_now());
  EXPECT_LT(*open.percent(), 30) << "the recorder itself was off";
  EXPECT_LT(open.known_us, open.service_us);
  EXPECT_EQ(made([&](store::WriteSession& s) { return expire_silent(s); }), 1);
  EXPECT_EQ(camera(id).health, "MAT_TIN_HIEU");
  EXPECT_EQ(made([&](store::WriteSession& s) { return expire_silent(s); }), 0);
  EXPECT_TRUE(look(id, well())) << "it is back at once";
  EXPECT_EQ(camera(id).health, "CO_TIN_HIEU");
}

TEST_P(HealthTest, AnAreasUptimeIsGivenInAllAndAsTheMeanOfItsCameras) {
  const base::CameraId good = add_camera_in(khom1_), bad = add_camera_in(khom1_), elsewhere = add_camera_in(khom2_);
  for (const base::CameraId& id : {good, bad, elsewhere}) put_in_service(id);
  const base::WallTime start = clock_.wall_now();
  for (int i = 0; i < 120; ++i) {
    look(good, well());
    look(elsewhere, well());
    look(bad, lost());
    clock_.advance(base::Seconds(60));
  }
  const auto area = [&](const AreaId& id) {
    return read([&](store::Reader& s) { return area_uptime(s, id, start, clock_.wall_now(), today()); });
  };
  EXPECT_EQ(area(khom1_).cameras, 2);
  EXPECT_DOUBLE_EQ(*area(khom1_).mean_percent, 50);
  EXPECT_DOUBLE_EQ(*area(khom1_).total.percent(), 50);
  EXPECT_EQ(area(ward8_).cameras, 3);
  EXPECT_EQ(area(ward1_).cameras, 0);
  EXPECT_FALSE(area(ward1_).mean_percent);
  const TimeSpan march = month_of(2026, 3);
  EXPECT_EQ(base::to_iso8601(march.from).substr(0, 16), "2026-02-28T17:00");
  EXPECT_EQ(base::to_iso8601(month_of(2026, 12).to).substr(0, 16), "2026-12-31T17:00");
}

TEST_P(HealthTest, EyesThatWorkAreCountedPerResidentialArea) {
  SiteForm critical = site_form(khom1_);
  critical.critical_point = "CHO";
  const base::CameraId works = add_camera(camera_form(add_site(critical)));
  const base::CameraId broken = add_camera_in(khom1_), proposed = add_camera_in(khom1_);
  critical.area = khom2_;
  CameraForm live_only = camera_form(add_site(critical));
  live_only.kind = "CHI_XEM";
  const base::CameraId covered = add_camera(live_only);
  SiteForm road = site_form(ward8_);
  road.outside_residential = true;
  const base::CameraId on_road = add_camera(camera_form(add_site(road)));
  for (const base::CameraId& id : {works, broken, covered, on_road}) put_in_service(id);
  look(works, well());
  look(on_road, well());
  look(broken, lost());
  HealthSample tampered = well();
  tampered.tamper = "BI_CHE";
  look(covered, tampered);

  const auto eyes = read([&](store::Reader& s) { return eyes_in(s, ward8_, today()); });
  ASSERT_EQ(eyes.size(), 3U) << "two khóm and the road";
  const auto of = [&](std::optional<AreaId> residential) {
    return *std::find_if(eyes.begin(), eyes.end(), [&](const Eyes& e) { return e.residential == residential; });
  };
  EXPECT_EQ(of(khom1_).registered, 3);
  EXPECT_EQ(of(khom1_).installed, 2);
  EXPECT_EQ(of(khom1_).working, 1);
  EXPECT_DOUBLE_EQ(*of(khom1_).percent_working(), 50);
  EXPECT_EQ(of(khom2_).working, 0);
  EXPECT_EQ(of(khom2_).recording, 0) << "live only";
  EXPECT_EQ(of(std::nullopt).recording, 1);
  const Eyes sum = sum_of(read([&](store::Reader& s) { return eyes_in(s, province_, today()); }));
  EXPECT_EQ(sum.registered, 5);
  const auto communes = read([&](store::Reader& s) { return eyes_in(s, province_, today(), EyesBy::kCommune); });
  ASSERT_EQ(communes.size(), 1U);
  EXPECT_EQ(communes[0].commune, ward8_);
  EXPECT_EQ(communes[0].working, 2);
  EXPECT_EQ(sum.in_service, 4);
  EXPECT_EQ(sum.working, 2);
  const Cover residential = read([&](store::Reader& s) { return residential_cover(s, ward8_, today()); });
  EXPECT_EQ(residential.covered, 1);
  EXPECT_EQ(residential.all, 2);
  EXPECT_EQ(read([&](store::Reader& s) { return residential_cover(s, ward8_, today(), 2); }).covered, 0);
  const Cover critical_points = read([&](store::Reader& s) { return critical_cover(s, province_, today()); });
  EXPECT_EQ(critical_points.covered, 1);
  EXPECT_EQ(critical_points.all, 2);
  EXPECT_EQ(camera(proposed).life, "DE_XUAT");
}

/// Worked example G8 of the domain: 4,849 registered, 1,519 work.
TEST_P(HealthTest, G8ThirtyOnePointThreePercentOfFourThousandEyes) {
  const base::CameraId one = add_camera_in(khom1_);
  put_in_service(one);
  look(one, well());
  test::crowd_of(*store_, one, 4'848, [](int i) { return i < 1'518 ? "CO_TIN_HIEU" : "MAT_TIN_HIEU"; });
  const Eyes eyes = sum_of(read([&](store::Reader& s) { return eyes_in(s, province_, today()); }));
  EXPECT_EQ(eyes.registered, 4'849);
  EXPECT_EQ(eyes.working, 1'519);
  EXPECT_NEAR(*eyes.percent_working(), 31.326, 0.001);
  EXPECT_EQ(percent_text(eyes.percent_working()), "31,3 %");
  EXPECT_EQ(percent_text(std::nullopt), "–");
}

INSTANTIATE_TEST_SUITE_P(sqlite, HealthTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, HealthTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
