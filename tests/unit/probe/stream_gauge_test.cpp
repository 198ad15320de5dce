#include "probe/stream_gauge.h"

#include <gtest/gtest.h>

#include "support/sample_parameters.h"

namespace vonggac::probe {
namespace {

/// Pictures `apart_ms` apart for `seconds`, a key picture every `gop_ms`.
StreamGauge watched(int seconds, int apart_ms, int gop_ms, std::size_t bytes = 1000) {
  StreamGauge gauge;
  for (int at = 0; at < seconds * 1000; at += apart_ms) {
    ipc::MediaUnit message;
    message.unit.pts.ticks_90k = std::int64_t{at} * 90;
    message.unit.key = at % gop_ms == 0;
    message.unit.payload = std::make_shared<const base::Bytes>(bytes, std::uint8_t{1});
    gauge.take(message);
  }
  return gauge;
}

TEST(StreamGauge, RatesAndTheRealDistanceOfKeyPicturesAreMeasured) {
  const StreamReading reading = watched(10, 40, 2'000).reading();
  EXPECT_NEAR(reading.frames_per_second, 25, 0.2);
  EXPECT_NEAR(reading.bits_per_second, 200'000, 2'000);
  ASSERT_TRUE(reading.gop_s.has_value());
  EXPECT_DOUBLE_EQ(*reading.gop_s, 2.0);
  EXPECT_EQ(reading.keys, 5U);
}

TEST(StreamGauge, AStreamWithoutASecondKeyPictureHasNoDistanceButATimeItWasWatched) {
  const StreamReading reading = watched(20, 100, 60'000).reading();
  EXPECT_FALSE(reading.gop_s.has_value());
  EXPECT_NEAR(reading.watched_s, 19.9, 0.01);
}

TEST(StreamGauge, TheLongestDistanceCounts) {
  StreamGauge gauge;
  for (const int at_s : {0, 2, 4, 16, 18}) {
    ipc::MediaUnit message;
    message.unit.pts.ticks_90k = std::int64_t{at_s} * 90'000;
    message.unit.key = true;
    gauge.take(message);
  }
  EXPECT_DOUBLE_EQ(*gauge.reading().gop_s, 12.0);
}

TEST(StreamGauge, TooLittleIsNoRate) {
  const StreamReading reading = watched(1, 600, 10'000).reading();
  EXPECT_EQ(reading.frames_per_second, 0);
  EXPECT_EQ(StreamGauge().reading().watched_s, 0);
}

TEST(StreamGauge, TheFirstWholeKeyPictureIsKept) {
  StreamGauge gauge;
  for (const auto& [key, damaged, mark] :
       {std::tuple{false, false, 1}, {true, true, 2}, {true, false, 3}, {true, false, 4}}) {
    ipc::MediaUnit message;
    message.unit.key = key;
    message.unit.damaged = damaged;
    message.unit.payload = std::make_shared<const base::Bytes>(1, static_cast<std::uint8_t>(mark));
    gauge.take(message);
  }
  ASSERT_TRUE(gauge.has_key());
  EXPECT_EQ(gauge.key().payload->data()[0], 3);
}

TEST(StreamGauge, ANewTimeAxisBeginsTheMeasuringAnew) {
  StreamGauge gauge = watched(4, 100, 1'000);
  ipc::MediaUnit message;
  message.unit.pts.ticks_90k = 90'000LL * 100'000;
  message.unit.discontinuity = true;
  message.unit.key = true;
  gauge.take(message);
  EXPECT_EQ(gauge.reading().frames, 1U);
  EXPECT_FALSE(gauge.reading().gop_s.has_value()) << "no distance between two axes";
}

TEST(StreamGauge, TheCameraClockIsThatOfItsReports) {
  StreamGauge gauge;
  EXPECT_FALSE(gauge.reading().clock_offset_ms.has_value());
  ipc::StreamStats stats;
  stats.camera_offset_us = -7'500'000;
  stats.offset_valid = true;
  gauge.take(stats);
  EXPECT_EQ(gauge.reading().clock_offset_ms, -7'500);
}

}  // namespace
}  // namespace vonggac::probe
