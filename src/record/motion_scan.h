/// Reads of a motion table only how many cells of a region moved in each second, without building the grids: two
/// subtractions per run of set cells. Accepts exactly what decode_motion_table() accepts.
/// Threads  plain functions.
/// Errors   kDataLoss for anything encode_motion_table() would not have written; `out` may then hold a part.
/// Units    UTC seconds since 1970; cells.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "record/motion_region.h"

namespace vonggac::record {

struct MovedSecond {
  std::int64_t second = 0;
  std::int32_t cells = 0;  ///< of the region
};

/// Appends the seconds in which at least `min_cells` (> 0) cells of the region moved, in rising order.
base::Status scan_motion_table(base::ByteSpan blob, const MotionRegion& region, std::int32_t min_cells,
                               std::vector<MovedSecond>& out);
/// The same for one second's encode_motion_cells(): how many cells of the region moved.
base::Result<std::int32_t> scan_motion_cells(base::ByteSpan blob, const MotionRegion& region);

/// All cells that moved in any second.
MotionCells moved_cells(const MotionSeconds& seconds);

}  // namespace vonggac::record
