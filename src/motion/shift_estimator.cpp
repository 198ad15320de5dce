#include "motion/shift_estimator.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace vonggac::motion {
namespace {

constexpr int kSoftPx = 3, kLevelHighPassPx = 7;
constexpr int kMinLevelSidePx = 16;                // of a level: below it there is nothing to compare
constexpr float kMinImprovement = 0.9F;            // the residual must fall to this share of the unshifted one
constexpr int kPlacesAcross = 6, kPlacesDown = 4;  // where it is asked whether the shift explains the picture
constexpr int kMinPlaces = 6;

struct Fit {
  cv::Point2f step;
  float residual = 0;  // mean, cut off at the limit
  bool solvable = false;
  bool textured = false;
};

struct Sampler {
  int x0, y0;
  float w00, w01, w10, w11;
  explicit Sampler(cv::Point2f shift)
      : x0(static_cast<int>(std::floor(shift.x))), y0(static_cast<int>(std::floor(shift.y))) {
    const float fx = shift.x - static_cast<float>(x0);
    const float fy = shift.y - static_cast<float>(y0);
    w00 = (1 - fx) * (1 - fy);
    w01 = fx * (1 - fy);
    w10 = (1 - fx) * fy;
    w11 = fx * fy;
  }
};

/// One pass: residual at `shift` and the Gauss-Newton step from there. Pixels off by more than `limit` are left out.
Fit fit(const cv::Mat& frame, const cv::Mat& background, cv::Rect place, cv::Point2f shift, float limit) {
  const Sampler s(shift);
  const int margin_x = std::abs(s.x0) + 2;
  const int margin_y = std::abs(s.y0) + 2;
  const int from_x = std::max(margin_x, place.x), to_x = std::min(background.cols - margin_x, place.x + place.width);
  const int from_y = std::max(margin_y, place.y), to_y = std::min(background.rows - margin_y, place.y + place.height);
  double xx = 0, xy = 0, yy = 0, xr = 0, yr = 0, sum = 0;
  std::int64_t pixels = 0;
  for (int y = from_y; y < to_y; ++y) {
    const float* const b = background.ptr<float>(y);
    const float* const up = background.ptr<float>(y - 1);
    const float* const down = background.ptr<float>(y + 1);
    const float* const f0 = frame.ptr<float>(y + s.y0) + s.x0;
    const float* const f1 = frame.ptr<float>(y + s.y0 + 1) + s.x0;
    float row_xx = 0, row_xy = 0, row_yy = 0, row_xr = 0, row_yr = 0, row_sum = 0;
    for (int x = from_x; x < to_x; ++x) {
      const float value = s.w00 * f0[x] + s.w01 * f0[x + 1] + s.w10 * f1[x] + s.w11 * f1[x + 1];
      const float r = b[x] - value;
      const float size = std::min(std::abs(r), limit);
      const float w = size < limit ? 1.0F : 0.0F;
      const float gx = 0.5F * (b[x + 1] - b[x - 1]);
      const float gy = 0.5F * (down[x] - up[x]);
      row_sum += size;
      row_xx += w * gx * gx;
      row_xy += w * gx * gy;
      row_yy += w * gy * gy;
      row_xr += w * gx * r;
      row_yr += w * gy * r;
    }
    xx += row_xx, xy += row_xy, yy += row_yy, xr += row_xr, yr += row_yr, sum += row_sum;
    pixels += std::max(0, to_x - from_x);
  }
  Fit out;
  if (pixels <= 0) return out;
  out.residual = static_cast<float>(sum / static_cast<double>(pixels));
  const double determinant = xx * yy - xy * xy;
  // Both directions need gradients of about 1 grey level a pixel on average, else noise decides.
  const double least = 0.5 * static_cast<double>(pixels);
  out.textured = xx + yy > 4 * least;
  if (xx < least || yy < least || determinant < 0.1 * xx * yy) return out;
  out.solvable = true;
  out.step = {static_cast<float>((yy * xr - xy * yr) / determinant),
              static_cast<float>((xx * yr - xy * xr) / determinant)};
  return out;
}

cv::Rect whole(const cv::Mat& picture) { return {0, 0, picture.cols, picture.rows}; }

float residual_limit(const cv::Mat& frame, const cv::Mat& background, cv::Point2f shift) {
  const float mean = fit(frame, background, whole(frame), shift, 255.0F).residual;
  return std::max(4.0F, 2.5F * mean);
}

}  // namespace

