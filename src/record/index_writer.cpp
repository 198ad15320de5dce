#include "record/index_writer.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "record/index_schema.h"

namespace vonggac::record {
namespace {

/// A commit waits this long for a lock; recording goes on meanwhile, only acknowledging waits.
constexpr int kWriterBusyMs = 250;
/// 64 cameras fill this in four hours of a locked index.
constexpr std::size_t kMaxPending = 500'000;
/// A growing event is written when it begins, ends, and this often in between.
constexpr std::int64_t kEventUpdateUs = 10'000'000;
/// Motion that no segment has covered after so long belongs to none.
constexpr std::int64_t kUnclaimedGridS = 3600;

}  // namespace

base::Result<std::unique_ptr<IndexWriter>> IndexWriter::open(const std::string& path) {
  VG_ASSIGN(SqliteDb db, SqliteDb::open_index(path, SqliteDb::Access::kWrite, kWriterBusyMs));
  std::unique_ptr<IndexWriter> writer(new IndexWriter(std::move(db)));
  VG_ASSIGN(writer->sql_, IndexStatements::prepare(writer->db_));
  VG_TRY(writer->load());
  return writer;
}

base::Result<std::string> IndexWriter::installation() {
  VG_ASSIGN(Statement read, Statement::prepare(db_, "SELECT value FROM meta WHERE key = 'installation'"));
  VG_ASSIGN(const bool row, read.step());
  return row ? read.text(0) : std::string();
}

base::Result<bool> IndexWriter::has_recorded() {
  VG_ASSIGN(Statement read, Statement::prepare(db_, "SELECT 1 FROM meta WHERE key = 'clean_shutdown'"));
  VG_ASSIGN(const bool row, read.step());
  read.reset();
  return row;
}

base::Status IndexWriter::put_installation(const std::string& id) {
  VG_ASSIGN(Statement write, Statement::prepare(db_, "INSERT OR REPLACE INTO meta VALUES('installation', ?)"));
  return write.bind(std::string_view(id)).run();
}

base::Status IndexWriter::load() {
  VG_ASSIGN(Statement ids, Statement::prepare(db_,
                                              "SELECT (SELECT ifnull(max(id), 0) FROM segment), "
                                              "(SELECT ifnull(max(id), 0) FROM fragment_tail), "
                                              "(SELECT ifnull(max(id), 0) FROM motion_event), "
                                              "(SELECT ifnull(max(id), 0) FROM motion_tail)"));
  VG_ASSIGN(const bool row, ids.step());
  if (!row) return base::internal_error("index.db gave no ids");
  next_segment_id_ = ids.integer(0) + 1;
  next_tail_id_ = ids.integer(1) + 1;
  next_event_id_ = ids.integer(2) + 1;
  next_grid_id_ = ids.integer(3) + 1;
  ids.reset();

  VG_ASSIGN(Statement heads, Statement::prepare(db_, "SELECT camera, role, last_seq, last_record_sha256 FROM camera"));
  for (;;) {
    VG_ASSIGN(const bool more, heads.step());
    if (!more) break;
    ChainHead head;
    head.seq = static_cast<std::uint64_t>(heads.integer(2));
    const base::ByteSpan hash = heads.blob(3);
    if (hash.size() == head.record_sha256.size()) std::copy(hash.begin(), hash.end(), head.record_sha256.begin());
    heads_[{heads.camera(0), static_cast<media::StreamRole>(heads.integer(1))}] = head;
  }
  VG_TRY(load_open_segments());
  return load_motion();
}

base::Status IndexWriter::load_open_segments() {
  VG_ASSIGN(Statement rows,
            Statement::prepare(db_,
                               "SELECT id, camera, role, file_us, start_us, flags, init_bytes, first_seq, epoch, "
                               "camera_offset_us, video_codec, audio_codec, parameters_id FROM segment "
                               "WHERE (flags & 1) = 0"));
  for (;;) {
    VG_ASSIGN(const bool more, rows.step());
    if (!more) break;
    OpenSegmentState state;
    SegmentRow& row = state.row;
    row.id = rows.integer(0);
    row.stream = {rows.camera(1), static_cast<media::StreamRole>(rows.integer(2))};
    row.file_us = rows.integer(3);
    row.start_us = rows.integer(4);
    row.flags = static_cast<std::uint32_t>(rows.integer(5));
    row.init_bytes = static_cast<std::uint64_t>(rows.integer(6));
    row.first_seq = static_cast<std::uint64_t>(rows.integer(7));
    row.epoch = static_cast<std::uint32_t>(rows.integer(8));
    if (!rows.is_null(9)) row.camera_offset_us = rows.integer(9);
    row.video_codec = static_cast<media::Codec>(rows.integer(10));
    row.audio_codec = static_cast<media::Codec>(rows.integer(11));
    row.parameters_id = rows.integer(12);
    open_[row.id] = std::move(state);
  }
  VG_ASSIGN(Statement tail, Statement::prepare(db_,
                                               "SELECT id, segment, seq, offset_bytes, size_bytes, start_us, "
                                               "media_start_90k, duration_90k, flags, record_sha256 "
                                               "FROM fragment_tail ORDER BY id"));
  for (;;) {
    VG_ASSIGN(const bool more, tail.step());
    if (!more) break;
    const auto found = open_.find(tail.integer(1));
    if (found == open_.end()) continue;
    OpenSegmentState& state = found->second;
    FragmentEntry entry;
    entry.seq = static_cast<std::uint64_t>(tail.integer(2));
    entry.offset_bytes = static_cast<std::uint64_t>(tail.integer(3));
    entry.size_bytes = static_cast<std::uint32_t>(tail.integer(4));
    entry.start_us = tail.integer(5);
    entry.media_start_90k = tail.integer(6);
    entry.duration_90k = static_cast<std::uint32_t>(tail.integer(7));
    entry.flags = static_cast<std::uint32_t>(tail.integer(8));
    if (state.entries.empty()) state.first_tail_id = tail.integer(0);
    state.entries.push_back(entry);
    const base::ByteSpan hash = tail.blob(9);
    if (hash.size() != state.last_record_sha256.size()) return base::data_loss("index.db: bad hash in fragment_tail");
    std::copy(hash.begin(), hash.end(), state.last_record_sha256.begin());
    ChainHead& head = heads_[state.row.stream];
    if (entry.seq > head.seq) head = {entry.seq, state.last_record_sha256};
  }
  return {};
}

base::Status IndexWriter::load_motion() {
  VG_ASSIGN(Statement grids, Statement::prepare(db_, "SELECT id, camera, second, cells FROM motion_tail"));
  for (;;) {
    VG_ASSIGN(const bool more, grids.step());
    if (!more) break;
    const base::Result<MotionCells> cells = decode_motion_cells(grids.blob(3));
    if (cells) grids_[grids.camera(1)][grids.integer(2)] = {grids.integer(0), *cells};
  }
  return {};
}

bool IndexWriter::take_event(PutMotionEvent& put, std::int64_t& row_id) {
  const auto key = std::make_pair(put.camera, put.event.key);
  const auto [at, fresh] = events_.try_emplace(key);
  OpenEvent& known = at->second;
  if (fresh) known.row_id = next_event_id_++;
  row_id = known.row_id;
  const bool due = fresh || put.event.ended || put.event.labels.size() > known.labels_written ||
                   (!put.event.alarm.empty() && !known.alarm_written) ||
                   (!put.event.thumbnail.empty() && !known.pictured) ||
                   put.event.end.us >= known.written_until_us + kEventUpdateUs;
  if (!put.event.thumbnail.empty()) known.better = put.event.thumbnail;
  if (due) {
    put.event.thumbnail = std::exchange(known.better, {});
    known.pictured = known.pictured || !put.event.thumbnail.empty();
    known.written_until_us = put.event.end.us;
    known.labels_written = put.event.labels.size();
    known.alarm_written = !put.event.alarm.empty();
  }
  if (put.event.ended) events_.erase(at);
  return due;
}

void IndexWriter::take(IndexOp op) {
  std::int64_t row_id = 0;
  if (pending_.size() >= kMaxPending) {
    ++forgotten_;  // the files stay; the repair at the next start finds them
    return;
  }
  if (const auto* open = std::get_if<OpenSegment>(&op)) {
    open_[open->row.id].row = open->row;
    next_segment_id_ = std::max(next_segment_id_, open->row.id + 1);
  } else if (const auto* fragment = std::get_if<AddFragment>(&op)) {
    const auto found = open_.find(fragment->segment);
    if (found == open_.end()) {
      ++forgotten_;
      return;
    }
    row_id = next_tail_id_++;
    if (found->second.entries.empty()) found->second.first_tail_id = row_id;
    found->second.entries.push_back(fragment->entry);
    found->second.last_record_sha256 = fragment->record_sha256;
    heads_[fragment->stream] = {fragment->entry.seq, fragment->record_sha256};
  } else if (const auto* seal = std::get_if<SealSegment>(&op)) {
    const auto found = open_.find(seal->segment);
    if (found == open_.end() || found->second.sealing) return;
    found->second.sealing = true;
  } else if (auto* event = std::get_if<PutMotionEvent>(&op)) {
    if (!take_event(*event, row_id)) return;
  } else if (const auto* grid = std::get_if<PutMotionGrid>(&op)) {
    Grid& known = grids_[grid->camera][grid->second];
    if (known.row_id == 0) known.row_id = next_grid_id_++;
    known.cells = grid->cells;
    row_id = known.row_id;
  }
  pending_.push_back({std::move(op), row_id});
}

std::vector<SealSegment> IndexWriter::seals_for_open(std::uint32_t add_flags) const {
  std::vector<SealSegment> seals;
  for (const auto& [id, state] : open_) {
    if (!state.sealing) seals.push_back({id, state.row.stream, add_flags, std::nullopt});
  }
  return seals;
}

void IndexWriter::shorten_open(std::int64_t id, std::size_t count, const base::Sha256Digest& last_record_sha256) {
  const auto found = open_.find(id);
  if (found == open_.end()) return;
  if (count == 0) {
    open_.erase(found);
    return;
  }
  found->second.entries.resize(std::min(count, found->second.entries.size()));
  found->second.last_record_sha256 = last_record_sha256;
}

base::Status IndexWriter::commit(const std::vector<IndexCall>& calls, std::vector<FootageChange>& changes) {
  if (pending_.empty() && calls.empty() && !clean_tails_) return {};
  VG_TRY(sql_.begin.run());
  base::Status status = apply_all(calls);
  if (status.ok()) status = sql_.commit.run();
  if (!status.ok()) {
    // A failed COMMIT leaves the transaction open or has rolled it back already; both are fine.
    const base::Status rolled_back = sql_.rollback.run();
    if (!rolled_back.ok()) base::log::debug("record", "rollback: {}", rolled_back.to_string());
    sealed_now_.clear();
    packed_now_.clear();
    changes_now_.clear();
    return status;
  }
  after_commit();
  changes.insert(changes.end(), changes_now_.begin(), changes_now_.end());
  changes_now_.clear();
  return {};
}

base::Status IndexWriter::apply_all(const std::vector<IndexCall>& calls) {
  for (const Pending& pending : pending_) {
    VG_TRY(std::visit([&](const auto& op) { return apply_op(op, pending.row_id); }, pending.op));
  }
  for (const IndexCall& call : calls) VG_TRY(call(db_));
  return clean_tails_ ? clean_tails() : base::Status();
}

void IndexWriter::after_commit() {
  pending_.clear();
  for (const std::int64_t id : sealed_now_) open_.erase(id);
  for (const auto& [camera, second] : packed_now_) {
    const auto found = grids_.find(camera);
    if (found == grids_.end()) continue;
    found->second.erase(second);
    if (found->second.empty()) grids_.erase(found);
  }
  sealed_now_.clear();
  packed_now_.clear();
  clean_tails_ = false;
}

/// Rows below the first one that an open segment needs are dead. Deleted by rowid prefix, pages become free as a
/// whole and are not even written.
base::Status IndexWriter::clean_tails() {
  std::int64_t first_live = next_tail_id_;
  for (const auto& [id, state] : open_) {
    const bool sealed = std::find(sealed_now_.begin(), sealed_now_.end(), id) != sealed_now_.end();
    if (!sealed && !state.entries.empty()) first_live = std::min(first_live, state.first_tail_id);
  }
  VG_TRY(sql_.clean_fragment_tail.bind(first_live).run());
  std::int64_t first_grid = next_grid_id_;
  for (const auto& [camera, seconds] : grids_) {
    const std::int64_t newest = seconds.rbegin()->first;
    for (const auto& [second, grid] : seconds) {
      if (second < newest - kUnclaimedGridS) {
        packed_now_.emplace_back(camera, second);
      } else {
        first_grid = std::min(first_grid, grid.row_id);
      }
    }
  }
  return sql_.clean_motion_tail.bind(first_grid).run();
}

}  // namespace vonggac::record
