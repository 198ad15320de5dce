/// `vonggac motion FILE...`: the engine on video files, as an analyse shard would run it on a stream that is always
/// awake. The JSON is what the scorer of motion test sets reads.
/// Threads  one.
/// Units    stream time in milliseconds, boxes in pixels of the file's pictures, CPU seconds of the engine alone
///          (decode_cpu_s: of reading and decoding).
#pragma once

#include <string>
#include <vector>

#include "ipc/messages.h"

namespace vonggac::motion {

struct MotionCommand {
  std::vector<std::string> files;
  bool json = false;
  int sensitivity = 5;
  std::string explain;  ///< .png or .mp4 to write, see explain.h; only with one file
  std::vector<ipc::Zone> zones;
  std::string detector;  ///< an installed motion detector plug-in to look with; empty: the engine
};

/// Prints one JSON object per file (an array for several), or text. Returns 0, or 1 if a file could not be read or the
/// plug-in does not run.
int run_motion_command(const MotionCommand& command);

}  // namespace vonggac::motion
