#include "core/loss_watch.h"

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

/// Two seconds of a stream of 200 packets, of which so many are lost.
class Link {
 public:
  void run(int reports, std::uint64_t lost_each) {
    for (int i = 0; i < reports; ++i) {
      now_.us += 2'000'000;
      packets_ += 200 - lost_each;
      lost_ += lost_each;
      watch.on_stats(now_, packets_, lost_);
    }
  }
  LossWatch watch;

 private:
  base::MonoTime now_{1'000'000};
  std::uint64_t packets_ = 0;
  std::uint64_t lost_ = 0;
};

TEST(LossWatch, AWholeLinkIsNeverTooMuch) {
  Link link;
  link.run(100, 0);
  EXPECT_EQ(link.watch.percent(), 0);
  EXPECT_FALSE(link.watch.too_much());
}

TEST(LossWatch, FivePercentIsTooMuchAfterHalfAMinuteAndNotBefore) {
  Link link;
  link.run(14, 10);
  EXPECT_FALSE(link.watch.too_much());
  link.run(2, 10);
  EXPECT_TRUE(link.watch.too_much());
  EXPECT_NEAR(link.watch.percent(), 5, 0.1);
}

TEST(LossWatch, OnePercentIsBorne) {
  Link link;
  link.run(100, 2);
  EXPECT_NEAR(link.watch.percent(), 1, 0.1);
  EXPECT_FALSE(link.watch.too_much());
}

TEST(LossWatch, OneBurstIsNotALossyLink) {
  Link link;
  link.run(20, 0);
  link.run(2, 180);
  link.run(10, 0);
  EXPECT_GT(link.watch.percent(), LossWatch::kTooMuchPercent);
  EXPECT_FALSE(link.watch.too_much());
}

TEST(LossWatch, StaysUntilTheLinkIsWellAgain) {
  Link link;
  link.run(20, 20);
  ASSERT_TRUE(link.watch.too_much());
  link.run(20, 3);  // 1.5 %: neither much nor well
  EXPECT_TRUE(link.watch.too_much());
  link.run(20, 1);
  EXPECT_FALSE(link.watch.too_much());
}

TEST(LossWatch, BeginsAnewWithEachSessionAndWithTotalsThatGoBack) {
  Link link;
  link.run(20, 20);
  link.watch.restart();
  EXPECT_FALSE(link.watch.too_much());
  link.run(20, 20);
  link.watch.on_stats(base::MonoTime{100'000'000}, 10, 0);
  EXPECT_EQ(link.watch.percent(), 0);
}

TEST(LossWatch, TheLargestTotalsDoNotOverflow) {
  LossWatch watch;
  watch.on_stats(base::MonoTime{1}, 0, 0);
  watch.on_stats(base::MonoTime{2}, UINT64_MAX, UINT64_MAX);
  EXPECT_NEAR(watch.percent(), 50, 0.1);
}

}  // namespace
}  // namespace vonggac::core
