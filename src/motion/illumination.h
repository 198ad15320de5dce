/// Local change of light between background and frame: lamps, clouds, the camera's gain, slow beams.
/// The median ratio in tiles of about 12 px, smoothed over neighbours and spread over the picture, so that an object
/// smaller than a few tiles does not count as light.
/// Threads  one thread at a time.
#pragma once

#include <cstdint>
#include <vector>

#include <opencv2/core.hpp>

namespace vonggac::motion {

constexpr float kDarkOffset = 8.0F;  ///< grey levels; keeps the ratio of two near-black pixels near 1

class Illumination {
 public:
  /// CV_32F factor per pixel by which the background must be multiplied to look like the frame.
  /// What `subjects` marks (CV_8U, not 0) has no say: its tiles take the light of their neighbours.
  void estimate(const cv::Mat& frame, const cv::Mat& background, const cv::Mat& subjects, cv::Mat& gain);
  /// Median ratio of two pictures: how much brighter the whole of it became.
  static float overall(const cv::Mat& frame, const cv::Mat& earlier);

 private:
  float tile_median(const cv::Mat& frame, const cv::Mat& background, const cv::Mat& subjects, cv::Rect tile);
  void fill_hidden_tiles();

  /// Median by counting: a third of the time of a partial sort.
  class Ratios {
   public:
    void clear();
    void add(float frame, float background);
    int count() const { return count_; }
    float median() const;

   private:
    std::vector<std::uint16_t> bins_;
    int count_ = 0;
  };

  Ratios ratios_;
  cv::Mat tiles_, smooth_;
};

}  // namespace vonggac::motion
