#include "motion/exposure_watch.h"

#include <algorithm>
#include <cmath>

namespace vonggac::motion {
namespace {

constexpr std::int64_t kLatelyUs = 1'000'000, kRestUs = 450'000;
constexpr float kLeastSwitch = 1.35F;  // headlights and clouds change the mean of a picture by less
constexpr float kRestChange = 0.03F;   // within kRestUs; light that changes at this pace is taken out by tiles
constexpr float kWhiteGrey = 250.0F, kWhiteShare = 0.3F;
constexpr float kDarkGrey = 8.0F;  // as in Illumination
constexpr int kStepPx = 4;

struct Sampled {
  float mean = 0, white_share = 0;
};

Sampled sampled(const cv::Mat& frame) {
  float sum = 0;
  int white = 0, count = 0;
  for (int y = kStepPx / 2; y < frame.rows; y += kStepPx) {
    const float* const f = frame.ptr<float>(y);
    for (int x = kStepPx / 2; x < frame.cols; x += kStepPx) {
      sum += f[x];
      white += f[x] >= kWhiteGrey ? 1 : 0;
      ++count;
    }
  }
  const auto pixels = static_cast<float>(std::max(1, count));
  return {sum / pixels + kDarkGrey, static_cast<float>(white) / pixels};
}

}  // namespace

bool ExposureWatch::changed_much() const {
  const auto by_mean = [](const Brightness& a, const Brightness& b) { return a.mean < b.mean; };
  const auto [darkest, brightest] = std::minmax_element(lately_.begin(), lately_.end(), by_mean);
  return brightest->mean > kLeastSwitch * darkest->mean;
}

bool ExposureWatch::rests() const {
  const Brightness& now = lately_.back();
  const auto earlier = std::find_if(lately_.rbegin(), lately_.rend(),
                                    [&now](const Brightness& one) { return now.time_us - one.time_us >= kRestUs; });
  return earlier == lately_.rend() || std::abs(now.mean / earlier->mean - 1) <= kRestChange;
}

bool ExposureWatch::settles(const cv::Mat& frame, std::int64_t time_us, bool switched) {
  const Sampled sample = sampled(frame);
  lately_.push_back({time_us, sample.mean});
  while (lately_.size() > 2 && time_us - lately_[1].time_us >= kLatelyUs) lately_.pop_front();
  const bool settling = time_us - switched_us_ <= kMostUs;
  if (!settling && switched && changed_much()) switched_us_ = time_us;
  if (time_us - switched_us_ > kMostUs) return false;
  return sample.white_share >= kWhiteShare || !rests();
}

}  // namespace vonggac::motion
