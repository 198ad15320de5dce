/// Takes out what is in the picture for one picture only: rain, snow, noise, flashes of the encoder.
/// Flow     what differs from the expected picture -> filter() -> Foreground; keep() afterwards, once per picture
/// Method   While things flash in many places at once, each pixel's difference is the median of its last three. A drop
/// is
///          gone in the next picture; a thing that matters still covers most of where it was. What is too broad for a
///          drop is kept as it is now, for quick things do not cover where they were.
/// Threads  one thread at a time.
/// Units    working pixels, grey levels; times in seconds.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <opencv2/core.hpp>

namespace vonggac::motion {

class ShowerFilter {
 public:
  /// `difference` of the picture from what is expected (CV_32F), or in a shower the median of it and the two before.
  void filter(const cv::Mat& difference, const cv::Mat& threshold, cv::Mat& out) const;
  /// The unfiltered difference, above which level it counts, and where (CV_8U, not 0) a subject swings its arms and
  /// legs. Decides for the next picture.
  void keep(const cv::Mat& difference, const cv::Mat& threshold, const cv::Mat& subjects, float dt_s);
  /// The next picture does not follow on the last one.
  void clear_pictures() { kept_ = 0; }
  /// Another scene.
  void clear();
  bool active() const { return active_; }
  float places() const { return places_; }  ///< in how many of the 8 x 5 places something flashes, on average

 private:
  static constexpr int kColumns = 8, kRows = 5;
  float flashing_places(const cv::Mat& difference, const cv::Mat& threshold, const cv::Mat& subjects);
  void put_back_what_is_broad(const cv::Mat& difference, const cv::Mat& threshold, cv::Mat& out) const;

  std::array<cv::Mat, 2> pictures_;  ///< the last one and the one before
  int kept_ = 0, counted_ = 0;
  float places_ = 0;
  bool active_ = false;
  std::vector<std::uint8_t> flash_;
  mutable cv::Mat differs_, dense_;
};

}  // namespace vonggac::motion
