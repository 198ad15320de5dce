/// The places of one camera's picture that are looked at, those that are not, and those that raise alarms.
/// Ignore zones and privacy masks blank pixels. Detect and watch zones choose among confirmed tracks: one is in a zone
/// if its foot point or a third of its pixels lie there. With detect zones a track counts in one of them or in a watch
/// zone; without them everywhere.
/// Threads  one thread at a time.
/// Units    polygons 0..1 of the picture; masks in working pixels.
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
  /// The detect or watch zone a blob is in: its id, "" for the rest of the picture where that counts, nothing if not.
  std::optional<std::string> zone_of(const cv::Mat& labels, const Blob& blob) const;
  /// Adds the watch zones a blob is in, each once.
  void add_watched(const cv::Mat& labels, const Blob& blob, std::vector<std::string>& zones) const;

 private:
  struct Drawn {
    std::string id;
    bool watch = false;
    cv::Mat mask;
  };
  cv::Mat allowed_;
  std::vector<Drawn> chosen_;  ///< detect and watch zones
  bool everywhere_ = true;     ///< there is no detect zone
};

}  // namespace vonggac::motion
