#include "record/index_statements.h"

namespace vonggac::record {
namespace {

struct Sql {
  Statement IndexStatements::*target;
  const char* text;
};

constexpr Sql kStatements[] = {
    {&IndexStatements::begin, "BEGIN IMMEDIATE"},
    {&IndexStatements::commit, "COMMIT"},
    {&IndexStatements::rollback, "ROLLBACK"},

    {&IndexStatements::insert_segment,
     "INSERT OR IGNORE INTO segment(id, camera, role, file_us, start_us, flags, init_bytes, first_seq, epoch, "
     "camera_offset_us, "
     "video_codec, audio_codec, parameters_id) VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?)"},
    {&IndexStatements::insert_tail,
     "INSERT OR IGNORE INTO fragment_tail(id, segment, seq, offset_bytes, size_bytes, start_us, media_start_90k, "
     "duration_90k, "
     "flags, record_sha256) VALUES(?,?,?,?,?,?,?,?,?,?)"},
    {&IndexStatements::seal_segment,
     "UPDATE segment SET end_us = ?, size_bytes = ?, flags = flags | ?, fragment_count = ?, last_record_sha256 = ? "
     "WHERE id = ?"},
    {&IndexStatements::insert_table, "INSERT OR REPLACE INTO fragment_table(segment, entries) VALUES(?,?)"},
    {&IndexStatements::put_chain_head,
     "INSERT INTO camera(camera, role, last_seq, last_record_sha256) VALUES(?,?,?,?) ON CONFLICT(camera, role) DO "
     "UPDATE SET last_seq = excluded.last_seq, last_record_sha256 = excluded.last_record_sha256"},

    // An event longer than an hour is cut by the analyse shard; so the range to look through is short.
    {&IndexStatements::motion_overlaps,
     "SELECT 1 FROM motion_event WHERE camera = ?1 AND start_us < ?3 AND start_us > ?2 - 7200000000 AND end_us >= ?2 "
     "LIMIT 1"},
    {&IndexStatements::mark_motion,
     "UPDATE segment SET flags = flags | 2 WHERE camera = ?1 AND start_us < ?3 AND start_us > ?2 - 7200000000 AND "
     "(end_us >= ?2 OR (flags & 1) = 0) AND (flags & 2) = 0"},
    {&IndexStatements::find_sealed_at,
     "SELECT id FROM segment WHERE camera = ?1 AND start_us <= ?2 AND start_us > ?2 - 7200000000 AND end_us > ?2 AND "
     "(flags & 1) = 1 ORDER BY start_us DESC LIMIT 1"},
    {&IndexStatements::get_motion_table, "SELECT seconds FROM motion_table WHERE segment = ?"},
    {&IndexStatements::put_motion_table, "INSERT OR REPLACE INTO motion_table(segment, seconds) VALUES(?,?)"},
    {&IndexStatements::put_motion_summary,
     "INSERT OR REPLACE INTO motion_summary(camera, start_us, segment, cells) SELECT camera, start_us, id, ?2 FROM "
     "segment WHERE id = ?1"},
    {&IndexStatements::insert_grid, "INSERT OR REPLACE INTO motion_tail(id, camera, second, cells) VALUES(?,?,?,?)"},

    {&IndexStatements::find_open_gap,
     "SELECT id, start_us, cause FROM gap WHERE camera = ? AND role = ? AND end_us IS NULL LIMIT 1"},
    {&IndexStatements::relabel_gap, "UPDATE gap SET cause = ?, detail = ? WHERE id = ?"},
    {&IndexStatements::end_gap, "UPDATE gap SET end_us = max(?, start_us) WHERE id = ?"},
    {&IndexStatements::end_gap_by_start,
     "UPDATE gap SET end_us = max(?3, start_us) WHERE camera = ?1 AND role = ?2 AND end_us IS NULL AND (start_us <= ?3 "
     "OR epoch < ?4)"},
    {&IndexStatements::insert_gap,
     "INSERT INTO gap(camera, role, start_us, end_us, cause, detail, epoch) VALUES(?,?,?,?,?,?,?)"},

    {&IndexStatements::put_event,
     "INSERT INTO motion_event(id, camera, start_us, end_us, ended, score, box_x, box_y, box_w, box_h, zone, "
     "start_reason, end_reason, alarm, alarm_us) "
     "VALUES(?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET start_us = excluded.start_us, end_us = "
     "excluded.end_us, ended = excluded.ended, score = excluded.score, box_x = excluded.box_x, box_y = "
     "excluded.box_y, box_w = excluded.box_w, box_h = excluded.box_h, zone = excluded.zone, start_reason = "
     "excluded.start_reason, end_reason = excluded.end_reason, alarm = excluded.alarm, alarm_us = "
     "excluded.alarm_us"},
    {&IndexStatements::put_thumbnail, "INSERT OR REPLACE INTO motion_thumbnail(event, jpeg) VALUES(?,?)"},

    {&IndexStatements::put_label, "INSERT OR REPLACE INTO motion_label(event, class, score) VALUES(?,?,?)"},

    {&IndexStatements::begin_tamper,
     "INSERT INTO tamper(camera, kind, start_us) SELECT ?1, ?2, ?3 WHERE NOT EXISTS(SELECT 1 FROM tamper WHERE camera "
     "= "
     "?1 AND kind = ?2 AND end_us IS NULL)"},
    {&IndexStatements::end_tamper,
     "UPDATE tamper SET end_us = max(?3, start_us), ended_by = ?4 WHERE camera = ?1 AND kind = ?2 AND end_us IS NULL"},
    {&IndexStatements::put_view, "INSERT OR REPLACE INTO camera_view(camera, learned_us, view) VALUES(?,?,?)"},

    {&IndexStatements::put_policy,
     "INSERT INTO camera(camera, role, retention_days, retention_bytes, motion_retention_days) VALUES(?,?,?,?,?) ON "
     "CONFLICT(camera, role) DO UPDATE SET retention_days = excluded.retention_days, retention_bytes = "
     "excluded.retention_bytes, motion_retention_days = excluded.motion_retention_days"},
    {&IndexStatements::insert_epoch,
     "INSERT OR REPLACE INTO clock_epoch(id, start_us, step_us, cause) VALUES(?,?,?,?)"},
    {&IndexStatements::put_meta, "INSERT OR REPLACE INTO meta(key, value) VALUES(?,?)"},

    {&IndexStatements::clean_fragment_tail, "DELETE FROM fragment_tail WHERE id < ?"},
    {&IndexStatements::clean_motion_tail, "DELETE FROM motion_tail WHERE id < ?"},
};

}  // namespace

base::Result<IndexStatements> IndexStatements::prepare(const SqliteDb& db) {
  IndexStatements all;
  for (const Sql& sql : kStatements) {
    VG_ASSIGN(Statement statement, Statement::prepare(db, sql.text));
    all.*sql.target = std::move(statement);
  }
  return all;
}

}  // namespace vonggac::record
