#include "motion/illumination.h"

#include <algorithm>

#include <opencv2/imgproc.hpp>

namespace vonggac::motion {
namespace {

constexpr int kTilePx = 12;
constexpr float kMinVisible = 0.4F;  // of a tile
constexpr float kHidden = 0.0F;
constexpr float kMinGain = 0.25F, kMaxGain = 4.0F;

constexpr int kBinsPerUnit = 64;  // 1.6 % a bin, and the median is interpolated
constexpr int kBins = static_cast<int>(kMaxGain) * kBinsPerUnit + 1;

/// Of the four tiles beside this one; kHidden if all of them are hidden.
float mean_of_neighbours(const cv::Mat& tiles, cv::Point tile) {
  float sum = 0;
  int neighbours = 0;
  for (const cv::Point step : {cv::Point(-1, 0), cv::Point(1, 0), cv::Point(0, -1), cv::Point(0, 1)}) {
    const cv::Point at = tile + step;
    if (at.x < 0 || at.y < 0 || at.x >= tiles.cols || at.y >= tiles.rows) continue;
    if (tiles.at<float>(at) == kHidden) continue;
    sum += tiles.at<float>(at);
    ++neighbours;
  }
  return neighbours == 0 ? kHidden : sum / static_cast<float>(neighbours);
}

}  // namespace

void Illumination::Ratios::clear() {
  bins_.assign(kBins, 0);
  count_ = 0;
}

void Illumination::Ratios::add(float frame, float background) {
  const float ratio = std::clamp((frame + kDarkOffset) / (background + kDarkOffset), 0.0F, kMaxGain);
  // Never negative, and lround() would cost a call per pixel.
  ++bins_[static_cast<std::size_t>(ratio * kBinsPerUnit + 0.5F)];  // NOLINT(bugprone-incorrect-roundings)
  ++count_;
}

float Illumination::Ratios::median() const {
  const float half = 0.5F * static_cast<float>(count_);
  float below = 0;
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    const auto here = static_cast<float>(bins_[i]);
    if (below + here >= half && here > 0) {
      return (static_cast<float>(i) - 0.5F + (half - below) / here) / kBinsPerUnit;
    }
    below += here;
  }
  return 1;
}

/// kHidden where too little of the tile can be seen.
float Illumination::tile_median(const cv::Mat& frame, const cv::Mat& background, const cv::Mat& subjects,
                                cv::Rect tile) {
  ratios_.clear();
  for (int y = tile.y; y < tile.y + tile.height; y += 2) {
    const float* const f = frame.ptr<float>(y);
    const float* const b = background.ptr<float>(y);
    const std::uint8_t* const hidden = subjects.ptr<std::uint8_t>(y);
    // Every other pixel of every other row: a quarter of the work, the same median.
    for (int x = tile.x + ((y >> 1) & 1); x < tile.x + tile.width; x += 2) {
      if (hidden[x] == 0) ratios_.add(f[x], b[x]);
    }
  }
  if (static_cast<float>(ratios_.count()) < kMinVisible * 0.25F * static_cast<float>(tile.area())) return kHidden;
  return std::max(kMinGain, ratios_.median());
}

void Illumination::fill_hidden_tiles() {
  for (int pass = 0; pass < tiles_.rows + tiles_.cols; ++pass) {
    tiles_.copyTo(smooth_);
    bool hidden_left = false;
    for (int j = 0; j < tiles_.rows; ++j) {
      for (int i = 0; i < tiles_.cols; ++i) {
        if (smooth_.at<float>(j, i) != kHidden) continue;
        const float mean = mean_of_neighbours(smooth_, {i, j});
        hidden_left = hidden_left || mean == kHidden;
        tiles_.at<float>(j, i) = mean;
      }
    }
    if (!hidden_left) return;
  }
  tiles_.setTo(1.0F);  // nothing of the background can be seen
}

float Illumination::overall(const cv::Mat& frame, const cv::Mat& earlier) {
  Ratios ratios;
  ratios.clear();
  for (int y = 2; y < frame.rows; y += 4) {
    const float* const f = frame.ptr<float>(y);
    const float* const e = earlier.ptr<float>(y);
    for (int x = 2; x < frame.cols; x += 4) ratios.add(f[x], e[x]);
  }
  return ratios.median();
}

void Illumination::estimate(const cv::Mat& frame, const cv::Mat& background, const cv::Mat& subjects, cv::Mat& gain) {
  const int columns = std::max(1, (frame.cols + kTilePx / 2) / kTilePx);
  const int rows = std::max(1, (frame.rows + kTilePx / 2) / kTilePx);
  tiles_.create(rows, columns, CV_32F);
  for (int j = 0; j < rows; ++j) {
    for (int i = 0; i < columns; ++i) {
      const int x0 = frame.cols * i / columns, x1 = frame.cols * (i + 1) / columns;
      const int y0 = frame.rows * j / rows, y1 = frame.rows * (j + 1) / rows;
      tiles_.at<float>(j, i) = tile_median(frame, background, subjects, {x0, y0, x1 - x0, y1 - y0});
    }
  }
  fill_hidden_tiles();
  cv::medianBlur(tiles_, smooth_, 3);
  cv::resize(smooth_, gain, frame.size(), 0, 0, cv::INTER_LINEAR);
}

}  // namespace vonggac::motion
