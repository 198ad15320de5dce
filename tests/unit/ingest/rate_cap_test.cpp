#include "ingest/rate_cap.h"

#include <gtest/gtest.h>

namespace vonggac::ingest {
namespace {

using base::Micros;

/// Seconds until the cap speaks at this rate, in steps of 0.1 s; -1 if it does not within 10 s.
double seconds_until_excess(RateCap& cap, std::size_t bytes_per_step, std::size_t frames_per_step) {
  base::MonoTime now{5'000'000};
  for (int step = 0; step < 100; ++step) {
    cap.add_bytes(bytes_per_step);
    cap.add_frames(frames_per_step);
    if (cap.check(now)) return step / 10.0;
    now = now + Micros(100'000);
  }
  return -1;
}

TEST(RateCap, AllowsUpToTheDefaults) {
  RateCap cap(0, 0);
  EXPECT_EQ(seconds_until_excess(cap, 290'000, 6), -1);  // 23 Mbit/s, 60 pictures
}

TEST(RateCap, ALateCheckDoesNotMakeARateHigher) {
  RateCap cap(0, 70);
  base::MonoTime now{0};
  for (int step = 0; step < 100; ++step) {
    EXPECT_FALSE(cap.check(now)) << step;
    cap.add_frames(15);
    now = now + Micros(250'000);  // 60 a second
    if (step % 3 == 0) now = now + Micros(240'000), cap.add_frames(14);
  }
}

TEST(RateCap, EndsAFloodBetween2And5Seconds) {
  RateCap cap(0, 0);
  const double seconds = seconds_until_excess(cap, 500'000, 2);  // 40 Mbit/s
  EXPECT_GE(seconds, 2.0);
  EXPECT_LE(seconds, 5.0);
}

TEST(RateCap, EndsTooManyPicturesToo) {
  RateCap cap(0, 0);
  const double seconds = seconds_until_excess(cap, 1000, 12);
  EXPECT_GE(seconds, 2.0);
  EXPECT_LE(seconds, 5.0);
}

TEST(RateCap, ForgivesOneBurst) {
  RateCap cap(4'000'000, 0);
  base::MonoTime now{0};
  cap.add_bytes(3'000'000);  // 24 Mbit at once, after a stall
  for (int step = 0; step < 100; ++step) {
    EXPECT_FALSE(cap.check(now)) << step;
    cap.add_bytes(20'000);
    now = now + Micros(100'000);
  }
}

TEST(RateCap, NamesBothRates) {
  RateCap cap(1'000'000, 0);
  base::MonoTime now{0};
  std::optional<std::string> excess;
  for (int step = 0; step < 100 && !excess; ++step) {
    cap.add_bytes(50'000);
    excess = cap.check(now);
    now = now + Micros(100'000);
  }
  ASSERT_TRUE(excess);
  EXPECT_EQ(*excess, "The camera sends 4.0 Mbit/s, more than the 1.0 allowed for it.");
}

}  // namespace
}  // namespace vonggac::ingest
