#include "motion/scene_view.h"

#include <algorithm>
#include <cmath>

namespace vonggac::motion {
namespace {

constexpr std::uint8_t kViewVersion = 1;
constexpr float kEdgeSteps = 6.0F, kTileSteps = 100.0F;  // root of a gradient is at most 39

template <typename View>
std::array<decltype(&View::fine), 4> tile_fields() {
  return {&View::spread, &View::level, &View::fine, &View::coarse};
}

}  // namespace

void SceneView::learn(const ScenePrint& now, float share) {
  if (empty() || edges.size() != now.edges.size()) {
    now.edges.copyTo(edges);
    spread = now.spread;
    level = now.level;
    fine = now.fine;
    coarse = now.coarse;
    return;
  }
  cv::addWeighted(edges, 1 - share, now.edges, share, 0, edges);
  const auto towards = [share](ScenePrint::Tiles<float>& mine, const ScenePrint::Tiles<float>& theirs) {
    for (std::size_t tile = 0; tile < mine.size(); ++tile) mine[tile] += share * (theirs[tile] - mine[tile]);
  };
  towards(spread, now.spread);
  towards(level, now.level);
  towards(fine, now.fine);
  towards(coarse, now.coarse);
}

base::Bytes SceneView::packed() const {
  base::Bytes out;
  base::ByteWriter writer(out);
  writer.u8(kViewVersion);
  writer.u16(static_cast<std::uint16_t>(edges.cols));
  writer.u16(static_cast<std::uint16_t>(edges.rows));
  writer.u16(static_cast<std::uint16_t>(std::lround(std::clamp(usual, 0.0F, 1.0F) * 1000)));
  for (const auto field : tile_fields<SceneView>()) {
    for (const float value : this->*field) {
      writer.u16(static_cast<std::uint16_t>(std::clamp(value * kTileSteps, 0.0F, 65535.0F)));
    }
  }
  for (int y = 0; y < edges.rows; ++y) {
    for (int x = 0; x < edges.cols; ++x) {
      writer.u8(static_cast<std::uint8_t>(std::clamp(edges.at<float>(y, x) * kEdgeSteps, 0.0F, 255.0F)));
    }
  }
  return out;
}

std::optional<SceneView> SceneView::unpack(base::ByteSpan bytes) {
  base::ByteReader reader(bytes);
  if (reader.u8() != kViewVersion) return std::nullopt;
  const int width = reader.u16(), height = reader.u16();
  SceneView view;
  view.usual = static_cast<float>(reader.u16()) / 1000;
  for (const auto field : tile_fields<SceneView>()) {
    for (float& value : view.*field) value = static_cast<float>(reader.u16()) / kTileSteps;
  }
  constexpr int kLongest = FrameScaler::kLongSidePx;
  if (reader.failed() || width < 1 || height < 1 || width > kLongest || height > kLongest) return std::nullopt;
  const base::ByteSpan edges = reader.take(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  view.edges.create(height, width, CV_32F);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      view.edges.at<float>(y, x) = static_cast<float>(edges[static_cast<std::size_t>(y * width + x)]) / kEdgeSteps;
    }
  }
  return view;
}

}  // namespace vonggac::motion
