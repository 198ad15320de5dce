/// Decides per working pixel what differs from the background, and gathers it into blobs.
/// Flow     residual + thresholds -> mask -> Blob list. A blob must change structure (edges), not only light.
/// Threads  one thread at a time.
/// Units    working pixels, grey levels.
#pragma once

#include <cstdint>
#include <vector>

#include <opencv2/core.hpp>

#include "motion/box_blur.h"

namespace vonggac::motion {

struct Blob {
  cv::Rect box;
  cv::Point2f centre;
  cv::Point2f change_centre;  ///< of the pixels that also differ from the previous picture; centre if there are none
  int area_px = 0;
  float contrast = 0;     ///< mean |residual| in units of the threshold
  float structure = 0;    ///< pixels whose structure differs, per pixel of half the outline
  float sharp_share = 0;  ///< share of its pixels whose structure differs
  float change = 0;       ///< share of its pixels that also differ from the previous picture
  float brighter = 0;     ///< share of its pixels brighter than the background
  float see_through = 0;  ///< -1..1: how much of the background's texture is still there; 0 where it has none
  int label = 0;
};

class Foreground {
 public:
  struct Limits {
    float floor = 9;  ///< least grey-level difference
    float noise = 4;  ///< times the pixel's usual deviation
    int min_area_px = 8;
    float min_structure = 0.5F;
  };
  /// What a picture is compared with. The last two may be empty: then nothing counts as changed.
  struct Inputs {
    const cv::Mat& frame;
    const cv::Mat& gain;
    const cv::Mat& expected;
    const cv::Mat& threshold;
    const cv::Mat& allowed;
    const cv::Mat& previous_frame;
    const cv::Mat& previous_gain;
  };
  void find(const Inputs& inputs, const Limits& limits);

  const cv::Mat& residual() const { return residual_; }
  const cv::Mat& mask() const { return mask_; }              ///< 255 where foreground, cleaned
  const cv::Mat& labels() const { return labels_; }          ///< CV_32S, Blob::label
  const std::vector<Blob>& blobs() const { return blobs_; }  ///< those that change structure
  float share() const { return share_; }  ///< of the allowed picture that is foreground before cleaning

 private:
  void unexplained_by_light(const Inputs& inputs);
  void difference(const Inputs& inputs);
  void classify(const cv::Mat& threshold, const cv::Mat& allowed);
  void clean();
  void gather(const Inputs& inputs, const Limits& limits);

  BoxBlur box_blur_;
  cv::Mat residual_, difference_, smooth_, smooth_frame_, texture_, near_structure_, raw_, structure_, changed_, mask_,
      labels_, scratch_, stats_, centroids_;
  std::vector<Blob> blobs_;
  float share_ = 0;
};

}  // namespace vonggac::motion
