/// The schema of index.db: which footage exists, where, and why footage is missing. One per node, rebuildable from the
/// segment files alone (all but holds). docs/reference/index-db.md explains each table with examples.
/// Flow     rec-sync is the only writer; any number of read-only connections (WAL).
/// Errors   apply: kDataLoss when the file is not a database or of a later version.
/// Units    *_us wall microseconds UTC; *_bytes bytes; *_90k ticks of 1/90000 s; ids of cameras: 16 bytes.
#pragma once

#include <cstdint>

#include "base/result.h"

namespace vonggac::record {

class SqliteDb;

constexpr int kIndexSchemaVersion = 5;  ///< PRAGMA user_version; index_migrations.cpp has a step for each after 1

/// Bits of segment.flags; stored, so they keep their values.
enum SegmentFlag : std::uint32_t {
  kSegmentSealed = 1,       ///< finished: end_us, size_bytes and fragment_table are final
  kSegmentMotion = 2,       ///< a motion event overlaps it
  kSegmentNonKeyStart = 4,  ///< begins without a key frame (endless GOP, or the part after a hard cut)
  kSegmentRepaired = 8,     ///< sealed by the repair at start after a crash
  kSegmentAbandoned = 16,   ///< writing or syncing failed; the file may hold more bytes than size_bytes
};

/// The CREATE statements of version 1, with comments; index_migrations.cpp adds to them. Idempotent.
const char* index_schema_sql();

/// Sets the pragmas of a writer (WAL, synchronous=FULL, page and journal sizes), creates the tables, brings those of an
/// older version up to date in one transaction, sets user_version.
base::Status apply_index_schema(SqliteDb& db);
/// Sets the pragmas of a read-only connection and checks the version.
base::Status check_index_schema(SqliteDb& db);

}  // namespace vonggac::record
