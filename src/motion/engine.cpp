#include "motion/engine.h"

#include <algorithm>
#include <cmath>

#include <opencv2/imgproc.hpp>

#include "motion/background_model.h"
#include "motion/event_logic.h"
#include "motion/foreground.h"
#include "motion/frame_scaler.h"
#include "motion/illumination.h"
#include "motion/shift_estimator.h"
#include "motion/tracker.h"
#include "motion/zones.h"

namespace vonggac::motion {
namespace {

constexpr std::int64_t kForgetAfterUs = 10'000'000;
constexpr float kWholePictureShare = 0.45F;
constexpr float kWholePictureJump = 0.07F;  // of the median brightness, between two pictures
constexpr float kRelearnS = 1.2F;
constexpr float kMinStructure = 0.5F;
// When a track has come to rest and becomes background: without change inside, or with change but in one place.
constexpr std::int64_t kStillUs = 6'000'000, kFixedUs = 30'000'000;
constexpr std::int64_t kGhostUs = 3'000'000, kFixedUnconfirmedUs = 8'000'000;

class LumaEngine final : public Engine {
 public:
  explicit LumaEngine(const EngineSettings& settings) { set_settings(settings); }

  void set_settings(const EngineSettings& settings) override {
    settings_ = settings;
    settings_.sensitivity = std::clamp(settings.sensitivity, 1, 9);
    if (!frame_.empty()) zones_.draw(settings_.zones, frame_.size());
  }
  EngineOutput look(const Luma& picture, std::int64_t time_us) override;
  EngineOutput finish() override {
    EngineOutput out;
    events_.finish(out);
    return out;
  }

 private:
  void restart(std::int64_t time_us);
  void compare();
  void watch_whole_picture(std::int64_t time_us);
  Learning learning_of(const Track& track, std::int64_t time_us) const;
  void map_learning(std::int64_t time_us);
  void report(std::int64_t time_us, EngineOutput& out);
  void mark_grid(const Track& track, EngineOutput& out) const;

