/// How far the camera has moved against the background (wind on the pole), to a fraction of a working pixel.
/// Gauss-Newton on the high-passed pictures from a quarter to full size; moving objects are left out by a limit on the
/// residual, and a shift that does not explain the picture better than none is refused.
/// Threads  one thread at a time.
/// Units    working pixels.
#pragma once

#include <array>
#include <opencv2/core.hpp>

namespace vonggac::motion {

class ShiftEstimator {
 public:
  static constexpr float kMaxShiftPx = 10.0F;  ///< 33 px of a 640 px picture
  /// (dx, dy) so that frame(x + dx, y + dy) looks like background(x, y); zero where the picture has too little structure.
  cv::Point2f estimate(const cv::Mat& frame, const cv::Mat& background);

 private:
  static constexpr int kLevels = 3;
  struct Level {
    cv::Mat frame, background, frame_high, background_high;
  };
  void build(const cv::Mat& frame, const cv::Mat& background);

  std::array<Level, kLevels> levels_;
  cv::Mat blurred_;
};

}  // namespace vonggac::motion
