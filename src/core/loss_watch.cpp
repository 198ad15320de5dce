#include "core/loss_watch.h"

namespace vonggac::core {
namespace {

/// Reports come every 2 s, not exactly: a window that is so much short of 30 s counts as full.
constexpr base::Micros kSlack{1'000'000};

double share_percent(std::uint64_t packets, std::uint64_t lost) {
  const double sent = static_cast<double>(packets) + static_cast<double>(lost);
  return sent > 0 ? 100.0 * static_cast<double>(lost) / sent : 0;
}

}  // namespace

void LossWatch::restart() {
  samples_.clear();
  percent_ = 0;
  too_much_ = false;
}

void LossWatch::on_stats(base::MonoTime now, std::uint64_t packets, std::uint64_t lost) {
  const bool goes_back = !samples_.empty() && (packets < samples_.back().packets || lost < samples_.back().lost);
  if (goes_back) samples_.clear();  // totals of a shard are not believed blindly
  samples_.push_back({now, packets, lost});
  // The sample at the far edge of the window stays: it is what the newest is compared with.
  while (samples_.size() > 2 && now - samples_[1].at >= kWindow) samples_.pop_front();
  const Sample& oldest = samples_.front();
  percent_ = share_percent(packets - oldest.packets, lost - oldest.lost);
  const bool whole_window = now - oldest.at >= kWindow - kSlack;
  too_much_ = too_much_ ? percent_ >= kWellAgainPercent : whole_window && percent_ > kTooMuchPercent && spread();
}

bool LossWatch::spread() const {
  std::size_t lossy = 0;
  for (std::size_t i = 1; i < samples_.size(); ++i) {
    const Sample& a = samples_[i - 1];
    const Sample& b = samples_[i];
    if (share_percent(b.packets - a.packets, b.lost - a.lost) > kWellAgainPercent) ++lossy;
  }
  return lossy * 2 >= samples_.size() - 1;
}

}  // namespace vonggac::core
