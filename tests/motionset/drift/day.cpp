#include "day.h"

#include <algorithm>
#include <cmath>

namespace vonggac::drift {
namespace {

constexpr double kHourS = 3600;
constexpr double kTurn = 6.283185307179586;
constexpr double kMostGain = 12, kNightLight = 0.02;
constexpr double kInfraredOn = 0.05, kInfraredOff = 0.09;  // of full daylight
constexpr double kGainStep = 0.03;
constexpr double kGrainUnit = 16;
constexpr std::size_t kSpareGrain = 1U << 16U;

double eased(double from, double to, double at) {
  const double part = std::clamp((at - from) / (to - from), 0.0, 1.0);
  return part * part * (3 - 2 * part);
}

/// 0 night .. 1 full day. Ten hours hold two sunrises and a dusk, so that each change is seen at its true pace.
double sun(double time_s) {
  const double hour = time_s / kHourS;
  return std::max(eased(0, 1.5, hour) * (1 - eased(5.5, 7, hour)), eased(9.2, 10.7, hour));
}

}  // namespace

Day::Day(cv::Size size, unsigned seed, double exposure_s) : size_(size), exposure_s_(exposure_s), random_(seed) {
  std::normal_distribution<double> normal(0, kGrainUnit);
  grain_.resize(static_cast<std::size_t>(size.area()) + kSpareGrain);
  for (std::int8_t& one : grain_) one = static_cast<std::int8_t>(std::clamp(std::lround(normal(random_)), -127L, 127L));
  for (int i = 0; i < 5; ++i) phases_.push_back(std::uniform_real_distribution<double>(0, kTurn)(random_));
  lamp_.create(size, CV_32F);
  for (int y = 0; y < size.height; ++y) {
    for (int x = 0; x < size.width; ++x) {
      const double dx = (x - 0.45 * size.width) / (0.4 * size.width),
                   dy = (y - 0.6 * size.height) / (0.5 * size.height);
      lamp_.at<float>(y, x) = static_cast<float>(0.25 + 0.75 * std::exp(-(dx * dx + dy * dy)));
    }
  }
}

double Day::clouds(double time_s) const {
  double sum = 0;
  constexpr double kPeriodsS[] = {2700, 1130, 410, 171, 67};
  for (std::size_t i = 0; i < phases_.size(); ++i) sum += std::sin(kTurn * time_s / kPeriodsS[i] + phases_[i]);
  return eased(-0.5, 2.5, sum);
}

/// Exposure follows the light late and in steps; the infrared lamp comes when gain alone does not do.
void Day::advance(double time_s, double light) {
  const double passed_s = begun_ ? time_s - last_s_ : 1e9;
  last_s_ = time_s;
  if (!begun_) infrared_ = light < kInfraredOn;
  begun_ = true;
  infrared_age_s_ += passed_s;
  if (infrared_ ? light > kInfraredOff : light < kInfraredOn) {
    infrared_ = !infrared_;
    infrared_age_s_ = 0;
  }
  const double aim = infrared_ ? 2.5 : std::clamp(1 / light, 1.0, kMostGain);
  wanted_gain_ += (aim - wanted_gain_) * (1 - std::exp(-passed_s / exposure_s_));
  if (std::abs(wanted_gain_ / gain_ - 1) > kGainStep) gain_ = wanted_gain_;
  noise_grey_ = 0.8 + 0.4 * gain_;
}

void Day::look(const cv::Mat& scene, double time_s, cv::Mat& out) {
  const double cloud = clouds(time_s), day = sun(time_s);
  const double ambient = std::max(kNightLight, day * (0.55 - 0.15 * cloud)), direct = day * 0.45 * (1 - cloud);
  advance(time_s, ambient + direct);
  // The edge of a house's shadow walks half the picture in ten hours.
  const float edge = static_cast<float>(size_.width * (0.2 + 0.5 * time_s / (10 * kHourS)));
  const float settle = infrared_age_s_ < 3 ? static_cast<float>(1 + 0.8 * std::exp(-infrared_age_s_ / 0.6)) : 1.0F;
  const auto gain = static_cast<float>(gain_) * settle, noise = static_cast<float>(noise_grey_ / kGrainUnit);
  const auto sky = static_cast<float>(ambient), sunlight = static_cast<float>(direct);
  const float tilt = static_cast<float>(0.1 * std::sin(kTurn * time_s / (8 * kHourS)));
  const std::int8_t* grain = grain_.data() + random_() % kSpareGrain;
  out.create(size_, CV_8U);
  for (int y = 0; y < size_.height; ++y, grain += size_.width) {
    const std::uint8_t* const from = scene.ptr<std::uint8_t>(y);
    const float* const lamp = lamp_.ptr<float>(y);
    std::uint8_t* const to = out.ptr<std::uint8_t>(y);
    const float row = sky * (1 + tilt * (static_cast<float>(y) / static_cast<float>(size_.height) - 0.5F));
    const float begin = edge - 0.3F * static_cast<float>(y);
    for (int x = 0; x < size_.width; ++x) {
      const float lit = std::clamp((static_cast<float>(x) - begin) * 0.25F, 0.0F, 1.0F);
      const float light = infrared_ ? 0.3F * lamp[x] : row + sunlight * lit;
      const float value = static_cast<float>(from[x]) * light * gain + noise * static_cast<float>(grain[x]);
      to[x] = static_cast<std::uint8_t>(std::clamp(value, 0.0F, 255.0F));
    }
  }
}

}  // namespace vonggac::drift
