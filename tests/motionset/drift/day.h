/// The slow light of ten hours before a fixed camera: sunrise, clouds, shadows of houses that creep and fade, dusk,
/// infrared lamp and night, sunrise again; and what the camera makes of it: exposure in small late steps, gain, noise
/// that grows with it. Nothing in it is ever an event. Threads  one thread at a time; moments must not go back. Units
/// seconds since the beginning of the day; luma 0..255, the source's luma taken as full daylight.
#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include <opencv2/core.hpp>

namespace vonggac::drift {

class Day {
 public:
  /// `exposure_s`: how slowly the camera's exposure follows the light (time constant).
  Day(cv::Size size, unsigned seed, double exposure_s);
  /// What the camera delivers of `scene` at this moment.
  void look(const cv::Mat& scene, double time_s, cv::Mat& out);
  bool infrared() const { return infrared_; }
  double noise() const { return noise_grey_; }  ///< standard deviation of a pixel

 private:
  double clouds(double time_s) const;  ///< 0 none .. 1 dark
  void advance(double time_s, double light);

  cv::Size size_;
  double exposure_s_;
  std::minstd_rand random_;
  std::vector<std::int8_t> grain_;  ///< normal noise, 16 per deviation, more than a picture of it
  cv::Mat lamp_;                    ///< of the infrared lamp, 0..1
  std::vector<double> phases_;
  double gain_ = 1, wanted_gain_ = 1, noise_grey_ = 1, last_s_ = 0;
  double infrared_age_s_ = 0;
  bool infrared_ = false, begun_ = false;
};

}  // namespace vonggac::drift
