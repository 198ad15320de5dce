/// What the camera sees when nothing moves: mean, noise and restlessness of each working pixel.
/// Flow     learn() after each picture, with a map that says how willingly each pixel learns
/// Threads  one thread at a time.
/// Units    grey levels 0..255; times in seconds.
#pragma once

#include <cstdint>

#include <opencv2/core.hpp>

namespace vonggac::motion {

/// How a pixel takes part in learning; the value is what the map holds.
enum class Learning : std::uint8_t {
  kQuiet = 0,    ///< looks like the background
  kUnexplained,  ///< differs, but nothing is tracked there
  kMoving,       ///< under a moving object: keep what we know
  kAbsorb,       ///< under something that came to rest: take it over
};

class BackgroundModel {
 public:
  bool empty() const { return mean_.empty(); }
  void clear();
  /// Begins from this picture; until `settled()` every picture counts alike.
  void start(const cv::Mat& frame);
  /// Take over the next pictures quickly for a while (light switched, infrared on): noise and restlessness stay.
  void relearn(float seconds);
  bool settled() const { return settle_left_s_ <= 0; }

  /// The background in the present light: (mean + offset) * gain - offset.
  void expect(const cv::Mat& gain, cv::Mat& expected) const;
  /// Level above which |frame - expected| counts, per pixel: at least `floor`, `noise` times the usual deviation, and
  /// more where the picture is restless, and at edges what a shift left over of `jitter_px` would make of them.
  void threshold(float floor, float noise, float jitter_px, cv::Mat& out) const;
  void learn(const cv::Mat& frame, const cv::Mat& residual, const cv::Mat& gain, const cv::Mat& learning, float dt_s);

  const cv::Mat& mean() const { return mean_; }
  const cv::Mat& activity() const { return activity_; }
  const cv::Mat& deviation() const { return deviation_; }

 private:
  cv::Mat mean_, deviation_, activity_;
  float settle_left_s_ = 0;
  int pictures_ = 0;
};

}  // namespace vonggac::motion
