#include "motion/comparison.h"

#include <opencv2/imgproc.hpp>

namespace vonggac::motion {

void Comparison::begin(const cv::Mat& scaled) {
  scaled.copyTo(frame_);
  gain_ = cv::Mat(scaled.size(), CV_32F, cv::Scalar(1.0));
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
  background.threshold(limits.floor, limits.noise, threshold_);
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
