#include "motion/plugin_engine.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <opencv2/imgproc.hpp>

#include "motion/event_logic.h"
#include "motion/zones.h"

namespace vonggac::motion {
namespace {

constexpr int kMinPluginSidePx = 16;
constexpr std::int64_t kPluginForgetsAfterUs = 10'000'000;
constexpr int kErrorsInARow = 20;
constexpr int kMinShownShare = 3;  // a box counts if at least a third of it is not in an ignore zone
const cv::Size kMapSize(10 * kGridColumns, 10 * kGridRows);

class PluginEngine final : public Engine {
 public:
  PluginEngine(std::shared_ptr<PluginLibrary> library, EngineSettings settings, PartMark mark,
               std::function<void(const std::string&)> failed)
      : library_(std::move(library)),
        settings_(std::move(settings)),
        mark_(std::move(mark)),
        failed_(std::move(failed)) {
    zones_.draw(settings_.zones, kMapSize);
  }
  ~PluginEngine() override { stop(); }

  void set_settings(const EngineSettings& settings) override;
  EngineOutput look(const Luma& picture, std::int64_t time_us) override;
  bool peek(const Luma& picture) override;
  EngineOutput finish() override {
    if (built_in_) return built_in_->finish();
    EngineOutput out;
    events_.finish(out, ipc::MotionReason::kStreamEnded);
    return out;
  }

 private:
  const vonggac_motion_detector& functions() const { return *library_->plugin().detector; }
  template <typename Work>
  bool run(Work&& work);
  bool begin(const Luma& picture);
  void stop();
  void give_up();
  void take(const vonggac_motion& motion, std::int64_t time_us, EngineOutput& out);
  bool show(const vonggac_box& box, std::int64_t time_us, std::int64_t since_us, EngineOutput& out);

