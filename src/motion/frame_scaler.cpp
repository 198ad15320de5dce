#include "motion/frame_scaler.h"

#include <algorithm>
#include <cmath>

namespace vonggac::motion {

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
    for (int k = 0; k < span.count; ++k) {
      const double lower = std::max(from, static_cast<double>(span.first + k));
      const double upper = std::min(to, static_cast<double>(span.first + k + 1));
      span.weights.push_back(static_cast<float>((upper - lower) / (to - from)));
    }
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
  row_sum_.assign(static_cast<std::size_t>(width_), 0.0F);
}

void FrameScaler::scale(const Luma& picture, cv::Mat& out) {
  prepare(picture);
  out.create(static_cast<int>(rows_.size()), static_cast<int>(columns_.size()), CV_32F);
  float* const sum = row_sum_.data();
  for (int y = 0; y < out.rows; ++y) {
    const Span& row = rows_[static_cast<std::size_t>(y)];
    std::fill(row_sum_.begin(), row_sum_.end(), 0.0F);
    for (int k = 0; k < row.count; ++k) {
      const std::uint8_t* const line = picture.data + std::ptrdiff_t{picture.stride} * (row.first + k);
      const float weight = row.weights[static_cast<std::size_t>(k)];
      for (int x = 0; x < width_; ++x) sum[x] += weight * static_cast<float>(line[x]);
    }
    float* const target = out.ptr<float>(y);
    for (int x = 0; x < out.cols; ++x) {
      const Span& column = columns_[static_cast<std::size_t>(x)];
      float value = 0;
      for (int k = 0; k < column.count; ++k)
        value += column.weights[static_cast<std::size_t>(k)] * sum[column.first + k];
      target[x] = value;
    }
  }
}

}  // namespace vonggac::motion
