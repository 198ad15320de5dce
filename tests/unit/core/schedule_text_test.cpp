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

TEST(RecordMode, HasAStableName) {
  for (const RecordMode mode : {RecordMode::kOff, RecordMode::kMotion, RecordMode::kContinuous}) {
    EXPECT_EQ(*parse_record_mode(record_mode_name(mode)), mode);
  }
}

}  // namespace
}  // namespace vonggac::core
