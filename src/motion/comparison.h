/// One picture held against the background: camera shift and light taken out, then what remains as blobs.
/// Flow     scaled picture -> ShiftEstimator -> Illumination -> BackgroundModel::expect() -> Foreground
/// Threads  one thread at a time.
/// Owns     the aligned picture and everything computed from it, until the next compare().
#pragma once

#include <opencv2/core.hpp>

#include "motion/background_model.h"
#include "motion/foreground.h"
#include "motion/illumination.h"
#include "motion/shift_estimator.h"
#include "motion/shower_filter.h"

namespace vonggac::motion {

class Comparison {
 public:
  /// `scaled` against `background`; `subjects` and `allowed` as in Illumination and Zones. `previous` is the comparison
  /// of the picture before and `shower` knows those before it, or null when there is none that is near enough in time.
  void compare(const cv::Mat& scaled, const BackgroundModel& background, const cv::Mat& subjects,
               const cv::Mat& allowed, const Comparison* previous, const ShowerFilter* shower,
               const Foreground::Limits& limits);
  /// The first picture: nothing to compare with.
  void begin(const cv::Mat& scaled);
  /// How much brighter the whole picture is than that of `earlier`.
  float brightness_ratio(const Comparison& earlier) const { return Illumination::overall(frame_, earlier.frame_); }

  /// Shifted to lie on the background, and without what a shower puts into it.
  const cv::Mat& frame() const { return frame_; }
  const cv::Mat& difference() const { return difference_; }  ///< from what is expected, shower and all
  const cv::Mat& gain() const { return gain_; }
  const cv::Mat& threshold() const { return threshold_; }
  const Foreground& foreground() const { return foreground_; }

 private:
  struct Inputs {
    const cv::Mat& scaled;
    const BackgroundModel& background;
    const cv::Mat& subjects;
    const cv::Mat& allowed;
    const Comparison* previous;
    const ShowerFilter* shower;
    const Foreground::Limits& limits;
  };
  void compare_shifted(const Inputs& in, cv::Point2f shift);
  void keep_what_did_not_shift(const cv::Mat& scaled);
  void expect_beyond_the_rim(cv::Point2f shift);

  ShiftEstimator shift_estimator_;
  Illumination illumination_;
  Foreground foreground_;
  cv::Mat frame_, difference_, filtered_, gain_, expected_, threshold_;
  cv::Point2f shift_;
  int still_pictures_ = 0;  ///< in a row
  bool guessed_still_ = false;
  float jitter_px_ = 0;  ///< how far the camera has been moving lately, with what estimate leaves over
};

}  // namespace vonggac::motion
