#include "motion/background_model.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vonggac::motion {
namespace {

constexpr float kSettleS = 2.0F;         // start-up: blind, every picture counts alike
constexpr float kDarkOffset = 8.0F;      // as in Illumination
constexpr float kFirstDeviation = 3.0F;  // grey levels; a clean camera settles near 1, night noise near 6
constexpr float kNoiseOffset = 3.0F;
constexpr float kRestlessFactor = 4.0F;
constexpr float kActivityTauS = 15.0F;
constexpr float kDeviationTauS = 6.0F;
// Time constants of the mean by Learning; 0 = does not learn.
constexpr std::array<float, 4> kMeanTauS = {5.0F, 25.0F, 0.0F, 0.7F};

float rate(float dt_s, float tau_s) { return tau_s <= 0 ? 0.0F : 1.0F - std::exp(-dt_s / tau_s); }

}  // namespace

void BackgroundModel::clear() {
  mean_.release();
  deviation_.release();
  activity_.release();
}

void BackgroundModel::start(const cv::Mat& frame) {
  frame.copyTo(mean_);
  deviation_ = cv::Mat(frame.size(), CV_32F, cv::Scalar(kFirstDeviation));
  activity_ = cv::Mat::zeros(frame.size(), CV_32F);
  settle_left_s_ = kSettleS;
  pictures_ = 1;
}

void BackgroundModel::relearn(float seconds) {
  settle_left_s_ = std::max(settle_left_s_, seconds);
  pictures_ = 0;
}

void BackgroundModel::expect(const cv::Mat& gain, cv::Mat& expected) const {
  expected.create(mean_.size(), CV_32F);
  for (int y = 0; y < mean_.rows; ++y) {
    const float* const m = mean_.ptr<float>(y);
    const float* const g = gain.ptr<float>(y);
    float* const e = expected.ptr<float>(y);
    for (int x = 0; x < mean_.cols; ++x) e[x] = std::min(255.0F, (m[x] + kDarkOffset) * g[x] - kDarkOffset);
  }
}

void BackgroundModel::threshold(float floor, float noise, float jitter_px, cv::Mat& out) const {
  out.create(mean_.size(), CV_32F);
  for (int y = 0; y < mean_.rows; ++y) {
    const float* const d = deviation_.ptr<float>(y);
    const float* const a = activity_.ptr<float>(y);
    float* const t = out.ptr<float>(y);
    for (int x = 0; x < mean_.cols; ++x)
      t[x] = std::max(floor, noise * d[x] + kNoiseOffset) * (1.0F + kRestlessFactor * a[x]);
    if (jitter_px <= 0) continue;
    const float* const m = mean_.ptr<float>(y);
    const float* const up = mean_.ptr<float>(std::max(0, y - 1));
    const float* const down = mean_.ptr<float>(std::min(mean_.rows - 1, y + 1));
    const float half = 0.5F * jitter_px;
    for (int x = 1; x + 1 < mean_.cols; ++x)
      t[x] += half * (std::abs(m[x + 1] - m[x - 1]) + std::abs(down[x] - up[x]));
  }
}

void BackgroundModel::learn(const cv::Mat& frame, const cv::Mat& residual, const cv::Mat& gain, const cv::Mat& learning,
                            float dt_s) {
  const bool settling = !settled();
  std::array<float, 4> mean_rate{};
  for (std::size_t i = 0; i < mean_rate.size(); ++i) mean_rate[i] = rate(dt_s, kMeanTauS[i]);
  ++pictures_;
  const float settle_rate = std::max(mean_rate[0], 1.0F / static_cast<float>(std::max(1, pictures_)));
  const float deviation_rate = settling ? settle_rate : rate(dt_s, kDeviationTauS);
  const float activity_rate = rate(dt_s, kActivityTauS);
  for (int y = 0; y < mean_.rows; ++y) {
    const float* const f = frame.ptr<float>(y);
    const float* const r = residual.ptr<float>(y);
    const float* const g = gain.ptr<float>(y);
    const std::uint8_t* const l = learning.ptr<std::uint8_t>(y);
    float* const m = mean_.ptr<float>(y);
    float* const d = deviation_.ptr<float>(y);
    float* const a = activity_.ptr<float>(y);
    for (int x = 0; x < mean_.cols; ++x) {
      const float alpha = settling ? settle_rate : mean_rate[l[x]];
      // Where nothing is learned from the pixel, its light still follows that of its surroundings.
      const float lit = (m[x] + kDarkOffset) * (g[x] - 1.0F) * mean_rate[0];
      m[x] += alpha > 0 ? alpha * (f[x] - m[x]) : lit;
      const bool quiet = settling || l[x] == 0;
      d[x] += (quiet ? deviation_rate : 0.0F) * (std::abs(r[x]) - d[x]);
      a[x] += l[x] == static_cast<std::uint8_t>(Learning::kMoving) ? 0.0F
                                                                   : activity_rate * ((l[x] == 1 ? 1.0F : 0.0F) - a[x]);
    }
  }
  if (settling) settle_left_s_ -= dt_s;
}

}  // namespace vonggac::motion
