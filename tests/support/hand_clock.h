/// A clock that moves only when the test says so.
#pragma once

#include "base/clock.h"

namespace vonggac::test {

class HandClock final : public base::Clock {
 public:
  base::WallTime wall_now() const override { return wall; }
  base::MonoTime mono_now() const override { return mono; }
  void advance(base::Micros by) {
    wall = wall + by;
    mono = mono + by;
  }
  base::WallTime wall{1'774'000'000'000'000};  ///< 2026-03-20T09:46:40Z
  base::MonoTime mono{1'000'000'000};
};

}  // namespace vonggac::test
