/// Where a range has no pictures, and why: gap rows say it, a jump in the sequence says that footage was deleted, and
/// what neither explains was not recorded (no motion, or outside the schedule).
/// Threads  plain function.
/// Units    wall microseconds UTC.
#pragma once

#include <vector>

#include "record/clip_plan.h"

namespace vonggac::record {

/// A stretch with pictures.
struct Coverage {
  std::int64_t start_us = 0, end_us = 0;
  std::uint64_t seq = 0;
};

/// `covered` by sequence; `gaps` overlap the range. Holes come sorted and do not overlap.
std::vector<ClipHole> find_holes(const std::vector<Coverage>& covered, const std::vector<StoredGap>& gaps,
                                 base::WallTime from, base::WallTime to);

}  // namespace vonggac::record
