#include "motion/illumination.h"

#include <algorithm>
#include <opencv2/imgproc.hpp>

namespace vonggac::motion {
namespace {

constexpr int kTilePx = 12;
constexpr float kDarkOffset = 8.0F;  // keeps the ratio of two near-black pixels near 1
constexpr float kMinGain = 0.25F, kMaxGain = 4.0F;

float median_of(std::vector<float>& values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

}  // namespace

float Illumination::tile_median(const cv::Mat& frame, const cv::Mat& background, cv::Rect tile) {
  ratios_.clear();
  for (int y = tile.y; y < tile.y + tile.height; ++y) {
    const float* const f = frame.ptr<float>(y);
    const float* const b = background.ptr<float>(y);
    // Every other pixel, as on a chess board: half the work, the same median.
    for (int x = tile.x + (y & 1); x < tile.x + tile.width; x += 2) {
      ratios_.push_back((f[x] + kDarkOffset) / (b[x] + kDarkOffset));
    }
  }
  return ratios_.empty() ? 1.0F : median_of(ratios_);
}

float Illumination::overall(const cv::Mat& frame, const cv::Mat& earlier) {
  ratios_.clear();
  for (int y = 2; y < frame.rows; y += 4) {
    const float* const f = frame.ptr<float>(y);
    const float* const e = earlier.ptr<float>(y);
    for (int x = 2; x < frame.cols; x += 4) ratios_.push_back((f[x] + kDarkOffset) / (e[x] + kDarkOffset));
  }
  return ratios_.empty() ? 1.0F : median_of(ratios_);
}

void Illumination::estimate(const cv::Mat& frame, const cv::Mat& background, cv::Mat& gain) {
  const int columns = std::max(1, (frame.cols + kTilePx / 2) / kTilePx);
  const int rows = std::max(1, (frame.rows + kTilePx / 2) / kTilePx);
  tiles_.create(rows, columns, CV_32F);
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < columns; ++i) {
      const int x0 = frame.cols * i / columns, x1 = frame.cols * (i + 1) / columns;
      const int y0 = frame.rows * j / rows, y1 = frame.rows * (j + 1) / rows;
      const float ratio = tile_median(frame, background, {x0, y0, x1 - x0, y1 - y0});
      tiles_.at<float>(j, i) = std::clamp(ratio, kMinGain, kMaxGain);
    }
  }
  cv::medianBlur(tiles_, smooth_, 3);
  cv::resize(smooth_, gain, frame.size(), 0, 0, cv::INTER_LINEAR);
}

}  // namespace vonggac::motion
