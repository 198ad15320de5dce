#include "record/archive.h"

#include <algorithm>
#include <limits>

#include <sys/stat.h>

#include "media/fmp4_reader.h"
#include "record/index_schema.h"

namespace vonggac::record {
namespace {

constexpr int kReaderBusyMs = 2000;
/// No motion event lasts longer (the analyse shard cuts them); how far back a search for overlaps must look.
constexpr std::int64_t kLongestEventUs = 7'200'000'000;

std::int64_t from_us(const FootageFilter& f) {
  return f.from ? f.from->us : std::numeric_limits<std::int64_t>::min() / 2;
}
std::int64_t to_us(const FootageFilter& f) { return f.to ? f.to->us : std::numeric_limits<std::int64_t>::max(); }

/// "camera = ?1 AND" only where a camera is asked for; without one ?1 is bound but matches everything.
/// "(x'...',x'...')": in hexadecimal digits of 16 bytes each, as many as a node has cameras.
std::string written_out(const std::vector<base::CameraId>& cameras) {
  std::string list = "(";
  for (const base::CameraId& camera : cameras)
    list += (list.size() == 1 ? "x'" : ",x'") + base::to_hex(camera.bytes) + "'";
  return list + ")";
}

std::string camera_condition(const FootageFilter& f) {
  std::string condition = f.camera ? "camera = ?1 AND " : "?1 IS NULL AND ";
  if (f.among) condition += "camera IN " + written_out(*f.among) + " AND ";
  if (!f.except.empty()) condition += "camera NOT IN " + written_out(f.except) + " AND ";
  return condition;
}

void bind_camera(Statement& sql, const FootageFilter& f) {
  if (f.camera) {
    sql.bind(*f.camera);
  } else {
    sql.bind_null();
  }
}

/// A consistent view over several statements.
class ReadTransaction {
 public:
  explicit ReadTransaction(SqliteDb& db) : db_(db), status_(db.run("BEGIN")) {}
  ~ReadTransaction() {
    if (status_.ok()) (void)db_.run("ROLLBACK");
  }
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  const base::Status& status() const { return status_; }

