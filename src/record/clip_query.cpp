#include "record/clip_query.h"

#include <algorithm>
#include <cstdlib>
#include <limits>

#include "base/units.h"
#include "record/index_schema.h"

namespace vonggac::record {
namespace {

constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

struct Row {
  std::int64_t id = 0;
  std::int64_t start_us = 0, end_us = 0;
  std::uint64_t size_bytes = 0;
  std::uint32_t flags = 0;
};

bool follows(const Row& row, std::int64_t end_us) { return std::llabs(row.start_us - end_us) <= kSpanToleranceUs; }

/// One camera's spans. Reads the covering index segment_time; the table itself only for the first segment of a span.
class CameraClips {
 public:
  CameraClips(const SqliteDb& db, const FootageFilter& filter, base::CameraId camera)
      : db_(db), filter_(filter), stream_{camera, filter.role} {}

  base::Status prepare() {
    constexpr const char* kColumns =
        "SELECT id, start_us, end_us, size_bytes, flags FROM segment INDEXED BY segment_time ";
    const std::string columns = kColumns;
    VG_ASSIGN(back_, Statement::prepare(db_, columns + "WHERE camera = ? AND start_us < ? AND role = ? "
                                                       "ORDER BY start_us DESC"));
    VG_ASSIGN(forward_, Statement::prepare(db_, columns + "WHERE camera = ? AND start_us >= ? AND role = ? "
                                                          "ORDER BY start_us"));
    VG_ASSIGN(tail_, Statement::prepare(db_,
                                        "SELECT start_us, duration_90k, offset_bytes + size_bytes "
                                        "FROM fragment_tail WHERE segment = ? ORDER BY id DESC LIMIT 1"));
    VG_ASSIGN(events_, Statement::prepare(db_,
                                          "SELECT count(*) FROM motion_event WHERE camera = ?1 AND start_us < ?3 "
                                          "AND start_us > ?2 - ?4 AND end_us >= ?2"));
    VG_ASSIGN(details_,
              Statement::prepare(db_, "SELECT file_us, video_codec, parameters_id FROM segment WHERE id = ?"));
    return {};
  }

  base::Status collect(std::vector<ClipSpan>& out) {
    VG_ASSIGN(const std::int64_t first_us, first_start());
    const std::int64_t to_us = filter_.to ? filter_.to->us : kForever;
    std::size_t found = 0;
    forward_.bind(stream_.camera).bind(first_us).bind(static_cast<std::int64_t>(stream_.role));
    for (;;) {
      VG_ASSIGN(const bool more, forward_.step());
      if (!more) break;
      VG_ASSIGN(const Row row, read(forward_));
      if (row.end_us <= row.start_us) continue;  // opened, nothing acknowledged yet
      if (span_ && follows(row, span_->end.us)) {
        extend(row);
        continue;
      }
      VG_TRY(finish(out, found));
      if (row.start_us >= to_us || found >= filter_.limit) break;
      begin(row);
    }
    forward_.reset();
    return finish(out, found);
  }

 private:
  /// Where the span begins that is under way at `from`.
  base::Result<std::int64_t> first_start() {
    if (!filter_.from) return std::numeric_limits<std::int64_t>::min();
    std::int64_t start_us = filter_.from->us;
    back_.bind(stream_.camera).bind(start_us).bind(static_cast<std::int64_t>(stream_.role));
    bool inside = false;
    for (;;) {
      VG_ASSIGN(const bool more, back_.step());
      if (!more) return start_us;
      VG_ASSIGN(const Row row, read(back_));
      const bool overlaps = row.end_us > filter_.from->us;
      if (inside ? std::llabs(row.end_us - start_us) > kSpanToleranceUs : !overlaps) break;
      inside = true;
      start_us = row.start_us;
    }
    back_.reset();
    return start_us;
  }