  std::shared_ptr<PluginLibrary> library_;
  EngineSettings settings_;
  PartMark mark_;
  std::function<void(const std::string&)> failed_;
  std::unique_ptr<Engine> built_in_;  ///< after the plug-in has failed for good
  void* detector_ = nullptr;
  bool running_ = false;
  std::int32_t result_ = VONGGAC_OK;  ///< of the last call
  int errors_ = 0;                    ///< in a row
  std::string last_error_;
  int width_ = 0, height_ = 0;
  std::int64_t last_us_ = 0;
  Zones zones_;
  EventLogic events_;
  cv::Mat labels_;
};

vonggac_luma abi_luma(const Luma& picture, std::int64_t time_us) {
  return {sizeof(vonggac_luma), picture.width, picture.height, picture.stride, time_us, picture.data};
}

bool usable_by_plugin(const Luma& picture) {
  return picture.data != nullptr && std::min(picture.width, picture.height) >= kMinPluginSidePx;
}

/// The box cut to the picture; empty for numbers that are none.
vonggac_box sane(const vonggac_box& box) {
  for (const float value : {box.x, box.y, box.w, box.h, box.score}) {
    if (!std::isfinite(value)) return {};
  }
  vonggac_box out;
  out.x = std::clamp(box.x, 0.0F, 1.0F);
  out.y = std::clamp(box.y, 0.0F, 1.0F);
  out.w = std::clamp(box.x + box.w, 0.0F, 1.0F) - out.x;
  out.h = std::clamp(box.y + box.h, 0.0F, 1.0F) - out.y;
  out.score = std::clamp(box.score, 0.0F, 1.0F);
  return out.w > 0 && out.h > 0 ? out : vonggac_box{};
}

/// Runs a call into the plug-in and keeps count of its failures. False: it failed.
template <typename Work>
bool PluginEngine::run(Work&& work) {
  vonggac_error error{};
  result_ = call_plugin(mark_, ipc::AnalysePart::kDetector, error, [&] { return work(error); });
  if (result_ == VONGGAC_OK || result_ == VONGGAC_SKIPPED) {
    errors_ = 0;
    return true;
  }
  last_error_ = text_of(error);
  if (++errors_ >= kErrorsInARow) give_up();
  return false;
}

bool PluginEngine::begin(const Luma& picture) {
  stop();
  width_ = picture.width;
  height_ = picture.height;
  running_ = run([&](vonggac_error& error) {
    return functions().create(library_->shared(), settings_.sensitivity, &detector_, &error);
  });
  if (!running_ && !built_in_) give_up();
  return running_;
}

void PluginEngine::stop() {
  if (!std::exchange(running_, false)) return;
  vonggac_error error{};
  (void)call_plugin(mark_, ipc::AnalysePart::kDetector, error, [&] {
    functions().destroy(detector_);
    return static_cast<std::int32_t>(VONGGAC_OK);
  });
  detector_ = nullptr;
}

void PluginEngine::give_up() {
  stop();
  built_in_ = Engine::create(settings_);
  failed_(last_error_);
}

void PluginEngine::set_settings(const EngineSettings& settings) {
  const bool other_sensitivity = settings.sensitivity != settings_.sensitivity;
  settings_ = settings;
  if (built_in_) {
    built_in_->set_settings(settings);
    return;
  }
  zones_.draw(settings_.zones, kMapSize);
  if (!running_ || !other_sensitivity) return;
  if (functions().set_sensitivity == nullptr) {
    stop();
    return;
  }
  (void)run(
      [&](vonggac_error& error) { return functions().set_sensitivity(detector_, settings_.sensitivity, &error); });
}

EngineOutput PluginEngine::look(const Luma& picture, std::int64_t time_us) {
  if (built_in_) return built_in_->look(picture, time_us);
  EngineOutput out;
  if (!usable_by_plugin(picture)) return out;
  const std::int64_t interval_us = time_us - last_us_;
  const bool anew = !running_ || picture.width != width_ || picture.height != height_ || interval_us <= 0 ||
                    interval_us > kPluginForgetsAfterUs;
  last_us_ = time_us;
  if (anew) {
    events_.finish(out, ipc::MotionReason::kPictureChanged);
    if (!begin(picture)) return out;
  }
  const vonggac_luma luma = abi_luma(picture, time_us);
  vonggac_motion motion{};
  motion.size_bytes = sizeof motion;
  const bool looked = run([&](vonggac_error& error) { return functions().look(detector_, &luma, &motion, &error); });
  if (built_in_) {
    events_.finish(out, ipc::MotionReason::kPictureChanged);
    return out;
  }
  if (looked && result_ == VONGGAC_OK) take(motion, time_us, out);
  if (!anew) events_.advance(time_us, interval_us, out);
  return out;
}

bool PluginEngine::peek(const Luma& picture) {
  if (built_in_) return built_in_->peek(picture);
  if (!usable_by_plugin(picture)) return false;
  if (!running_ || picture.width != width_ || picture.height != height_ || functions().peek == nullptr) return true;
  const vonggac_luma luma = abi_luma(picture, last_us_);
  std::int32_t moved = 1;
  const bool looked = run([&](vonggac_error& error) { return functions().peek(detector_, &luma, &moved, &error); });
  return !looked || moved != 0;
}

void PluginEngine::take(const vonggac_motion& motion, std::int64_t time_us, EngineOutput& out) {
  const std::uint32_t count = std::min<std::uint32_t>(motion.box_count, VONGGAC_MAX_BOXES);
  out.candidate = count > 0;
  const bool believable =
      motion.since_us > 0 && motion.since_us <= time_us && time_us - motion.since_us < kPluginForgetsAfterUs;
  for (std::uint32_t i = 0; i < count; ++i) {
    const vonggac_box box = sane(motion.boxes[i]);
    if (box.w > 0) show(box, time_us, believable ? motion.since_us : time_us, out);
  }
}

/// Judges a box by the zones; what counts becomes part of the event, the boxes and the grid.
bool PluginEngine::show(const vonggac_box& box, std::int64_t time_us, std::int64_t since_us, EngineOutput& out) {
  const auto pixel = [](float value, int side) {
    return static_cast<int>(std::lround(value * static_cast<float>(side)));
  };
  Blob blob;
  blob.label = 1;
  blob.box.x = std::min(pixel(box.x, kMapSize.width), kMapSize.width - 1);
  blob.box.y = std::min(pixel(box.y, kMapSize.height), kMapSize.height - 1);
  blob.box.width = std::clamp(pixel(box.w, kMapSize.width), 1, kMapSize.width - blob.box.x);
  blob.box.height = std::clamp(pixel(box.h, kMapSize.height), 1, kMapSize.height - blob.box.y);
  const int shown = cv::countNonZero(zones_.allowed()(blob.box));
  if (shown == 0 || shown * kMinShownShare < blob.box.area()) return false;
  labels_.create(kMapSize, CV_32S);
  labels_.setTo(0);
  labels_(blob.box).setTo(blob.label, zones_.allowed()(blob.box));
  const std::optional<std::string> zone = zones_.zone_of(labels_, blob);
  if (!zone) return false;
  events_.moving(time_us, since_us, box.score, *zone);
  out.boxes.push_back({time_us, {box.x, box.y, box.w, box.h}, box.score});
  zones_.add_watched(labels_, blob, out.watched);
  for (int y = blob.box.y; y < blob.box.y + blob.box.height; ++y) {
    for (int x = blob.box.x; x < blob.box.x + blob.box.width; ++x) {
      if (labels_.at<int>(y, x) == 0) continue;
      const int cell = y * kGridRows / kMapSize.height * kGridColumns + x * kGridColumns / kMapSize.width;
      out.grid[static_cast<std::size_t>(cell / 8)] |= static_cast<std::uint8_t>(0x80U >> (cell % 8));
    }
  }
  return true;
}

}  // namespace

std::unique_ptr<Engine> make_plugin_engine(std::shared_ptr<PluginLibrary> library, const EngineSettings& settings,
                                           PartMark mark, std::function<void(const std::string&)> failed) {
  return std::make_unique<PluginEngine>(std::move(library), settings, std::move(mark), std::move(failed));
}

}  // namespace vonggac::motion
