/// Chooses which pictures the engine sees: at most kMaxPicturesPerSecond, evenly over time, whatever the camera's rate.
/// Threads  one thread at a time.
#pragma once

#include <cstdint>

namespace vonggac::motion {

class FrameSampler {
 public:
  static constexpr std::int64_t kIntervalUs = 125'000;  ///< 8 a second: 12 found no more, 4 lose fast subjects

  /// Whether the picture of this time is to be looked at.
  bool take(std::int64_t time_us) {
    const bool jumped = time_us < last_us_ || time_us - due_us_ > 2 * kIntervalUs;
    if (!jumped && time_us < due_us_ - kSlackUs) return false;
    due_us_ = (jumped ? time_us : due_us_) + kIntervalUs;
    last_us_ = time_us;
    return true;
  }

 private:
  static constexpr std::int64_t kSlackUs = 5'000;  // cameras' clocks jitter
  std::int64_t due_us_ = INT64_MIN / 2, last_us_ = INT64_MIN / 2;
};

}  // namespace vonggac::motion
