#include "record/wall_clock.h"

#include <algorithm>
#include <cstdlib>

namespace vonggac::record {
namespace {

constexpr std::int64_t kStepUs = 1'000'000;
/// The rate at which NTP daemons slew at most; nobody sees it in footage.
constexpr std::int64_t kMaxRatePpb = 500'000;
/// A difference is worked off over 20 s: a steady drift of 500 ppm leaves us 10 ms behind.
constexpr std::int64_t kSettleUs = 20'000'000;
constexpr std::size_t kLinesKept = 16;

}  // namespace

base::WallTime WallClock::Line::at(base::MonoTime t) const {
  const std::int64_t elapsed_us = t.us - base_mono.us;
  // In two parts, so that years times 500,000 ppb do not overflow.
  const std::int64_t correction_us =
      elapsed_us / 1'000'000 * rate_ppb / 1000 + elapsed_us % 1'000'000 * rate_ppb / 1'000'000'000;
  return {base_wall.us + elapsed_us + correction_us};
}

WallClock::WallClock(const base::Clock& clock, std::uint32_t first_epoch) : clock_(clock) {
  Line line;
  line.epoch = first_epoch;
  line.base_mono = clock.mono_now();
  line.base_wall = clock.wall_now();
  line.valid_from = {INT64_MIN};  // what was captured just before the start belongs to it too
  lines_.push_back(line);
}

std::optional<WallClock::Step> WallClock::discipline() {
  const base::MonoTime mono = clock_.mono_now();
  const base::WallTime wall = clock_.wall_now();
  const std::lock_guard lock(mutex_);
  Line& line = lines_.back();
  const base::WallTime said = line.at(mono);
  const std::int64_t error_us = wall.us - said.us;
  if (error_us <= kStepUs && error_us >= -kStepUs) {
    line.base_mono = mono;
    line.base_wall = said;
    line.rate_ppb = std::clamp(error_us * 1'000'000'000 / kSettleUs, -kMaxRatePpb, kMaxRatePpb);
    return std::nullopt;
  }
  Line next;
  next.epoch = line.epoch + 1;
  next.valid_from = next.base_mono = mono;
  next.base_wall = wall;
  lines_.push_back(next);
  if (lines_.size() > kLinesKept) lines_.erase(lines_.begin());
  return Step{next.epoch, said, wall};
}

std::uint32_t WallClock::epoch() const {
  const std::lock_guard lock(mutex_);
  return lines_.back().epoch;
}

base::WallTime WallClock::wall_of(base::MonoTime t) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = lines_.size(); i-- > 1;) {
    if (t >= lines_[i].valid_from) return lines_[i].at(t);
  }
  return lines_.front().at(t);
}

base::WallTime WallClock::wall_of(base::MonoTime t, std::uint32_t epoch) const {
  const std::lock_guard lock(mutex_);
  for (std::size_t i = lines_.size(); i-- > 1;) {
    if (lines_[i].epoch == epoch) return lines_[i].at(t);
  }
  return lines_.front().at(t);
}

}  // namespace vonggac::record
