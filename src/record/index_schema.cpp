#include "record/index_schema.h"

#include <string>

#include <sqlite3.h>

#include "record/sqlite.h"

namespace vonggac::record {
namespace {

constexpr const char* kSchema = R"sql(
-- One value per key: 'installation' (uuid text), 'clean_shutdown' (0 while a service runs, 1 after a proper stop),
-- 'last_alive_us' (wall time of a late commit; tells how old a crash is).
CREATE TABLE IF NOT EXISTS meta(
  key   TEXT PRIMARY KEY,
  value ANY NOT NULL
) WITHOUT ROWID;

-- A stretch in which the wall clock did not step by more than 1 s. Rows of different epochs may overlap in wall time
-- (the clock went back); within an epoch they do not.
CREATE TABLE IF NOT EXISTS clock_epoch(
  id       INTEGER PRIMARY KEY,
  start_us INTEGER NOT NULL,           -- wall time at which it began
  step_us  INTEGER NOT NULL DEFAULT 0, -- new wall time minus what the epoch before would have said
  cause    TEXT NOT NULL               -- 'start' or 'step'
);

-- One row per camera that ever recorded: the head of its hash chain and the policy by which retention deletes.
CREATE TABLE IF NOT EXISTS camera(
  camera                BLOB NOT NULL CHECK(length(camera) = 16),
  role                  INTEGER NOT NULL,            -- media::StreamRole: 0 main, 1 sub
  last_seq              INTEGER NOT NULL DEFAULT 0,  -- as of the last sealed segment; 0 = none yet
  last_record_sha256    BLOB,                        -- of the record of fragment last_seq
  retention_days        INTEGER NOT NULL DEFAULT 0,  -- 0 = not by age
  retention_bytes       INTEGER NOT NULL DEFAULT 0,  -- 0 = not by size
  motion_retention_days INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY(camera, role)
) WITHOUT ROWID;

-- A segment file. Inserted with its first acknowledged fragment; end_us and size_bytes are 0 until it is sealed
-- (flags & 1): until then they follow from fragment_tail.
CREATE TABLE IF NOT EXISTS segment(
  id                 INTEGER PRIMARY KEY,
  camera             BLOB NOT NULL CHECK(length(camera) = 16),
  role               INTEGER NOT NULL,            -- media::StreamRole
  file_us            INTEGER NOT NULL,            -- names the file, see record/media_paths.h
  start_us           INTEGER NOT NULL,            -- wall time of the first presented sample
  end_us             INTEGER NOT NULL DEFAULT 0,  -- end of the last sample
  size_bytes         INTEGER NOT NULL DEFAULT 0,  -- of the file, as far as acknowledged
  flags              INTEGER NOT NULL DEFAULT 0,  -- SegmentFlag
  init_bytes         INTEGER NOT NULL,            -- ftyp + moov = offset of the first fragment
  first_seq          INTEGER NOT NULL,            -- of the first fragment
  fragment_count     INTEGER NOT NULL DEFAULT 0,
  epoch              INTEGER NOT NULL,            -- clock_epoch.id
  camera_offset_us   INTEGER,                     -- camera clock minus server clock at the start; NULL = not measured
  video_codec        INTEGER NOT NULL,            -- media::Codec
  audio_codec        INTEGER NOT NULL DEFAULT 0,  -- media::Codec, 0 = no audio track
  parameters_id      INTEGER NOT NULL,            -- equal numbers = byte-equal init parameters (63 bits of SHA-256)
  last_record_sha256 BLOB                         -- chain head after the last fragment, once sealed
);
-- Finds by time and lists a timeline or sums sizes without touching the table.
CREATE INDEX IF NOT EXISTS segment_time ON segment(camera, start_us, end_us, size_bytes, flags, role);
-- No fragment is acknowledged twice; no two rows name one file.
CREATE UNIQUE INDEX IF NOT EXISTS segment_seq ON segment(camera, role, first_seq);
CREATE UNIQUE INDEX IF NOT EXISTS segment_file ON segment(camera, file_us);
-- The few open ones.
CREATE INDEX IF NOT EXISTS segment_open ON segment(id) WHERE (flags & 1) = 0;

-- Fragments of a sealed segment, packed: record/fragment_table.h.
CREATE TABLE IF NOT EXISTS fragment_table(
  segment INTEGER PRIMARY KEY,  -- segment.id
  entries BLOB NOT NULL
);

-- Acknowledged fragments of open segments, in the order of their commits, so that a commit touches one or two pages.
-- Rows of sealed segments are dead: readers skip them; they are deleted about once a minute, by rowid prefix.
CREATE TABLE IF NOT EXISTS fragment_tail(
  id              INTEGER PRIMARY KEY,
  segment         INTEGER NOT NULL,  -- segment.id
  seq             INTEGER NOT NULL,
  offset_bytes    INTEGER NOT NULL,
  size_bytes      INTEGER NOT NULL,
  start_us        INTEGER NOT NULL,
  media_start_90k INTEGER NOT NULL,
  duration_90k    INTEGER NOT NULL,
  flags           INTEGER NOT NULL,  -- FragmentFlag
  record_sha256   BLOB NOT NULL      -- of this fragment's record
);

-- Motion of a sealed segment: 32 x 18 cells per second with motion, record/motion_table.h. No row = no motion.
CREATE TABLE IF NOT EXISTS motion_table(
  segment INTEGER PRIMARY KEY,  -- segment.id
  seconds BLOB NOT NULL
);

-- Seconds with motion not yet packed into motion_table; deleted like fragment_tail.
CREATE TABLE IF NOT EXISTS motion_tail(
  id     INTEGER PRIMARY KEY,
  camera BLOB NOT NULL,
  second INTEGER NOT NULL,  -- UTC second since 1970
  cells  BLOB NOT NULL      -- encode_motion_cells()
);

-- A motion event. While ended = 0 it is still growing.
CREATE TABLE IF NOT EXISTS motion_event(
  id       INTEGER PRIMARY KEY,
  camera   BLOB NOT NULL CHECK(length(camera) = 16),
  start_us INTEGER NOT NULL,
  end_us   INTEGER NOT NULL,
  ended    INTEGER NOT NULL,
  score    REAL NOT NULL,    -- 0..1, best
  box_x    REAL NOT NULL,    -- 0..1 of the picture, at the best moment
  box_y    REAL NOT NULL,
  box_w    REAL NOT NULL,
  box_h    REAL NOT NULL,
  zone     TEXT NOT NULL     -- id of the detect zone, or ''
);
CREATE INDEX IF NOT EXISTS motion_event_time ON motion_event(camera, start_us, end_us, score);

-- Picture of an event, JPEG; apart, so that listing events stays cheap.
CREATE TABLE IF NOT EXISTS motion_thumbnail(
  event INTEGER PRIMARY KEY,  -- motion_event.id
  jpeg  BLOB NOT NULL
);

-- What moved in an event, where an object classifier is in use: at most one row per class. Since version 2.
CREATE TABLE IF NOT EXISTS motion_label(
  event INTEGER NOT NULL,  -- motion_event.id
  class INTEGER NOT NULL,  -- media::ObjectClass
  score REAL NOT NULL,     -- 0..1, best
  PRIMARY KEY(event, class)
) WITHOUT ROWID;

-- Why nothing was stored. A camera in motion or off mode has gap rows only for an absent stream, not for quiet times.
CREATE TABLE IF NOT EXISTS gap(
  id       INTEGER PRIMARY KEY,
  camera   BLOB NOT NULL CHECK(length(camera) = 16),
  role     INTEGER NOT NULL,
  start_us INTEGER NOT NULL,  -- end of the footage before
  end_us   INTEGER,           -- start of the footage after; NULL = still open
  cause    INTEGER NOT NULL,  -- record::GapCause
  detail   TEXT NOT NULL DEFAULT '',
  epoch    INTEGER NOT NULL   -- clock_epoch.id at the start
);
CREATE INDEX IF NOT EXISTS gap_time ON gap(camera, start_us);
CREATE INDEX IF NOT EXISTS gap_open ON gap(camera) WHERE end_us IS NULL;

-- Footage that retention must not delete, whatever its age or the free space.
CREATE TABLE IF NOT EXISTS hold(
  id         INTEGER PRIMARY KEY,
  camera     BLOB NOT NULL CHECK(length(camera) = 16),
  from_us    INTEGER NOT NULL,
  to_us      INTEGER NOT NULL CHECK(to_us >= from_us),
  reason     TEXT NOT NULL,
  created_us INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS hold_camera ON hold(camera, from_us);

-- Files whose segment row is gone and that are being unlinked; the row is dropped after the folder was synced.
CREATE TABLE IF NOT EXISTS garbage(
  id         INTEGER PRIMARY KEY,
  camera     BLOB NOT NULL CHECK(length(camera) = 16),
  file_us    INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  reason     TEXT NOT NULL,     -- 'age', 'camera_bytes', 'low_water', 'empty'
  marked_us  INTEGER NOT NULL
);
)sql";

// secure_delete is on in Debian's build; it would write every freed page of fragment_tail once more.
// 1000 pages: a checkpoint every few minutes, so a tail page that changes each second goes to the file once.
constexpr const char* kWriterPragmas = R"sql(
PRAGMA page_size = 4096;
PRAGMA auto_vacuum = NONE;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA secure_delete = OFF;
PRAGMA wal_autocheckpoint = 1000;
PRAGMA journal_size_limit = 8388608;
PRAGMA cache_size = -8192;
PRAGMA temp_store = MEMORY;
PRAGMA foreign_keys = OFF;
)sql";

base::Status run(sqlite3* db, const char* sql, const char* what) {
  const int code = sqlite3_exec(db, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? base::Status() : sqlite_status(db, code, what);
}

base::Result<int> user_version(sqlite3* db) {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &statement, nullptr);
  if (code == SQLITE_OK) code = sqlite3_step(statement);
  const int version = code == SQLITE_ROW ? sqlite3_column_int(statement, 0) : 0;
  sqlite3_finalize(statement);
  if (code != SQLITE_ROW) return sqlite_status(db, code, "read version");
  return version;
}

base::Status wrong_version(int version) {
  return base::data_loss("index.db has schema version " + std::to_string(version) + ", this program knows " +
                         std::to_string(kIndexSchemaVersion) + ". Use the newer program, or run 'vonggac rebuild'");
}

}  // namespace

const char* index_schema_sql() { return kSchema; }

base::Status apply_index_schema(sqlite3* db) {
  VG_ASSIGN(const int version, user_version(db));
  if (version > kIndexSchemaVersion) return wrong_version(version);
  VG_TRY(run(db, kWriterPragmas, "set up"));
  if (version == kIndexSchemaVersion) return {};
  const std::string create = std::string("BEGIN IMMEDIATE;") + kSchema +
                             "PRAGMA user_version = " + std::to_string(kIndexSchemaVersion) + "; COMMIT;";
  base::Status status = run(db, create.c_str(), "create tables");
  if (!status.ok()) sqlite3_exec(db, "ROLLBACK", nullptr, nullptr, nullptr);
  return status;
}

base::Status check_index_schema(sqlite3* db) {
  VG_TRY(run(db, "PRAGMA query_only = ON; PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY;", "set up"));
  VG_ASSIGN(const int version, user_version(db));
  if (version < kOldestIndexSchemaVersion || version > kIndexSchemaVersion) return wrong_version(version);
  return {};
}

}  // namespace vonggac::record
