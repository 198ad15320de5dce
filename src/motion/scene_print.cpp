#include "motion/scene_print.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include <opencv2/imgproc.hpp>

namespace vonggac::motion {
namespace {

constexpr double kTileEdges = 0.8;  // of the mean: a tile that shows anything
constexpr float kTileKept = 0.4F;
constexpr int kCoarseParts = 64;
constexpr int kSearchPx = 22;            // of 192: a ninth of the picture's width
constexpr int kLeastShiftPx = 3;         // less is the wind
constexpr float kFoundAgain = 0.5F;      // correlation of a block with its new place,
constexpr float kBetterThanHere = 0.2F;  // and so much better than with its old one
constexpr float kBlockEdges = 0.5F;      // a block with fewer edges than this share of the mean is not looked for

struct Span {
  int first = 0, end = 0;
};

Span tile_span(int index, int count, int length) { return {index * length / count, (index + 1) * length / count}; }

/// 64 bits that differ for all practical purposes if one pixel does.
std::uint64_t mixed(std::uint64_t print, const std::uint8_t* pixels, int count) {
  constexpr std::uint64_t kPrime = 0x9e3779b97f4a7c15ULL;
  for (int i = 0; i < count; i += 8) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, pixels + i, static_cast<std::size_t>(std::min(8, count - i)));
    print = (print ^ eight) * kPrime;
    print ^= print >> 29;
  }
  return print;
}

/// One sampled row: neighbours and the pixels further apart, tile by tile.
void add_tile_row(const Luma& picture, int y, int tile_row, ScenePrint& out) {
  const std::uint8_t* const row = picture.data + std::ptrdiff_t{y} * picture.stride;
  const int apart = std::max(2, picture.width / kCoarseParts);
  for (int column = 0; column < ScenePrint::kAcross; ++column) {
    const Span span = tile_span(column, ScenePrint::kAcross, picture.width);
    const int end = std::min(span.end, picture.width - apart);
    int fine = 0, coarse = 0;
    for (int x = span.first; x < end; ++x) fine += std::abs(row[x + 1] - row[x]);
    for (int x = span.first; x < end; ++x) coarse += std::abs(row[x + apart] - row[x]);
    const auto tile = static_cast<std::size_t>(tile_row * ScenePrint::kAcross + column);
    const auto pixels = static_cast<float>(std::max(1, end - span.first));
    out.fine[tile] += static_cast<float>(fine) / pixels;
    out.coarse[tile] += static_cast<float>(coarse) / pixels;
    out.print[tile] = mixed(out.print[tile], row + span.first, span.end - span.first);
  }
}

void scan_full_picture(const Luma& picture, ScenePrint& out) {
  out.fine.fill(0);
  out.coarse.fill(0);
  out.print.fill(0xcbf29ce484222325ULL);
  const int step = std::max(1, picture.height / SceneScanner::kRows);
  for (int tile_row = 0; tile_row < ScenePrint::kDown; ++tile_row) {
    const Span span = tile_span(tile_row, ScenePrint::kDown, picture.height);
    int rows = 0;
    for (int y = span.first; y < span.end; y += step, ++rows) add_tile_row(picture, y, tile_row, out);
    for (int column = 0; column < ScenePrint::kAcross; ++column) {
      const auto tile = static_cast<std::size_t>(tile_row * ScenePrint::kAcross + column);
      out.fine[tile] /= static_cast<float>(std::max(1, rows));
      out.coarse[tile] /= static_cast<float>(std::max(1, rows));
    }
  }
}

}  // namespace

