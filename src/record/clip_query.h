/// Unbroken recorded spans out of the segment rows: what a person calls a clip.
/// Threads  one thread at a time per connection.
/// Errors   as sqlite.h.
/// Units    wall time UTC microseconds, bytes.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "record/media_paths.h"
#include "record/prepared_fragment.h"
#include "record/sqlite.h"

namespace vonggac::record {

struct FootageFilter {
  std::optional<base::CameraId> camera;
  std::optional<std::vector<base::CameraId>> among;  ///< only of these: what the one who asks may see; none: of all
  std::vector<base::CameraId> except;                ///< but not of these
  media::StreamRole role = media::StreamRole::kMain;
  std::optional<base::WallTime> from;  ///< what ends after it
  std::optional<base::WallTime> to;    ///< what begins before it
  bool only_motion = false;
  bool only_alarms = false;     ///< of events: those that raised an alarm in a watch zone
  std::size_t limit = 100'000;  ///< the oldest ones first
};

/// Segments that follow each other within this are one span: the jitter of segment ends, and reconnections that
/// nobody would notice.
constexpr std::int64_t kSpanToleranceUs = 1'000'000;
/// No segment lasts longer (recorder.h: twice segment_max_us); how far back a search for overlaps must look.
constexpr std::int64_t kLongestSegmentUs = 7'200'000'000;

struct ClipSpan {
  StreamKey stream;
  base::WallTime start, end;
  std::uint64_t size_bytes = 0;
  std::uint32_t segments = 0;
  std::uint32_t motion_events = 0;
  bool has_motion = false;
  bool still_recording = false;  ///< its last segment is open
  media::Codec video_codec = media::Codec::kNone;
  std::int64_t parameters_id = 0;  ///< of the first segment
  SegmentFile first_file;
};

/// Whole spans that overlap the filter's range, oldest first, over all cameras or one.
base::Result<std::vector<ClipSpan>> query_clips(const SqliteDb& db, const FootageFilter& filter);
base::Result<std::vector<base::CameraId>> query_cameras(const SqliteDb& db);

}  // namespace vonggac::record
