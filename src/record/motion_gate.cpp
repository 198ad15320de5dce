#include "record/motion_gate.h"

#include <algorithm>

namespace vonggac::record {

void MotionGate::on_event(std::uint64_t key, base::MonoTime end, bool ended, base::MonoTime now) {
  if (!ended) {
    open_[key] = {end, now};
    return;
  }
  open_.erase(key);
  last_end_ = last_end_ ? std::max(*last_end_, end) : end;
}

std::optional<base::MonoTime> MotionGate::keep_until(std::int64_t post_roll_us, base::MonoTime now) {
  for (auto it = open_.begin(); it != open_.end();) {
    if ((now - it->second.reported).count() < kStaleUs) {
      ++it;
      continue;
    }
    last_end_ = last_end_ ? std::max(*last_end_, it->second.end) : it->second.end;
    it = open_.erase(it);
  }
  std::optional<base::MonoTime> until;
  if (last_end_) until = *last_end_ + base::Micros(post_roll_us);
  // Still moving: at least until the next look.
  if (!open_.empty()) until = std::max(until.value_or(now), now + base::Seconds(1));
  return until;
}

}  // namespace vonggac::record
