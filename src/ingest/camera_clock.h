/// Measures how far the camera's wall clock is from ours, from RTCP sender reports.
/// The offset is the median of the last reports; it is valid until a report makes no sense: a year before 2000 or
/// beyond the NTP era, or more than 10 s away from the others. A clock that was really set is believed again after
/// kAgreeing reports that agree.
/// Threads  one thread at a time.
/// Numbers  RFC 3550 section 6.4.1 (NTP timestamp); RFC 5905 section 6 (era 0 ends 2036-02-07).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/units.h"

namespace vonggac::ingest {

/// NTP 32.32 to UTC. nullopt: not set, before 2000, or of an era that `wall_now` is not in.
std::optional<base::WallTime> wall_of_ntp(std::uint64_t ntp, base::WallTime wall_now);

class CameraClock {
 public:
  /// `wall_at_capture`: our wall time of the moment that the report names.
  void on_sender_report(std::uint64_t ntp, base::WallTime wall_at_capture);
  void restart() { *this = CameraClock(); }
  bool valid() const { return valid_; }
  std::int64_t offset_us() const { return offset_us_; }

 private:
  static constexpr std::size_t kKept = 5;
  static constexpr std::size_t kAgreeing = 3;

  void accept(std::int64_t offset_us);
  void doubt(std::int64_t offset_us);

  std::array<std::int64_t, kKept> offsets_us_{};
  std::size_t count_ = 0;
  std::array<std::int64_t, kAgreeing> doubted_us_{};
  std::size_t doubted_count_ = 0;
  std::int64_t offset_us_ = 0;
  bool valid_ = false;
};

}  // namespace vonggac::ingest
