/// Where recorded footage comes from: what the routes need of the archive, no more. The routes are tested against a
/// fake of it; the real one reads index.db and the segment files.
/// Threads  thread-safe; every call may block on the disk and is made on the file pool.
/// Errors   kNotFound, kOutOfRange (nothing there, or too long a range), kDataLoss, kUnavailable.
/// Units    wall time in UTC microseconds, bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/http_types.h"
#include "base/ids.h"
#include "base/result.h"
#include "base/units.h"
#include "media/object_class.h"

namespace vonggac::api {

struct FootageFilter {
  std::optional<base::CameraId> camera;
  std::optional<std::vector<base::CameraId>> among;  ///< only of these; none: of all
  std::vector<base::CameraId> except;                ///< but not of these
  std::optional<base::WallTime> from;                ///< what ends after it
  std::optional<base::WallTime> to;                  ///< what begins before it
  bool only_motion = false;
  bool only_alarms = false;  ///< of events
  std::size_t limit = 200;   ///< the oldest ones first
};

/// An unbroken stretch of recorded footage.
struct ClipRow {
  base::CameraId camera;
  base::WallTime start, end;
  std::uint64_t size_bytes = 0;
  std::string codec;  ///< "h264"
  int width = 0, height = 0;
  bool has_motion = false;
  bool still_recording = false;  ///< its end moves on
};

struct EventRow {
  std::int64_t id = 0;
  base::CameraId camera;
  base::WallTime start, end;
  bool ended = true;
  double score = 0;  ///< 0..1
  double box_x = 0, box_y = 0, box_w = 0, box_h = 0;
  std::string zone;
  std::string alarm;  ///< watch zone it raised an alarm in; empty: none
  base::WallTime alarm_at;
  std::string start_reason, end_reason;  ///< ipc::motion_reason_name; empty: not known
  bool has_thumbnail = false;
  std::vector<media::ObjectLabel> labels;  ///< the surest first
};

struct GapRow {
  base::CameraId camera;
  base::WallTime start;
  std::optional<base::WallTime> end;  ///< none: it still goes on
  std::string cause;                  ///< record::gap_cause_name
  std::string detail;
};

/// A camera did not show its view.
struct TamperRow {
  std::int64_t id = 0;
  base::CameraId camera;
  base::WallTime start;
  std::optional<base::WallTime> end;  ///< none: it goes on
  std::string kind;                   ///< ipc::tamper_kind_name
  std::string ended_by;               ///< record::tamper_end_name
};

/// What to look for in the stored motion grids; the region's text is checked by the one who answers.
struct SearchFilter {
  std::vector<base::CameraId> cameras;               ///< none: all
  std::optional<std::vector<base::CameraId>> among;  ///< only of these; none: of all
  std::vector<base::CameraId> except;                ///< but not of these
  std::string region;                                ///< "x,y,w,h;x,y,x,y,x,y", 0..1 of the picture
  std::optional<base::WallTime> from, to;
  std::int64_t min_cells = 1, min_seconds = 1;
  std::size_t limit = 200;  ///< the newest ones
};

/// A span of motion in the region.
struct SearchHit {
  base::CameraId camera;
  base::WallTime start, end;
  double score = 0;  ///< share of the region that moved in its best second, 0..1
  std::int64_t moving_seconds = 0;
  bool has_footage = false;
  std::optional<std::int64_t> event;  ///< the best one that overlaps
  bool has_thumbnail = false;
};
struct SearchHits {
  std::vector<SearchHit> hits;  ///< newest first
  bool more = false;            ///< the limit cut older ones
  bool complete = true;         ///< false: the time for one request was over; hits are from the cameras read so far
};

struct EventPlace {
  base::CameraId camera;
  base::WallTime start, end;
};

class ClipSource {
 public:
  virtual ~ClipSource() = default;
  virtual base::Result<std::vector<ClipRow>> clips(const FootageFilter& filter) = 0;
  virtual base::Result<std::vector<EventRow>> events(const FootageFilter& filter) = 0;
  virtual base::Result<std::vector<GapRow>> gaps(const FootageFilter& filter) = 0;
  virtual base::Result<std::vector<TamperRow>> tampers(const FootageFilter& filter) = 0;
  virtual base::Result<SearchHits> search(const SearchFilter& filter) = 0;
  virtual base::Result<base::Bytes> thumbnail(std::int64_t event) = 0;
  /// Whose event it is, and when it was. kNotFound.
  virtual base::Result<EventPlace> place_of_event(std::int64_t event) = 0;
  /// A playable MP4 of what is stored in [from, to), which need not exist as one file.
  virtual base::Result<std::shared_ptr<BodySource>> open_clip(const base::CameraId& camera, base::WallTime from,
                                                              base::WallTime to) = 0;
};

}  // namespace vonggac::api
