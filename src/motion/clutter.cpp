#include "motion/clutter.h"

#include <algorithm>
#include <cmath>

namespace vonggac::motion {
namespace {

constexpr float kMemoryS = 25.0F;       // gusts and showers last longer
constexpr float kLeastTravelPx = 1.0F;  // less is jitter, and says nothing about the tail
constexpr float kMostTravelPx = 16.0F;  // one real subject that was lost must not close a place for half a minute
constexpr float kPeriodS = 3600.0F;     // one false alarm an hour is asked for
constexpr float kPriorTracks = 4.0F;    // before a place is known: a few short ones,
constexpr float kPriorTravelPx = 0.5F;  // so that single outliers do not make the mean
constexpr float kUnknownS = 6.0F, kUnknownTravelPx = 3.0F;  // gone after the first half minute
constexpr float kMostNeededPx = 32.0F;  // a sixth of the picture: with more asked for, little would ever count

}  // namespace

void Clutter::clear() {
  cells_.fill(Cell{});
  watched_s_ = known_s_ = 0;
}

void Clutter::advance(float dt_s) {
  const float kept = std::exp(-dt_s / kMemoryS);
  watched_s_ = watched_s_ * kept + dt_s;
  known_s_ += dt_s;
  for (Cell& cell : cells_) {
    for (Died& died : cell) {
      died.tracks *= kept;
      died.travel_px *= kept;
    }
  }
}

int Clutter::cell_of(cv::Point2f where, cv::Size picture) {
  const auto along = [](float at, int size, int cells) {
    return std::clamp(static_cast<int>(at * static_cast<float>(cells) / static_cast<float>(std::max(1, size))), 0,
                      cells - 1);
  };
  return along(where.y, picture.height, kRows) * kColumns + along(where.x, picture.width, kColumns);
}

std::size_t Clutter::size_of(float area_px) {
  return std::min(kSizes - 1, static_cast<std::size_t>(std::log2(std::max(1.0F, area_px))));
}

void Clutter::ended(cv::Point2f where, cv::Size picture, float area_px, float travel_px) {
  if (travel_px < kLeastTravelPx) return;
  Died& died = cells_[static_cast<std::size_t>(cell_of(where, picture))][size_of(area_px)];
  died.tracks += 1;
  died.travel_px += std::min(kMostTravelPx, travel_px) - kLeastTravelPx;
}

float Clutter::needed_travel_px(cv::Point2f where, cv::Size picture, float area_px) const {
  const int cell = cell_of(where, picture);
  const int column = cell % kColumns, row = cell / kColumns;
  float tracks = 0, travel_px = 0;
  for (int j = std::max(0, row - 1); j <= std::min(kRows - 1, row + 1); ++j) {
    for (int i = std::max(0, column - 1); i <= std::min(kColumns - 1, column + 1); ++i) {
      const Cell& died = cells_[static_cast<std::size_t>(j * kColumns + i)];
      for (std::size_t size = size_of(0.5F * area_px); size < kSizes; ++size) {
        tracks += died[size].tracks;
        travel_px += died[size].travel_px;
      }
    }
  }
  // At first nothing is known of the place: leaves may be about to move.
  const float unknown = std::exp(-known_s_ / kUnknownS);
  const float mean_px =
      (travel_px + kPriorTracks * (kPriorTravelPx + kUnknownTravelPx * unknown)) / (tracks + kPriorTracks);
  const float an_hour = (tracks + unknown) / std::max(1.0F, watched_s_) * kPeriodS;
  if (an_hour <= 1) return 0;
  return std::min(kMostNeededPx, kLeastTravelPx + mean_px * std::log(an_hour));
}

}  // namespace vonggac::motion
