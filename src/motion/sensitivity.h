/// What the setting 1..9 means in numbers. 5 is what the figures of docs/performance.md were measured with; each step
/// moves the least size and the thresholds together, so that 1 wants something large and clear and 9 takes little.
/// Threads  plain values.
/// Units    working pixels, grey levels.
#pragma once

#include "motion/foreground.h"
#include "motion/tracker.h"

namespace vonggac::motion {

struct Thresholds {
  Foreground::Limits foreground;
  Tracker::Limits tracker;
};

/// Values outside 1..9 are taken as the nearest.
Thresholds thresholds_for(int sensitivity);

}  // namespace vonggac::motion