  EngineSettings settings_;
  FrameScaler scaler_;
  ShiftEstimator shift_estimator_;
  Illumination illumination_;
  BackgroundModel background_;
  Foreground foreground_;
  Tracker tracker_;
  Zones zones_;
  EventLogic events_;
  cv::Mat scaled_, frame_, previous_, gain_, expected_, threshold_, learning_, subjects_;
  std::vector<Blob> blobs_;
  int width_ = 0, height_ = 0;
  std::int64_t last_us_ = 0, blind_until_us_ = 0;
};

void LumaEngine::restart(std::int64_t time_us) {
  background_.start(frame_);
  tracker_.clear();
  subjects_ = cv::Mat::zeros(frame_.size(), CV_8U);
  foreground_.restart();
  zones_.draw(settings_.zones, frame_.size());
  blind_until_us_ = time_us + 2'000'000;
}

void LumaEngine::compare() {
  const cv::Point2f shift = shift_estimator_.estimate(scaled_, background_.mean(), subjects_);
  if (shift != cv::Point2f{}) {
    const cv::Matx23f move(1, 0, shift.x, 0, 1, shift.y);
    cv::warpAffine(scaled_, frame_, move, scaled_.size(), cv::INTER_LINEAR | cv::WARP_INVERSE_MAP,
                   cv::BORDER_REPLICATE);
  } else {
    scaled_.copyTo(frame_);
  }
  illumination_.estimate(frame_, background_.mean(), subjects_, gain_);
  background_.expect(gain_, expected_);
  background_.threshold(9.0F, threshold_);
  foreground_.find(frame_, gain_, expected_, threshold_, zones_.allowed(), {});
}

void LumaEngine::watch_whole_picture(std::int64_t time_us) {
  const float ratio = illumination_.overall(frame_, previous_);
  const bool jump = std::max(ratio, 1 / ratio) > 1 + kWholePictureJump;
  if (!jump && (!background_.settled() || foreground_.share() < kWholePictureShare)) return;
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

/// Draws each track's blob with its holes filled: what is large must be taken neither for light nor for a shift, and the
/// background behind it must be kept until it has come to rest.
void LumaEngine::map_learning(std::int64_t time_us) {
  learning_ = cv::Mat::zeros(frame_.size(), CV_8U);
  learning_.setTo(static_cast<int>(Learning::kUnexplained), foreground_.mask());
  for (const Track& track : tracker_.tracks()) {
    if (!track.found_now) continue;
    const Learning learning = learning_of(track, time_us);
    if (learning == Learning::kUnexplained) continue;
    const cv::Rect box = track.points.back().box;
    const cv::Mat blob = foreground_.labels()(box) == track.label;
    std::vector<std::vector<cv::Point>> outlines;
    cv::findContours(blob, outlines, cv::RETR_EXTERNAL, cv::CHAIN_APPROX_NONE);
    cv::drawContours(learning_, outlines, -1, cv::Scalar(static_cast<int>(learning)), cv::FILLED, cv::LINE_8,
                     cv::noArray(), INT_MAX, box.tl());
  }
  // Also while it is being absorbed: light estimated on it would look like a change inside.
  cv::compare(learning_, static_cast<int>(Learning::kMoving), subjects_, cv::CMP_GE);
}

void LumaEngine::mark_grid(const Track& track, EngineOutput& out) const {
  const cv::Mat& labels = foreground_.labels();
  const cv::Rect box = track.points.back().box;
  for (int y = box.y; y < box.y + box.height; ++y) {
    for (int x = box.x; x < box.x + box.width; ++x) {
      if (labels.at<int>(y, x) != track.label) continue;
      const int cell = y * 18 / labels.rows * 32 + x * 32 / labels.cols;
      out.grid[static_cast<std::size_t>(cell / 8)] |= static_cast<std::uint8_t>(0x80U >> (cell % 8));
    }
  }
}

void LumaEngine::report(std::int64_t time_us, EngineOutput& out) {
  for (const Track& track : tracker_.tracks()) {
    if (track.found_now) out.candidate = true;
    if (!track.confirmed || !track.found_now || time_us - track.last_change_us > 1'000'000) continue;
    const TrackPoint& point = track.points.back();
    const std::optional<std::string> zone = zones_.zone_of(foreground_.labels(), track.label, point.box);
    if (!zone) continue;
    const float score = std::min(1.0F, 0.3F + 0.02F * static_cast<float>(track.seen) + 0.1F * track.contrast);
    events_.moving(time_us, track.first.time_us, score, *zone);
    const auto w = static_cast<float>(frame_.cols), h = static_cast<float>(frame_.rows);
    const Box box{static_cast<float>(point.box.x) / w, static_cast<float>(point.box.y) / h,
                  static_cast<float>(point.box.width) / w, static_cast<float>(point.box.height) / h};
    out.boxes.push_back({time_us, box, score});
    mark_grid(track, out);
  }
}

EngineOutput LumaEngine::look(const Luma& picture, std::int64_t time_us) {
  EngineOutput out;
  scaler_.scale(picture, scaled_);
  const bool anew = picture.width != width_ || picture.height != height_ || time_us <= last_us_ ||
                    time_us - last_us_ > kForgetAfterUs || background_.empty();
  width_ = picture.width;
  height_ = picture.height;
  const float dt_s = std::min(1.0F, static_cast<float>(time_us - last_us_) * 1e-6F);
  last_us_ = time_us;
  if (anew) {
    scaled_.copyTo(frame_);
    restart(time_us);
    events_.finish(out);
    frame_.copyTo(previous_);
    return out;
  }
  compare();
  watch_whole_picture(time_us);
  blobs_.clear();
  for (const Blob& blob : foreground_.blobs()) {
    if (blob.structure >= kMinStructure) blobs_.push_back(blob);
  }
  tracker_.follow(blobs_, time_us, {}, frame_.size(), time_us >= blind_until_us_);
  map_learning(time_us);
  background_.learn(frame_, foreground_.residual(), gain_, learning_, dt_s);
  report(time_us, out);
  events_.advance(time_us, out);
  std::swap(previous_, frame_);
  frame_.create(previous_.size(), CV_32F);
  return out;
}

}  // namespace

std::unique_ptr<Engine> Engine::create(const EngineSettings& settings) {
  return std::make_unique<LumaEngine>(settings);
}

}  // namespace vonggac::motion
