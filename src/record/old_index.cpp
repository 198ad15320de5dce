#include "record/old_index.h"

#include <iterator>
#include <vector>

#include "record/index_schema.h"

namespace vonggac::record {
namespace {

constexpr int kBusyMs = 2000;

struct SavedTable {
  const char* sql;
  std::uint64_t RebuildReport::*count;
};

constexpr SavedTable kLabels = {"INSERT OR IGNORE INTO main.motion_label SELECT * FROM old.motion_label", nullptr};

constexpr SavedTable kTables[] = {
    {"INSERT OR IGNORE INTO main.hold SELECT * FROM old.hold", &RebuildReport::holds},
    {"INSERT OR IGNORE INTO main.motion_event SELECT * FROM old.motion_event", &RebuildReport::motion_events},
    {"INSERT OR IGNORE INTO main.motion_thumbnail SELECT * FROM old.motion_thumbnail", nullptr},
    {"INSERT OR IGNORE INTO main.gap SELECT * FROM old.gap", &RebuildReport::gaps},
    {"INSERT OR REPLACE INTO main.clock_epoch SELECT * FROM old.clock_epoch", nullptr},
    {"INSERT OR IGNORE INTO main.motion_table SELECT fresh.id, t.seconds FROM old.motion_table t JOIN old.segment s ON "
     "s.id = t.segment JOIN main.segment fresh ON fresh.camera = s.camera AND fresh.file_us = s.file_us",
     nullptr},
    {"INSERT OR IGNORE INTO main.motion_tail SELECT * FROM old.motion_tail", nullptr},
    // Policies, and sequence numbers that must not be given again; a camera without any footage left has only these.
    {"INSERT INTO main.camera(camera, role, last_seq, last_record_sha256, retention_days, retention_bytes, "
     "motion_retention_days) SELECT camera, role, last_seq, last_record_sha256, retention_days, retention_bytes, "
     "motion_retention_days FROM old.camera WHERE true ON CONFLICT(camera, role) DO UPDATE SET retention_days = "
     "excluded.retention_days, retention_bytes = excluded.retention_bytes, motion_retention_days = "
     "excluded.motion_retention_days, last_record_sha256 = iif(excluded.last_seq > last_seq, "
     "excluded.last_record_sha256, last_record_sha256), last_seq = max(last_seq, excluded.last_seq)",
     nullptr},
    {"UPDATE main.segment SET flags = flags | 2 WHERE EXISTS(SELECT 1 FROM main.motion_event e WHERE e.camera = "
     "segment.camera AND e.start_us < segment.end_us AND e.start_us > segment.start_us - 7200000000 AND e.end_us >= "
     "segment.start_us)",
     nullptr},
};

}  // namespace

std::string old_installation(const std::string& old_path) {
  const auto db = SqliteDb::open_index(old_path, SqliteDb::Access::kReadOnly, kBusyMs);
  if (!db) return "";
  auto meta = Statement::prepare(*db, "SELECT value FROM meta WHERE key = 'installation'");
  if (!meta) return "";
  const auto row = meta->step();
  return row && *row ? meta->text(0) : "";
}

void save_old_rows(SqliteDb& fresh, const std::string& old_path, RebuildReport& report) {
  auto attach = Statement::prepare(fresh, "ATTACH DATABASE ? AS old");
  const base::Status attached = attach ? attach->bind(std::string_view(old_path)).run() : attach.error();
  if (!attached.ok()) {
    report.old_index_note = attached.message();
    return;
  }
  auto version = Statement::prepare(fresh, "PRAGMA old.user_version");
  const auto row = version ? version->step() : base::Result<bool>(version.error());
  const std::int64_t old_version = row && *row ? version->integer(0) : 0;
  if (version) version->reset();
  // Since the oldest one tables were only added, so the columns of what is copied are the same.
  if (old_version < kOldestIndexSchemaVersion || old_version > kIndexSchemaVersion) {
    report.old_index_note = row ? "it is of another version" : row.error().message();
    return;
  }
  std::vector<SavedTable> tables(std::begin(kTables), std::end(kTables));
  if (old_version >= kIndexVersionWithLabels) tables.push_back(kLabels);
  for (const SavedTable& table : tables) {
    const base::Status saved = fresh.run(table.sql);
    if (!saved.ok()) {
      report.old_index_note = saved.message();
    } else if (table.count != nullptr) {
      report.*table.count = static_cast<std::uint64_t>(fresh.changes());
    }
  }
  const base::Status detached = fresh.run("DETACH DATABASE old");
  if (!detached.ok() && report.old_index_note.empty()) report.old_index_note = detached.message();
}

}  // namespace vonggac::record
