#include "ingest/audio_shift.h"

#include <gtest/gtest.h>

namespace vonggac::ingest {
namespace {

ReceiverStats reported(std::int64_t offset_us, bool valid = true) {
  ReceiverStats stats;
  stats.camera_offset_us = offset_us;
  stats.offset_valid = valid;
  return stats;
}

TEST(AudioShift, IsTheDifferenceBetweenTheTwoReports) {
  EXPECT_EQ(audio_shift_us(reported(5'000'000), reported(5'120'000)), 120'000);
  EXPECT_EQ(audio_shift_us(reported(-3'600'000'000), reported(-3'600'090'000)), -90'000);
}

TEST(AudioShift, IsNothingWithoutBothReports) {
  EXPECT_EQ(audio_shift_us(reported(0), reported(100'000, false)), 0);
  EXPECT_EQ(audio_shift_us(reported(0, false), reported(100'000)), 0);
}

TEST(AudioShift, DoesNotBelieveTracksOnTwoClocks) {
  EXPECT_EQ(audio_shift_us(reported(0), reported(3'600'000'000)), 0);
  EXPECT_EQ(audio_shift_us(reported(0), reported(-600'000)), 0);
}

}  // namespace
}  // namespace vonggac::ingest
