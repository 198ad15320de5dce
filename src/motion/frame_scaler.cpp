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

FrameScaler::Taps FrameScaler::taps(const std::vector<Span>& spans, int input) {
  Taps out;
  for (const Span& span : spans) out.count = std::max(out.count, span.count);
  for (const Span& span : spans) {
    const int first = std::min(span.first, input - out.count);
    out.first.push_back(first);
    for (int i = 0; i < out.count; ++i) {
      const int at = first + i - span.first;
      const bool inside = at >= 0 && at < span.count;
      out.weights.push_back(inside ? span.weights[static_cast<std::size_t>(at)] : 0U);
    }
  }
  return out;
}

/// kCount: Taps::count, known to the compiler; 0 if it is not.
template <int kCount>
void FrameScaler::add_columns(const Taps& taps, const std::uint16_t* sum, float* target) {
  constexpr float kScale = 1.0F / (kOne * kOne);
  const int count = kCount == 0 ? taps.count : kCount;
  const std::uint32_t* weight = taps.weights.data();
  for (std::size_t x = 0; x < taps.first.size(); ++x) {
    const std::uint16_t* const from = sum + taps.first[x];
    std::uint32_t value = 0;
    for (int k = 0; k < count; ++k) value += weight[k] * from[k];
    weight += count;
    target[x] = static_cast<float>(value) * kScale;
  }
}

void FrameScaler::add_any_columns(const Taps& taps, const std::uint16_t* sum, float* target) {
  switch (taps.count) {
    case 4:
      return add_columns<4>(taps, sum, target);  // 352 to 576 px wide
    case 5:
      return add_columns<5>(taps, sum, target);  // 640, 704, 720
    case 6:
      return add_columns<6>(taps, sum, target);  // 800
    case 8:
      return add_columns<8>(taps, sum, target);  // 1280
    default:
      return add_columns<0>(taps, sum, target);
  }
}

void FrameScaler::prepare(const Luma& picture) {
  if (picture.width == width_ && picture.height == height_) return;
  width_ = picture.width;
  height_ = picture.height;
  const cv::Size size = working_size(width_, height_);
  columns_ = taps(spans(width_, size.width), width_);
  rows_ = spans(height_, size.height);
  row_sum_.assign(static_cast<std::size_t>(width_), 0);
}

void FrameScaler::scale(const Luma& picture, cv::Mat& out) {
  prepare(picture);
  out.create(static_cast<int>(rows_.size()), static_cast<int>(columns_.first.size()), CV_32F);
  std::uint16_t* const sum = row_sum_.data();
  for (int y = 0; y < out.rows; ++y) {
    const Span& row = rows_[static_cast<std::size_t>(y)];
    std::fill(row_sum_.begin(), row_sum_.end(), std::uint16_t{0});
    for (int k = 0; k < row.count; ++k) {
      const std::uint8_t* const line = picture.data + std::ptrdiff_t{picture.stride} * (row.first + k);
      add_row(line, row.weights[static_cast<std::size_t>(k)], width_, sum);
    }
    add_any_columns(columns_, sum, out.ptr<float>(y));
  }
}

}  // namespace vonggac::motion
