#include "record/retention.h"

#include <algorithm>
#include <limits>
#include <set>

#include "base/log.h"
#include "record/index_columns.h"
#include "record/index_schema.h"

namespace vonggac::record {
namespace {

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kDayUs = 86'400LL * 1'000'000;
constexpr std::int64_t kHourUs = 3'600LL * 1'000'000;
constexpr std::int64_t kIngestWindowUs = 600LL * 1'000'000;
constexpr std::int64_t kSealAgainUs = 5'000'000;
/// What is freed at least when the writer found no space though there should be some (inodes, quota).
constexpr std::uint64_t kDemandBytes = 16 << 20;
constexpr int kReadBusyMs = 2'000;
/// On a small disk an hour of ingest may be more than the disk: footage may always have most of it.
constexpr double kMaxLowWaterFraction = 0.20;

// Segments under a hold are left out; the transaction that marks them looks again.
constexpr const char* kFind =
    "SELECT id, file_us, start_us, end_us, size_bytes FROM segment WHERE camera = ?1 AND role = ?2 AND start_us < ?3 "
    "AND end_us < ?3 AND (flags & 1) = 1 AND ((flags & 2) = 0 OR end_us < ?4) AND NOT EXISTS (SELECT 1 FROM hold WHERE "
    "hold.camera = segment.camera AND hold.from_us < segment.end_us AND hold.to_us > segment.start_us) "
    "ORDER BY start_us LIMIT ?5";

constexpr const char* kMark =
    "INSERT INTO garbage(camera, file_us, size_bytes, reason, marked_us) SELECT camera, file_us, size_bytes, ?2, ?3 "
    "FROM segment WHERE id = ?1 AND (flags & 1) = 1 AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.camera = "
    "segment.camera AND hold.from_us < segment.end_us AND hold.to_us > segment.start_us)";
constexpr const char* kDeleteThumbnails =
    "DELETE FROM motion_thumbnail WHERE event IN (SELECT id FROM motion_event WHERE camera = ? AND start_us >= ? AND "
    "start_us < ?)";
constexpr const char* kDeleteLabels =
    "DELETE FROM motion_label WHERE event IN (SELECT id FROM motion_event WHERE camera = ? AND start_us >= ? AND "
    "start_us < ?)";
constexpr const char* kDeleteEvents = "DELETE FROM motion_event WHERE camera = ? AND start_us >= ? AND start_us < ?";

}  // namespace

base::Result<std::unique_ptr<Retention>> Retention::open(Parts parts, const std::string& index_path) {
  VG_ASSIGN(SqliteDb db, SqliteDb::open_index(index_path, SqliteDb::Access::kReadOnly, kReadBusyMs));
  std::unique_ptr<Retention> retention(new Retention(std::move(parts), std::move(db)));
  VG_ASSIGN(retention->find_, Statement::prepare(retention->db_, kFind));
  VG_TRY(retention->load_policies());
  // The read transaction begins now, before anything is recorded; load_ledger() ends it.
  VG_TRY(retention->db_.run("BEGIN; SELECT count(*) FROM meta;"));
  retention->measure();
  return retention;
}

/// Cameras that are not opened any more are still deleted by their last policy.
base::Status Retention::load_policies() {
  VG_ASSIGN(Statement rows, Statement::prepare(db_,
                                               "SELECT camera, role, retention_days, retention_bytes, "
                                               "motion_retention_days FROM camera"));
  for (;;) {
    VG_ASSIGN(const bool more, rows.step());
    if (!more) return {};
    FootageLedger::Retention policy;
    policy.days = static_cast<std::int32_t>(rows.integer(2));
    policy.bytes = static_cast<std::uint64_t>(rows.integer(3));
    policy.motion_days = static_cast<std::int32_t>(rows.integer(4));
    parts_.ledger.set_retention({rows.camera(0), static_cast<media::StreamRole>(rows.integer(1))}, policy);
  }
}

base::Status Retention::load_ledger() {
  {
    VG_ASSIGN(Statement sums, Statement::prepare(db_,
                                                 "SELECT camera, role, count(*), sum(size_bytes), min(start_us), "
                                                 "max(end_us) FROM segment GROUP BY camera, role"));
    for (;;) {
      VG_ASSIGN(const bool more, sums.step());
      if (!more) break;
      const StreamKey stream{sums.camera(0), static_cast<media::StreamRole>(sums.integer(1))};
      StreamTotals totals;
      totals.segments = sums.integer(2);
      totals.bytes = sums.integer(3);
      totals.oldest_us = sums.integer(4);
      totals.newest_end_us = sums.integer(5);
      parts_.ledger.add_base(stream, totals);
    }
  }
  return db_.run("COMMIT");
}

bool Retention::step() {
  bool more = false;
  measure();
  parts_.guard.observe();
  base::Status status;
  if (!loaded_) {
    status = load_ledger();
    loaded_ = status.ok();
  }
  const std::int64_t now_us = parts_.clock.mono_now().us;
  if (loaded_ && now_us >= next_policy_us_) {
    status = finish_garbage();
    if (status.ok()) status = delete_by_age(more);
    if (status.ok()) status = delete_by_bytes(more);
    if (!more) next_policy_us_ = now_us + kPolicyRoundUs;
  }
  if (loaded_ && status.ok()) status = delete_for_space(more);
  if (!status.ok()) base::log::warning("record", "retention: {}", status.message());
  return more && status.ok();
}

/// Free space, and how much must stay free: the fraction of the disk, or an hour of what comes in.
void Retention::measure() {
  const base::Result<DiskSpace> space = parts_.disk.space();
  if (!space) return;
  const Sample now{parts_.clock.mono_now().us, parts_.bytes_written()};
  if (ingest_.empty() || now.at_us - ingest_.back().at_us >= kIngestWindowUs / 60) ingest_.push_back(now);
  while (ingest_.size() > 2 && now.at_us - ingest_.front().at_us > kIngestWindowUs) ingest_.pop_front();
  const double window_us = static_cast<double>(now.at_us - ingest_.front().at_us);
  const double total = static_cast<double>(space->total_bytes);
  double hour = 0;
  if (window_us > 0) {
    const double bytes = static_cast<double>(now.bytes - ingest_.front().bytes);
    hour = bytes / std::max(window_us, 60e6) * static_cast<double>(kHourUs);
  }
  const double low = std::max(parts_.config.low_water_fraction * total, std::min(hour, kMaxLowWaterFraction * total));
  free_bytes_ = space->free_bytes;
  total_bytes_ = space->total_bytes;
  low_water_bytes_ = std::max(static_cast<std::uint64_t>(low), parts_.config.low_water_min_bytes);
}

base::Result<std::vector<Retention::Candidate>> Retention::find(const Query& query) {
  find_.bind(query.stream.camera).bind(role_column(query.stream)).bind(query.older_than_us);
  find_.bind(query.motion_older_than_us).bind(std::int64_t{query.limit});
  std::vector<Candidate> found;
  for (;;) {
    VG_ASSIGN(const bool more, find_.step());
    if (!more) return found;
    Candidate c;
    c.id = find_.integer(0);
    c.stream = query.stream;
    c.file = {query.stream.camera, find_.integer(1)};
    c.start_us = find_.integer(2);
    c.end_us = find_.integer(3);
    c.size_bytes = static_cast<std::uint64_t>(find_.integer(4));
    found.push_back(c);
  }
}

base::Status Retention::delete_by_age(bool& more) {
  if (parts_.guard.frozen()) return {};
  const std::int64_t now_us = parts_.clock.wall_now().us;
  for (const auto& [stream, policy] : parts_.ledger.retentions()) {
    if (policy.days <= 0) continue;
    Query query;
    query.stream = stream;
    query.older_than_us = now_us - policy.days * kDayUs;
    query.motion_older_than_us = now_us - std::max(policy.days, policy.motion_days) * kDayUs;
    VG_ASSIGN(const std::vector<Candidate> old, find(query));
    VG_TRY(remove(old, "age"));
    VG_TRY(prune_rows(stream, query.motion_older_than_us));
    more = more || old.size() == static_cast<std::size_t>(query.limit);
  }
  return {};
}

base::Status Retention::delete_by_bytes(bool& more) {
  const std::int64_t now_us = parts_.clock.wall_now().us;
  for (const auto& [stream, policy] : parts_.ledger.retentions()) {
    const StreamTotals totals = parts_.ledger.totals(stream);
    if (policy.bytes == 0 || totals.bytes <= static_cast<std::int64_t>(policy.bytes)) continue;
    std::uint64_t excess = static_cast<std::uint64_t>(totals.bytes) - policy.bytes;
    // First what may go, then what was to be kept longer for its motion.
    const std::int64_t motion_limits[] = {policy.motion_days > 0 ? now_us - policy.motion_days * kDayUs : kNever,
                                          kNever};
    for (const std::int64_t motion_limit : motion_limits) {
      VG_ASSIGN(std::vector<Candidate> oldest, find({stream, kNever, motion_limit, kBatch}));
      std::size_t count = 0;
      for (; count < oldest.size() && excess > 0; ++count) excess -= std::min(excess, oldest[count].size_bytes);
      oldest.resize(count);
      VG_TRY(remove(oldest, "camera_bytes"));
      if (excess == 0) break;
      more = more || count == static_cast<std::size_t>(kBatch);
    }
  }
  return {};
}

base::Result<std::vector<Retention::Candidate>> Retention::oldest_of_all(bool spare_motion) {
  const std::int64_t now_us = parts_.clock.wall_now().us;
  std::vector<Candidate> all;
  for (const auto& [stream, policy] : parts_.ledger.retentions()) {
    Query query{stream, kNever, kNever, 32};
    if (spare_motion && policy.motion_days > 0) query.motion_older_than_us = now_us - policy.motion_days * kDayUs;
    VG_ASSIGN(std::vector<Candidate> some, find(query));
    all.insert(all.end(), some.begin(), some.end());
  }
  std::sort(all.begin(), all.end(), [](const Candidate& a, const Candidate& b) { return a.start_us < b.start_us; });
  return all;
}

base::Status Retention::delete_for_space(bool& more) {
  const std::uint64_t low = low_water_bytes_, free = free_bytes_;
  const bool demanded = demanded_.exchange(false);
  if (free >= low && !demanded) return {};
  // A little more than needed, so that not every round deletes one file.
  std::uint64_t needed = low + low / 10 > free ? low + low / 10 - free : 0;
  if (demanded) needed = std::max(needed, kDemandBytes);
  VG_ASSIGN(std::vector<Candidate> oldest, oldest_of_all(true));
  if (oldest.empty()) {
    VG_ASSIGN(oldest, oldest_of_all(false));
  }
  if (oldest.empty()) {
    // Everything is held or still open: a small disk. What is open is closed, the next round may delete it.
    const std::int64_t now_us = parts_.clock.mono_now().us;
    if (now_us >= next_seal_us_) parts_.seal_open_files();
    if (now_us >= next_seal_us_) next_seal_us_ = now_us + kSealAgainUs;
    return {};
  }
  std::size_t count = 0;
  for (; count < oldest.size() && needed > 0; ++count) needed -= std::min(needed, oldest[count].size_bytes);
  oldest.resize(count);
  VG_TRY(remove(oldest, "low_water"));
  measure();
  more = more || needed > 0;
  return {};
}

base::Status Retention::remove(const std::vector<Candidate>& candidates, const char* reason) {
  if (candidates.empty()) return {};
  // The transaction may still run after we stopped waiting for it: it owns what it works on, and what it marked is
  // then found by finish_garbage().
  const auto marked = std::make_shared<Marked>();
  const std::int64_t now_us = parts_.clock.wall_now().us;
  VG_TRY(parts_.call([=, reason = std::string(reason)](SqliteDb& db) {
    *marked = {};
    return mark(db, candidates, reason, now_us, *marked);
  }));
  parts_.ledger.apply(marked->changes);
  std::set<StreamKey> streams;
  for (const FootageChange& change : marked->changes) streams.insert(change.stream);
  for (const StreamKey& stream : streams) refresh_oldest(stream);
  return unlink_and_forget(marked->files);
}

base::Status Retention::mark(SqliteDb& db, const std::vector<Candidate>& candidates, const std::string& reason,
                             std::int64_t now_us, Marked& marked) {
  VG_ASSIGN(Statement insert, Statement::prepare(db, kMark));
  VG_ASSIGN(Statement thumbnails, Statement::prepare(db, kDeleteThumbnails));
  VG_ASSIGN(Statement labels, Statement::prepare(db, kDeleteLabels));
  VG_ASSIGN(Statement events, Statement::prepare(db, kDeleteEvents));
  VG_ASSIGN(Statement segment, Statement::prepare(db, "DELETE FROM segment WHERE id = ?"));
  VG_ASSIGN(Statement table, Statement::prepare(db, "DELETE FROM fragment_table WHERE segment = ?"));
  VG_ASSIGN(Statement motion, Statement::prepare(db, "DELETE FROM motion_table WHERE segment = ?"));
  VG_ASSIGN(Statement summary, Statement::prepare(db,
                                                  "DELETE FROM motion_summary WHERE camera = ? AND start_us = ? AND "
                                                  "segment = ?"));
  for (const Candidate& c : candidates) {
    VG_TRY(insert.bind(c.id).bind(std::string_view(reason)).bind(now_us).run());
    if (db.changes() == 0) continue;  // held meanwhile
    VG_TRY(thumbnails.bind(c.stream.camera).bind(c.start_us).bind(c.end_us).run());
    VG_TRY(labels.bind(c.stream.camera).bind(c.start_us).bind(c.end_us).run());
    VG_TRY(events.bind(c.stream.camera).bind(c.start_us).bind(c.end_us).run());
    VG_TRY(segment.bind(c.id).run());
    VG_TRY(table.bind(c.id).run());
    VG_TRY(motion.bind(c.id).run());
    VG_TRY(summary.bind(c.stream.camera).bind(c.start_us).bind(c.id).run());
    marked.files.push_back(c.file);
    FootageChange change;
    change.stream = c.stream;
    change.bytes = -static_cast<std::int64_t>(c.size_bytes);
    change.segments = -1;
    marked.changes.push_back(change);
  }
  return {};
}

base::Status Retention::finish_garbage() {
  std::vector<SegmentFile> files;
  {
    VG_ASSIGN(Statement rows, Statement::prepare(db_, "SELECT camera, file_us FROM garbage LIMIT 4096"));
    for (;;) {
      VG_ASSIGN(const bool more, rows.step());
      if (!more) break;
      files.push_back({rows.camera(0), rows.integer(1)});
    }
  }
  return unlink_and_forget(files);
}

base::Status Retention::unlink_and_forget(const std::vector<SegmentFile>& files) {
  std::vector<SegmentFile> gone;
  std::set<std::string> folders;
  for (const SegmentFile& file : files) {
    const base::Status removed = parts_.disk.remove_file(segment_path(file));
    if (!removed.ok()) {
      base::log::warning("record", "stays garbage for now: {}", removed.message());
      continue;
    }
    gone.push_back(file);
    folders.insert(segment_folder(file));
  }
  if (gone.empty()) return {};
  for (const std::string& folder : folders) VG_TRY(parts_.disk.sync_folder(folder));
  const base::Status forgotten = parts_.call([gone](SqliteDb& db) -> base::Status {
    VG_ASSIGN(Statement forget, Statement::prepare(db, "DELETE FROM garbage WHERE camera = ? AND file_us = ?"));
    for (const SegmentFile& file : gone) VG_TRY(forget.bind(file.camera).bind(file.file_us).run());
    return {};
  });
  if (!forgotten.ok()) return forgotten;
  for (const std::string& folder : folders) {
    const base::Status removed = parts_.disk.remove_empty_folder(folder);
    if (!removed.ok()) base::log::debug("record", "{}", removed.message());
  }
  return {};
}

/// Events and gaps that lie before everything that is kept.
base::Status Retention::prune_rows(const StreamKey& stream, std::int64_t before_us) {
  std::int64_t limit_us = before_us;
  const StreamTotals totals = parts_.ledger.totals(stream);
  if (totals.oldest_us != 0) limit_us = std::min(limit_us, totals.oldest_us);
  VG_ASSIGN(Statement any,
            Statement::prepare(db_,
                               "SELECT EXISTS(SELECT 1 FROM motion_event WHERE camera = ?1 AND start_us "
                               "< ?2 AND end_us < ?2), EXISTS(SELECT 1 FROM gap WHERE camera = ?1 AND "
                               "start_us < ?2 AND end_us < ?2), EXISTS(SELECT 1 FROM tamper WHERE camera = ?1 "
                               "AND start_us < ?2 AND end_us < ?2)"));
  VG_ASSIGN(const bool row, any.bind(stream.camera).bind(limit_us).step());
  if (!row || (any.integer(0) == 0 && any.integer(1) == 0 && any.integer(2) == 0)) return {};
  any.reset();
  return parts_.call([stream, limit_us](SqliteDb& db) -> base::Status {
    for (const char* sql :
         {"DELETE FROM motion_thumbnail WHERE event IN (SELECT id FROM motion_event WHERE camera = ?1 "
          "AND start_us < ?2 AND end_us < ?2)",
          "DELETE FROM motion_label WHERE event IN (SELECT id FROM motion_event WHERE camera = ?1 AND start_us < ?2 "
          "AND end_us < ?2)",
          "DELETE FROM motion_event WHERE camera = ?1 AND start_us < ?2 AND end_us < ?2",
          "DELETE FROM tamper WHERE camera = ?1 AND start_us < ?2 AND end_us < ?2",
          "DELETE FROM gap WHERE camera = ?1 AND start_us < ?2 AND end_us < ?2"}) {
      VG_ASSIGN(Statement statement, Statement::prepare(db, sql));
      VG_TRY(statement.bind(stream.camera).bind(limit_us).run());
    }
    return {};
  });
}

void Retention::refresh_oldest(const StreamKey& stream) {
  base::Result<Statement> oldest =
      Statement::prepare(db_, "SELECT ifnull(min(start_us), 0) FROM segment WHERE camera = ? AND role = ?");
  if (!oldest) return;
  const base::Result<bool> row = oldest->bind(stream.camera).bind(role_column(stream)).step();
  if (row && *row) parts_.ledger.set_oldest(stream, oldest->integer(0));
}

}  // namespace vonggac::record
