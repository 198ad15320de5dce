#include "base/units.h"

#include <gtest/gtest.h>

namespace vonggac::base {
namespace {

TEST(WallTime, IsWrittenAsUtcWithMicroseconds) {
  EXPECT_EQ(to_iso8601(WallTime{1'774'000'000'123'456}), "2026-03-20T09:46:40.123456Z");
}

TEST(WallTime, BeforeTheEpochKeepsAPositiveFraction) {
  EXPECT_EQ(to_iso8601(WallTime{-1}), "1969-12-31T23:59:59.999999Z");
}

TEST(ParseIso8601, AcceptsDateZoneAndFraction) {
  EXPECT_EQ(parse_iso8601("2026-03-20T16:46:40.5+07:00")->us, 1'774'000'000'500'000);
  EXPECT_EQ(parse_iso8601("2026-03-20T09:46:40Z")->us, 1'774'000'000'000'000);
  EXPECT_EQ(parse_iso8601("2026-03-20T09:46")->us, 1'773'999'960'000'000);
  EXPECT_EQ(to_iso8601(*parse_iso8601("2026-03-20")), "2026-03-20T00:00:00.000000Z");
}

TEST(ParseIso8601, RefusesWhatIsNotATime) {
  for (const char* text : {"", "yesterday", "2026-13-01", "2026-01-01T25:00", "2026-01-01T10:00:00Zx", "2026-1-1",
                           "2026-01-01T10:00:00+99:00", "2026-01-01T10:00:00."}) {
    EXPECT_FALSE(parse_iso8601(text).has_value()) << text;
  }
}

TEST(Ticks, ConvertThereAndBackWithinOneTick) {
  for (const std::int64_t us : {0LL, 1LL, 11LL, 66'666LL, 1'000'000LL, 86'400'000'000LL, 3'000'000'000'000'000LL}) {
    EXPECT_NEAR(static_cast<double>(us_from_90k(ticks_90k_from_us(us)) - us), 0.0, 12.0) << us;
  }
}

}  // namespace
}  // namespace vonggac::base
