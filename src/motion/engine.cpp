#include "motion/engine.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <opencv2/imgproc.hpp>

#include "motion/background_model.h"
#include "motion/comparison.h"
#include "motion/event_logic.h"
#include "motion/exposure_watch.h"
#include "motion/frame_scaler.h"
#include "motion/sensitivity.h"
#include "motion/sparse_watch.h"
#include "motion/track_note.h"
#include "motion/tracker.h"
#include "motion/zones.h"

namespace vonggac::motion {
namespace {

constexpr int kMinSidePx = 16;
constexpr std::int64_t kForgetAfterUs = 10'000'000;
constexpr std::int64_t kSparseUs = 700'000;
constexpr std::int64_t kBlindUs = 2'000'000;  // after a start: the background is being learned
constexpr float kSlowPictureS = 0.19F;        // above it three pictures must do, as four would take over 0.7 s
constexpr float kWholePictureShare = 0.45F;
// Of the median brightness between two pictures: 1/8 s apart, and seconds apart, where clouds alone do more.
constexpr float kWholePictureJump = 0.07F, kWholePictureJumpSparse = 0.25F;
constexpr float kExplainedShare = 0.05F;  // less foreground than that: the jump was light, and has been taken out
constexpr float kRelearnS = 1.2F;
constexpr float kMinChange = 0.1F;  // share of a blob that must differ from the last picture to keep us looking
constexpr std::int64_t kRecentUs = 1'000'000;
// When a track has come to rest and becomes background: without change inside, or with change but in one place.
constexpr std::int64_t kStillUs = 6'000'000, kFixedUs = 30'000'000;
constexpr std::int64_t kGhostUs = 3'000'000, kFixedUnconfirmedUs = 8'000'000;

class LumaEngine final : public Engine {
 public:
  explicit LumaEngine(const EngineSettings& settings) { set_settings(settings); }

  void set_settings(const EngineSettings& settings) override {
    zone_polygons_ = settings.zones;
    explain_ = settings.explain;
    thresholds_ = thresholds_for(settings.sensitivity);
    tracker_.set_levels(levels_beside(thresholds_));
    if (!background_.empty()) zones_.draw(zone_polygons_, background_.mean().size());
  }
  EngineOutput look(const Luma& picture, std::int64_t time_us) override;
  bool peek(const Luma& picture) override;
  EngineOutput look_at_peeked(const Luma& picture, std::int64_t time_us) override {
    peeked_ = true;
    return look(picture, time_us);
  }
  EngineOutput finish() override {
    EngineOutput out;
    events_.finish(out, ipc::MotionReason::kStreamEnded);
    tracker_.clear();
    note_ended(out);
    return out;
  }

 private:
  void note_ended(EngineOutput& out);
  void explain(EngineOutput& out);

  void restart(std::int64_t time_us);
  void watch_whole_picture(std::int64_t time_us, bool sparse);
  void follow(std::int64_t time_us, float dt_s, EngineOutput& out);
  void follow_sparse(std::int64_t time_us, EngineOutput& out);
  Learning learning_of(const Track& track, std::int64_t time_us) const;
  void map_learning(std::int64_t time_us);
  void report(std::int64_t time_us, EngineOutput& out);
  void show(const Blob& blob, float score, std::int64_t time_us, EngineOutput& out) const;

