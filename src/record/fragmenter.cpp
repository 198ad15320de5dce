#include "record/fragmenter.h"

#include <algorithm>
#include <cstdlib>

namespace vonggac::record {
namespace {

/// A GOP that is a little longer than the limit (jitter of the camera's clock) is not cut.
constexpr std::int64_t kCutSlack90k = 9'000;
/// Shorter GOPs share a fragment: one a picture, as cameras with nothing but key pictures would make, costs a hash, an
/// index row and 200 bytes each. A slack for GOPs of half a second whose clock jitters.
constexpr std::int64_t kLeastFragment90k = 45'000 - 1'800;
/// A pts this far from where capture time puts it is not believed.
constexpr std::int64_t kJump90k = 10 * 90'000;
/// Audio follows its own time stamps until they lie this far from the video's; 80 ms is what people notice.
constexpr std::int64_t kAudioDrift90k = 80 * 90;
constexpr std::int64_t kDefaultVideoStep90k = 3'600;  // 25 a second
constexpr std::int64_t kDefaultAudioStep90k = 1'800;  // 20 ms
constexpr std::int64_t kMaxSampleDuration90k = 60 * 90'000;
constexpr std::int64_t kMaxComposition90k = 60 * 90'000;

std::int64_t elapsed_90k(base::MonoTime from, base::MonoTime to) {
  return base::ticks_90k_from_us((to - from).count());
}

/// pts come from outside: a difference of two of them must not overflow.
std::int64_t distance(std::int64_t from, std::int64_t to) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(to) - static_cast<std::uint64_t>(from));
}

bool far_off(std::int64_t d) { return d > kJump90k || d < -kJump90k; }

}  // namespace

Fragmenter::Fragmenter(std::int64_t fragment_max_us) : max_90k_(base::ticks_90k_from_us(fragment_max_us)) {}

void Fragmenter::restart() {
  video_axis_ = Axis{};
  audio_axis_ = Axis{};
  audio_.clear();
  audio_bytes_ = 0;
  reorders_ = false;
  discontinuity_ = false;
}

void Fragmenter::clear() {
  video_.clear();
  audio_.clear();
  bytes_ = audio_bytes_ = 0;
  damaged_ = gop_damaged_ = false;
  restart();
}

bool Fragmenter::jumps(const Axis& axis, const media::AccessUnit& unit) const {
  if (unit.discontinuity) return true;
  const std::int64_t by_pts = distance(axis.last_pts_90k, unit.pts.ticks_90k);
  return far_off(by_pts) && far_off(distance(elapsed_90k(axis.last_capture, unit.capture), by_pts));
}

std::int64_t Fragmenter::place(const Axis& axis, const media::AccessUnit& unit) const {
  if (!axis.set) return 0;
  if (!jumps(axis, unit)) return distance(axis.origin_90k, unit.pts.ticks_90k);
  const std::int64_t waited = std::max<std::int64_t>(elapsed_90k(axis.last_capture, unit.capture), 1);
  return std::max(axis.last_at_90k + waited, axis.end_90k);
}

std::int64_t Fragmenter::position(const media::AccessUnit& unit) const { return place(video_axis_, unit); }

void Fragmenter::anchor(Axis& axis, const media::AccessUnit& unit, std::int64_t at_90k) {
  axis.set = true;
  axis.origin_90k = distance(at_90k, unit.pts.ticks_90k);
  axis.last_pts_90k = unit.pts.ticks_90k;
  axis.last_capture = unit.capture;
  axis.last_at_90k = at_90k;
}

bool Fragmenter::ends_before(const media::AccessUnit& unit) const {
  if (video_.empty() || unit.track != media::TrackKind::kVideo) return false;
  if (jumps(video_axis_, unit) || bytes_ >= kMaxFragmentBytes) return true;
  if (unit.key && lasts(unit)) return true;
  if (may_end_before(unit, base::us_from_90k(max_90k_ + kCutSlack90k))) return true;
  return position(unit) - video_.front().at_90k >= 2 * max_90k_;
}

/// Is the fragment long enough by the camera's clock or by ours?
bool Fragmenter::lasts(const media::AccessUnit& unit) const {
  const Placed& first = video_.front();
  return std::max(position(unit) - first.at_90k, elapsed_90k(first.unit.capture, unit.capture)) >= kLeastFragment90k;
}

bool Fragmenter::may_end_before(const media::AccessUnit& unit, std::int64_t length_us) const {
  if (video_.empty()) return false;
  const std::int64_t at = position(unit);
  return at > highest_90k_ && at - video_.front().at_90k >= base::ticks_90k_from_us(length_us);
}

bool Fragmenter::parts_b_pictures(const media::AccessUnit& unit) const {
  if (video_.empty() || unit.key || jumps(video_axis_, unit)) return false;
  return position(unit) < highest_90k_;
}

void Fragmenter::add(const media::AccessUnit& unit) {
  if (unit.payload == nullptr || unit.payload->empty()) return;
  if (unit.track == media::TrackKind::kAudio) return add_audio(unit);
  const bool jump = video_axis_.set && jumps(video_axis_, unit);
  const std::int64_t at = position(unit);
  if (!video_axis_.set) capture_zero_ = unit.capture;
  if (jump) capture_zero_ = unit.capture - base::Micros(base::us_from_90k(at));
  discontinuity_ = discontinuity_ || unit.discontinuity || jump;
  gop_damaged_ = (gop_damaged_ && !unit.key) || unit.damaged;
  damaged_ = damaged_ || gop_damaged_;
  if (!video_.empty()) {
    const std::int64_t step = at - video_.back().at_90k;
    if (step < 0) reorders_ = true;
    if (step > 0) video_axis_.step_90k = step;
  }
  highest_90k_ = video_.empty() ? at : std::max(highest_90k_, at);
  anchor(video_axis_, unit, at);
  video_.push_back({unit, at});
  bytes_ += unit.payload->size();
}

