#include "record/pre_event_ring.h"

#include <algorithm>

namespace vonggac::record {
namespace {
bool begins_gop(const media::AccessUnit& unit) { return unit.track == media::TrackKind::kVideo && unit.key; }
}  // namespace

void PreEventRing::push(const media::AccessUnit& unit, bool written) {
  if (unit.payload == nullptr) return;
  if (gops_.empty() || begins_gop(unit)) {
    gops_.emplace_back();
    gops_.back().headless = !begins_gop(unit);
  }
  Gop& gop = gops_.back();
  if (written && gop.written == gop.units.size()) ++gop.written;
  gop.units.push_back(unit);
  gop.bytes += unit.payload->size();
  bytes_ += unit.payload->size();
  enforce_cap();
}

void PreEventRing::enforce_cap() {
  while (bytes_ > max_bytes_ && gops_.size() > 1) {
    bytes_ -= gops_.front().bytes;
    gops_.pop_front();
  }
  if (bytes_ > max_bytes_) drop_front_units(gops_.front());
}

/// Drops an eighth of the cap at once, so that a long GOP is not moved for every unit.
void PreEventRing::drop_front_units(Gop& gop) {
  const std::uint64_t goal = max_bytes_ - max_bytes_ / 8;
  std::size_t count = 0;
  while (count < gop.units.size() && bytes_ > goal) {
    const std::uint64_t size = gop.units[count].payload->size();
    gop.bytes -= size;
    bytes_ -= size;
    ++count;
  }
  gop.units.erase(gop.units.begin(), gop.units.begin() + static_cast<std::ptrdiff_t>(count));
  gop.written -= std::min(gop.written, count);
  gop.headless = true;
  if (gop.units.empty()) gops_.pop_front();
}

void PreEventRing::trim(base::MonoTime horizon) {
  while (gops_.size() > 1 && gops_[1].units.front().capture <= horizon) {
    bytes_ -= gops_.front().bytes;
    gops_.pop_front();
  }
}

void PreEventRing::clear() {
  gops_.clear();
  bytes_ = 0;
}

bool PreEventRing::has_key() const {
  return std::any_of(gops_.begin(), gops_.end(), [](const Gop& gop) { return !gop.headless; });
}

std::vector<media::AccessUnit> PreEventRing::take_from(base::MonoTime target) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < gops_.size(); ++i) {
    if (gops_[i].units.front().capture <= target) first = i;
  }
  std::vector<media::AccessUnit> taken;
  for (std::size_t i = first; i < gops_.size(); ++i) {
    Gop& gop = gops_[i];
    std::size_t from = gop.written;
    if (gop.headless) {
      while (from < gop.units.size() && gop.units[from].capture < target) ++from;
    }
    taken.insert(taken.end(), gop.units.begin() + static_cast<std::ptrdiff_t>(from), gop.units.end());
    gop.written = gop.units.size();
  }
  return taken;
}

std::vector<media::AccessUnit> PreEventRing::current_gop() const {
  if (gops_.empty() || gops_.back().headless) return {};
  return gops_.back().units;
}

}  // namespace vonggac::record
