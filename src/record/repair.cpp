#include "record/repair.h"

#include <algorithm>

#include "base/log.h"
#include "record/index_schema.h"
#include "record/parameters_id.h"
#include "record/segment_rows.h"

namespace vonggac::record {
namespace {

/// Files of the last run without a row cannot be older than this before its last sign of life: a commit every 10 s at
/// the latest, a segment of at most 20 minutes.
constexpr std::int64_t kLookBackUs = 3600LL * 1'000'000;
/// Younger footage than this before the last sign of life says when the service died better than the sign does.
constexpr std::int64_t kAliveSlackUs = 60'000'000;

/// A media file read through the disk seam.
class DiskSource final : public media::ByteSource {
 public:
  DiskSource(Disk& disk, std::string path, std::uint64_t size_bytes)
      : disk_(disk), path_(std::move(path)), size_bytes_(size_bytes) {}
  std::uint64_t size_bytes() const override { return size_bytes_; }
  base::Status read_at(std::uint64_t offset, std::span<std::uint8_t> out) const override {
    VG_ASSIGN(const base::Bytes bytes, disk_.read(path_, offset, out.size()));
    if (bytes.size() != out.size()) return base::out_of_range(path_ + " ends before");
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return {};
  }

 private:
  Disk& disk_;
  std::string path_;
  std::uint64_t size_bytes_;
};

/// Tells which cameras have no open gap, and since when they have no footage.
base::Status open_crash_gaps(SqliteDb& db, std::optional<base::WallTime> last_alive, std::int64_t epoch) {
  VG_ASSIGN(Statement streams, Statement::prepare(db,
                                                  "SELECT camera, role FROM camera WHERE NOT EXISTS (SELECT 1 FROM gap "
                                                  "WHERE gap.camera = camera.camera AND gap.role = camera.role AND "
                                                  "end_us IS NULL)"));
  VG_ASSIGN(Statement newest, Statement::prepare(db,
                                                 "SELECT end_us FROM segment WHERE camera = ? AND role = ? ORDER BY "
                                                 "start_us DESC LIMIT 1"));
  VG_ASSIGN(Statement insert, Statement::prepare(db,
                                                 "INSERT INTO gap(camera, role, start_us, cause, detail, epoch) "
                                                 "VALUES(?,?,?,?,'the service had not stopped properly',?)"));
  for (;;) {
    VG_ASSIGN(const bool more, streams.step());
    if (!more) return {};
    const base::CameraId camera = streams.camera(0);
    const std::int64_t role = streams.integer(1);
    VG_ASSIGN(const bool has_footage, newest.bind(camera).bind(role).step());
    std::int64_t start_us = last_alive ? last_alive->us : 0;
    if (has_footage) {
      const std::int64_t end_us = newest.integer(0);
      if (start_us - end_us < kAliveSlackUs) start_us = end_us;
      newest.reset();
    }
    if (start_us == 0) continue;  // never recorded, never seen alive
    insert.bind(camera).bind(role).bind(start_us).bind(static_cast<std::int64_t>(GapCause::kServiceCrashed));
    VG_TRY(insert.bind(epoch).run());
  }
}

}  // namespace

base::Result<RepairReport> Repair::run() {
  VG_TRY(read_meta());
  if (report_.was_clean && report_.last_alive) {
    VG_ASSIGN(const bool newer, footage_is_newer());
    if (newer) base::log::warning("record", "index.db is older than the footage: taking in what it does not know");
    report_.was_clean = !newer;
  }
  next_segment_id_ = index_.next_segment_id();
  repair_open_segments();
  if (!report_.was_clean) {
    VG_TRY(find_files_without_rows());
    const std::optional<base::WallTime> last_alive = report_.last_alive;
    const std::int64_t epoch = report_.epoch - 1;
    calls_.push_back([=](SqliteDb& db) { return open_crash_gaps(db, last_alive, epoch); });
    calls_.push_back([](SqliteDb& db) { return db.run("UPDATE motion_event SET ended = 1 WHERE ended = 0"); });
  }
  index_.take(PutMeta{"clean_shutdown", 0});
  index_.take(PutMeta{"last_alive_us", clock_.wall_now().us});  // a crash before the first flush must be dated, too
  index_.take(AddEpoch{report_.epoch, clock_.wall_now().us, 0, "start"});
  index_.request_tail_cleaning();
  std::vector<FootageChange> changes;
  VG_TRY(index_.commit(calls_, changes));
  return report_;
}

base::Status Repair::read_meta() {
  VG_ASSIGN(Statement meta, Statement::prepare(index_.db(),
                                               "SELECT (SELECT value FROM meta WHERE key = 'clean_shutdown'), (SELECT "
                                               "value FROM meta WHERE key = 'last_alive_us'), (SELECT ifnull(max(id), "
                                               "0) FROM clock_epoch)"));
  VG_ASSIGN(const bool row, meta.step());
  if (!row) return base::internal_error("index.db gave no meta row");
  const bool first_run = meta.is_null(0);
  report_.was_clean = first_run || meta.integer(0) == 1;
  if (!meta.is_null(1)) report_.last_alive = base::WallTime{meta.integer(1)};
  report_.epoch = static_cast<std::uint32_t>(meta.integer(2)) + 1;
  return {};
}

base::Result<bool> Repair::footage_is_newer() {
  const base::Result<std::vector<FolderEntry>> cameras = disk_.list("media");
  if (!cameras) return false;
  for (const FolderEntry& camera : *cameras) {
    if (!camera.folder || !base::Uuid::parse(camera.name)) continue;
    const std::string home = "media/" + camera.name;
    const base::Result<std::vector<FolderEntry>> days = disk_.list(home);
    if (!days) continue;
    std::string newest_day;
    for (const FolderEntry& day : *days) newest_day = day.folder ? std::max(newest_day, day.name) : newest_day;
    const base::Result<std::vector<FolderEntry>> files = disk_.list(home + "/" + newest_day);
    if (newest_day.empty() || !files) continue;
    std::optional<SegmentFile> newest;
    for (const FolderEntry& entry : *files) {
      const std::optional<SegmentFile> file = parse_segment_path(home + "/" + newest_day + "/" + entry.name);
      if (entry.regular && file && (!newest || file->file_us > newest->file_us)) newest = file;
    }
    if (!newest) continue;
    VG_ASSIGN(const bool known, knows(*newest));
    if (!known) return true;
  }
  return false;
}

void Repair::repair_open_segments() {
  std::vector<std::pair<std::uint64_t, std::int64_t>> by_seq;
  for (const auto& [id, state] : index_.open_segments()) by_seq.emplace_back(state.row.first_seq, id);
  std::sort(by_seq.begin(), by_seq.end());
  for (const auto& [seq, id] : by_seq) repair_segment(id);
}

void Repair::repair_segment(std::int64_t id) {
  const OpenSegmentState& state = index_.open_segments().at(id);
  const SegmentFile file{state.row.stream.camera, state.row.file_us};
  const std::string path = segment_path(file);
  const std::uint64_t known_bytes = state.size_bytes();
  const base::Result<std::uint64_t> size = disk_.file_size(path);
  std::uint64_t file_bytes = size ? *size : known_bytes;
  if (!size) {
    base::log::error("record", "{}", size.error().message());
    if (size.error().kind() == base::ErrorKind::kNotFound) file_bytes = 0;
  }
  if (file_bytes < known_bytes) {
    drop_missing(state, file_bytes);
    if (index_.open_segments().count(id) == 0) return;
  } else if (file_bytes > known_bytes) {
    const DiskSource source(disk_, path, file_bytes);
    const std::uint64_t end = adopt_from(source, known_bytes, id, state.row.stream, state.row.init_bytes);
    if (end < file_bytes) {
      report_.torn_bytes += file_bytes - end;
      const base::Status cut = disk_.truncate(path, end);
      if (!cut.ok()) base::log::warning("record", "{}", cut.message());
    }
  }
  index_.take(SealSegment{id, state.row.stream, kSegmentRepaired, std::nullopt});
  ++report_.segments_sealed;
}

/// Bytes that were acknowledged are not there: the disk lied about a sync, or somebody cut the file.
void Repair::drop_missing(const OpenSegmentState& state, std::uint64_t file_bytes) {
  std::size_t whole = 0;
  while (whole < state.entries.size() &&
         state.entries[whole].offset_bytes + state.entries[whole].size_bytes <= file_bytes) {
    ++whole;
  }
  const SegmentFile file{state.row.stream.camera, state.row.file_us};
  const std::size_t missing = state.entries.size() - whole;
  report_.fragments_missing += missing;
  base::log::error("record", "{}: {} acknowledged fragments are missing from the file", segment_path(file), missing);
  if (missing > 0) {
    const OpenGap gap{state.row.stream, state.entries[whole].start_us, GapCause::kDiskFailed,
                      "acknowledged footage is missing from its file", state.row.epoch};
    index_.take(AddClosedGap{gap, state.entries.back().end_us()});
  }
  base::Sha256Digest last{};
  if (whole > 0) {
    const DiskSource source(disk_, segment_path(file), file_bytes);
    const base::Result<media::Fragment> fragment = media::read_fragment(source, state.entries[whole - 1].offset_bytes);
    if (fragment) last = fragment->record.record_sha256;
  }
  const std::int64_t id = state.row.id;
  if (whole == 0) {
    calls_.push_back([id](SqliteDb& db) -> base::Status {
      VG_ASSIGN(Statement forget, Statement::prepare(db, "DELETE FROM segment WHERE id = ?"));
      return forget.bind(id).run();
    });
  }
  index_.shorten_open(id, whole, last);
}

std::uint64_t Repair::adopt_from(const media::ByteSource& source, std::uint64_t offset, std::int64_t segment,
                                 const StreamKey& stream, std::uint64_t init_bytes) {
  std::uint64_t end = std::max(offset, init_bytes);
  for (bool first = segment >= next_segment_id_ - 1 && offset <= init_bytes;; first = false) {
    const base::Result<media::Fragment> fragment = media::read_fragment(source, end);
    if (!fragment) return end;
    const media::FragmentRecord& record = fragment->record;
    const auto head = index_.chain_heads().find(stream);
    const std::uint64_t last_seq = head == index_.chain_heads().end() ? 0 : head->second.seq;
    // Within a file the chain has no holes; before a file there may be one, where another file was lost.
    const bool follows = record.sequence == last_seq + 1 || (first && record.sequence > last_seq);
    const bool ours =
        record.installation == installation_ && record.camera == stream.camera && record.role == stream.role;
    const bool linked =
        record.sequence != last_seq + 1 || last_seq == 0 || record.previous_record_sha256 == head->second.record_sha256;
    if (!follows || !ours || !linked || !media::verify_media_hash(source, *fragment).ok()) return end;
    index_.take(AddFragment{segment, stream, entry_of(*fragment), record.record_sha256});
    ++report_.fragments_adopted;
    end = fragment->end_offset;
  }
}

base::Status Repair::find_files_without_rows() {
  if (!report_.last_alive) return {};
  const base::Result<std::vector<FolderEntry>> cameras = disk_.list("media");
  if (!cameras) return {};
  const std::string first_day = base::utc_day(*report_.last_alive - base::Micros(kLookBackUs));
  for (const FolderEntry& camera : *cameras) {
    if (!camera.folder || !base::Uuid::parse(camera.name)) continue;
    const base::Result<std::vector<FolderEntry>> days = disk_.list("media/" + camera.name);
    if (!days) continue;
    for (const FolderEntry& day : *days) {
      if (!day.folder || day.name < first_day) continue;
      VG_TRY(look_into_day("media/" + camera.name + "/" + day.name));
    }
  }
  return {};
}

base::Status Repair::look_into_day(const std::string& folder) {
  const base::Result<std::vector<FolderEntry>> entries = disk_.list(folder);
  if (!entries) return {};
  std::vector<SegmentFile> files;
  for (const FolderEntry& entry : *entries) {
    const std::optional<SegmentFile> file = parse_segment_path(folder + "/" + entry.name);
    if (!entry.regular || !file || file->file_us < report_.last_alive->us - kLookBackUs) continue;
    VG_ASSIGN(const bool known, knows(*file));
    if (!known) files.push_back(*file);
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.file_us < b.file_us; });
  for (const SegmentFile& file : files) adopt_file(file);
  return {};
}

