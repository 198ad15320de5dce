/// The part of CameraAnalyser that gives way when this machine cannot keep up (docs/decisions/0009-who-gives-way.md).
#include <algorithm>

#include "motion/camera_analyser.h"

namespace vonggac::motion {
namespace {

constexpr base::Seconds kFirstHold{20}, kLongestHold{300}, kHoldAgain{60};
constexpr base::Seconds kKeysShedShown{10};
constexpr base::Seconds kCostHalfLife{10};

}  // namespace

void CameraAnalyser::shed() {
  const base::MonoTime now = clock_.mono_now();
  const std::size_t dropped = waiting_.shed();
  counters_.shed += dropped;
  dropped_us_ = newest_us_;
  needs_key_ = true;
  const bool again = hold_.count() > 0 && now - held_until_ < kHoldAgain;
  hold_ = again ? std::min<base::Micros>(hold_ * 2, kLongestHold) : base::Micros(kFirstHold);
  held_ = true;
  held_until_ = now + hold_;
  awake_ = coasting_ = false;
  event_watched_since_us_ = kNever;
  tell_level();
}

std::size_t CameraAnalyser::shed_keys() {
  const std::size_t dropped = waiting_.keep_newest_key();
  if (dropped == 0) return 0;
  counters_.shed += dropped;
  needs_key_ = true;
  keys_shed_until_ = clock_.mono_now() + kKeysShedShown;
  tell_level();
  return dropped;
}

void CameraAnalyser::charge(std::int64_t cpu_us) {
  const base::MonoTime now = clock_.mono_now();
  if (now - cost_halved_ > 8 * kCostHalfLife) cost_us_ = 0;
  while (cost_us_ > 0 && now - cost_halved_ >= kCostHalfLife) {
    cost_us_ /= 2;
    cost_halved_ = cost_halved_ + kCostHalfLife;
  }
  if (cost_us_ == 0) cost_halved_ = now;
  cost_us_ += cpu_us;
}

ipc::AnalyseLevel CameraAnalyser::level() const {
  using ipc::AnalyseLevel;
  if (clock_.mono_now() < keys_shed_until_) return AnalyseLevel::kShedKeys;
  if (held_) return AnalyseLevel::kShedToKeys;
  if (key_frames_only_) return AnalyseLevel::kMainKeyPictures;
  return full_decode_ || long_gop_ ? AnalyseLevel::kEveryPicture : AnalyseLevel::kAsNeeded;
}

void CameraAnalyser::tell_level() {
  const ipc::AnalyseLevel now = level();
  if (now == told_level_) return;
  told_level_ = now;
  sink_(ipc::AnalyseWatch{slot_, generation_, now});
}

}  // namespace vonggac::motion
