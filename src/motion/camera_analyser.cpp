#include "motion/camera_analyser.h"

#include <algorithm>
#include <exception>
#include <utility>

#include <opencv2/core.hpp>

#include "base/log.h"
#include "motion/track_note.h"
#include "motion/zone_settings.h"

namespace vonggac::motion {
namespace {

constexpr std::int64_t kSnapshotEveryUs = 60'000'000;  // who looks asks for a fresh one
constexpr base::Seconds kSilence{5};
constexpr std::int64_t kStepBackUs = 5'000'000;     // a clock set back further than this is a new time axis
constexpr std::int64_t kCandidatesUs = 10'000'000;  // leaves in a storm: what is followed is told
constexpr int kMaxCandidates = 40;                  // so often in this time, no more
constexpr int kLabelSidePx = 320;                   // of a crop for the classifier; half the input of usual models

}  // namespace

Luma CameraAnalyser::luma_of(const media::av::Picture& picture) {
  const media::av::LumaView view = picture.luma();
  return {view.data, view.width, view.height, view.stride};
}

CameraAnalyser::CameraAnalyser(const ipc::AnalyseCamera& settings, const base::Clock& clock, MessageSink sink,
                               AnalyserParts parts)
    : clock_(clock),
      slot_(settings.slot),
      generation_(settings.generation),
      sink_(std::move(sink)),
      parts_(parts),
      engine_(parts.plugins != nullptr
                  ? parts.plugins->make_engine(engine_settings(settings.sensitivity, settings.zones))
                  : Engine::create(engine_settings(settings.sensitivity, settings.zones))),
      mask_(mask_of(settings.zones)),
      reporter_(settings.slot, settings.generation, sink_),
      shadow_(settings.slot, settings.generation, sink_),
      tamper_(settings.slot, settings.generation, sink_),
      engine_settings_(engine_settings(settings.sensitivity, settings.zones)),
      last_key_us_(kNever),
      last_look_us_(kNever),
      last_snapshot_us_(kNever) {
  event_watched_since_us_ = kNever;
  key_frames_only_ = settings.key_frames_only;
  full_decode_ = settings.full_decode;
}

CameraAnalyser::~CameraAnalyser() = default;

void CameraAnalyser::change_settings(const ipc::AnalyseCamera& settings) {
  engine_settings_ = engine_settings(settings.sensitivity, settings.zones);
  engine_settings_.explain = shadow_.active();
  engine_->set_settings(engine_settings_);
  mask_ = mask_of(settings.zones);
  needs_key_ = needs_key_ || key_frames_only_ != settings.key_frames_only;  // what is not kept is not decoded
  key_frames_only_ = settings.key_frames_only;
  full_decode_ = settings.full_decode;
  awake_ = (awake_ || coasting_) && !key_frames_only_;
  coasting_ = false;
}

void CameraAnalyser::set_parameters(const media::TrackParameters& parameters) {
  if (decoder_ && !failed_ && parameters == parameters_) return;
  parameters_ = parameters;
  decoder_.reset();
  waiting_.clear();
  failed_ = false;
  needs_key_ = true;
  base::Result<std::unique_ptr<media::av::Decoder>> decoder =
      media::av::Decoder::create(parameters, {.hardware = parts_.hardware});
  if (!decoder) {
    fail(decoder.error().message());
    return;
  }
  decoder_ = std::move(decoder).value();
  awake_ = !key_frames_only_;
  coasting_ = false;
  event_watched_since_us_ = kNever;
  awake_until_us_ = kNever;  // set by the first unit
  onset_.clear();
}

void CameraAnalyser::take(media::AccessUnit unit) {
  ++counters_.units_taken;
  if (failed_ || !decoder_ || unit.track != media::TrackKind::kVideo || !unit.payload) return;
  newest_us_ = unit.capture.us;
  if (key_frames_only_ && !unit.key && !awake_ && !woken(unit.capture.us)) {
    dropped_us_ = newest_us_;
    return;
  }
  last_taken_ = clock_.mono_now();
  silent_ = false;
  if (held_ && !unit.key) {
    ++counters_.shed;
    dropped_us_ = newest_us_;
    return;
  }
  if (!waiting_.push(std::move(unit), last_taken_)) {
    needs_key_ = true;
    ++counters_.shed;
  }
}

base::Micros CameraAnalyser::backlog() const {
  return has_work() ? clock_.mono_now() - waiting_.next_ready() : base::Micros(0);
}

void CameraAnalyser::step() {
  if (!has_work()) return;
  const media::AccessUnit unit = waiting_.next();  // keeps the payload alive while the buffer changes
  try {
    note_gop(unit);
    const OnsetSign onset = onset_.feed(unit.payload->size(), unit.capture.us, unit.key, !awake_ && !coasting_);
    if (awake_) {
      step_awake(unit);
    } else {
      step_asleep(unit, onset);
    }
  } catch (const cv::Exception& exception) {
    fail(std::string("analysis failed: ") + exception.what());
  } catch (const std::exception& exception) {
    fail(std::string("analysis failed: ") + exception.what());
  }
  pictures_.clear();  // of a 4K camera, 12 MB each
}

/// Paints the privacy masks. What cannot be painted is not looked at at all.
bool CameraAnalyser::hide(media::av::Picture& picture) {
  const base::Status painted = mask_.paint(picture);
  if (!painted.ok() && !failed_) fail(painted.message());
  return painted.ok();
}

void CameraAnalyser::look(const media::av::Picture& picture, bool peeked) {
  // Looking at a picture twice, or out of order, would make the engine begin anew.
  if (picture.time_us() <= last_look_us_ && last_look_us_ - picture.time_us() < kStepBackUs) return;
  ++counters_.looked_at;
  last_look_us_ = picture.time_us();
  const Luma luma = luma_of(picture);
  const EngineOutput output =
      peeked ? engine_->look_at_peeked(luma, picture.time_us()) : engine_->look(luma, picture.time_us());
  event_active_ = output.event_active;
  moved_ = !output.boxes.empty();
  candidate_ = output.candidate;
  if (awake_) shower_pictures_ = output.shower ? shower_pictures_ + 1 : 0;
  if (!event_active_) {
    event_watched_since_us_ = kNever;
    coast_us_ = 0;
  } else if (event_watched_since_us_ == kNever) {
    event_watched_since_us_ = picture.time_us();
  }
  if (awake_ && (output.candidate || output.event_active)) stay_awake(picture.time_us());
  reporter_.report(output, picture.time_us(), [&] { return thumbnail(picture); });
  tell_candidates(output, picture.time_us());
  if (shadow_.active()) watch_shadow(picture, output);
  if (parts_.labeller != nullptr) ask_for_label(picture, output);
}

void CameraAnalyser::watch_view(const media::av::Picture& picture) {
  if (tamper_.due(picture.time_us(), picture.key())) tamper_.look(luma_of(picture), picture.time_us(), picture.key());
}

void CameraAnalyser::wake_until(base::MonoTime until) { wake_until_us_ = until.us; }

bool CameraAnalyser::woken(std::int64_t time_us) const {
  if (held_) return false;
  return time_us < wake_until_us_ || (shadow_.active() && time_us < shadow_.until_us());
}

void CameraAnalyser::start_shadow(const ipc::AnalyseShadow& wanted) {
  shadow_.start(wanted, clock_.mono_now());
  engine_settings_.explain = shadow_.active();
  engine_->set_settings(engine_settings_);
}

void CameraAnalyser::watch_shadow(const media::av::Picture& picture, const EngineOutput& output) {
  shadow_.look(luma_of(picture), picture.time_us(), output);
  if (shadow_.active()) return;
  engine_settings_.explain = false;
  engine_->set_settings(engine_settings_);
}

void CameraAnalyser::tell_candidates(const EngineOutput& output, std::int64_t time_us) {
  if (output.ended.empty()) return;
  if (time_us - candidates_since_us_ > kCandidatesUs || time_us < candidates_since_us_) {
    candidates_since_us_ = time_us;
    candidates_told_ = 0;
  }
  for (const TrackNote& note : output.ended) {
    const bool matters = note.verdict == ipc::MotionVerdict::kMoves;
    if (!matters && ++candidates_told_ > kMaxCandidates) continue;
    ipc::MotionCandidate candidate = candidate_of(note);
    candidate.slot = slot_;
    candidate.generation = generation_;
    sink_(std::move(candidate));
  }
}

void CameraAnalyser::ask_for_label(const media::av::Picture& picture, const EngineOutput& output) {
  const std::uint64_t event = reporter_.open_event();
  if (event == 0) return;
  const auto part = label_sampler_.choose(event, output.boxes, picture.time_us());
  if (!part) return;
  base::Result<media::av::RgbCrop> crop = media::av::crop_rgb(picture, *part, kLabelSidePx);
  if (crop) parts_.labeller->submit({slot_, generation_, event, std::move(*crop)}, clock_.mono_now());
}

void CameraAnalyser::take_label(std::uint64_t event, const media::ObjectLabel& label) {
  label_sampler_.note(event, label.score);
  reporter_.add_label(event, label);
}

bool CameraAnalyser::decoded(const base::Status& status) {
  if (status.ok()) return true;
  ++counters_.errors;
  using base::ErrorKind;
  if (status.kind() == ErrorKind::kOutOfRange || status.kind() == ErrorKind::kUnavailable) fail(status.message());
  return false;
}

void CameraAnalyser::fail(const std::string& detail) {
  failed_ = true;
  waiting_.clear();
  finish();
  ipc::AnalyseFailed message;
  message.slot = slot_;
  message.generation = generation_;
  message.detail = detail;
  sink_(std::move(message));
}

void CameraAnalyser::finish() { reporter_.finish(engine_->finish()); }

void CameraAnalyser::tick() {
  if (held_ && clock_.mono_now() >= held_until_) held_ = false;
  tell_level();
  if (shadow_.active() && clock_.mono_now().us >= shadow_.until_us()) shadow_.stop();
  if (silent_ || clock_.mono_now() - last_taken_ < kSilence) return;
  silent_ = true;
  finish();
}

void CameraAnalyser::maybe_snapshot(const media::av::Picture& picture) {
  if (!snapshot_wanted_ && picture.time_us() - last_snapshot_us_ < kSnapshotEveryUs) return;
  snapshot_wanted_ = false;
  last_snapshot_us_ = picture.time_us();
  base::Result<base::Bytes> jpeg = jpeg_.encode(picture, media::av::kSnapshot);
  if (!jpeg) return;
  ipc::Snapshot message;
  message.slot = slot_;
  message.generation = generation_;
  message.capture.us = picture.time_us();
  message.jpeg = std::move(jpeg).value();
  sink_(std::move(message));
}

base::Bytes CameraAnalyser::thumbnail(const media::av::Picture& picture) {
  base::Result<base::Bytes> jpeg = jpeg_.encode(picture, media::av::kThumbnail);
  if (!jpeg) {
    base::log::debug("motion", "slot {}: no thumbnail: {}", slot_, jpeg.error().message());
    return {};
  }
  return std::move(jpeg).value();
}

}  // namespace vonggac::motion
