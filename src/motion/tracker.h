/// Follows blobs from picture to picture and says which of them move like a person or a vehicle.
/// Threads  one thread at a time.
/// Units    working pixels; times in microseconds.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <vector>

#include <opencv2/core.hpp>

#include "ipc/messages.h"
#include "motion/clutter.h"
#include "motion/foreground.h"

namespace vonggac::motion {

struct TrackPoint {
  std::int64_t time_us = 0;
  cv::Rect box;
  cv::Point2f centre;
  int area_px = 0;
  float change = 0;
};

struct Track {
  int id = 0;
  std::deque<TrackPoint> points;  ///< the last 8 s
  TrackPoint first;               ///< where it began
  cv::Point2f velocity;           ///< px/s, smoothed
  float path_px = 0;              ///< length of the smoothed path
  cv::Point2f smooth_centre;
  int seen = 0;      ///< pictures in which it was found
  int in_a_row = 0;  ///< of them the last ones without a gap
  bool found_now = false;
  float brighter = 0;       ///< smoothed Blob::brighter
  float sharp_share = 0;    ///< smoothed Blob::sharp_share
  float see_through = 0;    ///< smoothed Blob::see_through
  float fit = 0;            ///< smoothed overlap of where it was expected and where it was found, 0..1
  int strong_change = 0;    ///< pictures in a row with much change inside
  cv::Point2f strong_from;  ///< where the change was when that run began
  bool confirmed = false;   ///< moves like something that matters
  std::int64_t confirmed_us = 0;
  float area_px = 0;              ///< smoothed
  float travel_px = 0;            ///< significant_travel_px() now, of the last 2 s or of all that is known
  float most_travel_px = 0;       ///< the most it has been
  std::int64_t travelled_us = 0;  ///< when it last came as far as this place asks for
  std::int64_t last_seen_us = 0;
  std::int64_t last_change_us = 0;  ///< last picture with change inside
  std::int64_t fixed_since_us = 0;  ///< since when its box has stayed where it is
  cv::Point2f fixed_at;
  Blob blob;  ///< the latest one; its label is of this picture if found_now
  // For people who tune:
  ipc::MotionVerdict verdict = ipc::MotionVerdict::kTooFewPictures;  ///< the latest one
  bool by_large_change = false;                                      ///< confirmed by change inside, not by travel
  bool in_a_zone = false;                                            ///< once confirmed: has been in one
  std::uint16_t fires_at = 0;                                        ///< TrackNote::fires_at
  int largest_px = 0;
  float best_contrast = 0, best_score = 0;
  std::vector<cv::Point2f> feet;  ///< bottom middle of its box, at most kMaxFeet, evenly over its life
  int feet_every = 1;             ///< pictures between two of them
};

/// 0..1: how surely this is something a person wants to see. Size, contrast and time seen all count.
float score_of(const Track& track, cv::Size picture);
float score_of(const Blob& blob, cv::Size picture);

/// How far a straight and even walk explains the points of that last while: the way along a fitted line, less what
/// scatters around it. Of leaves that swing and of drops linked by chance little is left.
float significant_travel_px(const std::deque<TrackPoint>& points, std::int64_t span_us);

class Tracker {
 public:
  struct Limits {
    int min_pictures = 4;
    float min_travel_px = 3.0F;
    float min_travel_sizes = 0.3F;
    float min_straightness = 0.5F;
  };
  /// What another sensitivity asks of a track; its thresholds are known only in proportion to those in force.
  struct Level {
    Limits limits;
    int min_area_px = 0;
    float min_contrast = 0;
  };
  static constexpr std::size_t kLevels = 9;
  /// Between pictures too far apart to follow: what is known of the place stays.
  void clear();
  /// Another scene: nothing is known of the place.
  void restart();
  /// Sensitivities 1 to 9 in the light of the one in force.
  void set_levels(const std::array<Level, kLevels>& levels) { levels_ = levels; }
  /// Tracks that were lost since the last call; those seen in fewer than three pictures are forgotten.
  std::vector<Track> take_ended();
  /// Follows the tracks into this picture's blobs. `may_confirm` false: no track becomes confirmed now.
  void follow(const std::vector<Blob>& blobs, std::int64_t time_us, const Limits& limits, cv::Size picture,
              bool may_confirm);
  const std::vector<Track>& tracks() const { return tracks_; }
  std::vector<Track>& tracks() { return tracks_; }

 private:
  void assign(const std::vector<Blob>& blobs, std::int64_t time_us);
  void link_quick(const std::vector<Blob>& blobs, std::vector<bool>& track_done, std::vector<bool>& blob_done,
                  std::int64_t time_us);
  void extend(Track& track, const Blob& blob, std::int64_t time_us);
  void begin(const Blob& blob, std::int64_t time_us);
  bool may_be_an_insect(const Track& track, float travel_px, float age_s, cv::Size picture) const;
  static bool is_light_or_blur(const Track& track);
  ipc::MotionVerdict judge(const Track& track, const Limits& limits, int crowd, cv::Size picture) const;
  bool by_large_change(const Track& track, const Limits& limits, int crowd, cv::Size picture) const;
  void judge_levels(Track& track, const Limits& limits, int crowd, cv::Size picture) const;
  bool next_to_a_subject(const Track& track) const;
  void bury(std::int64_t time_us, cv::Size picture);
  void doubt(Track& track, std::int64_t time_us, cv::Size picture);

  std::vector<Track> tracks_, ended_;
  std::array<Level, kLevels> levels_{};
  Clutter clutter_;
  std::int64_t last_us_ = 0;
  int next_id_ = 1;
};

}  // namespace vonggac::motion
