/// What a camera usually shows: a slow average of its pictures' edges, brightness and sharpness.
/// Flow     ScenePrint -> SceneView::learn() -> TamperWatch; packed() -> core -> unpack() in the next process
/// Threads  plain values.
/// Errors   unpack: nothing for bytes that are no view.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "motion/scene_print.h"

namespace vonggac::motion {

struct SceneView {
  cv::Mat edges;  ///< as ScenePrint::edges
  ScenePrint::Tiles<float> spread{}, level{}, fine{}, coarse{};
  float usual = 0;  ///< likeness of this camera's pictures with its view, 0..1

  bool empty() const { return edges.empty(); }
  /// Moves towards `now` by `share` (0..1); the first picture is taken as it is.
  void learn(const ScenePrint& now, float share);
  /// Edges in 1/15 steps, the rest in 1/100: about 21 kB.
  base::Bytes packed() const;
  static std::optional<SceneView> unpack(base::ByteSpan bytes);
};

}  // namespace vonggac::motion
