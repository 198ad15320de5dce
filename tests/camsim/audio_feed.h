/// The audio of a stream. Time stamps run on without a break at the rate of the camera's audio clock; the sound is
/// taken from where the picture is, so that both stay together over any number of loops and any drift.
/// Flow     clip frames + Faults -> packetise_audio -> Feed::deliver
/// Threads  bound to the reactor's thread. Borrows `faults` and `video`, which outlive it.
/// Units    samples; monotonic microseconds.
#pragma once

#include <memory>
#include <random>

#include "camsim/clip.h"
#include "camsim/faults.h"
#include "camsim/feed.h"
#include "camsim/video_feed.h"

namespace vonggac::camsim {

class AudioFeed final : public Feed {
 public:
  AudioFeed(Reactor& reactor, const Faults& faults, const VideoFeed& video, std::shared_ptr<const Clip> clip);
  void start(std::int64_t start_us);
  /// Brings the drift in line with the faults. Call catch_up() before the faults change, this after.
  void faults_changed();
  /// No sound for this long from now on; time stamps go on.
  void drop_out(std::int64_t duration_us) { quiet_until_us_ = reactor().now_us() + duration_us; }
  const AudioTrack& track() const { return clip_->audio; }
  std::int64_t first_timestamp() const { return next_frame_ * samples_per_frame(); }

 private:
  std::int64_t next_due_us() const override;
  void emit_next() override;
  std::int64_t samples_per_frame() const { return clip_->audio.samples_per_frame; }
  const base::Bytes& frame_at(std::int64_t mono_us) const;

  const Faults& faults_;
  const VideoFeed& video_;
  std::shared_ptr<const Clip> clip_;  ///< its own: after a switch of the picture the sound goes on
  std::int64_t next_frame_ = 0;       ///< since the start; decides the time stamp
  std::int64_t anchor_frame_ = 0;     ///< falls due at anchor_us_
  std::int64_t anchor_us_ = 0;
  double ppm_ = 0;
  std::int64_t quiet_until_us_ = 0;
  std::minstd_rand random_{1};
  WireUnit wire_;
};

}  // namespace vonggac::camsim