void SceneScanner::scan(const Luma& picture, ScenePrint& out) {
  scaler_.scale(picture, out.grey);
  out.mean = static_cast<float>(cv::mean(out.grey)[0]);
  cv::Sobel(out.grey, dx_, CV_32F, 1, 0);
  cv::Sobel(out.grey, dy_, CV_32F, 0, 1);
  cv::magnitude(dx_, dy_, out.edges);
  cv::sqrt(out.edges, out.edges);
  cv::blur(out.edges, out.edges, {3, 3});
  for (std::size_t tile = 0; tile < ScenePrint::kTiles; ++tile) {
    const Span x = tile_span(static_cast<int>(tile) % ScenePrint::kAcross, ScenePrint::kAcross, out.grey.cols);
    const Span y = tile_span(static_cast<int>(tile) / ScenePrint::kAcross, ScenePrint::kDown, out.grey.rows);
    cv::Scalar mean, deviation;
    cv::meanStdDev(out.grey(cv::Range(y.first, y.end), cv::Range(x.first, x.end)), mean, deviation);
    out.level[tile] = static_cast<float>(mean[0]);
    out.spread[tile] = static_cast<float>(deviation[0]);
  }
  scan_full_picture(picture, out);
}

float edge_likeness(const cv::Mat& a, const cv::Mat& b) {
  cv::Scalar mean_a, mean_b, deviation_a, deviation_b;
  cv::meanStdDev(a, mean_a, deviation_a);
  cv::meanStdDev(b, mean_b, deviation_b);
  const double spread = deviation_a[0] * deviation_b[0];
  if (spread < 1e-6) return 0;
  const double together = a.dot(b) / static_cast<double>(a.total()) - mean_a[0] * mean_b[0];
  return static_cast<float>(together / spread);
}

float kept_share(const cv::Mat& view, const cv::Mat& now) {
  const double usual = cv::mean(view)[0];
  int with_edges = 0, kept = 0;
  for (int tile = 0; tile < static_cast<int>(ScenePrint::kTiles); ++tile) {
    const Span across = tile_span(tile % ScenePrint::kAcross, ScenePrint::kAcross, view.cols);
    const Span down = tile_span(tile / ScenePrint::kAcross, ScenePrint::kDown, view.rows);
    const cv::Rect part(across.first, down.first, across.end - across.first, down.end - down.first);
    if (part.area() == 0 || cv::mean(view(part))[0] < kTileEdges * usual) continue;
    ++with_edges;
    kept += edge_likeness(view(part), now(part)) >= kTileKept ? 1 : 0;
  }
  return with_edges == 0 ? 0 : static_cast<float>(kept) / static_cast<float>(with_edges);
}

float shifted_share(const cv::Mat& before, const cv::Mat& now) {
  constexpr int kBlocks = 3;
  const int width = (before.cols - 2 * kSearchPx) / kBlocks, height = (before.rows - 2 * kSearchPx) / kBlocks;
  if (width < 8 || height < 8) return 0;
  const double usual = cv::mean(before)[0];
  int looked_for = 0, shifted = 0;
  for (int i = 0; i < kBlocks * kBlocks; ++i) {
    const cv::Rect block(kSearchPx + i % kBlocks * width, kSearchPx + i / kBlocks * height, width, height);
    const cv::Mat wanted = before(block);
    if (cv::mean(wanted)[0] < kBlockEdges * usual) continue;
    ++looked_for;
    const cv::Rect around(block.x - kSearchPx, block.y - kSearchPx, width + 2 * kSearchPx, height + 2 * kSearchPx);
    cv::Mat found;
    cv::matchTemplate(now(around), wanted, found, cv::TM_CCOEFF_NORMED);
    double best = 0;
    cv::Point at;
    cv::minMaxLoc(found, nullptr, &best, nullptr, &at);
    const float here = found.at<float>(kSearchPx, kSearchPx);
    const int way = std::max(std::abs(at.x - kSearchPx), std::abs(at.y - kSearchPx));
    if (way >= kLeastShiftPx && best >= kFoundAgain && best >= here + kBetterThanHere) ++shifted;
  }
  return looked_for < 3 ? 0 : static_cast<float>(shifted) / static_cast<float>(looked_for);
}

}  // namespace vonggac::motion
