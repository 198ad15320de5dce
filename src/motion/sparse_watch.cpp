#include "motion/sparse_watch.h"

#include <algorithm>
#include <cmath>

namespace vonggac::motion {
namespace {

constexpr std::size_t kMaxBlobs = 6;  // more at once is rain or leaves, not a handful of people
constexpr float kMaxAreaRatio = 3.0F;
constexpr float kMinTravelSizes = 0.3F;
constexpr float kMinChangeInside = 0.4F;  // a person who turned on the spot; a parked car has next to none
constexpr float kBrightOnly = 0.95F;      // insects and rain at an infrared lamp

bool alike(const Blob& a, const Blob& b) {
  const float ratio = static_cast<float>(a.area_px) / static_cast<float>(b.area_px);
  return ratio < kMaxAreaRatio && ratio > 1 / kMaxAreaRatio;
}

}  // namespace

const SparseWatch::Seen* SparseWatch::predecessor(const Blob& blob, float min_travel_px) const {
  const Seen* best = nullptr;
  const float least = std::max(2 * min_travel_px, kMinTravelSizes * std::sqrt(static_cast<float>(blob.box.area())));
  for (const Seen& seen : before_) {
    if (!alike(seen.blob, blob)) continue;
    const cv::Point2f way = blob.centre - seen.blob.centre;
    const bool travelled = std::hypot(way.x, way.y) >= least;
    const bool altered = blob.change >= kMinChangeInside && (seen.blob.box & blob.box).area() > 0;
    if (!travelled && !altered) continue;
    if (best == nullptr || seen.since_us < best->since_us) best = &seen;
  }
  return best;
}

void SparseWatch::remember(const std::vector<Blob>& blobs, std::int64_t time_us) {
  before_.clear();
  for (const Blob& blob : blobs) {
    if (blob.brighter <= kBrightOnly) before_.push_back({blob, time_us});
  }
}

std::vector<SparseWatch::Moved> SparseWatch::look(const std::vector<Blob>& blobs, std::int64_t time_us,
                                                  float min_travel_px) {
  std::vector<Seen> now;
  std::vector<Moved> moved;
  for (const Blob& blob : blobs) {
    if (blob.brighter > kBrightOnly) continue;
    now.push_back({blob, time_us});
  }
  if (now.size() <= kMaxBlobs) {
    for (Seen& seen : now) {
      const Seen* const earlier = predecessor(seen.blob, min_travel_px);
      if (earlier == nullptr) continue;
      seen.since_us = earlier->since_us;
      moved.push_back({seen.blob, earlier->since_us});
    }
  }
  before_ = std::move(now);
  return moved;
}

}  // namespace vonggac::motion
