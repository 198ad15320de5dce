#include "motion/comparison.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

namespace vonggac::motion {
namespace {

// What a moving camera leaves unexplained (turning, the picture's own exposure time, interpolation), as a share of how
// far it moves between pictures; an estimate.
constexpr float kLeftOver = 0.3F, kMostLeftOverPx = 0.6F;
constexpr float kJitterKept = 0.95F;  // per picture: gusts come again within seconds
constexpr int kStillPictures = 16;    // 2 s
constexpr float kMostGuessedShare = 0.02F;

}  // namespace

void Comparison::begin(const cv::Mat& scaled) {
  scaled.copyTo(frame_);
  gain_ = cv::Mat(scaled.size(), CV_32F, cv::Scalar(1.0));
}

/// Text burnt in by the camera stays where it is when the scene shifts: of the two pictures each pixel is taken from
/// the one that is nearer to the background.
void Comparison::keep_what_did_not_shift(const cv::Mat& scaled) {
  for (int y = 0; y < frame_.rows; ++y) {
    const float* const unshifted = scaled.ptr<float>(y);
    const float* const e = expected_.ptr<float>(y);
    float* const f = frame_.ptr<float>(y);
    for (int x = 0; x < frame_.cols; ++x) {
      f[x] = std::abs(unshifted[x] - e[x]) < std::abs(f[x] - e[x]) ? unshifted[x] : f[x];
    }
  }
}

/// At the rim there is nothing to shift in: nothing is known, so nothing differs.
void Comparison::expect_beyond_the_rim(cv::Point2f shift) {
  const int left = static_cast<int>(std::ceil(std::max(0.0F, -shift.x)));
  const int right = static_cast<int>(std::ceil(std::max(0.0F, shift.x)));
  const int top = static_cast<int>(std::ceil(std::max(0.0F, -shift.y)));
  const int bottom = static_cast<int>(std::ceil(std::max(0.0F, shift.y)));
  for (const cv::Rect& band :
       {cv::Rect(0, 0, left, frame_.rows), cv::Rect(frame_.cols - right, 0, right, frame_.rows),
        cv::Rect(0, 0, frame_.cols, top), cv::Rect(0, frame_.rows - bottom, frame_.cols, bottom)}) {
    if (!band.empty()) expected_(band).copyTo(frame_(band));
  }
}

void Comparison::compare_shifted(const Inputs& in, cv::Point2f shift) {
  if (shift != cv::Point2f{}) {
    const cv::Matx23f move(1, 0, shift.x, 0, 1, shift.y);
    cv::warpAffine(in.scaled, frame_, move, in.scaled.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
  } else {
    in.scaled.copyTo(frame_);
  }
  illumination_.estimate(frame_, in.background.mean(), in.subjects, gain_);
  in.background.expect(gain_, expected_);
  if (shift != cv::Point2f{}) {
    keep_what_did_not_shift(in.scaled);
    expect_beyond_the_rim(shift);
  }
  jitter_px_ = 0;
  if (in.previous != nullptr) {
    const float moved_px = static_cast<float>(cv::norm(shift - in.previous->shift_));
    jitter_px_ = std::max(kJitterKept * in.previous->jitter_px_, moved_px);
  }
  shift_ = shift;
  const float left_over_px = std::min(kMostLeftOverPx, kLeftOver * jitter_px_);
  in.background.threshold(in.limits.floor, in.limits.noise, left_over_px, threshold_);
  if (in.shower != nullptr) {
    cv::subtract(frame_, expected_, difference_);
    in.shower->filter(difference_, threshold_, filtered_);
    if (in.shower->active()) {
      cv::add(expected_, filtered_, frame_);
      cv::max(frame_, 0.0, frame_);
    }
  }
  static const cv::Mat no_picture;
  const bool near = in.previous != nullptr && in.previous->frame_.size() == frame_.size();
  foreground_.find({.frame = frame_,
                    .gain = gain_,
                    .expected = expected_,
                    .threshold = threshold_,
                    .allowed = in.allowed,
                    .previous_frame = near ? in.previous->frame_ : no_picture,
                    .previous_gain = near ? in.previous->gain_ : no_picture},
                   in.limits);
}

void Comparison::compare(const cv::Mat& scaled, const BackgroundModel& background, const cv::Mat& subjects,
                         const cv::Mat& allowed, const Comparison* previous, const ShowerFilter* shower,
                         const Foreground::Limits& limits) {
  const Inputs in{scaled, background, subjects, allowed, previous, shower, limits};
  // Most cameras stand still most of the time: then every second picture is taken to do so, unless much of it differs.
  guessed_still_ = previous != nullptr && previous->still_pictures_ >= kStillPictures && !previous->guessed_still_;
  if (guessed_still_) {
    still_pictures_ = previous->still_pictures_;
    compare_shifted(in, {});
    if (foreground_.share() <= kMostGuessedShare || foreground_.share() < 2 * previous->foreground_.share()) return;
    guessed_still_ = false;
  }
  const cv::Point2f shift = shift_estimator_.estimate(scaled, background.mean(), subjects);
  still_pictures_ = shift == cv::Point2f{} && previous != nullptr ? previous->still_pictures_ + 1 : 0;
  compare_shifted(in, shift);
}

}  // namespace vonggac::motion
