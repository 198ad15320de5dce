/// Shrinks a luma plane to the engine's working size by area averaging, as floats.
/// Separable with precomputed weights: rows are added up first in 16 bits, weights in 1/256, which the compiler
/// vectorises (0.3 ms for 640x360 with cv::resize and INTER_AREA, a twentieth of it here).
/// Threads  one thread at a time.
/// Units    working size in pixels; its longer side is at most kLongSidePx.
#pragma once

#include <cstdint>
#include <vector>

#include <opencv2/core.hpp>

#include "motion/engine.h"

namespace vonggac::motion {

class FrameScaler {
 public:
  static constexpr int kLongSidePx = 192;  ///< measured: full-size models find no more for ten times the time

  static cv::Size working_size(int width, int height);
  /// CV_32F picture of the working size, 0..255.
  void scale(const Luma& picture, cv::Mat& out);

 private:
  struct Span {
    int first = 0, count = 0;            ///< input samples that fall into this output sample
    std::vector<std::uint16_t> weights;  ///< add up to kOne
  };
  /// Spans of one length, filled up with weights of 0: what a loop without branches can work with.
  struct Taps {
    int count = 0;
    std::vector<int> first;
    std::vector<std::uint32_t> weights;  ///< `count` for each output sample
  };
  static constexpr int kOne = 256;
  static std::vector<Span> spans(int input, int output);
  static Taps taps(const std::vector<Span>& spans, int input);
  template <int kCount>
  static void add_columns(const Taps& taps, const std::uint16_t* sum, float* target);
  static void add_any_columns(const Taps& taps, const std::uint16_t* sum, float* target);
  void prepare(const Luma& picture);

  int width_ = 0, height_ = 0;
  std::vector<Span> rows_;
  Taps columns_;
  std::vector<std::uint16_t> row_sum_;  ///< 255 * kOne at most
};

}  // namespace vonggac::motion
