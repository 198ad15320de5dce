#include "core/schedule_text.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

using record::RecordMode;

constexpr std::size_t slot(std::size_t day, std::size_t hour, std::size_t minute = 0) {
  return day * 48 + hour * 2 + minute / 30;
}

TEST(ParseSchedule, CoversNightsIntoTheNextDay) {
  const auto schedule = parse_schedule("mon-fri 18:00-06:00 continuous; * 06:00-18:00 motion", RecordMode::kOff);
  ASSERT_TRUE(schedule.has_value()) << schedule.error().message();
  EXPECT_EQ((*schedule)[slot(0, 18)], RecordMode::kContinuous);
  EXPECT_EQ((*schedule)[slot(1, 5, 30)], RecordMode::kContinuous);
  EXPECT_EQ((*schedule)[slot(5, 5, 30)], RecordMode::kContinuous);  // Friday's night
  EXPECT_EQ((*schedule)[slot(1, 6)], RecordMode::kMotion);
  EXPECT_EQ((*schedule)[slot(5, 17, 30)], RecordMode::kMotion);
  EXPECT_EQ((*schedule)[slot(5, 18)], RecordMode::kOff);     // Saturday evening: nobody said anything
  EXPECT_EQ((*schedule)[slot(0, 5, 30)], RecordMode::kOff);  // Sunday's night does not exist
}

TEST(ParseSchedule, WrapsFromSundayToMonday) {
  const auto schedule = parse_schedule("sun 23:30-00:30 continuous", RecordMode::kMotion);
  ASSERT_TRUE(schedule.has_value());
  EXPECT_EQ((*schedule)[slot(6, 23, 30)], RecordMode::kContinuous);
  EXPECT_EQ((*schedule)[0], RecordMode::kContinuous);
  EXPECT_EQ((*schedule)[1], RecordMode::kMotion);
}

TEST(ParseSchedule, LetsLaterEntriesWin) {
  const auto schedule = parse_schedule("* 00:00-24:00 continuous; sat,sun 12:00-13:00 off", RecordMode::kMotion);
  ASSERT_TRUE(schedule.has_value());
  EXPECT_EQ((*schedule)[slot(5, 12, 30)], RecordMode::kOff);
  EXPECT_EQ((*schedule)[slot(4, 12, 30)], RecordMode::kContinuous);
  EXPECT_EQ(std::count(schedule->begin(), schedule->end(), RecordMode::kOff), 4);
}

TEST(ParseSchedule, WrapsRangesOfDays) {
  const auto schedule = parse_schedule("sat-mon 08:00-09:00 off", RecordMode::kMotion);
  ASSERT_TRUE(schedule.has_value());
  for (const std::size_t day : {5U, 6U, 0U}) EXPECT_EQ((*schedule)[slot(day, 8)], RecordMode::kOff) << day;
  EXPECT_EQ((*schedule)[slot(1, 8)], RecordMode::kMotion);
}

TEST(ParseSchedule, TakesEqualTimesAsAWholeDay) {
  const auto schedule = parse_schedule("tue 06:00-06:00 off", RecordMode::kMotion);
  ASSERT_TRUE(schedule.has_value());
  EXPECT_EQ(std::count(schedule->begin(), schedule->end(), RecordMode::kOff), 48);
}

TEST(ParseSchedule, RefusesWhatItDoesNotUnderstandAndNamesTheEntry) {
  for (const char* text :
       {"", " ; ", "mon 08:00-09:00", "mon 08:00-09:00 always", "mun 08:00-09:00 off", "mon 8:00-9:00 off",
        "mon 08:15-09:00 off", "mon 24:00-08:00 off", "mon 08:00-24:30 off", "mon 08:00 off", "mon- 08:00-09:00 off",
        "* 25:00-26:00 off", "mon 08:00-09:00 off extra", "mon,,tue 08:00-09:00 off"}) {
    EXPECT_FALSE(parse_schedule(text, RecordMode::kOff).has_value()) << text;
  }
  const auto schedule = parse_schedule("* 00:00-24:00 off; mun 08:00-09:00 off", RecordMode::kOff);
  EXPECT_NE(schedule.error().message().find("mun"), std::string::npos);
  EXPECT_FALSE(parse_schedule(std::string(3000, ' '), RecordMode::kOff).has_value());
}

/// Monday 2026-11-30, 00:00 in Viet Nam, and so many hours later.
base::WallTime monday(double hours) {
  return base::parse_iso8601("2026-11-29T17:00:00Z").value() + base::Seconds(static_cast<std::int64_t>(hours * 3600));
}

TEST(ParseHours, GoOverMidnightIntoTheNextDay) {
  const auto nights = parse_hours("22:00-06:00");
  ASSERT_TRUE(nights) << nights.error().message();
  for (const double hour : {22.0, 23.99, 24.0, 29.99, 0.0, 5.99}) EXPECT_TRUE(in_hours(*nights, monday(hour))) << hour;
  for (const double hour : {6.0, 12.0, 21.99, 30.0}) EXPECT_FALSE(in_hours(*nights, monday(hour))) << hour;
}

TEST(ParseHours, BelongToTheDayOnWhichTheyBegin) {
  const auto friday = parse_hours("fri 22:00-06:00");
  ASSERT_TRUE(friday);
  EXPECT_TRUE(in_hours(*friday, monday(4 * 24 + 23)));
  EXPECT_TRUE(in_hours(*friday, monday(5 * 24 + 5))) << "Saturday morning";
  EXPECT_FALSE(in_hours(*friday, monday(4 * 24 + 5))) << "Friday morning is Thursday's night";
  const auto sunday = parse_hours("sun 22:00-06:00; wed 12:00-13:00");
  ASSERT_TRUE(sunday);
  EXPECT_TRUE(in_hours(*sunday, monday(3))) << "the week begins with Sunday's night";
  EXPECT_TRUE(in_hours(*sunday, monday(2 * 24 + 12.5)));
  EXPECT_FALSE(in_hours(*sunday, monday(24)));
}

TEST(ParseHours, RefuseWhatTheyDoNotUnderstand) {
  for (const char* text :
       {"", ";", "night", "mon", "mon 22:00", "22:00-06:15", "mon 22:00-06:00 off", "foo 22:00-06:00"}) {
    EXPECT_FALSE(parse_hours(text)) << text;
  }
  EXPECT_NE(parse_hours("22:00-06:00; foo 1").error().message().find("foo 1"), std::string::npos);
}

TEST(RecordMode, HasAStableName) {
  for (const RecordMode mode : {RecordMode::kOff, RecordMode::kMotion, RecordMode::kContinuous}) {
    EXPECT_EQ(*parse_record_mode(record_mode_name(mode)), mode);
  }
}

}  // namespace
}  // namespace vonggac::core
