/// What a picture says about whether its camera shows its view: where edges are, how sharp and how structured each
/// tile is, how bright the picture is, and a print of each tile by which equal pictures are known.
/// Flow     Luma -> SceneScanner::scan() -> ScenePrint -> TamperWatch
/// Threads  one thread at a time.
/// Units    working pixels of FrameScaler, grey levels; tiles row by row.
#pragma once

#include <array>
#include <cstdint>

#include <opencv2/core.hpp>

#include "motion/engine.h"
#include "motion/frame_scaler.h"

namespace vonggac::motion {

struct ScenePrint {
  static constexpr int kAcross = 12, kDown = 8;
  static constexpr std::size_t kTiles = std::size_t{kAcross} * kDown;
  template <typename T>
  using Tiles = std::array<T, kTiles>;

  cv::Mat grey;                  ///< CV_32F, working size
  cv::Mat edges;                 ///< CV_32F: root of the gradient, slightly blurred; strong and weak edges count alike
  float mean = 0;                ///< of grey
  Tiles<float> spread{};         ///< standard deviation of grey in the tile
  Tiles<float> level{};          ///< mean of grey
  Tiles<float> fine{};           ///< mean difference of neighbours in the full picture,
  Tiles<float> coarse{};         ///< and of pixels 1/64 of its width apart
  Tiles<std::uint64_t> print{};  ///< of the full picture's pixels, in the rows that are sampled
};

class SceneScanner {
 public:
  static constexpr int kRows = 180;  ///< so many rows of the full picture are sampled
  void scan(const Luma& picture, ScenePrint& out);

 private:
  FrameScaler scaler_;
  cv::Mat dx_, dy_;
};

/// Correlation of two maps of edges, -1..1; 0 where one of them has none.
float edge_likeness(const cv::Mat& a, const cv::Mat& b);
/// In how many of the tiles that have edges in `view` they still are, 0..1: people and vehicles hide some, another view
/// all.
float kept_share(const cv::Mat& view, const cv::Mat& now);
/// How many of the blocks that have edges in `before` are found in `now` at another place: 0..1. 3 by 3 blocks, each
/// looked for up to 22 px around.
float shifted_share(const cv::Mat& before, const cv::Mat& now);

}  // namespace vonggac::motion
