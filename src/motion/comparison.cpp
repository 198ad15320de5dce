#include "motion/comparison.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace vonggac::motion {
namespace {

// What a moving camera leaves unexplained (turning, the picture's own exposure time, interpolation), as a share of how
// far it moves between pictures; measured on clips shaken by a known amount.
constexpr float kLeftOver = 0.3F, kMostLeftOverPx = 0.6F;
constexpr float kJitterKept = 0.95F;  // per picture: gusts come again within seconds

}  // namespace

void Comparison::begin(const cv::Mat& scaled) {
  scaled.copyTo(frame_);
  gain_ = cv::Mat(scaled.size(), CV_32F, cv::Scalar(1.0));
}

/// Text burnt in by the camera stays where it is when the scene shifts, and at the rim there is nothing to shift in: of
/// the two pictures each pixel is taken from the one that is nearer to the background.
void Comparison::keep_what_did_not_shift(const cv::Mat& scaled) {
  for (int y = 0; y < frame_.rows; ++y) {
    const float* const unshifted = scaled.ptr<float>(y);
    const float* const e = expected_.ptr<float>(y);
    float* const f = frame_.ptr<float>(y);
    for (int x = 0; x < frame_.cols; ++x) {
      f[x] = std::abs(unshifted[x] - e[x]) < std::abs(f[x] - e[x]) ? unshifted[x] : f[x];
    }
  }
}

void Comparison::compare(const cv::Mat& scaled, const BackgroundModel& background, const cv::Mat& subjects,
                         const cv::Mat& allowed, const Comparison* previous, const Foreground::Limits& limits) {
  const cv::Point2f shift = shift_estimator_.estimate(scaled, background.mean(), subjects);
  if (shift != cv::Point2f{}) {
    const cv::Matx23f move(1, 0, shift.x, 0, 1, shift.y);
    cv::warpAffine(scaled, frame_, move, scaled.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP, cv::BORDER_REPLICATE);
  } else {
    scaled.copyTo(frame_);
  }
  illumination_.estimate(frame_, background.mean(), subjects, gain_);
  background.expect(gain_, expected_);
  if (shift != cv::Point2f{}) keep_what_did_not_shift(scaled);
  jitter_px_ = previous == nullptr ? 0.0F : kJitterKept * previous->jitter_px_;
  if (previous != nullptr) jitter_px_ = std::max(jitter_px_, static_cast<float>(cv::norm(shift - previous->shift_)));
  shift_ = shift;
  background.threshold(limits.floor, limits.noise, std::min(kMostLeftOverPx, kLeftOver * jitter_px_), threshold_);
  static const cv::Mat kNone;
  const bool near = previous != nullptr && previous->frame_.size() == frame_.size();
  foreground_.find({.frame = frame_,
                    .gain = gain_,
                    .expected = expected_,
                    .threshold = threshold_,
                    .allowed = allowed,
                    .previous_frame = near ? previous->frame_ : kNone,
                    .previous_gain = near ? previous->gain_ : kNone},
                   limits);
}

}  // namespace vonggac::motion
