#include "motion/packet_onset.h"

#include <algorithm>

namespace vonggac::motion {
namespace {

constexpr std::int64_t kWindowUs = 500'000;
constexpr std::int64_t kGapUs = 1'000'000;  // asleep again after a wake-up: what is usual stays known
constexpr std::size_t kMaxWindows = 120;    // one minute
constexpr std::size_t kMinWindows = 20;     // ten seconds, before which nothing is usual
constexpr float kFactor = 1.35F;
constexpr float kMinMeanBytes = 200;  // empty P pictures of a still scene: 50 against 30 bytes is no movement

}  // namespace

void PacketOnset::clear() {
  means_.clear();
  sum_bytes_ = 0;
  pictures_ = 0;
}

float PacketOnset::usual_bytes() {
  sorted_.assign(means_.begin(), means_.end());
  const auto at = sorted_.begin() + static_cast<std::ptrdiff_t>(sorted_.size() * 95 / 100);
  std::nth_element(sorted_.begin(), at, sorted_.end());
  return *at;
}

bool PacketOnset::feed(std::size_t size_bytes, std::int64_t time_us) {
  if (time_us < last_us_ || time_us - last_us_ > kGapUs) {
    sum_bytes_ = 0;
    pictures_ = 0;
  }
  last_us_ = time_us;
  if (pictures_ == 0) since_us_ = time_us;
  sum_bytes_ += static_cast<double>(size_bytes);
  ++pictures_;
  if (time_us - since_us_ < kWindowUs) return false;
  const float mean = static_cast<float>(sum_bytes_ / pictures_);
  sum_bytes_ = 0;
  pictures_ = 0;
  const bool fires = means_.size() >= kMinWindows && mean > kMinMeanBytes && mean > kFactor * usual_bytes();
  means_.push_back(mean);
  if (means_.size() > kMaxWindows) means_.pop_front();
  return fires;
}

}  // namespace vonggac::motion
