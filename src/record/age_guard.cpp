#include "record/age_guard.h"

#include "base/log.h"

namespace vonggac::record {

AgeGuard::AgeGuard(const base::Clock& clock, std::optional<base::WallTime> last_alive) : clock_(clock) {
  trusted_mono_ = clock.mono_now();
  trusted_wall_ = last_alive.value_or(clock.wall_now());
  absence_us_ = last_alive ? kMaxAbsenceUs : 0;
  observe();
}

void AgeGuard::trust_now() {
  trusted_wall_ = clock_.wall_now();
  trusted_mono_ = clock_.mono_now();
  absence_us_ = 0;
}

void AgeGuard::observe() {
  const std::lock_guard lock(mutex_);
  const base::WallTime expected = trusted_wall_ + (clock_.mono_now() - trusted_mono_);
  const std::int64_t off_us = (clock_.wall_now() - expected).count();
  const bool agrees = off_us >= -kToleranceUs && off_us <= kToleranceUs + absence_us_;
  if (agrees) trust_now();
  if (frozen_ == agrees) {
    frozen_ = !agrees;
    if (frozen_) {
      base::log::error("record",
                       "the clock is off by {} s from what was expected: nothing is deleted for its age until it "
                       "comes back or a person confirms it",
                       off_us / 1'000'000);
    } else {
      base::log::info("record", "the clock agrees again: deletion by age goes on");
    }
  }
}

bool AgeGuard::frozen() const {
  const std::lock_guard lock(mutex_);
  return frozen_;
}

void AgeGuard::confirm() {
  const std::lock_guard lock(mutex_);
  trust_now();
  frozen_ = false;
}

}  // namespace vonggac::record
