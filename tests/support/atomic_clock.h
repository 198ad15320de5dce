/// A HandClock for tests with threads.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace vonggac::test {

class AtomicClock final : public base::Clock {
 public:
  base::WallTime wall_now() const override { return {wall_us_.load()}; }
  base::MonoTime mono_now() const override { return {mono_us_.load()}; }
  void advance(base::Micros by) {
    mono_us_ += by.count();
    wall_us_ += by.count();
  }

 private:
  std::atomic<std::int64_t> wall_us_{1'774'000'000'000'000}, mono_us_{1'000'000'000};
};

}  // namespace vonggac::test
