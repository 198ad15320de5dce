#include "motion/shower_filter.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <opencv2/imgproc.hpp>

#include "motion/wide.h"

namespace vonggac::motion {
namespace {

constexpr int kFlashPx = 2;                    // fewer in a place is noise,
constexpr float kMostFlashShare = 0.4F;        // and more of it is light
constexpr int kBroadPx = 5;                    // a drop near the lens is half as broad,
constexpr float kBroadShare = 0.8F;            // and fills less of such a square
constexpr float kPlacesTauS = 4.0F;            // showers last longer, a runner is gone by then
constexpr int kFewestCounted = 4;              // pictures before it is decided
constexpr float kBegins = 2.0F, kEnds = 1.0F;  // places on average

VONGGAC_WIDE void median_row(const float* a, const float* b, const float* c, float* out, int width) {
  for (int x = 0; x < width; ++x) {
    const float low = std::min(a[x], b[x]), high = std::max(a[x], b[x]);
    out[x] = std::max(low, std::min(high, c[x]));
  }
}

/// Whether the middle one of three pictures stands out from both others.
VONGGAC_WIDE void flash_row(const float* now, const float* middle, const float* first, const float* t,
                            std::uint8_t* out, int width) {
  for (int x = 0; x < width; ++x) {
    const float above = middle[x] - std::max(now[x], first[x]), below = std::min(now[x], first[x]) - middle[x];
    out[x] = std::max(above, below) > t[x] ? std::uint8_t{1} : std::uint8_t{0};
  }
}

VONGGAC_WIDE void differs_row(const float* d, const float* t, std::uint8_t* out, int width) {
  for (int x = 0; x < width; ++x) out[x] = std::abs(d[x]) > t[x] ? std::uint8_t{1} : std::uint8_t{0};
}

}  // namespace

void ShowerFilter::clear() {
  kept_ = counted_ = 0;
  places_ = 0;
  active_ = false;
}

void ShowerFilter::filter(const cv::Mat& difference, const cv::Mat& threshold, cv::Mat& out) const {
  if (!active_ || kept_ < 2 || pictures_[0].size() != difference.size()) {
    difference.copyTo(out);
    return;
  }
  out.create(difference.size(), CV_32F);
  for (int y = 0; y < difference.rows; ++y) {
    median_row(difference.ptr<float>(y), pictures_[0].ptr<float>(y), pictures_[1].ptr<float>(y), out.ptr<float>(y),
               difference.cols);
  }
  put_back_what_is_broad(difference, threshold, out);
}

void ShowerFilter::put_back_what_is_broad(const cv::Mat& difference, const cv::Mat& threshold, cv::Mat& out) const {
  differs_.create(difference.size(), CV_8U);
  for (int y = 0; y < difference.rows; ++y) {
    differs_row(difference.ptr<float>(y), threshold.ptr<float>(y), differs_.ptr<std::uint8_t>(y), difference.cols);
  }
  cv::boxFilter(differs_, dense_, CV_8U, {kBroadPx, kBroadPx}, {-1, -1}, false, cv::BORDER_CONSTANT);
  cv::compare(dense_, kBroadShare * kBroadPx * kBroadPx - 1, dense_, cv::CMP_GT);
  if (cv::countNonZero(dense_) == 0) return;
  cv::dilate(dense_, differs_, cv::getStructuringElement(cv::MORPH_RECT, {kBroadPx, kBroadPx}));
  difference.copyTo(out, differs_);
}

/// As if there were no subjects: those in the rest of the picture, and as many in proportion where they are.
float ShowerFilter::flashing_places(const cv::Mat& difference, const cv::Mat& threshold, const cv::Mat& subjects) {
  struct Place {
    int pixels = 0, flashes = 0, hidden = 0;
  };
  std::array<Place, std::size_t{kColumns} * kRows> places{};
  flash_.resize(static_cast<std::size_t>(difference.cols));
  for (int y = 0; y < difference.rows; ++y) {
    flash_row(difference.ptr<float>(y), pictures_[0].ptr<float>(y), pictures_[1].ptr<float>(y), threshold.ptr<float>(y),
              flash_.data(), difference.cols);
    Place* const row = &places[static_cast<std::size_t>(y * kRows / difference.rows * kColumns)];
    const std::uint8_t* const hidden = subjects.ptr<std::uint8_t>(y);
    for (int i = 0; i < kColumns; ++i) {
      const int from_x = difference.cols * i / kColumns, to_x = difference.cols * (i + 1) / kColumns;
      int flashes = 0, covered = 0;
      for (int x = from_x; x < to_x; ++x) {
        flashes += flash_[static_cast<std::size_t>(x)];
        covered += hidden[x] & 1;
      }
      row[i].pixels += to_x - from_x;
      row[i].flashes += flashes;
      row[i].hidden += covered;
    }
  }
  int flashing = 0, seen = 0;
  for (const Place& place : places) {
    if (place.hidden > 0) continue;
    ++seen;
    const bool light = static_cast<float>(place.flashes) > kMostFlashShare * static_cast<float>(place.pixels);
    flashing += place.flashes >= kFlashPx && !light ? 1 : 0;
  }
  constexpr float kPlaces = kColumns * kRows;
  return seen == 0 ? 0.0F : static_cast<float>(flashing) * kPlaces / static_cast<float>(seen);
}

void ShowerFilter::keep(const cv::Mat& difference, const cv::Mat& threshold, const cv::Mat& subjects, float dt_s) {
  if (kept_ > 0 && pictures_[0].size() != difference.size()) clear();
  if (kept_ >= 2) {
    ++counted_;
    const float rate = std::max(1.0F - std::exp(-dt_s / kPlacesTauS), 1.0F / static_cast<float>(counted_));
    places_ += rate * (flashing_places(difference, threshold, subjects) - places_);
    active_ = counted_ >= kFewestCounted && places_ >= (active_ ? kEnds : kBegins);
  }
  std::swap(pictures_[0], pictures_[1]);
  difference.copyTo(pictures_[0]);
  kept_ = std::min(2, kept_ + 1);
}

}  // namespace vonggac::motion
