/// Keeps a wrong clock from deleting footage: while the wall clock does not agree with the monotonic one, nothing is
/// deleted for its age. It is believed again when it comes back, or when a person confirms it.
/// Threads  thread-safe.
/// Units    microseconds.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>

#include "base/clock.h"

namespace vonggac::record {

class AgeGuard {
 public:
  /// `last_alive`: when the service last ran, by its own rows. A machine may be switched off for a holiday; longer
  /// needs a person.
  AgeGuard(const base::Clock& clock, std::optional<base::WallTime> last_alive);

  /// Call at least once a minute.
  void observe();
  bool frozen() const;
  void confirm();

  static constexpr std::int64_t kToleranceUs = 3600LL * 1'000'000;
  static constexpr std::int64_t kMaxAbsenceUs = 14LL * 86'400 * 1'000'000;

 private:
  void trust_now();

  const base::Clock& clock_;
  mutable std::mutex mutex_;
  base::WallTime trusted_wall_;
  base::MonoTime trusted_mono_;
  std::int64_t absence_us_ = 0;  ///< how much later than trusted the wall clock may be
  bool frozen_ = false;
};

}  // namespace vonggac::record
