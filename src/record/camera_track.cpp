#include "record/camera_track.h"

#include <algorithm>

#include "base/log.h"
#include "media/video_format.h"
#include "record/parameters_id.h"

namespace vonggac::record {
namespace {

/// A stream without a key frame for so long has an endless GOP: it is recorded from where it is.
constexpr std::int64_t kWaitForKeyUs = 10'000'000;
/// The detector needs 0.7 s to be sure; the ring reaches back so much further than the pre-roll.
constexpr std::int64_t kDetectionDelayUs = 3'000'000;
/// Frames may arrive this late before a fragment is closed without waiting for them.
constexpr std::int64_t kSealSlackUs = 500'000;
constexpr std::int64_t kMaxBackUs = 120'000'000;
constexpr std::int64_t kMaxPreRollUs = 30'000'000;
constexpr std::int64_t kMaxPostRollUs = 600'000'000;
constexpr std::size_t kParametersKept = 8;
constexpr std::int64_t kVietnamOffsetUs = 7LL * 3600 * 1'000'000;

RecordPolicy clamp_policy(RecordPolicy policy) {
  policy.pre_roll_us = std::clamp<std::int64_t>(policy.pre_roll_us, 0, kMaxPreRollUs);
  policy.post_roll_us = std::clamp<std::int64_t>(policy.post_roll_us, 0, kMaxPostRollUs);
  policy.retention_days = std::max(policy.retention_days, 0);
  policy.motion_retention_days = std::max(policy.motion_retention_days, 0);
  return policy;
}

/// Index into WeeklySchedule: half hours since Monday 00:00 in Viet Nam. 1970-01-01 was a Thursday.
std::size_t schedule_slot(base::WallTime t) {
  constexpr std::int64_t kHalfHourUs = 1800LL * 1'000'000;
  constexpr std::int64_t kSlots = 7 * 48;
  const std::int64_t half_hours = (t.us + kVietnamOffsetUs) / kHalfHourUs + 3 * 48;
  return static_cast<std::size_t>(((half_hours % kSlots) + kSlots) % kSlots);
}

/// Captures come from another process: none lies in the future or far back.
base::MonoTime believable(base::MonoTime t, base::MonoTime now) {
  return std::clamp(t, now - base::Micros(kMaxBackUs), now);
}

}  // namespace

CameraTrack::CameraTrack(Services services, base::CameraId camera, const RecordPolicy& policy)
    : services_(services),
      key_{camera, media::StreamRole::kMain},
      policy_(clamp_policy(policy)),
      ring_(services.config.ring_bytes_per_camera),
      fragmenter_(services.config.fragment_max_us),
      lost_(Loss{}) {
  write_policy();
  refresh_wants(now());
  if (policy_.paused) open_gap(GapCause::kPausedByOwner, "");
}

void CameraTrack::write_policy() {
  services_.ledger.set_retention(key_,
                                 {policy_.retention_days, policy_.motion_retention_days, policy_.retention_bytes});
  services_.committer.submit(PutPolicy{key_, policy_});
}

void CameraTrack::set_policy(const RecordPolicy& policy) {
  const RecordPolicy before = policy_;
  policy_ = clamp_policy(policy);
  write_policy();
  if (policy_.record_audio != before.record_audio) replan_at_key_ = true;
  if (policy_.paused && !before.paused) {
    emit_fragment(nullptr);
    open_gap(GapCause::kPausedByOwner, "");
    end_recording();
    ring_.clear();
    gate_.clear();
    lost_under_pause_ = lost_;
    lost_ = Loss{GapCause::kPausedByOwner, ""};
  }
  if (!policy_.paused && before.paused && lost_under_pause_) {
    open_gap(lost_under_pause_->cause, lost_under_pause_->detail);
    lost_ = lost_under_pause_;
  }
  refresh_wants(now());
}

void CameraTrack::new_generation() {
  Parameters next = parameters_.empty() ? Parameters{} : parameters_.back();
  ++next.generation;
  parameters_.push_back(std::move(next));
  if (parameters_.size() > kParametersKept) parameters_.pop_front();
}

void CameraTrack::on_parameters(media::TrackKind track, const media::TrackParameters& parameters) {
  if (track == media::TrackKind::kVideo) {
    if (have_video_ && media::semantically_equal(parameters_.back().video, parameters)) return;
    new_generation();
    parameters_.back().video = parameters;
    have_video_ = true;
    return;
  }
  const bool known = !parameters_.empty() && parameters_.back().audio.has_value();
  if (known && *parameters_.back().audio == parameters) return;
  if (parameters_.empty() || policy_.record_audio) new_generation();
  parameters_.back().audio = parameters;
}

const CameraTrack::Parameters* CameraTrack::parameters_of(std::uint32_t generation) const {
  for (const Parameters& p : parameters_) {
    if (p.generation == generation) return &p;
  }
  return nullptr;
}

RecordMode CameraTrack::mode_at(base::MonoTime t) const {
  if (policy_.paused) return RecordMode::kOff;
  if (!policy_.schedule) return policy_.mode;
  return (*policy_.schedule)[schedule_slot(services_.wall.wall_of(t))];
}

/// Works out from mode and motion whether to record, since when, and until when.
void CameraTrack::refresh_wants(base::MonoTime at) {
  const bool wanted_before = wanted_;
  mode_ = mode_at(at);
  std::optional<base::MonoTime> until;
  if (mode_ == RecordMode::kMotion) until = gate_.keep_until(policy_.post_roll_us, at);
  wanted_ = mode_ == RecordMode::kContinuous || (until && *until > at);
  if (wanted_) {
    keep_until_ = until;
    if (!wanted_before) wanted_since_ = want_from_ = want_latest_ = at;
  } else if (wanted_before || !keep_until_) {
    keep_until_ = until.value_or(at);
  }
}

void CameraTrack::on_unit(const media::AccessUnit& incoming) {
  if (incoming.payload == nullptr || incoming.payload->empty() || !have_video_) return;
  if (policy_.paused) lost_under_pause_.reset();
  const bool unwanted_audio = incoming.track == media::TrackKind::kAudio && !policy_.record_audio;
  if (policy_.paused || unwanted_audio) return;
  media::AccessUnit unit = incoming;
  const base::MonoTime at = now();
  unit.capture = believable(unit.capture, at);
  if (lost_) note_stream_back(unit);
  last_capture_ = std::max(last_capture_, unit.capture);
  if (recording_ && past_the_end(unit)) end_recording();
  const std::uint32_t generation = parameters_.back().generation;
  ring_.push(unit, generation, recording_);
  if (recording_) {
    if (unit.key && unit.track == media::TrackKind::kVideo) ring_.trim(unit.capture);
    write_unit(unit, generation);
  } else if (wanted_) {
    begin_if_ready(false);
  }
}

void CameraTrack::note_stream_back(media::AccessUnit& unit) {
  unit.discontinuity = true;
  wanted_since_ = want_from_ = want_latest_ = unit.capture;
  lost_.reset();
  seen_media_ = true;
  if (wanted_) return;  // the first fragment ends the gap
  queue_op(CloseGap{key_, services_.wall.wall_of(unit.capture).us, services_.wall.epoch()});
}

/// Recording that nobody wants any more goes on to the end of the GOP; of a long GOP only a little further.
bool CameraTrack::past_the_end(const media::AccessUnit& unit) const {
  if (!keep_until_ || unit.capture <= *keep_until_ || unit.track != media::TrackKind::kVideo) return false;
  const base::Micros over = unit.capture - *keep_until_;
  const base::Micros piece(services_.config.fragment_max_us);
  if (unit.key || over > 3 * piece) return true;
  return over > 2 * piece && !fragmenter_.parts_b_pictures(unit);
}

void CameraTrack::begin_if_ready(bool without_waiting) {
  if (recording_ || ring_.empty()) return;
  const bool waited = without_waiting || !wanted_ || (now() - wanted_since_).count() >= kWaitForKeyUs;
  const bool full = ring_.bytes() >= services_.config.ring_bytes_per_camera / 4 * 3;
  if (ring_.has_key() || waited || full) begin();
}

void CameraTrack::begin() {
  base::MonoTime from = want_from_, latest = want_latest_;
  if (mode_ == RecordMode::kContinuous) {
    // From the newest key frame on; without any, nothing that is still in RAM may be lost.
    from = ring_.has_key() ? now() : ring_.oldest();
    latest = from;
  }
  const std::vector<PreEventRing::Taken> units = ring_.take_from(from, latest);
  if (units.empty()) return;
  recording_ = true;
  recording_shown_ = true;
  seal_soon_ = services_.config.first_fragment_us > 0;
  for (const PreEventRing::Taken& taken : units) write_unit(taken.unit, taken.generation);
  if (lost_) end_recording();  // the stream is gone: what RAM had is on its way to the disk now
}

void CameraTrack::end_recording() {
  if (!recording_) return;
  emit_fragment(nullptr);
  end_segment();
  recording_ = false;
  recording_shown_ = false;
}

void CameraTrack::write_unit(const media::AccessUnit& unit, std::uint32_t generation) {
  const bool video = unit.track == media::TrackKind::kVideo;
  const bool other_parameters = plan_ != nullptr && plan_->init_generation != generation;
  if (video && unit.loss_before) fragmenter_.note_loss();
  const bool first_is_long =
      seal_soon_ && video && fragmenter_.may_end_before(unit, services_.config.first_fragment_us);
  if (video && (other_parameters || first_is_long || fragmenter_.ends_before(unit))) {
    emit_fragment(other_parameters ? nullptr : &unit);
  }
  if (video && fragmenter_.empty() && wants_new_plan(unit, generation)) {
    if (!make_plan(unit, generation)) return;
  }
  if (plan_ == nullptr || (!video && plan_->audio_codec == media::Codec::kNone)) return;
  fragmenter_.add(unit);
}

bool CameraTrack::wants_new_plan(const media::AccessUnit& unit, std::uint32_t generation) const {
  if (plan_ == nullptr || plan_->init_generation != generation) return true;
  const std::int64_t length_us = base::us_from_90k(fragmenter_.position(unit));
  if (length_us >= 2 * services_.config.segment_max_us) return true;
  if (!unit.key) return false;
  return unit.discontinuity || plan_without_key_ || replan_at_key_ || length_us >= services_.config.segment_max_us ||
         plan_->epoch != services_.wall.epoch();
}

/// A camera that changes its picture with each key frame would fill the disk with tiny files.
bool CameraTrack::may_change_to(const media::AccessUnit& unit, std::uint32_t generation) {
  const bool changes = planned_generation_ != 0 && planned_generation_ != generation;
  if (changes && ((changes_refused_ && !unit.key) || !change_limit_.take(now()))) {
    end_segment();
    if (!changes_refused_) open_gap(GapCause::kDamagedStream, "the camera changes its picture format again and again");
    changes_refused_ = true;
    return false;
  }
  planned_generation_ = generation;
  changes_refused_ = false;
  return true;
}

bool CameraTrack::make_plan(const media::AccessUnit& unit, std::uint32_t generation) {
  const Parameters* parameters = parameters_of(generation);
  if (parameters == nullptr || broken_generation_ == generation || !may_change_to(unit, generation)) return false;
  auto plan = std::make_shared<SegmentPlan>();
  plan->stream = key_;
  plan->epoch = services_.wall.epoch();
  media::InitDescription init;
  init.video = parameters->video;
  init.creation = services_.wall.wall_of(unit.capture, plan->epoch);
  if (policy_.record_audio) init.audio = parameters->audio;
  base::Result<base::Bytes> bytes = media::make_init_segment(init);
  if (!bytes && init.audio) {
    base::log::warning("record", "camera {}: without audio: {}", key_.camera.to_string(), bytes.error().message());
    init.audio.reset();
    bytes = media::make_init_segment(init);
  }
  if (!bytes) {
    broken_generation_ = generation;
    end_segment();
    open_gap(GapCause::kDamagedStream, bytes.error().message());
    return false;
  }
  note_epoch_change(unit);
  plan->init = std::move(*bytes);
  plan->parameters_id = parameters_id(init);
  plan->init_generation = generation;
  plan->video_codec = init.video.codec;
  plan->audio_codec = init.audio ? init.audio->codec : media::Codec::kNone;
  plan->camera_offset_us = camera_offset_us_;
  plan_without_key_ = !unit.key;
  replan_at_key_ = false;
  plan_ = std::move(plan);
  fragmenter_.restart();
  return true;
}

/// The footage goes on, but the time line has a hole (or jumps back): a row says why.
void CameraTrack::note_epoch_change(const media::AccessUnit& unit) {
  const std::uint32_t epoch = services_.wall.epoch();
  if (plan_ != nullptr && last_plan_epoch_ != 0 && last_plan_epoch_ != epoch) {
    const std::int64_t end_us = services_.wall.wall_of(unit.capture, epoch).us;
    const std::int64_t start_us = std::min(last_fragment_end_.us, end_us);
    const std::int64_t step_us = end_us - last_fragment_end_.us;
    const std::string detail = fmt::format("the clock was set {} by {}.{:03} s", step_us < 0 ? "back" : "forward",
                                           std::abs(step_us) / 1'000'000, std::abs(step_us) / 1000 % 1000);
    queue_op(AddClosedGap{OpenGap{key_, start_us, GapCause::kClockStep, detail, epoch}, end_us});
  }
  last_plan_epoch_ = epoch;
}

void CameraTrack::emit_fragment(const media::AccessUnit* next) {
  if (plan_ == nullptr || fragmenter_.empty()) return;
  const std::uint32_t epoch = plan_->epoch;
  std::optional<PreparedFragment> fragment =
      fragmenter_.seal(next, [&](base::MonoTime t) { return services_.wall.wall_of(t, epoch); });
  if (!fragment) return;
  WriteJob job;
  job.stream = key_;
  job.plan = plan_;
  job.start = fragment->start;
  job.end = last_fragment_end_ = fragment->end();
  job.epoch = epoch;
  job.fragment = std::make_shared<const PreparedFragment>(std::move(*fragment));
  services_.queue.push(std::move(job));
  if (seal_soon_) services_.committer.hasten();
  seal_soon_ = false;
}

void CameraTrack::end_segment() {
  if (plan_ == nullptr) return;
  fragmenter_.clear();
  plan_.reset();
  WriteJob job;
  job.kind = WriteJob::Kind::kSealSegment;
  job.stream = key_;
  services_.queue.push(std::move(job));
}

base::WallTime CameraTrack::last_media_end(base::MonoTime at) const {
  if (recording_ && !fragmenter_.empty()) return services_.wall.wall_of(last_capture_);
  if (recording_ && last_fragment_end_.us != 0) return last_fragment_end_;
  return services_.wall.wall_of(seen_media_ ? last_capture_ : at);
}

void CameraTrack::queue_op(IndexOp op) {
  WriteJob job;
  job.kind = WriteJob::Kind::kIndexOp;
  job.stream = key_;
  job.op = std::make_shared<const IndexOp>(std::move(op));
  services_.queue.push(std::move(job));
}

void CameraTrack::open_gap(GapCause cause, const std::string& detail) {
  const std::int64_t start_us = lost_ ? services_.wall.now().us : last_media_end(now()).us;
  queue_op(OpenGap{key_, start_us, cause, detail, services_.wall.epoch()});
}

void CameraTrack::on_stream_lost(GapCause cause, const std::string& detail) {
  if (policy_.paused) lost_under_pause_ = Loss{cause, detail};
  if (policy_.paused || (lost_ && lost_->cause == cause)) return;
  if (wanted_) begin_if_ready(true);
  emit_fragment(nullptr);
  open_gap(cause, detail);
  if (recording_) ring_.clear();
  end_recording();
  lost_ = Loss{cause, detail};
}

void CameraTrack::shut(GapCause cause, const std::string& detail) {
  if (!policy_.paused) {
    if (wanted_ && !lost_) begin_if_ready(true);
    emit_fragment(nullptr);
    open_gap(cause, detail);
  }
  end_recording();
  ring_.clear();
}

void CameraTrack::on_motion(const MotionEvent& event) {
  if (policy_.paused) return;
  services_.committer.submit(PutMotionEvent{key_.camera, event});
  const base::MonoTime at = now();
  const base::WallTime wall_now = services_.wall.wall_of(at);
  const base::MonoTime start = believable(at - (wall_now - event.start), at);
  const base::MonoTime end = believable(at - (wall_now - event.end), at);
  gate_.on_event(event.key, end, event.ended, at);
  const bool wanted_before = wanted_;
  refresh_wants(at);
  if (mode_ != RecordMode::kMotion || recording_) return;
  const base::MonoTime from = start - base::Micros(policy_.pre_roll_us);
  want_from_ = wanted_before ? std::min(want_from_, from) : from;
  want_latest_ = start;
  if (!wanted_) keep_until_ = at;  // over before we heard of it: what RAM has is kept all the same
  begin_if_ready(lost_.has_value());
}

void CameraTrack::on_motion_grid(base::WallTime second, const std::array<std::uint8_t, 72>& cells) {
  if (policy_.paused) return;
  const std::int64_t floored = second.us >= 0 ? second.us / 1'000'000 : 0;
  services_.committer.submit(PutMotionGrid{key_.camera, floored, cells});
}

void CameraTrack::on_tamper(const TamperChange& change) { services_.committer.submit(PutTamper{key_.camera, change}); }

void CameraTrack::keep_view(const base::Bytes& view) {
  services_.committer.submit(PutView{key_.camera, services_.wall.wall_of(now()).us, view});
}

void CameraTrack::tick() {
  const base::MonoTime at = now();
  const bool wanted_before = wanted_;
  refresh_wants(at);
  const std::int64_t patience_us = services_.config.fragment_max_us + kSealSlackUs;
  if (!fragmenter_.empty() && (at - fragmenter_.oldest_capture()).count() > patience_us) emit_fragment(nullptr);
  if (recording_) {
    // A stream that stands still is ended by the clock.
    const bool over = keep_until_ && at > *keep_until_ + base::Micros(2 * patience_us);
    if (over) end_recording();
    return;
  }
  if (wanted_ || wanted_before) begin_if_ready(lost_.has_value());
  const std::int64_t reach_us = mode_ == RecordMode::kMotion ? policy_.pre_roll_us + kDetectionDelayUs : 0;
  ring_.trim(at - base::Micros(reach_us));
}

CameraRecordState CameraTrack::state() const {
  CameraRecordState state;
  state.recording = recording_shown_.load();
  state.ring_bytes = ring_.bytes();
  const StreamTotals totals = services_.ledger.totals(key_);
  if (totals.newest_end_us != 0) state.last_fragment = base::WallTime{totals.newest_end_us};
  if (totals.oldest_us != 0) state.footage_from = base::WallTime{totals.oldest_us};
  state.stored_bytes = static_cast<std::uint64_t>(std::max<std::int64_t>(0, totals.bytes));
  state.stored_segments = static_cast<std::uint64_t>(std::max<std::int64_t>(0, totals.segments));
  return state;
}

std::vector<media::AccessUnit> CameraTrack::current_gop() const {
  return policy_.paused ? std::vector<media::AccessUnit>{} : ring_.current_gop();
}

}  // namespace vonggac::record
