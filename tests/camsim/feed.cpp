#include "camsim/feed.h"

#include <algorithm>

namespace vonggac::camsim {

void Feed::attach(UnitSink* sink) {
  catch_up();
  sinks_.push_back(sink);
  reschedule();
}

void Feed::detach(UnitSink* sink) {
  sinks_.erase(std::remove(sinks_.begin(), sinks_.end(), sink), sinks_.end());
  if (sinks_.empty()) unschedule();
}

void Feed::catch_up() {
  const std::int64_t now = reactor_.now_us();
  while (next_due_us() <= now) emit_next();
}

void Feed::deliver(WireUnit& unit, const UnitTiming& timing) {
  for (UnitSink* sink : sinks_) sink->on_unit(unit, timing);
}

bool Feed::anyone_waits_for_key() const {
  return std::any_of(sinks_.begin(), sinks_.end(), [](const UnitSink* sink) { return sink->waits_for_key(); });
}

void Feed::reschedule() {
  unschedule();
  if (sinks_.empty()) return;
  timer_ = reactor_.at(next_due_us(), [this] {
    timer_.reset();
    catch_up();
    reschedule();
  });
}

void Feed::unschedule() {
  if (timer_) reactor_.cancel(*timer_);
  timer_.reset();
}

}  // namespace vonggac::camsim
