#include "camsim/audio_feed.h"

#include <cmath>
#include <utility>

namespace vonggac::camsim {

AudioFeed::AudioFeed(Reactor& reactor, const Faults& faults, const VideoFeed& video, std::shared_ptr<const Clip> clip)
    : Feed(reactor), faults_(faults), video_(video), clip_(std::move(clip)) {}

void AudioFeed::start(std::int64_t start_us) {
  next_frame_ = 0;
  anchor_frame_ = 0;
  anchor_us_ = start_us;
  reschedule();
}

void AudioFeed::faults_changed() {
  if (faults_.audio_ppm == ppm_) return;
  anchor_us_ = next_due_us();
  anchor_frame_ = next_frame_;
  ppm_ = faults_.audio_ppm;
  reschedule();
}

std::int64_t AudioFeed::next_due_us() const {
  const double samples = static_cast<double>((next_frame_ - anchor_frame_) * samples_per_frame());
  const double rate_hz = clip_->audio.sample_rate_hz * (1 + ppm_ * 1e-6);
  return anchor_us_ + static_cast<std::int64_t>(std::llround(samples * 1e6 / rate_hz));
}

const base::Bytes& AudioFeed::frame_at(std::int64_t mono_us) const {
  const std::int64_t sample = video_.loop_position_us(mono_us) * clip_->audio.sample_rate_hz / 1'000'000;
  const std::int64_t nearest = (sample + samples_per_frame() / 2) / samples_per_frame();
  return clip_->audio.frames[static_cast<std::size_t>(nearest) % clip_->audio.frames.size()];
}

void AudioFeed::emit_next() {
  const std::int64_t due_us = next_due_us();
  const UnitTiming timing{due_us, next_frame_ * samples_per_frame(), true};
  ++next_frame_;
  if (listeners() == 0 || faults_.mute != MuteMode::kOff || faults_.audio_dead || due_us < quiet_until_us_) return;
  if (std::uniform_real_distribution<double>(0, 100)(random_) < faults_.audio_drop_pct) return;
  PacketFormat format;
  format.payload_type = audio_payload_type(clip_->audio.codec);
  wire_.clear();
  packetise_audio(clip_->audio.codec, frame_at(due_us), format, wire_);
  deliver(wire_, timing);
}

}  // namespace vonggac::camsim
