#include "record/index_migrations.h"

#include <iterator>
#include <string>

#include "record/index_schema.h"
#include "record/motion_search.h"
#include "record/sqlite.h"

namespace vonggac::record {
namespace {

/// To version 2: what a search for motion reads first, and why events began and ended.
base::Status add_motion_summary(SqliteDb& db) {
  VG_TRY(db.run(R"sql(
-- Which cells moved at all in a segment: all grids of its motion_table ORed, 72 bytes. A month of one camera lies
-- together, so that a search reads about a megabyte and opens only the tables it needs.
CREATE TABLE IF NOT EXISTS motion_summary(
  camera   BLOB NOT NULL CHECK(length(camera) = 16),
  start_us INTEGER NOT NULL,  -- segment.start_us
  segment  INTEGER NOT NULL,  -- segment.id
  cells    BLOB NOT NULL CHECK(length(cells) = 72),
  PRIMARY KEY(camera, start_us, segment)
) WITHOUT ROWID;
)sql"));
  // ipc::MotionReason; stored, so the numbers keep their meaning. 0 = not known (events of older versions).
  VG_TRY(db.run("ALTER TABLE motion_event ADD COLUMN start_reason INTEGER NOT NULL DEFAULT 0"));
  VG_TRY(db.run("ALTER TABLE motion_event ADD COLUMN end_reason INTEGER NOT NULL DEFAULT 0"));
  return fill_motion_summary(db);
}

/// To version 3: what an object classifier saw.
base::Status add_labels(SqliteDb& db) {
  return db.run(R"sql(
-- What moved in an event, where an object classifier is in use: at most one row per class.
CREATE TABLE IF NOT EXISTS motion_label(
  event INTEGER NOT NULL,  -- motion_event.id
  class INTEGER NOT NULL,  -- media::ObjectClass
  score REAL NOT NULL,     -- 0..1, best
  PRIMARY KEY(event, class)
) WITHOUT ROWID;
)sql");
}

/// To version 4: alarms of watch zones.
base::Status add_alarms(SqliteDb& db) {
  // Id of the watch zone in which the event raised an alarm, '' = none; and the wall time at which it came in.
  VG_TRY(db.run("ALTER TABLE motion_event ADD COLUMN alarm TEXT NOT NULL DEFAULT ''"));
  VG_TRY(db.run("ALTER TABLE motion_event ADD COLUMN alarm_us INTEGER NOT NULL DEFAULT 0"));
  return db.run("CREATE INDEX IF NOT EXISTS motion_event_alarm ON motion_event(camera, start_us) WHERE alarm <> ''");
}

/// To version 5: cameras that do not show their view.
base::Status add_tamper(SqliteDb& db) {
  return db.run(R"sql(
-- A camera was covered, moved and the like.
CREATE TABLE IF NOT EXISTS tamper(
  id       INTEGER PRIMARY KEY,
  camera   BLOB NOT NULL CHECK(length(camera) = 16),
  kind     INTEGER NOT NULL,           -- ipc::TamperKind
  start_us INTEGER NOT NULL,
  end_us   INTEGER,                    -- NULL = it goes on
  ended_by INTEGER NOT NULL DEFAULT 0  -- record::TamperEnd
);
CREATE INDEX IF NOT EXISTS tamper_time ON tamper(camera, start_us);
CREATE UNIQUE INDEX IF NOT EXISTS tamper_open ON tamper(camera, kind) WHERE end_us IS NULL;

-- What a camera usually shows, as the analyse process learned it: small, grey, only of use to that process.
CREATE TABLE IF NOT EXISTS camera_view(
  camera     BLOB PRIMARY KEY CHECK(length(camera) = 16),
  learned_us INTEGER NOT NULL,
  view       BLOB NOT NULL
) WITHOUT ROWID;
)sql");
}

struct Step {
  int version;  ///< after it
  base::Status (*run)(SqliteDb& db);
};

constexpr Step kSteps[] = {
    {2, add_motion_summary},
    {3, add_labels},
    {4, add_alarms},
    {5, add_tamper},
};
static_assert(kSteps[std::size(kSteps) - 1].version == kIndexSchemaVersion);

}  // namespace

base::Status migrate_index(SqliteDb& db, int from_version) {
  for (const Step& step : kSteps) {
    if (step.version <= from_version) continue;
    VG_TRY(step.run(db));
    VG_TRY(db.run(("PRAGMA user_version = " + std::to_string(step.version)).c_str()));
  }
  return {};
}

}  // namespace vonggac::record
