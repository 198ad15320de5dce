#include "motion/background_model.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "motion/illumination.h"
#include "motion/wide.h"

namespace vonggac::motion {
namespace {

constexpr float kSettleS = 2.0F;         // start-up: blind, every picture counts alike
constexpr float kFirstDeviation = 3.0F;  // grey levels; a clean camera settles near 1, night noise near 6
constexpr float kNoiseOffset = 3.0F;
constexpr float kRestlessFactor = 4.0F;
constexpr float kActivityTauS = 15.0F;
constexpr float kDeviationTauS = 6.0F;
// Time constants of the mean by Learning; 0 = does not learn.
constexpr std::array<float, 4> kMeanTauS = {5.0F, 25.0F, 0.0F, 0.7F};

float rate(float dt_s, float tau_s) { return tau_s <= 0 ? 0.0F : 1.0F - std::exp(-dt_s / tau_s); }

VONGGAC_WIDE void expect_row(const float* m, const float* g, float* e, int width) {
  for (int x = 0; x < width; ++x) e[x] = std::min(255.0F, (m[x] + kDarkOffset) * g[x] - kDarkOffset);
}

struct Levels {
  float floor, noise;
};
VONGGAC_WIDE void threshold_row(const float* d, const float* a, Levels levels, float* t, int width) {
  for (int x = 0; x < width; ++x) {
    t[x] = std::max(levels.floor, levels.noise * d[x] + kNoiseOffset) * (1.0F + kRestlessFactor * a[x]);
  }
}

/// What edges become when the picture lies twice `half` beside the background.
VONGGAC_WIDE void add_edges(const float* m, const float* up, const float* down, float half, float* t, int width) {
  for (int x = 1; x + 1 < width; ++x) {
    t[x] += half * (std::abs(m[x + 1] - m[x - 1]) + std::abs(down[x] - up[x]));
  }
}

struct Rates {
  std::array<float, 4> mean{};
  float lit = 0, deviation = 0, activity = 0;
  bool settling = false;
};
struct LearnIn {
  const float *frame, *residual, *gain;
  const std::uint8_t* learning;
};
struct LearnState {
  float *mean, *deviation, *activity;
};
VONGGAC_WIDE void learn_row(const LearnIn& in, const Rates& rates, const LearnState& state, int width) {
  const float* const f = in.frame;
  const float* const r = in.residual;
  const float* const g = in.gain;
  const std::uint8_t* const l = in.learning;
  float* const m = state.mean;
  float* const d = state.deviation;
  float* const a = state.activity;
  const float quiet = rates.mean[0], unexplained = rates.mean[1], absorb = rates.mean[3];
  for (int x = 0; x < width; ++x) {
    const float alpha = l[x] == 0 ? quiet : l[x] == 1 ? unexplained : l[x] == 3 ? absorb : rates.mean[2];
    // Where nothing is learned from the pixel, its light still follows that of its surroundings.
    const float lit = (m[x] + kDarkOffset) * (g[x] - 1.0F) * rates.lit;
    m[x] += alpha > 0 ? alpha * (f[x] - m[x]) : lit;
  }
  for (int x = 0; x < width; ++x) {
    const float rate = rates.settling || l[x] == 0 ? rates.deviation : 0.0F;
    d[x] += rate * (std::abs(r[x]) - d[x]);
  }
  for (int x = 0; x < width; ++x) {
    const float rate = l[x] == 2 ? 0.0F : rates.activity;
    a[x] += rate * ((l[x] == 1 ? 1.0F : 0.0F) - a[x]);
  }
}

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
    expect_row(mean_.ptr<float>(y), gain.ptr<float>(y), expected.ptr<float>(y), mean_.cols);
  }
}

void BackgroundModel::threshold(float floor, float noise, float jitter_px, cv::Mat& out) const {
  out.create(mean_.size(), CV_32F);
  for (int y = 0; y < mean_.rows; ++y) {
    threshold_row(deviation_.ptr<float>(y), activity_.ptr<float>(y), {floor, noise}, out.ptr<float>(y), mean_.cols);
    if (jitter_px <= 0) continue;
    const float* const up = mean_.ptr<float>(std::max(0, y - 1));
    const float* const down = mean_.ptr<float>(std::min(mean_.rows - 1, y + 1));
    add_edges(mean_.ptr<float>(y), up, down, 0.5F * jitter_px, out.ptr<float>(y), mean_.cols);
  }
}

void BackgroundModel::learn(const cv::Mat& frame, const cv::Mat& residual, const cv::Mat& gain, const cv::Mat& learning,
                            float dt_s) {
  Rates rates;
  rates.settling = !settled();
  for (std::size_t i = 0; i < rates.mean.size(); ++i) rates.mean[i] = rate(dt_s, kMeanTauS[i]);
  rates.lit = rates.mean[0];
  ++pictures_;
  const float settle_rate = std::max(rates.mean[0], 1.0F / static_cast<float>(std::max(1, pictures_)));
  if (rates.settling) rates.mean.fill(settle_rate);
  rates.deviation = rates.settling ? settle_rate : rate(dt_s, kDeviationTauS);
  rates.activity = rate(dt_s, kActivityTauS);
  for (int y = 0; y < mean_.rows; ++y) {
    const LearnIn in{frame.ptr<float>(y), residual.ptr<float>(y), gain.ptr<float>(y), learning.ptr<std::uint8_t>(y)};
    learn_row(in, rates, {mean_.ptr<float>(y), deviation_.ptr<float>(y), activity_.ptr<float>(y)}, mean_.cols);
  }
  if (rates.settling) settle_left_s_ -= dt_s;
}

}  // namespace vonggac::motion
