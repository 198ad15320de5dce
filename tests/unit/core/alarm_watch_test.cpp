#include "core/alarm_watch.h"

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

ipc::Zone alarm_zone(const std::string& id, ipc::ZoneKind kind, const std::string& hours = "") {
  ipc::Zone out;
  out.id = id;
  out.kind = kind;
  out.hours = hours;
  return out;
}

/// Media time 0 is Monday 2026-11-30, 21:59:30 in Viet Nam.
base::WallTime wall_of(base::MonoTime t) {
  return base::parse_iso8601("2026-11-30T14:59:30Z").value() + base::Micros(t.us);
}
constexpr std::int64_t kSecond = 1'000'000;

ipc::MotionReport report(std::uint64_t event, std::vector<ipc::WatchHit> watched) {
  ipc::MotionReport out;
  out.event = event;
  out.watched = std::move(watched);
  return out;
}

TEST(AlarmWatch, RaisesTheAlarmOfTheFirstWatchZoneOnce) {
  const std::vector<ipc::Zone> zones{alarm_zone("gate", ipc::ZoneKind::kWatch),
                                     alarm_zone("yard", ipc::ZoneKind::kWatch)};
  AlarmWatch alarms;
  EXPECT_FALSE(alarms.judge(report(1, {}), zones, wall_of));
  const auto raised = alarms.judge(report(1, {{"yard", {4 * kSecond}, {5 * kSecond}}}), zones, wall_of);
  ASSERT_TRUE(raised);
  EXPECT_EQ(raised->zone, "yard");
  EXPECT_EQ(raised->at, wall_of({4 * kSecond}));
  EXPECT_TRUE(alarms.fresh());
  const auto later = alarms.judge(
      report(1, {{"yard", {4 * kSecond}, {9 * kSecond}}, {"gate", {8 * kSecond}, {9 * kSecond}}}), zones, wall_of);
  EXPECT_EQ(later->zone, "yard");
  EXPECT_FALSE(alarms.fresh());
  EXPECT_FALSE(alarms.judge(report(2, {}), zones, wall_of)) << "another event";
}

TEST(AlarmWatch, WaitsForTheZonesHoursAndGoesOnOverMidnight) {
  const std::vector<ipc::Zone> zones{alarm_zone("gate", ipc::ZoneKind::kWatch, "22:00-06:00")};
  AlarmWatch alarms;
  EXPECT_FALSE(alarms.judge(report(1, {{"gate", {0}, {20 * kSecond}}}), zones, wall_of)) << "21:59:50";
  const auto raised = alarms.judge(report(1, {{"gate", {0}, {31 * kSecond}}}), zones, wall_of);
  ASSERT_TRUE(raised) << "still there at ten";
  EXPECT_EQ(raised->at, wall_of({31 * kSecond}));
  const std::int64_t half_past_midnight = (2 * 3600 + 1830) * kSecond;
  EXPECT_TRUE(alarms.judge(report(2, {{"gate", {half_past_midnight}, {half_past_midnight}}}), zones, wall_of));
  const std::int64_t morning = (8 * 3600 + 60) * kSecond;
  EXPECT_FALSE(alarms.judge(report(3, {{"gate", {morning}, {morning}}}), zones, wall_of)) << "06:00:30";
}

TEST(AlarmWatch, BelievesOnlyZonesThatAreThere) {
  const std::vector<ipc::Zone> zones{alarm_zone("gate", ipc::ZoneKind::kDetect)};
  AlarmWatch alarms;
  EXPECT_FALSE(alarms.judge(report(1, {{"gate", {0}, {0}}, {"gone", {0}, {0}}}), zones, wall_of));
}

}  // namespace
}  // namespace vonggac::core
