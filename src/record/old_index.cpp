#include "record/old_index.h"

#include "record/index_schema.h"
#include "record/motion_search.h"

namespace vonggac::record {
namespace {

constexpr int kOldIndexBusyMs = 2000;

/// Taken over whole, by the columns that both versions have.
struct WholeTable {
  const char* name;
  const char* on_conflict;
  std::uint64_t RebuildReport::*count;
};

constexpr WholeTable kWholeTables[] = {
    {"hold", "IGNORE", &RebuildReport::holds}, {"motion_event", "IGNORE", &RebuildReport::motion_events},
    {"motion_thumbnail", "IGNORE", nullptr},   {"motion_label", "IGNORE", nullptr},
    {"gap", "IGNORE", &RebuildReport::gaps},   {"clock_epoch", "REPLACE", nullptr},
    {"motion_tail", "IGNORE", nullptr},        {"tamper", "IGNORE", nullptr},
    {"camera_view", "REPLACE", nullptr},
};

/// What must be fitted to the new rows.
constexpr const char* kFitted[] = {
    "INSERT OR IGNORE INTO main.motion_table(segment, seconds) SELECT fresh.id, t.seconds FROM old.motion_table t JOIN "
    "old.segment s ON s.id = t.segment JOIN main.segment fresh ON fresh.camera = s.camera AND fresh.file_us = "
    "s.file_us",
    // Policies, and sequence numbers that must not be given again; a camera without any footage left has only these.
    "INSERT INTO main.camera(camera, role, last_seq, last_record_sha256, retention_days, retention_bytes, "
    "motion_retention_days) SELECT camera, role, last_seq, last_record_sha256, retention_days, retention_bytes, "
    "motion_retention_days FROM old.camera WHERE true ON CONFLICT(camera, role) DO UPDATE SET retention_days = "
    "excluded.retention_days, retention_bytes = excluded.retention_bytes, motion_retention_days = "
    "excluded.motion_retention_days, last_record_sha256 = iif(excluded.last_seq > last_seq, "
    "excluded.last_record_sha256, last_record_sha256), last_seq = max(last_seq, excluded.last_seq)",
    "UPDATE main.segment SET flags = flags | 2 WHERE EXISTS(SELECT 1 FROM main.motion_event e WHERE e.camera = "
    "segment.camera AND e.start_us < segment.end_us AND e.start_us > segment.start_us - 7200000000 AND e.end_us >= "
    "segment.start_us)",
};

base::Result<std::string> shared_columns(const SqliteDb& db, const char* table) {
  VG_ASSIGN(Statement names, Statement::prepare(db,
                                                "SELECT name FROM pragma_table_info(?1, 'main') WHERE name IN (SELECT "
                                                "name FROM pragma_table_info(?1, 'old'))"));
  names.bind(std::string_view(table));
  std::string list;
  for (;;) {
    VG_ASSIGN(const bool more, names.step());
    if (!more) return list;
    list += (list.empty() ? "" : ", ") + names.text(0);
  }
}

base::Status copy_whole(SqliteDb& db, const WholeTable& table) {
  VG_ASSIGN(const std::string columns, shared_columns(db, table.name));
  if (columns.empty()) return {};
  const std::string name = table.name;
  return db.run(("INSERT OR " + std::string(table.on_conflict) + " INTO main." + name + "(" + columns + ") SELECT " +
                 columns + " FROM old." + name)
                    .c_str());
}

void save_rows(SqliteDb& db, RebuildReport& report) {
  const auto note = [&report](const base::Status& status) {
    if (!status.ok()) report.old_index_note = status.message();
    return status.ok();
  };
  for (const WholeTable& table : kWholeTables) {
    if (note(copy_whole(db, table)) && table.count != nullptr) {
      report.*table.count = static_cast<std::uint64_t>(db.changes());
    }
  }
  for (const char* sql : kFitted) note(db.run(sql));
  note(fill_motion_summary(db));
}

}  // namespace

std::string old_installation(const std::string& old_path) {
  const auto db = SqliteDb::open_index(old_path, SqliteDb::Access::kReadAnyVersion, kOldIndexBusyMs);
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
  const bool known_version = row && *row && version->integer(0) >= 1 && version->integer(0) <= kIndexSchemaVersion;
  if (version) version->reset();
  if (!known_version) {
    report.old_index_note = row ? "it is of a later version" : row.error().message();
    return;
  }
  save_rows(fresh, report);
  const base::Status detached = fresh.run("DETACH DATABASE old");
  if (!detached.ok() && report.old_index_note.empty()) report.old_index_note = detached.message();
}

}  // namespace vonggac::record
