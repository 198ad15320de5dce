/// Reads the pictures of a video file in display order, for `vonggac motion` and the tests of the engine.
/// Only the file protocol and a short list of containers and codecs are opened: a playlist or an MP4 with an external
/// reference cannot make it read anything else.
/// Threads  one thread at a time.
/// Owns     the open file and its decoder.
/// Errors   kNotFound: no such file. kDataLoss: not a video file this reads. next() skips broken packets.
/// Units    microseconds since the first picture's stream start (presentation time).
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "media/av/picture.h"

namespace vonggac::media::av {

struct FileOptions {
  bool skip_loop_filter = false;
  bool key_frames_only = false;
};

class FileDemuxer {
 public:
  static base::Result<std::unique_ptr<FileDemuxer>> open(const std::string& path, FileOptions options = {});
  virtual ~FileDemuxer() = default;
  /// The next picture, nothing at the end. kUnavailable after too many broken packets in a row.
  virtual base::Result<std::optional<Picture>> next() = 0;
  virtual std::int64_t duration_us() const = 0;  ///< what the container says; 0 if it does not
};

}  // namespace vonggac::media::av
