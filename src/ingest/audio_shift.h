/// Sound and picture of one camera are timed by their arrival. Where the camera's sender reports put both on one clock
/// of its own, the difference between the two is known better: how long a packet of sound was gathered before it was
/// sent. Threads  pure function. Units microseconds.
#pragma once

#include <cstdint>

#include "ingest/track_receiver.h"

namespace vonggac::ingest {

/// Cameras whose reports differ by more have two clocks, or reports that mean nothing.
constexpr std::int64_t kMostAudioShiftUs = 500'000;

/// What has to be added to the capture times of the sound; 0 while the reports do not tell.
inline std::int64_t audio_shift_us(const ReceiverStats& video, const ReceiverStats& audio) {
  if (!video.offset_valid || !audio.offset_valid) return 0;
  // Both are "camera's clock minus ours" at the same moment, so any difference is an error of our timing.
  const std::int64_t shift_us = audio.camera_offset_us - video.camera_offset_us;
  return shift_us > kMostAudioShiftUs || shift_us < -kMostAudioShiftUs ? 0 : shift_us;
}

}  // namespace vonggac::ingest
