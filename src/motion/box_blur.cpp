#include "motion/box_blur.h"

#include <algorithm>
#include <array>

#include "motion/wide.h"

namespace vonggac::motion {
namespace {

int mirrored(int at, int size) {
  if (at < 0) at = -at;
  return at >= size ? 2 * size - 2 - at : at;
}

VONGGAC_WIDE void sum_along(const float* padded, int size_px, int width, float* out) {
  for (int x = 0; x < width; ++x) out[x] = padded[x] + padded[x + 1] + padded[x + 2];
  for (int k = 3; k < size_px; ++k) {
    for (int x = 0; x < width; ++x) out[x] += padded[x + k];
  }
}

VONGGAC_WIDE void sum_down(const float* const* rows, int size_px, int width, float factor, float* out) {
  for (int x = 0; x < width; ++x) out[x] = rows[0][x] + rows[1][x] + rows[2][x];
  for (int k = 3; k < size_px; ++k) {
    for (int x = 0; x < width; ++x) out[x] += rows[k][x];
  }
  for (int x = 0; x < width; ++x) out[x] *= factor;
}

}  // namespace

void BoxBlur::blur(const cv::Mat& in, int size_px, cv::Mat& out) {
  const int reach = size_px / 2;
  rows_.create(in.size(), CV_32F);
  out.create(in.size(), CV_32F);
  padded_.resize(static_cast<std::size_t>(in.cols + 2 * reach));
  for (int y = 0; y < in.rows; ++y) {
    const float* const line = in.ptr<float>(y);
    std::copy_n(line, in.cols, padded_.begin() + reach);
    for (int k = 1; k <= reach; ++k) {
      padded_[static_cast<std::size_t>(reach - k)] = line[mirrored(-k, in.cols)];
      padded_[static_cast<std::size_t>(reach + in.cols - 1 + k)] = line[mirrored(in.cols - 1 + k, in.cols)];
    }
    sum_along(padded_.data(), size_px, in.cols, rows_.ptr<float>(y));
  }
  const float factor = 1.0F / static_cast<float>(size_px * size_px);
  std::array<const float*, kMaxSizePx> rows{};
  for (int y = 0; y < in.rows; ++y) {
    for (int k = 0; k < size_px; ++k) {
      rows[static_cast<std::size_t>(k)] = rows_.ptr<float>(mirrored(y + k - reach, in.rows));
    }
    sum_down(rows.data(), size_px, in.cols, factor, out.ptr<float>(y));
  }
}

}  // namespace vonggac::motion