/// Fills one level with what lies between a 3 px and a 7 px average: light is gone, and edges are soft enough for the
/// linear step to hold over a pixel.
void ShiftEstimator::band_pass(std::size_t index, const cv::Mat& subjects) {
  Level& level = levels_[index];
  const auto filter = [this](const cv::Mat& in, cv::Mat& out) {
    box_blur_.blur(in, kLevelHighPassPx, blurred_);
    box_blur_.blur(in, kSoftPx, soft_);
    cv::subtract(soft_, blurred_, out);
  };
  filter(level.frame, level.frame_high);
  filter(level.background, level.background_high);
  if (subjects.empty()) return;
  cv::resize(subjects, hidden_, level.frame.size(), 0, 0, cv::INTER_NEAREST);
  level.background_high.setTo(0, hidden_);  // no gradient there, and below no residual
  level.frame_high.setTo(0, hidden_);
}

bool ShiftEstimator::explains_most_places(cv::Point2f shift) const {
  const cv::Mat& frame = levels_[0].frame_high;
  const cv::Mat& background = levels_[0].background_high;
  const float limit = residual_limit(frame, background, {});
  int better = 0, asked = 0;
  for (int j = 0; j < kPlacesDown; ++j) {
    for (int i = 0; i < kPlacesAcross; ++i) {
      const cv::Rect place(frame.cols * i / kPlacesAcross, frame.rows * j / kPlacesDown, frame.cols / kPlacesAcross,
                           frame.rows / kPlacesDown);
      const Fit without = fit(frame, background, place, {}, limit);
      if (!without.textured) continue;
      ++asked;
      if (fit(frame, background, place, shift, limit).residual < kMinImprovement * without.residual) ++better;
    }
  }
  return asked >= kMinPlaces && 3 * better >= 2 * asked;
}

bool ShiftEstimator::stands_still() const {
  for (std::size_t i = kLevels - 1; i > 0; --i) {
    const Level& level = levels_[i];
    const float limit = residual_limit(level.frame_high, level.background_high, {});
    const Fit result = fit(level.frame_high, level.background_high, whole(level.frame), {}, limit);
    if (!result.solvable) return true;
    if (std::hypot(result.step.x, result.step.y) * static_cast<float>(1 << i) > kMinShiftPx) return false;
  }
  return true;
}

cv::Point2f ShiftEstimator::estimate(const cv::Mat& frame, const cv::Mat& background, const cv::Mat& subjects) {
  if (std::min(frame.cols, frame.rows) < 4 * kMinLevelSidePx) return {};
  levels_[0].frame = frame;
  levels_[0].background = background;
  for (std::size_t i = 1; i < kLevels; ++i) {
    cv::resize(levels_[i - 1].frame, levels_[i].frame, {}, 0.5, 0.5, cv::INTER_AREA);
    cv::resize(levels_[i - 1].background, levels_[i].background, {}, 0.5, 0.5, cv::INTER_AREA);
    band_pass(i, subjects);
  }
  if (stands_still()) return {};
  band_pass(0, subjects);
  constexpr std::array<int, kLevels> kSteps = {2, 2, 4};
  cv::Point2f shift;
  for (std::size_t i = kLevels; i-- > 0;) {
    const Level& level = levels_[i];
    if (i + 1 < kLevels) shift *= 2.0F;
    const float limit = residual_limit(level.frame_high, level.background_high, shift);
    for (int step = 0; step < kSteps[i]; ++step) {
      const Fit result = fit(level.frame_high, level.background_high, whole(level.frame), shift, limit);
      if (!result.solvable) return {};
      shift += result.step;
      const float bound = kMaxShiftPx / static_cast<float>(1 << i);
      if (std::abs(shift.x) > bound || std::abs(shift.y) > bound) return {};
    }
  }
  if (std::hypot(shift.x, shift.y) < kMinShiftPx) return {};
  return explains_most_places(shift) ? shift : cv::Point2f{};
}

}  // namespace vonggac::motion
