/// Mean over a square of working pixels, mirrored at the rim: what cv::blur does, in single precision and in a third of
/// the time (OpenCV adds floats up as doubles).
/// Threads  one thread at a time.
#pragma once

#include <vector>

#include <opencv2/core.hpp>

namespace vonggac::motion {

class BoxBlur {
 public:
  static constexpr int kMaxSizePx = 7;
  /// `size_px` odd, 3 .. kMaxSizePx; `in` CV_32F and at least as large. `out` may not be `in`.
  void blur(const cv::Mat& in, int size_px, cv::Mat& out);

 private:
  cv::Mat rows_;
  std::vector<float> padded_;
};

}  // namespace vonggac::motion
