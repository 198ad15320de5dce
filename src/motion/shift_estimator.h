/// How far the camera has moved against the background (wind on the pole), to a fraction of a working pixel.
/// Gauss-Newton on the high-passed pictures from a quarter to full size; moving objects are left out by a limit on the
/// residual, and a shift that does not explain the picture better than none is refused.
/// Threads  one thread at a time.
/// Units    working pixels.
#pragma once

#include <array>

#include <opencv2/core.hpp>

#include "motion/box_blur.h"

namespace vonggac::motion {

class ShiftEstimator {
 public:
  static constexpr float kMaxShiftPx = 10.0F;  ///< 33 px of a 640 px picture
  static constexpr float kMinShiftPx = 0.1F;   ///< less does no harm, but blurs when undone
  /// (dx, dy) so that frame(x + dx, y + dy) looks like background(x, y); zero where the picture has too little
  /// structure. What `subjects` marks (CV_8U, not 0) has no say.
  cv::Point2f estimate(const cv::Mat& frame, const cv::Mat& background, const cv::Mat& subjects);

 private:
  static constexpr int kLevels = 3;
  struct Level {
    cv::Mat frame, background, frame_high, background_high;
  };
  void band_pass(std::size_t level, const cv::Mat& subjects);
  bool stands_still() const;  ///< asked of the two small levels first: most cameras do, most of the time
  bool explains_most_places(cv::Point2f shift) const;

  BoxBlur box_blur_;
  std::array<Level, kLevels> levels_;
  cv::Mat blurred_, soft_, hidden_;
};

}  // namespace vonggac::motion
