/// The encoded units of one camera that wait to be looked at, and behind them those since the last key picture, so that
/// a wake-up can begin where the GOP begins.
/// Flow     push() at the back; next()/advance() walk over them; rewind() goes back to the kept key picture.
/// Threads  one thread at a time.
/// Owns     references to the units' payloads; at most kMaxBytes and kMaxUnits, oldest go first.
/// Units    bytes; ready times on the worker's monotonic clock.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>

#include "base/units.h"
#include "media/access_unit.h"

namespace vonggac::motion {

class GopBuffer {
 public:
  static constexpr std::size_t kMaxBytes = 12U << 20;  ///< 20 s of a 4 Mbit/s main stream
  static constexpr std::size_t kMaxUnits = 600;

  /// False if something not yet looked at had to go to make room.
  bool push(media::AccessUnit unit, base::MonoTime now);
  bool has_next() const { return cursor_ < units_.size(); }
  const media::AccessUnit& next() const { return units_[cursor_].unit; }
  void advance() { ++cursor_; }
  /// Since when next() has been waiting.
  base::MonoTime next_ready() const { return units_[cursor_].ready; }
  /// Capture time of the oldest kept unit; there must be one.
  std::int64_t first_us() const { return units_.front().unit.capture.us; }
  std::size_t waiting() const { return units_.size() - cursor_; }

  /// Forgets all that lies before next().
  void forget_passed();
  /// Forgets what lies before the last key picture, of those passed and next(), captured at `time_us` or before. Where
  /// none is that old, nothing.
  void keep_from(std::int64_t time_us);
  /// Back to the kept key picture; false (and no change) if it is no longer there.
  bool rewind(base::MonoTime now);
  /// Drops the oldest waiting units that are no key pictures: up to the last waiting key picture, or all if there is
  /// none. Returns how many.
  std::size_t shed();
  bool can_shed() const;
  /// Drops all that waits before the newest waiting key picture. Returns how many.
  std::size_t keep_newest_key();
  void clear();

 private:
  struct Waiting {
    media::AccessUnit unit;
    base::MonoTime ready;
  };
  static std::size_t size_of(const Waiting& waiting) { return waiting.unit.payload ? waiting.unit.payload->size() : 0; }

  std::deque<Waiting> units_;
  std::size_t cursor_ = 0;  ///< index of next()
  std::size_t bytes_ = 0;
};

}  // namespace vonggac::motion
