#include "motion/gop_buffer.h"

#include <utility>

namespace vonggac::motion {

bool GopBuffer::push(media::AccessUnit unit, base::MonoTime now) {
  units_.push_back({std::move(unit), now});
  bytes_ += size_of(units_.back());
  bool complete = true;
  while (units_.size() > 1 && (bytes_ > kMaxBytes || units_.size() > kMaxUnits)) {
    bytes_ -= size_of(units_.front());
    units_.pop_front();
    if (cursor_ > 0) {
      --cursor_;
    } else {
      complete = false;
    }
  }
  return complete;
}

void GopBuffer::forget_passed() {
  for (; cursor_ > 0; --cursor_) {
    bytes_ -= size_of(units_.front());
    units_.pop_front();
  }
}

void GopBuffer::keep_from(std::int64_t time_us) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < units_.size() && i <= cursor_; ++i) {
    if (units_[i].unit.key && units_[i].unit.capture.us <= time_us) first = i;
  }
  for (; first > 0; --first, --cursor_) {
    bytes_ -= size_of(units_.front());
    units_.pop_front();
  }
}

bool GopBuffer::rewind(base::MonoTime now) {
  if (units_.empty() || !units_.front().unit.key) return false;
  for (; cursor_ > 0; --cursor_) units_[cursor_ - 1].ready = now;
  return true;
}

bool GopBuffer::can_shed() const {
  for (std::size_t i = cursor_; i < units_.size(); ++i) {
    if (!units_[i].unit.key) return true;
  }
  return false;
}

std::size_t GopBuffer::shed() {
  std::size_t end = units_.size();
  for (std::size_t i = units_.size(); i-- > cursor_ + 1;) {
    if (!units_[i].unit.key) continue;
    end = i;
    break;
  }
  std::deque<Waiting> kept;
  std::size_t dropped = 0;
  for (std::size_t i = 0; i < units_.size(); ++i) {
    if (i >= cursor_ && i < end && !units_[i].unit.key) {
      bytes_ -= size_of(units_[i]);
      ++dropped;
    } else {
      kept.push_back(std::move(units_[i]));
    }
  }
  units_ = std::move(kept);
  return dropped;
}

std::size_t GopBuffer::keep_newest_key() {
  std::size_t newest = units_.size();
  while (newest > cursor_ && !units_[newest - 1].unit.key) --newest;
  if (newest <= cursor_ + 1) return 0;  // none, or it is next
  const std::size_t dropped = newest - 1 - cursor_;
  for (cursor_ = newest - 1; cursor_ > 0; --cursor_) {
    bytes_ -= size_of(units_.front());
    units_.pop_front();
  }
  return dropped;
}

void GopBuffer::clear() {
  units_.clear();
  cursor_ = 0;
  bytes_ = 0;
}

}  // namespace vonggac::motion
