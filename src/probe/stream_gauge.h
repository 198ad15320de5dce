/// Measures one stream from what ingest makes of it: codec, size, rates, and how far its key pictures really lie apart,
/// which is what cameras lie about most.
/// Flow     MediaParameters, MediaUnit, StreamStats -> take() -> reading()
/// Threads  one thread.
/// Owns     the first key picture, for a still.
/// Errors   none.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipc/messages.h"

namespace vonggac::probe {

struct StreamReading {
  media::Codec codec = media::Codec::kNone;
  std::string profile;  ///< "High", "Main"; empty: unknown
  std::uint32_t width = 0, height = 0;
  double frames_per_second = 0;  ///< 0: too short to say
  double bits_per_second = 0;
  std::optional<double> gop_s;  ///< longest distance between two key pictures that was seen
  double watched_s = 0;         ///< if there is no gop_s, it is longer than this
  media::Codec audio = media::Codec::kNone;
  std::optional<std::int64_t> clock_offset_ms;  ///< of sender reports: camera's clock minus ours
  std::uint64_t frames = 0, keys = 0;
};

class StreamGauge {
 public:
  void take(const ipc::MediaParameters& message);
  void take(const ipc::MediaUnit& message);
  void take(const ipc::StreamStats& stats);
  StreamReading reading() const;
  /// Parameters and unit of the first whole key picture; to be shown once.
  bool has_key() const { return key_.has_value(); }
  const media::TrackParameters& video() const { return video_; }
  const media::AccessUnit& key() const { return *key_; }
  double watched_s() const;
  std::uint64_t keys() const { return key_times_.size(); }

 private:
  media::TrackParameters video_, audio_;
  std::optional<media::AccessUnit> key_;
  std::vector<std::int64_t> key_times_;  ///< on the stream's own axis, µs
  std::int64_t first_us_ = 0, last_us_ = 0;
  std::uint64_t frames_ = 0, bytes_ = 0;
  std::optional<std::int64_t> offset_ms_;
};

}  // namespace vonggac::probe
