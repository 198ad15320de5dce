/// Local change of light between background and frame: lamps, clouds, the camera's gain, slow beams.
/// The median ratio in tiles of about 12 px, smoothed over neighbours and spread over the picture, so that an object
/// smaller than a few tiles does not count as light.
/// Threads  one thread at a time.
#pragma once

#include <opencv2/core.hpp>
#include <vector>

namespace vonggac::motion {

class Illumination {
 public:
  /// CV_32F factor per pixel by which the background must be multiplied to look like the frame.
  void estimate(const cv::Mat& frame, const cv::Mat& background, cv::Mat& gain);
  /// Median ratio of two pictures: how much brighter the whole of it became.
  float overall(const cv::Mat& frame, const cv::Mat& earlier);

 private:
  float tile_median(const cv::Mat& frame, const cv::Mat& background, cv::Rect tile);

  std::vector<float> ratios_;
  cv::Mat tiles_, smooth_;
};

}  // namespace vonggac::motion
