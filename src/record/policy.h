/// What is recorded of a camera, and for how long.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

namespace vonggac::record {

enum class RecordMode : std::uint8_t { kOff = 0, kMotion = 1, kContinuous = 2 };

/// Weekly schedule: a mode for each of 7 x 48 half hours, Monday 00:00 first, in Asia/Ho_Chi_Minh (UTC+7, no DST).
using WeeklySchedule = std::array<RecordMode, 7 * 48>;

struct RecordPolicy {
  RecordMode mode = RecordMode::kMotion;
  std::optional<WeeklySchedule> schedule;  ///< where set, wins over `mode`
  std::int64_t pre_roll_us = 5'000'000;    ///< 1 s .. 30 s
  std::int64_t post_roll_us = 10'000'000;  ///< 0 .. 600 s
  std::int32_t retention_days = 30;        ///< 0 = not by age
  std::uint64_t retention_bytes = 0;       ///< 0 = not by size
  std::int32_t motion_retention_days = 0;  ///< segments with motion live at least this long; 0 = as the rest
  bool record_audio = false;
  bool paused = false;  ///< by the owner: nothing is kept, not even in the ring
};

}  // namespace vonggac::record
