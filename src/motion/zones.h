/// The places of one camera's picture that are looked at, and those that are not.
/// Ignore zones blank pixels. Detect zones choose among confirmed tracks: one counts if its foot point or a third of
/// its pixels lie in a detect zone. Without detect zones the whole picture counts. Threads  one thread at a time. Units
/// polygons 0..1 of the picture; masks in working pixels.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <opencv2/core.hpp>

#include "motion/engine.h"
#include "motion/foreground.h"

namespace vonggac::motion {

class Zones {
 public:
  static constexpr std::size_t kMaxZones = 32;
  static constexpr std::size_t kMaxPoints = 64;

  /// Draws the polygons; zones beyond kMaxZones and points beyond kMaxPoints are left out.
  void draw(const std::vector<ZonePolygon>& zones, cv::Size size);
  /// 255 where looked at.
  const cv::Mat& allowed() const { return allowed_; }
  /// The detect zone a blob is in: its id, "" for the whole picture, nothing if it is in none.
  std::optional<std::string> zone_of(const cv::Mat& labels, const Blob& blob) const;

 private:
  struct Drawn {
    std::string id;
    cv::Mat mask;
  };
  cv::Mat allowed_;
  std::vector<Drawn> detect_;
};

}  // namespace vonggac::motion
