#include "motion/tracker.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

namespace vonggac::motion {
namespace {

constexpr std::int64_t kHistoryUs = 8'000'000;
constexpr std::int64_t kWalkUs = 2'000'000;  // things walk straight on for that long
constexpr std::int64_t kCoastTentativeUs = 500'000;
constexpr std::int64_t kCoastConfirmedUs = 900'000;
constexpr int kGrowPx = 3;
constexpr float kSmoothing = 0.5F;
constexpr float kFixedPx = 2.0F;
constexpr float kMinTrackChange = 0.1F;
constexpr float kLargeShare = 0.04F;
constexpr float kBrightOnlyTrack = 0.9F;
constexpr int kBrightPictures = 7;
constexpr int kSmallBrightPictures = 9;
constexpr float kInsectSizesPerS = 2.5F;
constexpr int kInsectPictures = 14;
constexpr int kInsectAreaPx = 25;
constexpr float kSharpInsectShare = 0.01F;  // of the picture; those of the set reach half of that
constexpr float kBrightStraightness = 0.8F;
constexpr float kSharpShare = 0.35F;
constexpr float kSharpLarge = 0.45F;  // of something large and near the lens it is below, of a van by night above
constexpr float kBlurred = 0.25F;     // sharp share below which it is near the lens, or a compression cloud
constexpr float kBeamBrighter = 0.7F, kBeamSharp = 0.3F;
constexpr float kSeeThrough = 0.6F;  // a thing hides what is behind it: 0 +- 0.3; light, haze and glare leave it there,
constexpr float kSeeShifted = -0.5F;  // and an edge that has shifted a little looks like its own negative
constexpr float kSeeThroughBright = 0.45F;
constexpr float kMinFit =
    0.4F;  // a thing is where it was expected: 0.45 .. 0.9; drops linked by chance reach 0.1 .. 0.4
constexpr float kTravelShare = 0.6F;    // of the least travel that must be more than scatter
constexpr float kMostSizesPerS = 8.0F;  // twice what people run and vehicles drive: 3 .. 4 of their own sizes a second
constexpr float kMostBrightSizesPerS = 5.5F;  // of something small that is only bright: quicker is an insect for good
constexpr std::size_t kFewBlobs = 6;          // with more about, links over a distance would be chance
constexpr float kScatterWeight = 2.0F;        // of the scatter around the line: two deviations could be chance
constexpr float kQuietTravelPx =
    12.0F;  // where no more is asked for than that, a subject may stand as long as it likes
constexpr float kQuickLinkS = 0.35F;
constexpr std::int64_t kDoubtUs = 1'500'000;
constexpr int kSlowPictures = 3;  // at low frame rates so many must do
constexpr int kInARow = 3;        // what matters does not come and go
constexpr int kWorthNoting = 3;   // pictures; below it a track is noise

float length(cv::Point2f p) { return std::hypot(p.x, p.y); }

cv::Rect grown(cv::Rect box, int by) { return {box.x - by, box.y - by, box.width + 2 * by, box.height + 2 * by}; }

cv::Rect predicted_box(const Track& track, std::int64_t time_us) {
  const TrackPoint& last = track.points.back();
  const float dt_s = static_cast<float>(time_us - last.time_us) * 1e-6F;
  cv::Rect box = last.box;
  box.x += static_cast<int>(std::lround(track.velocity.x * dt_s));
  box.y += static_cast<int>(std::lround(track.velocity.y * dt_s));
  return box;
}

float size_of(const TrackPoint& point) { return std::sqrt(static_cast<float>(point.box.area())); }

float overlap(cv::Rect a, cv::Rect b) {
  const int both = (a & b).area();
  return static_cast<float>(both) / static_cast<float>(std::max(1, a.area() + b.area() - both));
}

/// 0 = cannot be the same; higher is better.
float affinity(const Track& track, const Blob& blob, std::int64_t time_us) {
  const cv::Rect where = grown(predicted_box(track, time_us), kGrowPx);
  const cv::Rect last = grown(track.points.back().box, kGrowPx);
  const int overlap = std::max((where & blob.box).area(), (last & blob.box).area());
  if (overlap <= 0) return 0;
  const float ratio = static_cast<float>(blob.area_px) / static_cast<float>(track.points.back().area_px);
  if (ratio > 6.0F || ratio < 1.0F / 6.0F) return 0;
  const float unions = static_cast<float>(where.area() + blob.box.area() - (where & blob.box).area());
  return static_cast<float>(overlap) / unions + 0.1F * std::min(ratio, 1.0F / ratio);
}

bool has_stable_area(const Track& track) {
  int smallest = track.points.back().area_px, largest = smallest;
  const std::size_t look_back = std::min<std::size_t>(track.points.size(), 4);
  for (std::size_t i = track.points.size() - look_back; i < track.points.size(); ++i) {
    smallest = std::min(smallest, track.points[i].area_px);
    largest = std::max(largest, track.points[i].area_px);
  }
  return largest <= 4 * smallest;
}

int pictures_needed(const Tracker::Limits& limits, int crowd) { return limits.min_pictures + std::min(4, crowd / 4); }

float least_travel_px(const Track& track, const Tracker::Limits& limits) {
  const float size = 0.5F * (size_of(track.first) + size_of(track.points.back()));
  return std::max(limits.min_travel_px, limits.min_travel_sizes * size);
}

/// Keeps what people who tune will ask for. Of a long track every other foot point goes when there are too many.
void note(Track& track, cv::Size picture) {
  track.largest_px = std::max(track.largest_px, track.blob.area_px);
  track.best_contrast = std::max(track.best_contrast, track.blob.contrast);
  track.best_score = std::max(track.best_score, score_of(track, picture));
  if (track.seen % track.feet_every != 0) return;
  if (track.feet.size() >= ipc::MotionCandidate::kMaxFeet) {
    for (std::size_t i = 0; 2 * i < track.feet.size(); ++i) track.feet[i] = track.feet[2 * i];
    track.feet.resize(track.feet.size() / 2);
    track.feet_every *= 2;
  }
  const cv::Rect& box = track.blob.box;
  track.feet.emplace_back(static_cast<float>(box.x) + 0.5F * static_cast<float>(box.width),
                          static_cast<float>(box.y + box.height));
}

/// Mean, slope and scatter of one coordinate over time.
struct LineFit {
  float slope = 0, variance = 0;
};
LineFit fit_line(const std::vector<float>& t, const std::vector<float>& v) {
  const auto n = static_cast<float>(t.size());
  float st = 0, sv = 0, stt = 0, stv = 0;
  for (std::size_t i = 0; i < t.size(); ++i) st += t[i], sv += v[i], stt += t[i] * t[i], stv += t[i] * v[i];
  const float mt = st / n, mv = sv / n;
  const float tt = stt - n * mt * mt;
  LineFit fit;
  if (tt <= 0) return fit;
  fit.slope = (stv - n * mt * mv) / tt;
  float rest = 0;
  for (std::size_t i = 0; i < t.size(); ++i) {
    const float off = v[i] - mv - fit.slope * (t[i] - mt);
    rest += off * off;
  }
  fit.variance = rest / std::max(1.0F, n - 2);  // two were used up by the line
  return fit;
}

}  // namespace

float significant_travel_px(const std::deque<TrackPoint>& points, std::int64_t span_us) {
  constexpr std::size_t kFewest = 3;
  std::vector<float> t, x, y;
  for (const TrackPoint& point : points) {
    if (points.back().time_us - point.time_us > span_us) continue;
    t.push_back(static_cast<float>(point.time_us - points.back().time_us) * 1e-6F);
    x.push_back(point.centre.x);
    y.push_back(point.centre.y);
  }
  if (t.size() < kFewest) return 0;
  const LineFit fx = fit_line(t, x), fy = fit_line(t, y);
  const float way = std::hypot(fx.slope, fy.slope) * (t.back() - t.front());
  return std::max(0.0F, way - kScatterWeight * std::sqrt(fx.variance + fy.variance));
}

float score_of(const Blob& blob, cv::Size picture) {
  const float share = static_cast<float>(blob.area_px) / static_cast<float>(std::max(1, picture.area()));
  const float size = std::min(1.0F, std::sqrt(share) * 4.0F);  // 1 from 6 % of the picture up
  const float contrast = std::min(1.0F, blob.contrast * 0.25F);
  return std::min(1.0F, 0.2F + 0.4F * size + 0.4F * contrast);
}

float score_of(const Track& track, cv::Size picture) {
  const float seen = std::min(1.0F, static_cast<float>(track.seen) / 16.0F);
  return score_of(track.blob, picture) * (0.6F + 0.4F * seen);
}

void Tracker::begin(const Blob& blob, std::int64_t time_us) {
  Track track;
  track.id = next_id_++;
  track.first = {time_us, blob.box, blob.centre, blob.area_px, blob.change};
  track.points.push_back(track.first);
  track.smooth_centre = blob.centre;
  track.seen = track.in_a_row = 1;
  track.found_now = true;
  track.area_px = static_cast<float>(blob.area_px);
  track.brighter = blob.brighter;
  track.sharp_share = blob.sharp_share;
  track.see_through = blob.see_through;
  track.last_seen_us = track.last_change_us = track.fixed_since_us = time_us;
  track.fixed_at = blob.centre;
  track.blob = blob;
  tracks_.push_back(std::move(track));
}

void Tracker::extend(Track& track, const Blob& blob, std::int64_t time_us) {
  const float dt_s = std::max(1e-3F, static_cast<float>(time_us - track.points.back().time_us) * 1e-6F);
  const float found = overlap(grown(predicted_box(track, time_us), 1), grown(blob.box, 1));
  track.fit = track.seen < 3 ? std::max(track.fit, found) : track.fit + 0.3F * (found - track.fit);
  const cv::Point2f before = track.smooth_centre;
  track.smooth_centre = before + kSmoothing * (blob.centre - before);
  const cv::Point2f step = track.smooth_centre - before;
  track.path_px += length(step);
  track.velocity = 0.5F * track.velocity + (0.5F / dt_s) * (blob.centre - track.points.back().centre);
  track.points.push_back({time_us, blob.box, blob.centre, blob.area_px, blob.change});
  while (time_us - track.points.front().time_us > kHistoryUs) track.points.pop_front();
  ++track.seen;
  ++track.in_a_row;
  track.found_now = true;
  track.brighter += 0.3F * (blob.brighter - track.brighter);
  track.sharp_share += 0.3F * (blob.sharp_share - track.sharp_share);
  track.see_through += 0.3F * (blob.see_through - track.see_through);
  track.strong_change = blob.change > 0.25F ? track.strong_change + 1 : 0;
  if (track.strong_change <= 1) track.strong_from = blob.change_centre;
  track.last_seen_us = time_us;
  if (blob.change > 0.05F) track.last_change_us = time_us;
  if (length(blob.centre - track.fixed_at) > std::max(kFixedPx, 0.15F * size_of(track.points.back()))) {
    track.fixed_at = blob.centre;
    track.fixed_since_us = time_us;
  }
  track.blob = blob;
  track.area_px += 0.3F * (static_cast<float>(blob.area_px) - track.area_px);
  // What is slow comes as far only in a longer while, in which chance would have ended.
  track.travel_px =
      std::max(significant_travel_px(track.points, kWalkUs), significant_travel_px(track.points, kHistoryUs));
  track.most_travel_px = std::max(track.most_travel_px, track.travel_px);
}

void Tracker::assign(const std::vector<Blob>& blobs, std::int64_t time_us) {
  std::vector<std::tuple<float, std::size_t, std::size_t>> pairs;
  for (std::size_t t = 0; t < tracks_.size(); ++t) {
    for (std::size_t b = 0; b < blobs.size(); ++b) {
      const float score = affinity(tracks_[t], blobs[b], time_us);
      if (score > 0) pairs.emplace_back(score + (tracks_[t].confirmed ? 0.2F : 0.0F), t, b);
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const auto& a, const auto& b) {
    if (std::get<0>(a) != std::get<0>(b)) return std::get<0>(a) > std::get<0>(b);
    return std::tie(std::get<1>(a), std::get<2>(a)) < std::tie(std::get<1>(b), std::get<2>(b));
  });
  std::vector<bool> track_done(tracks_.size(), false), blob_done(blobs.size(), false);
  for (const auto& [score, t, b] : pairs) {
    if (track_done[t] || blob_done[b]) continue;
    track_done[t] = blob_done[b] = true;
    extend(tracks_[t], blobs[b], time_us);
  }
  if (blobs.size() <= kFewBlobs) link_quick(blobs, track_done, blob_done, time_us);
  for (std::size_t b = 0; b < blobs.size(); ++b) {
    if (!blob_done[b]) begin(blobs[b], time_us);
  }
}

/// At few pictures a second a runner is elsewhere in each. Where little is about, a new blob is taken for a lost track
/// of its size and shape, if there is just one that it could be.
void Tracker::link_quick(const std::vector<Blob>& blobs, std::vector<bool>& track_done, std::vector<bool>& blob_done,
                         std::int64_t time_us) {
  for (std::size_t b = 0; b < blobs.size(); ++b) {
    if (blob_done[b]) continue;
    std::size_t chosen = tracks_.size();
    int candidates = 0;
    for (std::size_t t = 0; t < track_done.size(); ++t) {
      const TrackPoint& last = tracks_[t].points.back();
      const float dt_s = static_cast<float>(time_us - last.time_us) * 1e-6F;
      const float ratio = static_cast<float>(blobs[b].area_px) / static_cast<float>(last.area_px);
      const float tall = static_cast<float>(blobs[b].box.height) / static_cast<float>(last.box.height);
      if (track_done[t] || dt_s > kQuickLinkS || ratio > 2 || ratio < 0.5F || tall > 1.4F || tall < 0.7F) continue;
      if (last.area_px < kInsectAreaPx) continue;
      if (length(blobs[b].centre - last.centre) > kMostSizesPerS * size_of(last) * dt_s) continue;
      chosen = t;
      ++candidates;
    }
    if (candidates != 1) continue;
    track_done[chosen] = blob_done[b] = true;
    extend(tracks_[chosen], blobs[b], time_us);
  }
}

/// Insects at an infrared lamp: only brighter than the background, small or out of focus, quick or erratic.
bool Tracker::may_be_an_insect(const Track& track, float travel_px, float age_s, cv::Size picture) const {
  const TrackPoint& last = track.points.back();
  const float usual = 0.5F * (size_of(track.first) + size_of(last));
  // Small and quicker than anything on legs or wheels is near the lens, whatever its brightness: snow, a fly.
  if (last.area_px < kInsectAreaPx && travel_px > kMostSizesPerS * usual * age_s) return track.seen < kInsectPictures;
  if (track.brighter <= kBrightOnlyTrack) return false;
  const bool small =
      track.area_px <= kSharpInsectShare * static_cast<float>(picture.area()) || track.sharp_share < kSharpLarge;
  if (small && travel_px > kMostBrightSizesPerS * usual * age_s) return true;
  if (track.sharp_share < kSharpShare) return true;
  if (length(track.smooth_centre - track.first.centre) < kBrightStraightness * track.path_px) return true;
  // So large an insect would be out of focus.
  if (!small) return false;
  const bool quick = travel_px > kInsectSizesPerS * usual * age_s;
  const bool soft = track.sharp_share < kSharpLarge && track.area_px > kInsectAreaPx * 4;
  const int needed = quick || soft                  ? kInsectPictures
                     : last.area_px < kInsectAreaPx ? kSmallBrightPictures
                                                    : kBrightPictures;
  return track.seen < needed;
}

/// What leaves the background's texture in place is light or haze; what has no edges is near the lens.
bool Tracker::is_light_or_blur(const Track& track) {
  if (track.sharp_share < kBlurred || track.see_through > kSeeThrough || track.see_through < kSeeShifted) return true;
  if (track.brighter > kBrightOnlyTrack && track.see_through > kSeeThroughBright) return true;
  return track.brighter > kBeamBrighter && track.sharp_share < kBeamSharp;
}

/// Something large leaving its parking place drags its ghost along: then the change inside tells that it moves.
bool Tracker::by_large_change(const Track& track, const Limits& limits, int crowd, cv::Size picture) const {
  const TrackPoint& last = track.points.back();
  if (static_cast<float>(last.area_px) <= kLargeShare * static_cast<float>(picture.area())) return false;
  return track.strong_change >= pictures_needed(limits, crowd) &&
         length(track.blob.change_centre - track.strong_from) > 0.5F * least_travel_px(track, limits);
}

ipc::MotionVerdict Tracker::judge(const Track& track, const Limits& limits, int crowd, cv::Size picture) const {
  using ipc::MotionVerdict;
  const TrackPoint& last = track.points.back();
  if (track.seen < pictures_needed(limits, crowd) || track.in_a_row < kInARow) return MotionVerdict::kTooFewPictures;
  if (last.change < kMinTrackChange) return MotionVerdict::kNoChange;
  const float travel = length(last.centre - track.first.centre);
  const float age_s = std::max(0.1F, static_cast<float>(last.time_us - track.first.time_us) * 1e-6F);
  if (may_be_an_insect(track, travel, age_s, picture)) return MotionVerdict::kLikeAnInsect;
  if (is_light_or_blur(track)) return MotionVerdict::kLikeLight;
  if (by_large_change(track, limits, crowd, picture)) return MotionVerdict::kMoves;
  const float least_px = least_travel_px(track, limits);
  if (travel < least_px || track.travel_px < kTravelShare * least_px) return MotionVerdict::kTooLittleTravel;
  const float needed_px = clutter_.needed_travel_px(last.centre, picture, track.area_px);
  // What is quick is seldom where it was expected; where little is asked for, twice as much will do instead.
  const bool fits = track.fit >= kMinFit || (needed_px <= kQuietTravelPx && track.travel_px >= 2 * needed_px);
  if (needed_px > 0 && (!fits || track.travel_px < needed_px)) return MotionVerdict::kTooLittleTravel;
  // Of something slow most of the path is the trembling of its outline, which is taken out of the travel.
  const bool straight = length(track.smooth_centre - track.first.centre) >= limits.min_straightness * track.path_px;
  if (!straight && track.travel_px < least_px) {
    return MotionVerdict::kNotStraight;
  }
  return has_stable_area(track) ? MotionVerdict::kMoves : MotionVerdict::kUnstableSize;
}

/// What the other sensitivities would say now. Once yes is yes for good.
void Tracker::judge_levels(Track& track, const Limits& limits, int crowd, cv::Size picture) const {
  for (std::size_t i = 0; i < kLevels; ++i) {
    const auto bit = static_cast<std::uint16_t>(1U << i);
    const Level& level = levels_[i];
    if ((track.fires_at & bit) != 0 || track.blob.area_px < level.min_area_px) continue;
    if (track.blob.contrast < level.min_contrast) continue;
    Limits theirs = level.limits;
    if (limits.min_pictures <= kSlowPictures) theirs.min_pictures = std::min(theirs.min_pictures, kSlowPictures);
    if (judge(track, theirs, crowd, picture) == ipc::MotionVerdict::kMoves) track.fires_at |= bit;
  }
}

void Tracker::clear() {
  for (Track& track : tracks_) {
    if (track.seen >= kWorthNoting) ended_.push_back(std::move(track));
  }
  tracks_.clear();
}

void Tracker::restart() {
  clear();
  clutter_.clear();
}

std::vector<Track> Tracker::take_ended() { return std::exchange(ended_, {}); }

/// Fragments of a subject that is followed say nothing about clutter.
bool Tracker::next_to_a_subject(const Track& track) const {
  return std::any_of(tracks_.begin(), tracks_.end(), [&](const Track& other) {
    return other.confirmed && (grown(other.points.back().box, 2 * kGrowPx) & track.points.back().box).area() > 0;
  });
}

void Tracker::bury(std::int64_t time_us, cv::Size picture) {
  const auto gone = [time_us](const Track& track) {
    const std::int64_t coast_us = track.confirmed ? kCoastConfirmedUs : kCoastTentativeUs;
    return time_us - track.last_seen_us > (track.seen < 3 ? coast_us / 2 : coast_us);
  };
  for (const Track& track : tracks_) {
    if (!gone(track) || track.confirmed || next_to_a_subject(track)) continue;
    // Links that could never have counted say nothing about those that could.
    if (track.fit >= kMinFit)
      clutter_.ended(track.first.centre, picture, static_cast<float>(track.largest_px), track.most_travel_px);
  }
  std::erase_if(tracks_, [&](Track& track) {
    const bool lost = gone(track);
    if (lost && track.seen >= kWorthNoting) ended_.push_back(std::move(track));
    return lost;
  });
}

/// In a restless place a confirmed track must go on proving itself, else rain takes it over where a person has left.
void Tracker::doubt(Track& track, std::int64_t time_us, cv::Size picture) {
  const float needed_px = clutter_.needed_travel_px(track.points.back().centre, picture, track.area_px);
  const bool goes_on = track.travel_px >= 0.5F * needed_px && track.fit >= kMinFit;
  if (needed_px <= kQuietTravelPx || goes_on) {
    track.travelled_us = time_us;
  } else if (time_us - track.travelled_us > kDoubtUs) {
    clutter_.ended(track.points.back().centre, picture, track.area_px, track.travel_px);
    track.confirmed = false;
    track.first = track.points.back();
    track.smooth_centre = track.first.centre;
    track.path_px = track.most_travel_px = 0;
    track.points.erase(track.points.begin(), track.points.end() - 1);
    track.seen = 1;
  }
}

void Tracker::follow(const std::vector<Blob>& blobs, std::int64_t time_us, const Limits& limits, cv::Size picture,
                     bool may_confirm) {
  for (Track& track : tracks_) track.found_now = false;
  clutter_.advance(std::clamp(static_cast<float>(time_us - last_us_) * 1e-6F, 0.0F, 1.0F));
  last_us_ = time_us;
  assign(blobs, time_us);
  for (Track& track : tracks_) track.in_a_row = track.found_now ? track.in_a_row : 0;
  bury(time_us, picture);
  const int crowd = static_cast<int>(blobs.size());
  for (Track& track : tracks_) {
    if (!track.found_now) continue;
    note(track, picture);
    if (may_confirm) judge_levels(track, limits, crowd, picture);
    if (track.confirmed) doubt(track, time_us, picture);
    if (track.confirmed) continue;
    track.verdict = may_confirm ? judge(track, limits, crowd, picture) : ipc::MotionVerdict::kLearning;
    if (track.verdict != ipc::MotionVerdict::kMoves) continue;
    track.by_large_change = by_large_change(track, limits, crowd, picture);
    track.confirmed = true;
    track.confirmed_us = track.travelled_us = time_us;
  }
}

}  // namespace vonggac::motion
