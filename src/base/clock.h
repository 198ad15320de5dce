/// The seam for time. Product code never calls the system clocks directly, so that tests can jump them.
/// Threads  implementations are thread-safe.
#pragma once

#include "base/units.h"

namespace vonggac::base {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime wall_now() const = 0;  ///< CLOCK_REALTIME
  virtual MonoTime mono_now() const = 0;  ///< CLOCK_MONOTONIC
};

/// The real clocks of the machine.
class SystemClock final : public Clock {
 public:
  WallTime wall_now() const override;
  MonoTime mono_now() const override;
};

}  // namespace vonggac::base
