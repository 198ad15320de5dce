#include "ingest/camera_clock.h"

#include <gtest/gtest.h>

namespace vonggac::ingest {
namespace {

constexpr base::WallTime kServerNow{1'790'000'000'000'000};  // September 2026

std::uint64_t ntp_of(base::WallTime wall) {
  const auto seconds = static_cast<std::uint64_t>(wall.us / 1'000'000 + 2'208'988'800);
  return seconds << 32 | (static_cast<std::uint64_t>(wall.us % 1'000'000) << 32) / 1'000'000;
}

TEST(NtpTime, IsConvertedToUtc) {
  EXPECT_NEAR(static_cast<double>(wall_of_ntp(ntp_of(kServerNow), kServerNow)->us), static_cast<double>(kServerNow.us),
              2);
}

// CAM-08
TEST(NtpTime, NonsenseIsRefused) {
  EXPECT_FALSE(wall_of_ntp(0, kServerNow).has_value());
  EXPECT_FALSE(wall_of_ntp(ntp_of({0}), kServerNow).has_value());                    // 1970
  EXPECT_FALSE(wall_of_ntp(ntp_of({946'684'799'000'000}), kServerNow).has_value());  // 1999
  EXPECT_FALSE(wall_of_ntp(std::uint64_t{100} << 32, kServerNow).has_value());       // after the wrap of 2036
}

TEST(NtpTime, EraOneIsUnderstoodOnceWeAreThere) {
  const base::WallTime in_2037{2'120'000'000'000'000};
  const std::uint64_t ntp = static_cast<std::uint64_t>(2'120'000'000 + 2'208'988'800LL - (1LL << 32)) << 32;
  EXPECT_EQ(wall_of_ntp(ntp, in_2037)->us, in_2037.us);
}

TEST(CameraClock, OffsetIsTheMedianOfTheLastReports) {
  CameraClock clock;
  EXPECT_FALSE(clock.valid());
  for (const std::int64_t offset : {100'000, 120'000, 2'000'000, 110'000, 90'000}) {
    clock.on_sender_report(ntp_of(kServerNow + base::Micros(offset)), kServerNow);
  }
  EXPECT_TRUE(clock.valid());
  EXPECT_NEAR(static_cast<double>(clock.offset_us()), 110'000, 5);
}

// CLK-05: seven hours off is an offset like any other.
TEST(CameraClock, WrongZoneIsMeasuredNotRefused) {
  CameraClock clock;
  clock.on_sender_report(ntp_of(kServerNow + base::Seconds(7 * 3600)), kServerNow);
  EXPECT_TRUE(clock.valid());
  EXPECT_NEAR(static_cast<double>(clock.offset_us()), 7 * 3600e6, 5);
}

TEST(CameraClock, ReportWithoutTimeLowersTheFlagAndKeepsTheOffset) {
  CameraClock clock;
  clock.on_sender_report(ntp_of(kServerNow + base::Seconds(1)), kServerNow);
  clock.on_sender_report(0, kServerNow);
  EXPECT_FALSE(clock.valid());
  EXPECT_NEAR(static_cast<double>(clock.offset_us()), 1e6, 5);
  clock.on_sender_report(ntp_of(kServerNow + base::Seconds(1)), kServerNow);
  EXPECT_TRUE(clock.valid());
}

TEST(CameraClock, JumpingReportsNeverBecomeValid) {
  CameraClock clock;
  clock.on_sender_report(ntp_of(kServerNow), kServerNow);
  for (int i = 1; i < 20; ++i) {
    clock.on_sender_report(ntp_of(kServerNow + base::Seconds(i * 60)), kServerNow);
    EXPECT_FALSE(clock.valid()) << i;
    EXPECT_NEAR(static_cast<double>(clock.offset_us()), 0, 5) << i;
  }
}

TEST(CameraClock, AClockThatWasSetIsBelievedAfterThreeReports) {
  CameraClock clock;
  for (int i = 0; i < 5; ++i) clock.on_sender_report(ntp_of(kServerNow), kServerNow);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(clock.valid(), i == 0) << i;
    clock.on_sender_report(ntp_of(kServerNow + base::Seconds(3600)), kServerNow);
  }
  EXPECT_TRUE(clock.valid());
  EXPECT_NEAR(static_cast<double>(clock.offset_us()), 3600e6, 5);
}

}  // namespace
}  // namespace vonggac::ingest