void Fragmenter::add_audio(const media::AccessUnit& unit) {
  const std::int64_t by_capture = video_axis_.set ? elapsed_90k(capture_zero_, unit.capture) : 0;
  if (!video_axis_.set) return;  // the axis begins with video
  std::int64_t at = audio_axis_.set ? place(audio_axis_, unit) : by_capture;
  if (at - by_capture > kAudioDrift90k || by_capture - at > kAudioDrift90k) at = by_capture;
  if (audio_axis_.set && at > audio_axis_.last_at_90k) audio_axis_.step_90k = at - audio_axis_.last_at_90k;
  at = std::max({at, audio_axis_.end_90k, std::int64_t{0}});
  anchor(audio_axis_, unit, at);
  audio_.push_back({unit, at});
  bytes_ += unit.payload->size();
  audio_bytes_ += unit.payload->size();
  if (video_.empty() && audio_bytes_ > kMaxWaitingAudioBytes) {
    bytes_ -= audio_bytes_;
    audio_bytes_ = 0;
    audio_.clear();
  }
}

/// How long the last unit is shown where what follows is not known. With B pictures neighbours in decode order lie
/// further apart than those shown one after the other.
std::int64_t Fragmenter::last_step(const std::vector<std::int64_t>& shown, const Axis& axis,
                                   std::int64_t default_step_90k) const {
  if (reorders_ && shown.size() > 1) return shown.back() - shown[shown.size() - 2];
  return axis.step_90k > 0 ? axis.step_90k : default_step_90k;
}

PreparedTrack Fragmenter::finish_track(std::vector<Placed>& units, Axis& axis, std::optional<std::int64_t> next_at_90k,
                                       std::int64_t default_step_90k) {
  PreparedTrack track;
  if (units.empty()) return track;
  std::vector<std::int64_t> decode;
  decode.reserve(units.size() + 1);
  for (const Placed& placed : units) decode.push_back(placed.at_90k);
  std::sort(decode.begin(), decode.end());
  decode.front() = std::max(decode.front(), axis.end_90k);
  for (std::size_t i = 1; i < decode.size(); ++i) decode[i] = std::max(decode[i], decode[i - 1] + 1);
  const std::int64_t step = last_step(decode, axis, default_step_90k);
  decode.push_back(std::max(next_at_90k.value_or(decode.back() + step), decode.back() + 1));

  track.decode_start_90k = decode.front();
  track.samples.reserve(units.size());
  track.payloads.reserve(units.size());
  for (std::size_t i = 0; i < units.size(); ++i) {
    media::FragmentSample sample;
    sample.size_bytes = static_cast<std::uint32_t>(units[i].unit.payload->size());
    const std::int64_t duration = std::min(decode[i + 1] - decode[i], kMaxSampleDuration90k);
    sample.duration_90k = static_cast<std::uint32_t>(duration);
    sample.composition_offset_90k =
        static_cast<std::int32_t>(std::clamp(units[i].at_90k - decode[i], -kMaxComposition90k, kMaxComposition90k));
    sample.key = units[i].unit.track == media::TrackKind::kAudio || units[i].unit.key;
    track.samples.push_back(sample);
    track.payloads.push_back(std::move(units[i].unit.payload));
  }
  axis.end_90k = decode.back();
  units.clear();
  return track;
}

std::optional<PreparedFragment> Fragmenter::seal(const media::AccessUnit* next,
                                                 const std::function<base::WallTime(base::MonoTime)>& wall_of) {
  if (video_.empty()) return std::nullopt;
  const auto first_shown = std::min_element(video_.begin(), video_.end(),
                                            [](const Placed& a, const Placed& b) { return a.at_90k < b.at_90k; });
  PreparedFragment fragment;
  fragment.start = wall_of(first_shown->unit.capture);
  fragment.camera_start = first_shown->unit.pts;
  fragment.key_start = video_.front().unit.key;
  fragment.damaged = damaged_;
  fragment.discontinuity = discontinuity_;
  fragment.payload_bytes = bytes_;
  // With B pictures the next unit in decode order is not the next one shown.
  std::optional<std::int64_t> next_at;
  const bool next_is_known = next != nullptr && next->track == media::TrackKind::kVideo && !reorders_;
  if (next_is_known && !jumps(video_axis_, *next)) next_at = position(*next);
  fragment.video = finish_track(video_, video_axis_, next_at, kDefaultVideoStep90k);
  fragment.audio = finish_track(audio_, audio_axis_, std::nullopt, kDefaultAudioStep90k);
  fragment.duration_90k = static_cast<std::uint32_t>(
      std::clamp<std::int64_t>(video_axis_.end_90k - fragment.video.decode_start_90k, 1, INT32_MAX));
  bytes_ = audio_bytes_ = 0;
  damaged_ = discontinuity_ = false;
  return fragment;
}

}  // namespace vonggac::record
