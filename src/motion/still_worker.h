/// A process that makes one small JPEG of each key picture it is given, and ends: what a probe found is decoded here,
/// where there is no network and nothing can be opened.
/// Flow     control socket: MediaParameters, MediaUnit of a slot -> Decoder -> JpegEncoder -> Snapshot of that slot
/// Threads  one, the process's only one.
/// Errors   a picture that cannot be decoded gives an empty Snapshot. Core gone, or Shutdown: the end.
#pragma once

#include <string>

#include "base/result.h"
#include "ipc/messages.h"
#include "media/av/jpeg_encoder.h"

namespace vonggac::motion {

constexpr media::av::JpegLimits kStill{.max_width_px = 640, .max_bytes = 40'000};

/// kInvalidArgument, kInternal: not decodable.
base::Result<base::Bytes> still_of(const media::TrackParameters& parameters, const media::AccessUnit& key);

/// Main of the worker process. Returns the exit code.
int run_still_worker(const std::string& name);

}  // namespace vonggac::motion
