/// What is stored, for reading: clips, motion events, gaps, and the fragments of a range. Works beside the running
/// service (it sees what is acknowledged) and without it.
/// Flow     index.db (read-only connection) and media/ -> rows; clip_plan.h makes playable files of them.
/// Threads  thread-safe; calls wait for each other and may block on the disk.
/// Owns     one connection, another once something is searched, one descriptor of media/.
/// Errors   open: kNotFound: no data directory or nothing recorded yet; kDataLoss: index.db is damaged (rebuild).
///          Queries: kUnavailable: the index is locked for longer than 2 s; kDataLoss.
/// Units    wall time UTC microseconds, bytes.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "media/video_format.h"
#include "record/clip_query.h"
#include "record/media_paths.h"
#include "record/motion_search.h"
#include "record/recorder.h"
#include "record/segment_files.h"
#include "record/segment_rows.h"
#include "record/sqlite.h"

namespace vonggac::record {

struct StoredEvent {
  std::int64_t id = 0;
  base::CameraId camera;
  base::WallTime start, end;
  bool ended = false;
  double score = 0;                                   ///< 0..1
  double box_x = 0, box_y = 0, box_w = 0, box_h = 0;  ///< 0..1 of the picture
  std::string zone;
  std::string alarm;                              ///< id of the watch zone it raised an alarm in, or empty
  base::WallTime alarm_at;                        ///< when it came in there
  std::uint8_t start_reason = 0, end_reason = 0;  ///< ipc::MotionReason; 0 = not known
  bool has_thumbnail = false;
  std::vector<media::ObjectLabel> labels;  ///< the surest first; empty where no classifier was in use
};

struct StoredGap {
  StreamKey stream;
  base::WallTime start;
  std::optional<base::WallTime> end;  ///< none: it still goes on
  GapCause cause = GapCause::kUnknown;
  std::string detail;
};

/// A camera did not show its view.
struct StoredTamper {
  std::int64_t id = 0;
  base::CameraId camera;
  std::uint8_t kind = 0;  ///< ipc::TamperKind
  base::WallTime start;
  std::optional<base::WallTime> end;  ///< none: it goes on
  TamperEnd ended_by = TamperEnd::kGoesOn;
};

struct EventPlace {
  base::CameraId camera;
  base::WallTime start, end;
};

class Archive {
 public:
  static base::Result<std::unique_ptr<Archive>> open(const std::string& data_dir);

  /// Cameras that have footage rows.
  base::Result<std::vector<base::CameraId>> cameras();
  /// Unbroken recorded spans, oldest first.
  base::Result<std::vector<ClipSpan>> clips(const FootageFilter& filter);
  base::Result<std::vector<StoredEvent>> events(const FootageFilter& filter);
  base::Result<std::vector<StoredGap>> gaps(const FootageFilter& filter);
  base::Result<std::vector<StoredTamper>> tampers(const FootageFilter& filter);
  /// Spans of motion in a region, newest first. On a connection of its own, so that a long search keeps nobody waiting
  /// but other searches.
  base::Result<MotionSearchResult> search(const MotionSearch& search);
  /// Whose event it is, and when it was. kNotFound.
  base::Result<EventPlace> place_of_event(std::int64_t event);
  /// JPEG. kNotFound: no such event, or none was kept.
  base::Result<base::Bytes> thumbnail(std::int64_t event);
  /// Segments with at least one fragment in [from, to), by sequence.
  base::Result<std::vector<StoredSegment>> segments(const StreamKey& stream, base::WallTime from, base::WallTime to);
  /// The segment whose last fragment has the sequence number `seq`. kNotFound.
  base::Result<StoredSegment> segment_ending_with(const StreamKey& stream, std::uint64_t seq);
  /// Picture size and the like of a clip's first segment; read from its file once per set of parameters.
  base::Result<media::VideoFormat> video_format(const ClipSpan& clip);

  const std::shared_ptr<const SegmentFiles>& files() const { return files_; }

 private:
  Archive(std::string index, SqliteDb db, std::shared_ptr<const SegmentFiles> files)
      : index_(std::move(index)), db_(std::move(db)), files_(std::move(files)) {}
  base::Result<std::vector<StoredSegment>> read_segments(Statement& rows);
  base::Status read_labels(std::vector<StoredEvent>& events);

  std::string index_;
  std::mutex mutex_;
  SqliteDb db_;
  std::mutex search_mutex_;
  std::optional<SqliteDb> search_db_;  ///< opened by the first search
  std::shared_ptr<const SegmentFiles> files_;
  std::map<std::int64_t, media::VideoFormat> formats_;  ///< by parameters_id
};

}  // namespace vonggac::record
