#include "live/gop_cache.h"

#include <utility>

namespace vonggac::live {

void GopCache::set_parameters(std::shared_ptr<const media::TrackParameters> parameters) {
  parameters_ = std::move(parameters);
  units_.clear();
  bytes_ = 0;
}

void GopCache::add(const media::AccessUnit& unit) {
  if (unit.key) {
    units_.clear();
    bytes_ = 0;
  } else if (units_.empty()) {
    return;
  }
  bytes_ += unit.payload ? unit.payload->size() : 0;
  units_.push_back(unit);
  if (bytes_ > kMaxBytes || units_.size() > kMaxUnits) {
    units_.clear();
    bytes_ = 0;
  }
}

}  // namespace vonggac::live
