/// "When did something move in this corner?": spans of motion in a region of the picture, out of the stored grids.
/// Flow     motion_summary (one mask per segment; those without motion in the region are passed over) -> motion_table
///          of the others -> seconds -> spans, newest first -> the best event that overlaps each
/// Threads  one thread at a time per connection.
/// Errors   as sqlite.h. A damaged motion table is passed over and counted.
/// Units    wall time UTC; spans end at the end of their last second. Cells of the 32 x 18 grid.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "record/motion_region.h"
#include "record/sqlite.h"

namespace vonggac::record {

struct MotionSearch {
  std::vector<base::CameraId> cameras;               ///< none: all that have footage
  std::optional<std::vector<base::CameraId>> among;  ///< only of these; none: of all
  std::vector<base::CameraId> except;                ///< but not of these
  MotionRegion region = MotionRegion::whole_picture();
  std::optional<base::WallTime> from, to;
  std::int32_t min_cells = 1;     ///< of the region, in a second that counts
  std::int64_t min_seconds = 1;   ///< from the first to the last second of a span
  std::int64_t join_seconds = 5;  ///< quiet seconds that do not end a span
  std::size_t limit = 200;        ///< spans, the newest ones
  std::function<bool()> give_up;  ///< asked now and then; true ends the search early
};

struct MotionSpan {
  base::CameraId camera;
  base::WallTime first, last;  ///< [first, last): whole seconds
  double score = 0;            ///< share of the region that moved in its best second, 0..1
  std::int32_t cells = 0;      ///< that moved in its best second
  std::int64_t seconds = 0;    ///< with motion
  bool has_footage = false;
  std::optional<std::int64_t> event;  ///< the best event that overlaps: one with a picture if there is one
  bool event_has_thumbnail = false;
};

struct MotionSearchResult {
  std::vector<MotionSpan> spans;  ///< newest first
  bool more = false;              ///< the limit cut older ones
  bool complete = true;           ///< false: given up before all was read
  std::uint64_t segments = 0;     ///< with motion in the time range
  std::uint64_t segments_read = 0;
  std::uint64_t damaged = 0;  ///< motion tables passed over
};

base::Result<MotionSearchResult> search_motion(const SqliteDb& db, const MotionSearch& search);

/// Masks for the motion tables that have none: after a migration, and for tables taken over from another index.
base::Status fill_motion_summary(SqliteDb& db);

}  // namespace vonggac::record
