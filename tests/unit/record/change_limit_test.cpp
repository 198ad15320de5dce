#include "record/change_limit.h"

#include <gtest/gtest.h>

namespace vonggac::record {
namespace {

TEST(ChangeLimit, ADozenInARowAndThenOneEveryQuarterMinute) {
  ChangeLimit limit;
  base::MonoTime now{5'000'000};
  for (std::int64_t i = 0; i < ChangeLimit::kInARow; ++i) EXPECT_TRUE(limit.take(now)) << i;
  EXPECT_FALSE(limit.take(now));
  now = now + ChangeLimit::kOneMoreEvery;
  EXPECT_TRUE(limit.take(now));
  EXPECT_FALSE(limit.take(now));
  int taken = 0;
  for (int second = 0; second < 3'600; ++second) {
    now = now + base::Seconds(1);
    taken += limit.take(now) ? 1 : 0;
  }
  EXPECT_EQ(taken, 240);
}

TEST(ChangeLimit, RestGathersCreditButNotMoreThanTheDozen) {
  ChangeLimit limit;
  base::MonoTime now{5'000'000};
  while (limit.take(now)) {
  }
  now = now + base::Seconds(86'400);
  std::int64_t taken = 0;
  while (limit.take(now)) ++taken;
  EXPECT_EQ(taken, ChangeLimit::kInARow);
}

}  // namespace
}  // namespace vonggac::record
