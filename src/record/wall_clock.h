/// The wall clock that recordings live by: a line over the monotonic clock that is steered towards CLOCK_REALTIME by
/// at most 500 ppm, so that times of neighbouring fragments fit together. A difference above 1 s begins a new epoch.
/// Threads  thread-safe.
/// Units    microseconds; rates in parts per billion.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"

namespace vonggac::record {

class WallClock {
 public:
  /// The line holds the wall time at `start` of the monotonic clock.
  WallClock(const base::Clock& clock, std::uint32_t first_epoch);

  struct Step {
    std::uint32_t epoch = 0;       ///< the new one
    base::WallTime before, after;  ///< what the old line and the new one say of this moment
  };
  /// Compares with the system clock and steers; call about every 100 ms. A value when a new epoch began.
  std::optional<Step> discipline();

  std::uint32_t epoch() const;
  /// By the epoch in force at `t`.
  base::WallTime wall_of(base::MonoTime t) const;
  /// By the line of one epoch, also beyond its end: footage goes on in its epoch until the next key frame.
  base::WallTime wall_of(base::MonoTime t, std::uint32_t epoch) const;
  base::WallTime now() const { return wall_of(clock_.mono_now()); }

 private:
  struct Line {
    std::uint32_t epoch = 0;
    base::MonoTime valid_from;  ///< beginning of its epoch
    base::MonoTime base_mono;
    base::WallTime base_wall;
    std::int64_t rate_ppb = 0;  ///< added to the monotonic clock's own rate
    base::WallTime at(base::MonoTime t) const;
  };

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  std::vector<Line> lines_;  ///< one per epoch, the newest last; the last 16 are kept
};

}  // namespace vonggac::record
