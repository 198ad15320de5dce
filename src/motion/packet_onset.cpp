#include "motion/packet_onset.h"

#include <algorithm>
#include <cmath>

namespace vonggac::motion {
namespace {

constexpr std::int64_t kWindowUs = 500'000;
constexpr std::int64_t kGapUs = 1'000'000;       // a pause: what is usual stays known
constexpr std::int64_t kBackUs = 5'000'000;      // a clock set back further than this is a new time axis
constexpr std::size_t kMaxWindows = 120;         // one minute
constexpr std::size_t kMinWindows = 20;          // ten seconds, before which nothing is usual
constexpr std::size_t kMaxPlaces = 256;          // 10 s at 25 a second; what comes later shares the last one
constexpr float kPlaceRate = 0.3F;               // a rate control that settled elsewhere is followed in three groups
constexpr float kHeaderBytes = 60;               // takes the weight off pictures of next to nothing
constexpr float kLeastDeviation = 0.05F;         // five per cent: a still scene varies by less
constexpr float kClear = 3.0F, kSlight = 2.0F;   // median deviations
constexpr std::size_t kMiddle = 50, kHigh = 95;  // per cent
constexpr float kSizeFactor = 1.35F;
constexpr float kMinMeanBytes = 200;  // empty P pictures of a still scene: 50 against 30 bytes is no movement

float nth_of(std::vector<float>& values, std::size_t percent) {
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(values.size() * percent / 100);
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

}  // namespace

void PacketOnset::clear() { *this = {}; }

OnsetSign PacketOnset::by_place(float mean) {
  OnsetSign sign = OnsetSign::kNone;
  if (means_.size() >= kMinWindows) {
    sorted_.assign(means_.begin(), means_.end());
    const float middle = nth_of(sorted_, kMiddle);
    for (float& value : sorted_) value = std::abs(value - middle);
    const float above = (mean - middle) / (nth_of(sorted_, kMiddle) + kLeastDeviation);
    sign = above > kClear ? OnsetSign::kClear : above > kSlight ? OnsetSign::kSlight : OnsetSign::kNone;
  }
  means_.push_back(mean);
  if (means_.size() > kMaxWindows) means_.pop_front();
  return sign;
}

bool PacketOnset::by_size(float mean_bytes) {
  bool clear = false;
  if (mean_bytes_.size() >= kMinWindows) {
    sorted_.assign(mean_bytes_.begin(), mean_bytes_.end());
    clear = mean_bytes > kSizeFactor * nth_of(sorted_, kHigh);
  }
  mean_bytes_.push_back(mean_bytes);
  if (mean_bytes_.size() > kMaxWindows) mean_bytes_.pop_front();
  return clear;
}

OnsetSign PacketOnset::close_window(bool asleep) {
  const float mean = sum_ / static_cast<float>(pictures_);
  const float mean_bytes = sum_bytes_ / static_cast<float>(pictures_);
  sum_ = sum_bytes_ = 0;
  pictures_ = 0;
  const OnsetSign sign = by_place(mean);
  const bool clear = asleep && by_size(mean_bytes);
  if (mean_bytes < kMinMeanBytes) return OnsetSign::kNone;
  return clear ? OnsetSign::kClear : sign;
}

OnsetSign PacketOnset::feed(std::size_t size_bytes, std::int64_t time_us, bool key, bool asleep) {
  if (time_us <= last_us_ && last_us_ - time_us < kBackUs) return OnsetSign::kNone;  // seen: a wake-up went back
  if (time_us < last_us_ || time_us - last_us_ > kGapUs) {
    sum_ = sum_bytes_ = 0;
    pictures_ = 0;
  }
  last_us_ = time_us;
  if (key) {
    place_ = 0;
    return OnsetSign::kNone;
  }
  const auto bytes = static_cast<float>(size_bytes);
  const float size = std::log(bytes + kHeaderBytes);
  const std::size_t place = std::min(place_++, kMaxPlaces - 1);
  if (place >= usual_.size()) {
    usual_.push_back(size);
    return OnsetSign::kNone;
  }
  if (pictures_ == 0) since_us_ = time_us;
  sum_ += size - usual_[place];
  sum_bytes_ += bytes;
  ++pictures_;
  usual_[place] += kPlaceRate * (size - usual_[place]);
  return time_us - since_us_ < kWindowUs ? OnsetSign::kNone : close_window(asleep);
}

}  // namespace vonggac::motion
