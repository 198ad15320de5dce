/// Denials as the audit keeps them: each a row of its own, up to so many of one person in a minute; what comes beyond
/// is counted and becomes one row when the minute is over. A program that asks for everything it may not have fills
/// neither the disk nor the book that others read. Flow     admit() -> note() -> a row, or a count -> settle() -> one
/// row with the counts. Threads  any; writes outside its lock. Errors   those of the store; counts that could not be
/// written stay for the next time.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "access/audit.h"
#include "base/units.h"

namespace vonggac::gate {

class Denials {
 public:
  static constexpr int kRowsAMinute = 60;
  static constexpr base::Seconds kMinute{60};

  /// `entry.actor` must be set: who is not logged in is answered without a trace.
  base::Status note(store::Store& store, base::MonoTime now, const access::AuditEntry& entry);
  /// Writes the counts of minutes that are over; of all of them when the program ends.
  base::Status settle(store::Store& store, base::MonoTime now, bool all = false);

 private:
  struct Minute {
    base::MonoTime began;
    int rows = 0;
    std::map<std::string, std::int64_t> more;  ///< action -> denials without a row
    access::AuditEntry newest;
  };
  /// Those to be written, taken out.
  std::vector<Minute> take_over(base::MonoTime now, bool all);

  std::mutex mutex_;
  std::map<base::Uuid, Minute> minutes_;  ///< by person
};

}  // namespace vonggac::gate