  base::Result<Row> read(Statement& rows) {
    Row row;
    row.id = rows.integer(0);
    row.start_us = rows.integer(1);
    row.end_us = rows.integer(2);
    row.size_bytes = static_cast<std::uint64_t>(rows.integer(3));
    row.flags = static_cast<std::uint32_t>(rows.integer(4));
    if ((row.flags & kSegmentSealed) != 0) return row;
    VG_ASSIGN(const bool any, tail_.bind(row.id).step());
    if (any) {
      row.end_us = tail_.integer(0) + base::us_from_90k(tail_.integer(1));
      row.size_bytes = static_cast<std::uint64_t>(tail_.integer(2));
      tail_.reset();
    }
    return row;
  }

  void begin(const Row& row) {
    span_ = ClipSpan{};
    span_->stream = stream_;
    span_->start = {row.start_us};
    first_id_ = row.id;
    extend(row);
  }

  void extend(const Row& row) {
    span_->end.us = std::max(span_->end.us, row.end_us);
    span_->size_bytes += row.size_bytes;
    ++span_->segments;
    span_->has_motion = span_->has_motion || (row.flags & kSegmentMotion) != 0;
    span_->still_recording = (row.flags & kSegmentSealed) == 0;
  }

  base::Status finish(std::vector<ClipSpan>& out, std::size_t& found) {
    if (!span_) return {};
    ClipSpan span = *span_;
    span_.reset();
    if (filter_.from && span.end.us <= filter_.from->us) return {};
    events_.bind(stream_.camera).bind(span.start.us).bind(span.end.us).bind(kLongestSegmentUs);
    VG_ASSIGN(const bool counted, events_.step());
    if (counted) span.motion_events = static_cast<std::uint32_t>(events_.integer(0));
    events_.reset();
    span.has_motion = span.has_motion || span.motion_events > 0;
    if (filter_.only_motion && !span.has_motion) return {};
    VG_ASSIGN(const bool known, details_.bind(first_id_).step());
    if (known) {
      span.first_file = {stream_.camera, details_.integer(0)};
      span.video_codec = static_cast<media::Codec>(details_.integer(1));
      span.parameters_id = details_.integer(2);
    }
    details_.reset();
    out.push_back(span);
    ++found;
    return {};
  }

  const SqliteDb& db_;
  const FootageFilter& filter_;
  StreamKey stream_;
  Statement back_, forward_, tail_, events_, details_;
  std::optional<ClipSpan> span_;
  std::int64_t first_id_ = 0;
};

}  // namespace

base::Result<std::vector<base::CameraId>> query_cameras(const SqliteDb& db) {
  // Walks the index from camera to camera: a month of 100 cameras has a million segment rows.
  VG_ASSIGN(Statement next,
            Statement::prepare(db, "SELECT camera FROM segment WHERE camera > ? ORDER BY camera LIMIT 1"));
  std::vector<base::CameraId> cameras;
  for (base::CameraId last;;) {
    VG_ASSIGN(const bool more, next.bind(last).step());
    if (!more) return cameras;
    last = next.camera(0);
    next.reset();
    cameras.push_back(last);
  }
}

base::Result<std::vector<ClipSpan>> query_clips(const SqliteDb& db, const FootageFilter& filter) {
  std::vector<base::CameraId> cameras;
  if (filter.camera) {
    cameras.push_back(*filter.camera);
  } else {
    VG_ASSIGN(cameras, query_cameras(db));
  }
  if (filter.among) {
    std::erase_if(cameras, [&](const base::CameraId& camera) {
      return std::find(filter.among->begin(), filter.among->end(), camera) == filter.among->end();
    });
  }
  std::erase_if(cameras, [&](const base::CameraId& camera) {
    return std::find(filter.except.begin(), filter.except.end(), camera) != filter.except.end();
  });
  std::vector<ClipSpan> clips;
  for (const base::CameraId& camera : cameras) {
    CameraClips query(db, filter, camera);
    VG_TRY(query.prepare());
    VG_TRY(query.collect(clips));
  }
  std::stable_sort(clips.begin(), clips.end(), [](const ClipSpan& a, const ClipSpan& b) { return a.start < b.start; });
  if (clips.size() > filter.limit) clips.resize(filter.limit);
  return clips;
}

}  // namespace vonggac::record
