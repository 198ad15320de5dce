#include "record/pre_event_ring.h"

#include <algorithm>

namespace vonggac::record {
namespace {
bool begins_gop(const media::AccessUnit& unit) { return unit.track == media::TrackKind::kVideo && unit.key; }
}  // namespace

void PreEventRing::push(const media::AccessUnit& unit, std::uint32_t generation, bool written) {
  if (unit.payload == nullptr) return;
  const bool begins = begins_gop(unit);
  // Written units without their key frame are of no use to anybody.
  if (written && !begins && (gops_.empty() || gops_.back().headless)) return;
  if (gops_.empty() || begins || unit.discontinuity || gops_.back().generation != generation) {
    gops_.emplace_back();
    gops_.back().generation = generation;
    gops_.back().headless = !begins;
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
  const bool all_written = gop.written == gop.units.size();
  const std::uint64_t goal = all_written ? 0 : max_bytes_ - max_bytes_ / 8;
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
  return std::any_of(gops_.begin(), gops_.end(), [](const Gop& gop) {
    return gop.written < gop.units.size() && (!gop.headless || gop.written > 0);
  });
}

std::vector<PreEventRing::Taken> PreEventRing::take_from(base::MonoTime target, base::MonoTime latest) {
  std::size_t first = 0;
  for (std::size_t i = 0; i < gops_.size(); ++i) {
    if (gops_[i].units.front().capture <= target) first = i;
  }
  for (std::size_t i = first; i < gops_.size() && gops_[first].headless && gops_[first].written == 0; ++i) {
    if (!gops_[i].headless && gops_[i].units.front().capture <= latest) first = i;
  }
  std::vector<Taken> taken;
  for (std::size_t i = first; i < gops_.size(); ++i) {
    Gop& gop = gops_[i];
    std::size_t from = gop.written;
    const bool skip_to_target = gop.headless && gop.written == 0 && i == first;
    while (skip_to_target && from < gop.units.size() && gop.units[from].capture < target) ++from;
    for (; from < gop.units.size(); ++from) taken.push_back({gop.units[from], gop.generation});
    gop.written = gop.units.size();
  }
  return taken;
}

std::vector<media::AccessUnit> PreEventRing::current_gop() const {
  if (gops_.empty() || gops_.back().headless) return {};
  return gops_.back().units;
}

}  // namespace vonggac::record
