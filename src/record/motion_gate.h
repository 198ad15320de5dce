/// Says until when motion mode records: while an event lasts and post_roll after it; overlapping events merge.
/// Threads  one thread at a time.
/// Units    monotonic time: a step of the wall clock neither ends nor prolongs a recording.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "base/units.h"

namespace vonggac::record {

class MotionGate {
 public:
  /// An event that is not reported for so long counts as ended: its analyse shard is gone.
  static constexpr std::int64_t kStaleUs = 60'000'000;

  void on_event(std::uint64_t key, base::MonoTime end, bool ended, base::MonoTime now);
  void clear() {
    open_.clear();
    last_end_.reset();
  }
  /// The moment after which nothing needs to be kept; nothing if no event was ever seen. `now` for open events.
  std::optional<base::MonoTime> keep_until(std::int64_t post_roll_us, base::MonoTime now);

 private:
  struct Open {
    base::MonoTime end, reported;
  };
  std::map<std::uint64_t, Open> open_;
  std::optional<base::MonoTime> last_end_;
};

}  // namespace vonggac::record
