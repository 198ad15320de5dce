#include "motion/frame_scaler.h"

#include <algorithm>
#include <cmath>

#include "motion/wide.h"

namespace vonggac::motion {
namespace {

VONGGAC_WIDE void add_row(const std::uint8_t* line, std::uint16_t weight, int width, std::uint16_t* sum) {
  for (int x = 0; x < width; ++x) sum[x] = static_cast<std::uint16_t>(sum[x] + weight * line[x]);
}

}  // namespace

cv::Size FrameScaler::working_size(int width, int height) {
  const int longer = std::max(width, height);
  if (longer <= kLongSidePx) return {width, height};
  const double factor = static_cast<double>(kLongSidePx) / longer;
  return {std::max(1, static_cast<int>(std::lround(width * factor))),
          std::max(1, static_cast<int>(std::lround(height * factor)))};
}

std::vector<FrameScaler::Span> FrameScaler::spans(int input, int output) {
  std::vector<Span> out(static_cast<std::size_t>(output));
  const double step = static_cast<double>(input) / output;
  for (int i = 0; i < output; ++i) {
    Span& span = out[static_cast<std::size_t>(i)];
    const double from = i * step;
    const double to = std::min<double>(input, (i + 1) * step);
    span.first = static_cast<int>(from);
    const int last = std::min(input, static_cast<int>(std::ceil(to - 1e-9)));
    span.count = std::max(1, last - span.first);
    int left = kOne;
    for (int k = 0; k < span.count; ++k) {
      const double lower = std::max(from, static_cast<double>(span.first + k));
      const double upper = std::min(to, static_cast<double>(span.first + k + 1));
      const int share = static_cast<int>(std::lround(kOne * (upper - lower) / (to - from)));
      span.weights.push_back(static_cast<std::uint16_t>(std::min(left, share)));
      left -= span.weights.back();
    }
    // What rounding left over goes to the middle one: all must add up, or a white wall would not stay white.
    span.weights[span.weights.size() / 2] = static_cast<std::uint16_t>(span.weights[span.weights.size() / 2] + left);
  }
  return out;
}

void FrameScaler::prepare(const Luma& picture) {
  if (picture.width == width_ && picture.height == height_) return;
  width_ = picture.width;
  height_ = picture.height;
  const cv::Size size = working_size(width_, height_);
  columns_ = spans(width_, size.width);
  rows_ = spans(height_, size.height);
  row_sum_.assign(static_cast<std::size_t>(width_), 0);
}

void FrameScaler::scale(const Luma& picture, cv::Mat& out) {
  prepare(picture);
  out.create(static_cast<int>(rows_.size()), static_cast<int>(columns_.size()), CV_32F);
  std::uint16_t* const sum = row_sum_.data();
  constexpr float kScale = 1.0F / (kOne * kOne);
  for (int y = 0; y < out.rows; ++y) {
    const Span& row = rows_[static_cast<std::size_t>(y)];
    std::fill(row_sum_.begin(), row_sum_.end(), std::uint16_t{0});
    for (int k = 0; k < row.count; ++k) {
      const std::uint8_t* const line = picture.data + std::ptrdiff_t{picture.stride} * (row.first + k);
      add_row(line, row.weights[static_cast<std::size_t>(k)], width_, sum);
    }
    float* const target = out.ptr<float>(y);
    for (int x = 0; x < out.cols; ++x) {
      const Span& column = columns_[static_cast<std::size_t>(x)];
      std::uint32_t value = 0;
      for (int k = 0; k < column.count; ++k) {
        value += std::uint32_t{column.weights[static_cast<std::size_t>(k)]} * sum[column.first + k];
      }
      target[x] = static_cast<float>(value) * kScale;
    }
  }
}

}  // namespace vonggac::motion
