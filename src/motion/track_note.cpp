#include "motion/track_note.h"

#include <algorithm>
#include <cmath>

namespace vonggac::motion {
namespace {

constexpr std::uint16_t kAllLevels = (1U << Tracker::kLevels) - 1;

Box fraction(const cv::Rect& box, cv::Size picture) {
  const auto w = static_cast<float>(std::max(1, picture.width)), h = static_cast<float>(std::max(1, picture.height));
  return {static_cast<float>(box.x) / w, static_cast<float>(box.y) / h, static_cast<float>(box.width) / w,
          static_cast<float>(box.height) / h};
}

float share_of(int area_px, cv::Size picture) {
  return static_cast<float>(area_px) / static_cast<float>(std::max(1, picture.area()));
}

}  // namespace

TrackNote note_of(const Track& track, cv::Size picture) {
  TrackNote note;
  note.id = track.id;
  note.start_us = track.first.time_us;
  note.last_us = track.last_seen_us;
  note.verdict = track.verdict;
  if (track.confirmed && !track.in_a_zone) note.verdict = ipc::MotionVerdict::kOutsideZones;
  note.fires_at = track.fires_at;
  note.pictures = track.seen;
  const cv::Point2f way = track.blob.centre - track.first.centre;
  const cv::Point2f smooth_way = track.smooth_centre - track.first.centre;
  const auto width = static_cast<float>(std::max(1, picture.width)),
             height = static_cast<float>(std::max(1, picture.height));
  note.travel = std::hypot(way.x, way.y) / width;
  note.straightness = track.path_px <= 0 ? 0 : std::min(1.0F, std::hypot(smooth_way.x, smooth_way.y) / track.path_px);
  note.area = share_of(track.largest_px, picture);
  note.contrast = track.best_contrast;
  note.brighter = track.brighter;
  note.score = track.best_score;
  note.box = fraction(track.blob.box, picture);
  for (const cv::Point2f& foot : track.feet) {
    note.feet.emplace_back(std::clamp(foot.x / width, 0.0F, 1.0F), std::clamp(foot.y / height, 0.0F, 1.0F));
  }
  return note;
}

TrackNote note_of(const SparseWatch::Moved& moved, float score, std::int64_t time_us, cv::Size picture) {
  TrackNote note;
  note.start_us = moved.since_us;
  note.last_us = time_us;
  note.fires_at = kAllLevels;
  note.pictures = 2;
  note.straightness = 1;
  note.area = share_of(moved.blob.area_px, picture);
  note.contrast = moved.blob.contrast;
  note.brighter = moved.blob.brighter;
  note.score = score;
  note.box = fraction(moved.blob.box, picture);
  note.feet.emplace_back(note.box.x + note.box.w / 2, std::min(1.0F, note.box.y + note.box.h));
  return note;
}

std::array<Tracker::Level, Tracker::kLevels> levels_beside(const Thresholds& in_force) {
  std::array<Tracker::Level, Tracker::kLevels> levels;
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const Thresholds theirs = thresholds_for(static_cast<int>(i) + 1);
    levels[i].limits = theirs.tracker;
    levels[i].min_area_px = theirs.foreground.min_area_px;
    // Contrast is counted in units of the threshold in force.
    const float ratio = theirs.foreground.floor / in_force.foreground.floor;
    levels[i].min_contrast = ratio > 1 ? ratio : 0;
  }
  return levels;
}

ipc::MotionCandidate candidate_of(const TrackNote& note) {
  ipc::MotionCandidate out;
  out.start.us = note.start_us;
  out.end.us = note.last_us;
  out.verdict = note.verdict;
  out.fires_at = note.fires_at;
  out.pictures = static_cast<std::uint16_t>(std::clamp(note.pictures, 0, 65535));
  out.travel = note.travel;
  out.straightness = note.straightness;
  out.area = note.area;
  out.contrast = note.contrast;
  out.brighter = note.brighter;
  out.score = note.score;
  out.box_x = note.box.x;
  out.box_y = note.box.y;
  out.box_w = note.box.w;
  out.box_h = note.box.h;
  out.feet.points = note.feet;
  return out;
}

}  // namespace vonggac::motion
