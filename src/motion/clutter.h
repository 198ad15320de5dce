/// How far things travel here that turned out to be nothing: rain, leaves, water, noise. From it follows how far a
/// track must come before chance no longer explains it.
/// Flow     Tracker: ended() for each track that died unconfirmed -> needed_travel_px() for those that live
/// Method   Travels of chance tracks are taken as exponentially distributed (mean m) and arriving at a rate; a track
///          counts when fewer than one chance track an hour and neighbourhood would come as far:
///          rate * 3600 s * exp(-travel / m) <= 1. In a quiet place the answer is 0 and other limits rule.
///          Only what was at least half as large counts: drops say nothing about something the size of a van.
/// Threads  one thread at a time.
/// Units    working pixels, seconds.
#pragma once

#include <array>

#include <opencv2/core.hpp>

namespace vonggac::motion {

class Clutter {
 public:
  static constexpr int kColumns = 8, kRows = 5;  ///< a cell is about 24 x 22 working pixels, a street's width
  void clear();
  /// Time passes: what happened long ago counts less.
  void advance(float dt_s);
  /// A track of that size that began at `where` of a picture of this size died unconfirmed after travelling that far.
  void ended(cv::Point2f where, cv::Size picture, float area_px, float travel_px);
  /// How far a track of that size that is at `where` must have come; 0 = anything will do.
  float needed_travel_px(cv::Point2f where, cv::Size picture, float area_px) const;

 private:
  static constexpr std::size_t kSizes = 12;  ///< each twice the one before
  struct Died {
    float tracks = 0;  ///< weighted by age
    float travel_px = 0;
  };
  using Cell = std::array<Died, kSizes>;
  static std::size_t size_of(float area_px);
  static int cell_of(cv::Point2f where, cv::Size picture);

  std::array<Cell, std::size_t{kColumns} * kRows> cells_{};
  float watched_s_ = 0;  ///< weighted by age
  float known_s_ = 0;    ///< since clear()
};

}  // namespace vonggac::motion