  std::vector<ZonePolygon> zone_polygons_;
  Thresholds thresholds_;
  FrameScaler scaler_;
  BackgroundModel background_;
  Comparison now_, before_, probe_;
  ShowerFilter shower_;
  ExposureWatch exposure_;
  Tracker tracker_;
  SparseWatch sparse_watch_;
  Zones zones_;
  EventLogic events_;
  cv::Mat scaled_, learning_, subjects_;
  bool explain_ = false, peeked_ = false;
  int width_ = 0, height_ = 0;
  std::int64_t last_us_ = 0, blind_until_us_ = 0;
};

/// What was lost with this picture, or given up.
void LumaEngine::note_ended(EngineOutput& out) {
  for (const Track& track : tracker_.take_ended()) out.ended.push_back(note_of(track, scaled_.size()));
}

void LumaEngine::explain(EngineOutput& out) {
  for (const Track& track : tracker_.tracks()) {
    if (track.found_now) out.tracks.push_back(note_of(track, scaled_.size()));
  }
  const auto best = std::max_element(out.tracks.begin(), out.tracks.end(),
                                     [](const TrackNote& a, const TrackNote& b) { return a.score < b.score; });
  out.view.active = out.event_active;
  out.view.threshold_grey = static_cast<float>(cv::mean(now_.threshold())[0]);
  out.view.foreground = now_.foreground().share();
  out.view.things = static_cast<std::uint16_t>(out.tracks.size());
  out.view.pictures_needed = static_cast<std::uint16_t>(thresholds_.tracker.min_pictures);
  out.view.travel_needed = thresholds_.tracker.min_travel_px / static_cast<float>(scaled_.cols);
  if (best == out.tracks.end()) return;
  out.view.score = best->score;
  out.view.verdict = best->verdict;
  out.view.pictures = static_cast<std::uint16_t>(best->pictures);
  out.view.travel = best->travel;
}

bool usable(const Luma& picture) {
  return picture.data != nullptr && std::min(picture.width, picture.height) >= kMinSidePx;
}

void LumaEngine::restart(std::int64_t time_us) {
  now_.begin(scaled_);
  shower_.clear();
  exposure_.clear();
  background_.start(now_.frame());
  tracker_.restart();
  sparse_watch_.clear();
  subjects_ = cv::Mat::zeros(scaled_.size(), CV_8U);
  zones_.draw(zone_polygons_, scaled_.size());
  blind_until_us_ = time_us + kBlindUs;
}

/// Light switched, infrared on, exposure settling: take the new picture over, and raise no alarm meanwhile.
void LumaEngine::watch_whole_picture(std::int64_t time_us, bool sparse) {
  const float ratio = now_.brightness_ratio(before_);
  const bool jump = std::max(ratio, 1 / ratio) > 1 + (sparse ? kWholePictureJumpSparse : kWholePictureJump);
  const bool flooded = background_.settled() && now_.foreground().share() >= kWholePictureShare;
  const bool switched = flooded || (jump && now_.foreground().share() >= kExplainedShare);
  const bool settles = exposure_.settles(now_.frame(), time_us, switched);
  if (!switched && !settles) return;
  background_.relearn(kRelearnS);
  blind_until_us_ = std::max(blind_until_us_, time_us + static_cast<std::int64_t>(kRelearnS * 1e6F));
  std::erase_if(tracker_.tracks(), [](const Track& track) { return !track.confirmed; });
}

Learning LumaEngine::learning_of(const Track& track, std::int64_t time_us) const {
  const bool still = time_us - track.last_change_us > (track.confirmed ? kStillUs : kGhostUs);
  const bool fixed = time_us - track.fixed_since_us > (track.confirmed ? kFixedUs : kFixedUnconfirmedUs);
  if (still || fixed) return Learning::kAbsorb;
  return track.confirmed ? Learning::kMoving : Learning::kUnexplained;
}

/// Draws each track's blob with its holes filled: what is large must be taken neither for light nor for a shift, and
/// the background behind it must be kept until it has come to rest.
void LumaEngine::map_learning(std::int64_t time_us) {
  learning_ = cv::Mat::zeros(scaled_.size(), CV_8U);
  learning_.setTo(static_cast<int>(Learning::kUnexplained), now_.foreground().mask());
  for (const Track& track : tracker_.tracks()) {
    if (!track.found_now) continue;
    const Learning learning = learning_of(track, time_us);
    if (learning == Learning::kUnexplained) continue;
    const cv::Mat blob = now_.foreground().labels()(track.blob.box) == track.blob.label;
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(blob, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    cv::drawContours(learning_, outlines, -1, cv::Scalar(static_cast<int>(learning)), cv::FILLED, cv::LINE_8,
                     cv::noArray(), INT_MAX, track.blob.box.tl());
  }
  // Also while it is being absorbed: light estimated on it would look like a change inside.
  cv::compare(learning_, static_cast<int>(Learning::kMoving), subjects_, cv::CMP_GE);
}

/// Adds a confirmed blob to the output: its box, and its pixels to the grid.
void LumaEngine::show(const Blob& blob, float score, std::int64_t time_us, EngineOutput& out) const {
  const cv::Mat& labels = now_.foreground().labels();
  const auto w = static_cast<float>(labels.cols), h = static_cast<float>(labels.rows);
  const Box box{static_cast<float>(blob.box.x) / w, static_cast<float>(blob.box.y) / h,
                static_cast<float>(blob.box.width) / w, static_cast<float>(blob.box.height) / h};
  out.boxes.push_back({time_us, box, score});
  for (int y = blob.box.y; y < blob.box.y + blob.box.height; ++y) {
    const int* const label = labels.ptr<int>(y);
    for (int x = blob.box.x; x < blob.box.x + blob.box.width; ++x) {
      if (label[x] != blob.label) continue;
      const int cell = y * kGridRows / labels.rows * kGridColumns + x * kGridColumns / labels.cols;
      out.grid[static_cast<std::size_t>(cell / 8)] |= static_cast<std::uint8_t>(0x80U >> (cell % 8));
    }
  }
}

void LumaEngine::report(std::int64_t time_us, EngineOutput& out) {
  for (Track& track : tracker_.tracks()) {
    if (!track.found_now) continue;
    out.candidate = out.candidate || track.confirmed || (track.seen >= 2 && track.blob.change > kMinChange);
    if (!track.confirmed) continue;
    if (time_us - track.last_change_us > kRecentUs) {
      events_.resting();
      continue;
    }
    const std::optional<std::string> zone = zones_.zone_of(now_.foreground().labels(), track.blob);
    if (!zone) continue;
    track.in_a_zone = true;
    const float score = score_of(track, scaled_.size());
    events_.moving(time_us, track.first.time_us, score, *zone);
    events_.began_by(track.by_large_change ? ipc::MotionReason::kLargeChange : ipc::MotionReason::kTravelled);
    show(track.blob, score, time_us, out);
    zones_.add_watched(now_.foreground().labels(), track.blob, out.watched);
  }
}

void LumaEngine::follow(std::int64_t time_us, float dt_s, EngineOutput& out) {
  Tracker::Limits limits = thresholds_.tracker;
  if (dt_s > kSlowPictureS) limits.min_pictures = std::min(limits.min_pictures, 3);
  tracker_.follow(now_.foreground().blobs(), time_us, limits, scaled_.size(), time_us >= blind_until_us_);
  map_learning(time_us);
  background_.learn(now_.frame(), now_.foreground().residual(), now_.gain(), learning_, dt_s);
  report(time_us, out);
}

void LumaEngine::follow_sparse(std::int64_t time_us, EngineOutput& out) {
  tracker_.clear();
  map_learning(time_us);
  const std::vector<SparseWatch::Moved> moved =
      sparse_watch_.look(now_.foreground().blobs(), time_us, thresholds_.tracker.min_travel_px);
  out.candidate = !now_.foreground().blobs().empty();
  if (time_us < blind_until_us_) return;
  for (const SparseWatch::Moved& one : moved) {
    const std::optional<std::string> zone = zones_.zone_of(now_.foreground().labels(), one.blob);
    if (!zone) continue;
    const float score = score_of(one.blob, scaled_.size());
    events_.moving(time_us, one.since_us, score, *zone);
    events_.began_by(ipc::MotionReason::kOtherPlace);
    out.ended.push_back(note_of(one, score, time_us, scaled_.size()));
    show(one.blob, score, time_us, out);
    zones_.add_watched(now_.foreground().labels(), one.blob, out.watched);
  }
}

EngineOutput LumaEngine::look(const Luma& picture, std::int64_t time_us) {
  EngineOutput out;
  const bool peeked = std::exchange(peeked_, false);  // also where the picture is of no use
  if (!usable(picture)) return out;
  if (!peeked) scaler_.scale(picture, scaled_);
  const bool anew = background_.empty() || picture.width != width_ || picture.height != height_ ||
                    time_us <= last_us_ || time_us - last_us_ > kForgetAfterUs;
  const std::int64_t interval_us = time_us - last_us_;
  width_ = picture.width;
  height_ = picture.height;
  last_us_ = time_us;
  if (anew) {
    restart(time_us);
    events_.finish(out, ipc::MotionReason::kPictureChanged);
    note_ended(out);
    return out;
  }
  const float dt_s = static_cast<float>(interval_us) * 1e-6F;
  const bool sparse = interval_us > kSparseUs;
  std::swap(now_, before_);
  if (peeked && sparse) {
    std::swap(now_, probe_);
  } else {
    now_.compare(scaled_, background_, subjects_, zones_.allowed(), &before_, sparse ? nullptr : &shower_,
                 thresholds_.foreground);
  }
  if (sparse) {
    shower_.clear_pictures();
  } else {
    shower_.keep(now_.difference(), now_.threshold(), subjects_, dt_s);
  }
  watch_whole_picture(time_us, sparse);
  if (sparse) {
    follow_sparse(time_us, out);
    background_.learn(now_.frame(), now_.foreground().residual(), now_.gain(), learning_, dt_s);
  } else {
    sparse_watch_.remember(now_.foreground().blobs(), time_us);
    follow(time_us, dt_s, out);
  }
  out.shower = shower_.active();
  events_.advance(time_us, interval_us, out);
  note_ended(out);
  if (explain_) explain(out);
  return out;
}

bool LumaEngine::peek(const Luma& picture) {
  if (!usable(picture)) return false;
  if (background_.empty() || picture.width != width_ || picture.height != height_) return true;
  scaler_.scale(picture, scaled_);
  probe_.compare(scaled_, background_, subjects_, zones_.allowed(), nullptr, nullptr, thresholds_.foreground);
  return !probe_.foreground().blobs().empty() || probe_.foreground().share() >= kWholePictureShare;
}

}  // namespace

std::unique_ptr<Engine> Engine::create(const EngineSettings& settings) {
  return std::make_unique<LumaEngine>(settings);
}

}  // namespace vonggac::motion
