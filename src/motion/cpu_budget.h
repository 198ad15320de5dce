/// How much of one core a shard may spend on looking: a bucket that fills with wall time and is emptied by CPU time.
/// Bounded both ways, so that a quiet minute saves nothing up and a long picture is paid off soon.
/// Threads  one thread at a time.
/// Units    microseconds of monotonic and of CPU time.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/units.h"

namespace vonggac::motion {

class CpuBudget {
 public:
  /// `percent` of one core, 1 .. 100; 100 never refuses.
  explicit CpuBudget(int percent = 100) : percent_(std::clamp(percent, 1, 100)) {}

  bool limited() const { return percent_ < 100; }
  /// Whether work may go on at this time.
  bool allows(base::MonoTime now) {
    if (!limited()) return true;
    if (filled_.us == 0) filled_ = now;
    left_us_ = std::min(kMostUs, left_us_ + (now - filled_).count() * percent_ / 100);
    filled_ = now;
    return left_us_ > 0;
  }
  void spend(std::int64_t cpu_us) { left_us_ = std::max(-kMostUs, left_us_ - cpu_us); }

 private:
  static constexpr std::int64_t kMostUs = 200'000;
  int percent_;
  base::MonoTime filled_;
  std::int64_t left_us_ = kMostUs;
};

}  // namespace vonggac::motion
