#include "camsim/camera.h"

#include <algorithm>
#include <utility>

namespace vonggac::camsim {

Stream::Stream(Reactor& reactor, const Faults& faults, media::StreamRole role, std::shared_ptr<const Clip> clip,
               std::size_t max_payload_bytes)
    : role_(role), first_clip_(clip), video_(reactor, faults, clip, max_payload_bytes) {
  if (clip->audio.present()) audio_ = std::make_unique<AudioFeed>(reactor, faults, video_, clip);
}

void Stream::start(std::int64_t start_us, std::int64_t offset_us) {
  video_.start(start_us, base::ticks_90k_from_us(offset_us));
  if (audio_) audio_->start(start_us);
}

void Stream::catch_up() {
  video_.catch_up();
  if (audio_) audio_->catch_up();
}

void Stream::faults_changed() {
  video_.faults_changed();
  if (audio_) audio_->faults_changed();
}

void Stream::switch_clip(std::shared_ptr<const Clip> clip) { video_.switch_clip(std::move(clip)); }

void Stream::back_to_first_clip() {
  if (&video_.clip() != first_clip_.get()) video_.switch_clip(first_clip_);
}

Camera::Camera(Reactor& reactor, Setup setup)
    : reactor_(reactor),
      name_(std::move(setup.name)),
      initial_faults_(setup.faults),
      faults_(setup.faults),
      main_(reactor, faults_, media::StreamRole::kMain, std::move(setup.main), setup.max_payload_bytes) {
  if (setup.sub) {
    sub_ = std::make_unique<Stream>(reactor, faults_, media::StreamRole::kSub, std::move(setup.sub),
                                    setup.max_payload_bytes);
  }
}

Stream* Camera::stream(media::StreamRole role) { return role == media::StreamRole::kMain ? &main_ : sub_.get(); }

void Camera::set_faults(const Faults& faults) {
  catch_up();
  faults_ = faults;
  main_.faults_changed();
  if (sub_) sub_->faults_changed();
}

void Camera::back_to_normal() {
  set_faults(initial_faults_);
  main_.back_to_first_clip();
  if (sub_) sub_->back_to_first_clip();
}

void Camera::start(std::int64_t start_us, std::int64_t offset_us) {
  main_.start(start_us, offset_us);
  if (sub_) sub_->start(start_us, offset_us);
}

void Camera::reboot(std::int64_t down_us) {
  catch_up();
  away_until_us_ = reactor_.now_us() + std::max<std::int64_t>(down_us, 0);
  start(away_until_us_, 0);
}

void Camera::catch_up() {
  main_.catch_up();
  if (sub_) sub_->catch_up();
}

void Camera::note_connection() {
  ++seen_.connections;
  seen_.attempts_wall_us.push_back(reactor_.wall_us());
  if (seen_.attempts_wall_us.size() > kMaxAttempts) seen_.attempts_wall_us.pop_front();
}

ParameterSets wrong_parameter_sets(Camera& camera, Stream& stream) {
  const VideoTrack& own = stream.video().clip().video;
  const auto other_role =
      stream.role() == media::StreamRole::kMain ? media::StreamRole::kSub : media::StreamRole::kMain;
  if (Stream* other = camera.stream(other_role)) {
    const VideoTrack& track = other->video().clip().video;
    if (track.codec == own.codec && track.sets != own.sets) return track.sets;
  }
  ParameterSets damaged = own.sets;
  for (base::Bytes& sps : damaged.sps) sps.resize(std::max<std::size_t>(4, sps.size() / 2));
  return damaged;
}

}  // namespace vonggac::camsim