 private:
  SqliteDb& db_;
  base::Status status_;
};

}  // namespace

base::Result<std::unique_ptr<Archive>> Archive::open(const std::string& data_dir) {
  struct stat info {};
  if (::stat(index_path(data_dir).c_str(), &info) != 0) {
    return base::not_found("nothing has been recorded in " + data_dir + " yet (no index.db)");
  }
  VG_ASSIGN(SegmentFiles files, SegmentFiles::open(data_dir));
  VG_ASSIGN(SqliteDb db, SqliteDb::open_index(index_path(data_dir), SqliteDb::Access::kReadOnly, kReaderBusyMs));
  return std::unique_ptr<Archive>(
      new Archive(index_path(data_dir), std::move(db), std::make_shared<const SegmentFiles>(std::move(files))));
}

base::Result<std::vector<base::CameraId>> Archive::cameras() {
  const std::lock_guard lock(mutex_);
  return query_cameras(db_);
}

base::Result<std::vector<ClipSpan>> Archive::clips(const FootageFilter& filter) {
  const std::lock_guard lock(mutex_);
  const ReadTransaction transaction(db_);
  VG_TRY(transaction.status());
  return query_clips(db_, filter);
}

base::Result<std::vector<StoredEvent>> Archive::events(const FootageFilter& filter) {
  const std::lock_guard lock(mutex_);
  VG_ASSIGN(Statement rows,
            Statement::prepare(db_,
                               "SELECT id, camera, start_us, end_us, ended, score, box_x, box_y, box_w, box_h, "
                               "zone, EXISTS(SELECT 1 FROM motion_thumbnail WHERE event = motion_event.id), "
                               "start_reason, end_reason, alarm, alarm_us "
                               "FROM motion_event WHERE " +
                                   camera_condition(filter) + (filter.only_alarms ? "alarm <> '' AND " : "") +
                                   "start_us < ?3 AND start_us > ?2 - ?4 AND end_us > ?2 "
                                   "ORDER BY start_us LIMIT ?5"));
  bind_camera(rows, filter);
  rows.bind(from_us(filter)).bind(to_us(filter)).bind(kLongestEventUs).bind(static_cast<std::int64_t>(filter.limit));
  std::vector<StoredEvent> events;
  for (;;) {
    VG_ASSIGN(const bool more, rows.step());
    if (!more) break;
    StoredEvent e;
    e.id = rows.integer(0);
    e.camera = rows.camera(1);
    e.start = {rows.integer(2)};
    e.end = {rows.integer(3)};
    e.ended = rows.integer(4) != 0;
    e.score = rows.real(5);
    e.box_x = rows.real(6);
    e.box_y = rows.real(7);
    e.box_w = rows.real(8);
    e.box_h = rows.real(9);
    e.zone = rows.text(10);
    e.has_thumbnail = rows.integer(11) != 0;
    e.start_reason = static_cast<std::uint8_t>(rows.integer(12));
    e.end_reason = static_cast<std::uint8_t>(rows.integer(13));
    e.alarm = rows.text(14);
    e.alarm_at = {rows.integer(15)};
    events.push_back(std::move(e));
  }
  VG_TRY(read_labels(events));
  return events;
}

base::Status Archive::read_labels(std::vector<StoredEvent>& events) {
  VG_ASSIGN(Statement rows,
            Statement::prepare(db_, "SELECT class, score FROM motion_label WHERE event = ? ORDER BY score DESC"));
  for (StoredEvent& event : events) {
    rows.bind(event.id);
    for (;;) {
      VG_ASSIGN(const bool more, rows.step());
      if (!more) break;
      const std::int64_t number = rows.integer(0);
      if (number <= 0 || number > static_cast<std::int64_t>(media::ObjectClass::kOther)) continue;
      event.labels.push_back({static_cast<media::ObjectClass>(number), static_cast<float>(rows.real(1))});
    }
  }
  return {};
}

base::Result<std::vector<StoredGap>> Archive::gaps(const FootageFilter& filter) {
  const std::lock_guard lock(mutex_);
  VG_ASSIGN(Statement rows, Statement::prepare(db_, "SELECT camera, start_us, end_us, cause, detail FROM gap WHERE " +
                                                        camera_condition(filter) +
                                                        "start_us < ?3 AND (end_us IS NULL OR end_us > ?2) AND "
                                                        "role = ?4 ORDER BY start_us LIMIT ?5"));
  bind_camera(rows, filter);
  rows.bind(from_us(filter)).bind(to_us(filter)).bind(static_cast<std::int64_t>(filter.role));
  rows.bind(static_cast<std::int64_t>(filter.limit));
  std::vector<StoredGap> gaps;
  for (;;) {
    VG_ASSIGN(const bool more, rows.step());
    if (!more) return gaps;
    StoredGap gap;
    gap.stream = {rows.camera(0), filter.role};
    gap.start = {rows.integer(1)};
    if (!rows.is_null(2)) gap.end = base::WallTime{rows.integer(2)};
    const std::int64_t cause = rows.integer(3);
    const bool known = cause >= 0 && cause <= static_cast<std::int64_t>(GapCause::kDeleted);
    gap.cause = known ? static_cast<GapCause>(cause) : GapCause::kUnknown;
    gap.detail = rows.text(4);
    gaps.push_back(std::move(gap));
  }
}

base::Result<std::vector<StoredTamper>> Archive::tampers(const FootageFilter& filter) {
  const std::lock_guard lock(mutex_);
  VG_ASSIGN(Statement rows,
            Statement::prepare(db_, "SELECT id, camera, kind, start_us, end_us, ended_by FROM tamper WHERE " +
                                        camera_condition(filter) +
                                        "start_us < ?3 AND (end_us IS NULL OR end_us > ?2) ORDER BY start_us, id LIMIT "
                                        "?4"));
  bind_camera(rows, filter);
  rows.bind(from_us(filter)).bind(to_us(filter)).bind(static_cast<std::int64_t>(filter.limit));
  std::vector<StoredTamper> tampers;
  for (;;) {
    VG_ASSIGN(const bool more, rows.step());
    if (!more) return tampers;
    StoredTamper one;
    one.id = rows.integer(0);
    one.camera = rows.camera(1);
    one.kind = static_cast<std::uint8_t>(rows.integer(2));
    one.start = {rows.integer(3)};
    if (!rows.is_null(4)) one.end = base::WallTime{rows.integer(4)};
    const std::int64_t why = rows.integer(5);
    const bool known = why >= 0 && why <= static_cast<std::int64_t>(TamperEnd::kNotWatched);
    one.ended_by = known ? static_cast<TamperEnd>(why) : TamperEnd::kNotWatched;
    tampers.push_back(one);
  }
}

base::Result<MotionSearchResult> Archive::search(const MotionSearch& search) {
  const std::lock_guard lock(search_mutex_);
  if (!search_db_) {
    VG_ASSIGN(search_db_, SqliteDb::open_index(index_, SqliteDb::Access::kReadOnly, kReaderBusyMs));
  }
  const ReadTransaction transaction(*search_db_);
  VG_TRY(transaction.status());
  return search_motion(*search_db_, search);
}

base::Result<EventPlace> Archive::place_of_event(std::int64_t event) {
  const std::lock_guard lock(mutex_);
  VG_ASSIGN(Statement find, Statement::prepare(db_, "SELECT camera, start_us, end_us FROM motion_event WHERE id = ?"));
  VG_ASSIGN(const bool found, find.bind(event).step());
  if (!found) return base::not_found("no such motion event");
  return EventPlace{find.camera(0), {find.integer(1)}, {find.integer(2)}};
}

base::Result<base::Bytes> Archive::thumbnail(std::int64_t event) {
  const std::lock_guard lock(mutex_);
  VG_ASSIGN(Statement find, Statement::prepare(db_, "SELECT jpeg FROM motion_thumbnail WHERE event = ?"));
  VG_ASSIGN(const bool found, find.bind(event).step());
  if (!found) return base::not_found("no picture of this motion event");
  const base::ByteSpan jpeg = find.blob(0);
  return base::Bytes(jpeg.begin(), jpeg.end());
}

base::Result<std::vector<StoredSegment>> Archive::segments(const StreamKey& stream, base::WallTime from,
                                                           base::WallTime to) {
  const std::lock_guard lock(mutex_);
  const ReadTransaction transaction(db_);
  VG_TRY(transaction.status());
  VG_ASSIGN(Statement rows,
            Statement::prepare(db_, std::string(kSelectSegment) +
                                        "WHERE camera = ?1 AND role = ?2 AND start_us < ?4 AND start_us "
                                        "> ?3 - ?5 AND (end_us > ?3 OR (flags & 1) = 0) "
                                        "ORDER BY first_seq"));
  rows.bind(stream.camera).bind(static_cast<std::int64_t>(stream.role)).bind(from.us).bind(to.us);
  VG_ASSIGN(std::vector<StoredSegment> found, read_segments(rows.bind(kLongestSegmentUs)));
  const auto outside = [&](const StoredSegment& s) { return s.end_us <= from.us; };
  found.erase(std::remove_if(found.begin(), found.end(), outside), found.end());
  return found;
}

base::Result<StoredSegment> Archive::segment_ending_with(const StreamKey& stream, std::uint64_t seq) {
  const std::lock_guard lock(mutex_);
  const ReadTransaction transaction(db_);
  VG_TRY(transaction.status());
  VG_ASSIGN(Statement rows,
            Statement::prepare(db_, std::string(kSelectSegment) + "WHERE camera = ? AND role = ? AND first_seq <= ? "
                                                                  "ORDER BY first_seq DESC LIMIT 1"));
  rows.bind(stream.camera).bind(static_cast<std::int64_t>(stream.role)).bind(static_cast<std::int64_t>(seq));
  VG_ASSIGN(std::vector<StoredSegment> found, read_segments(rows));
  if (found.empty() || found.front().fragments.back().seq != seq) return base::not_found("no such segment");
  return std::move(found.front());
}

/// Segments without an acknowledged fragment are left out.
base::Result<std::vector<StoredSegment>> Archive::read_segments(Statement& rows) {
  std::vector<StoredSegment> found;
  for (;;) {
    VG_ASSIGN(const bool more, rows.step());
    if (!more) break;
    found.push_back(read_segment_row(rows));
  }
  for (StoredSegment& segment : found) VG_TRY(load_fragments(db_, segment));
  found.erase(std::remove_if(found.begin(), found.end(), [](const StoredSegment& s) { return s.fragments.empty(); }),
              found.end());
  return found;
}

base::Result<media::VideoFormat> Archive::video_format(const ClipSpan& clip) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = formats_.find(clip.parameters_id);
    if (known != formats_.end()) return known->second;
  }
  VG_ASSIGN(const OpenFile file, files_->open_file(segment_path(clip.first_file)));
  VG_ASSIGN(const media::SegmentStart start, media::read_segment_start(file.source));
  VG_ASSIGN(const media::VideoFormat format, media::parse_video_format(start.init.video));
  constexpr std::size_t kMaxFormats = 10'000;
  const std::lock_guard lock(mutex_);
  if (formats_.size() < kMaxFormats) formats_[clip.parameters_id] = format;
  return format;
}

}  // namespace vonggac::record