base::Result<bool> Repair::knows(const SegmentFile& file) {
  VG_ASSIGN(Statement find,
            Statement::prepare(index_.db(),
                               "SELECT EXISTS(SELECT 1 FROM segment WHERE camera = ?1 AND file_us = "
                               "?2) OR EXISTS(SELECT 1 FROM garbage WHERE camera = ?1 AND file_us = ?2)"));
  VG_ASSIGN(const bool row, find.bind(file.camera).bind(file.file_us).step());
  return row && find.integer(0) != 0;
}

void Repair::adopt_file(const SegmentFile& file) {
  const std::string path = segment_path(file);
  const base::Result<std::uint64_t> size = disk_.file_size(path);
  if (!size) return;
  const DiskSource source(disk_, path, *size);
  const base::Result<media::SegmentStart> start = media::read_segment_start(source);
  if (!start && start.error().kind() == base::ErrorKind::kDataLoss) return remove_file(path);
  if (!start || start->header.installation != installation_ || start->header.camera != file.camera) {
    base::log::warning("record", "{} is not ours, left where it is", path);
    return;
  }
  const base::Result<media::Fragment> first = media::read_fragment(source, start->size_bytes);
  if (!first || !media::verify_media_hash(source, *first).ok()) return remove_file(path);
  const StreamKey stream{file.camera, start->header.role};
  const auto head = index_.chain_heads().find(stream);
  if (head != index_.chain_heads().end() && first->record.sequence <= head->second.seq) {
    // Written twice: after a failed sync the same footage went to another file.
    return remove_file(path);
  }
  SegmentRow row;
  row.id = next_segment_id_++;
  row.stream = stream;
  row.file_us = file.file_us;
  row.start_us = first->record.wall_start.us;
  row.flags = first->record.flags.starts_with_key ? 0U : static_cast<std::uint32_t>(kSegmentNonKeyStart);
  row.init_bytes = start->size_bytes;
  row.first_seq = first->record.sequence;
  row.epoch = first->record.clock_epoch;
  if (first->record.camera_offset_valid) row.camera_offset_us = first->record.camera_offset_us;
  row.video_codec = start->init.video.codec;
  row.audio_codec = start->init.audio ? start->init.audio->codec : media::Codec::kNone;
  row.parameters_id = parameters_id(start->init);
  index_.take(OpenSegment{row});
  const std::uint64_t end = adopt_from(source, start->size_bytes, row.id, stream, start->size_bytes);
  if (end < *size) {
    report_.torn_bytes += *size - end;
    const base::Status cut = disk_.truncate(path, end);
    if (!cut.ok()) base::log::warning("record", "{}", cut.message());
  }
  index_.take(SealSegment{row.id, stream, kSegmentRepaired, std::nullopt});
  ++report_.files_adopted;
}

void Repair::remove_file(const std::string& path) {
  const base::Status removed = disk_.remove_file(path);
  if (!removed.ok()) {
    base::log::warning("record", "{}", removed.message());
    return;
  }
  ++report_.files_removed;
}

}  // namespace vonggac::record
