/// The pictures of a real clip, the empty place behind them, and who is in each of them.
/// Owns     all pictures (luma, a few dozen MB).
/// Errors   as FileDemuxer; kDataLoss for a clip of less than a few seconds.
/// Units    boxes in pixels.
#pragma once

#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "base/result.h"

namespace vonggac::drift {

struct Street {
  cv::Size size;
  double pictures_per_s = 10;
  std::vector<cv::Mat> pictures;             ///< CV_8U
  cv::Mat plate;                             ///< their median: what passes is gone
  std::vector<std::vector<cv::Rect>> there;  ///< of each picture: who is there and moves, by difference from the plate

  static base::Result<Street> load(const std::string& clip);
};

}  // namespace vonggac::drift
