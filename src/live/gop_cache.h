/// The newest group of pictures of one stream, so that a viewer who comes later sees a picture at once.
/// Threads  bound to the web worker's loop.
/// Owns     references to shared payloads.
/// Units    bytes. A group above the caps is not kept: the viewer then waits for the next key frame.
/// Source   1.5 MB: it must fit a viewer's queue (2 MB) with room for what follows.
#pragma once

#include <memory>
#include <vector>

#include "media/access_unit.h"

namespace vonggac::live {

class GopCache {
 public:
  static constexpr std::size_t kMaxBytes = 1'500'000;
  static constexpr std::size_t kMaxUnits = 600;

  void set_parameters(std::shared_ptr<const media::TrackParameters> parameters);
  void add(const media::AccessUnit& unit);
  const std::shared_ptr<const media::TrackParameters>& parameters() const { return parameters_; }
  /// Begins with a key frame, or is empty.
  const std::vector<media::AccessUnit>& units() const { return units_; }

 private:
  std::shared_ptr<const media::TrackParameters> parameters_;
  std::vector<media::AccessUnit> units_;
  std::size_t bytes_ = 0;
};

}  // namespace vonggac::live
