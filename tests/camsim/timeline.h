/// The endless time of a camera made of the finite time of a clip.
/// LoopTimeline  which frame comes next and its unwrapped media time; loops at the clip's first key frame.
/// PaceAxis      media time -> moment of sending and RTP time stamp; the place where clocks drift, jump and crawl.
/// Units    90 kHz ticks; monotonic microseconds.
/// Threads  one thread at a time.
#pragma once

#include <cstdint>

#include "camsim/clip.h"

namespace vonggac::camsim {

class LoopTimeline {
 public:
  struct Position {
    const VideoFrame* frame;
    std::int64_t dts_90k;  ///< unwrapped: rises over all loops
    std::int64_t pts_90k;
  };

  /// Borrows the track. Media time at the start of the clip's current round is `base_90k`.
  LoopTimeline(const VideoTrack& track, std::int64_t base_90k) : track_(&track), base_90k_(base_90k) {}
  /// Goes to the first frame at or after `offset_90k` within the clip (modulo its length).
  void seek(std::int64_t offset_90k);
  Position current() const;
  void advance();
  /// The next key frame from here on (the current one included).
  Position next_key() const;

 private:
  const VideoTrack* track_;
  std::int64_t base_90k_;
  std::size_t index_ = 0;
};

class PaceAxis {
 public:
  PaceAxis() = default;
  /// Media time `media_90k` falls on `mono_us`; time stamps equal media time.
  PaceAxis(std::int64_t media_90k, std::int64_t mono_us)
      : media_90k_(media_90k), mono_us_(mono_us), timestamp_(static_cast<double>(media_90k)) {}
  /// When the media moment falls due.
  std::int64_t mono_us(std::int64_t media_90k) const;
  /// The time stamp in ticks, before a session's own random base.
  std::int64_t timestamp(std::int64_t media_90k) const;
  /// From `media_90k` on: media passes `speed` times real time, time stamps `scale` ticks per media tick.
  void change(std::int64_t media_90k, double speed, double timestamp_scale);
  void jump_timestamp(std::int64_t delta_90k) { timestamp_ += static_cast<double>(delta_90k); }

 private:
  std::int64_t media_90k_ = 0;
  std::int64_t mono_us_ = 0;
  double timestamp_ = 0;
  double speed_ = 1;
  double scale_ = 1;
};

}  // namespace vonggac::camsim
