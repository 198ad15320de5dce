#include "motion/sensitivity.h"

#include <algorithm>
#include <cmath>

namespace vonggac::motion {

Thresholds thresholds_for(int sensitivity) {
  const int steps_down = 5 - std::clamp(sensitivity, 1, 9);  // -4 (9) .. 4 (1)
  const auto by = [steps_down](float value, float factor) {
    return value * std::pow(factor, static_cast<float>(steps_down));
  };
  Thresholds out;
  out.foreground.floor = by(9.0F, 1.13F);
  out.foreground.noise = by(4.0F, 1.06F);
  // Downwards the size must bite (1: 0.4 % of the picture), upwards noise sets the limit soon.
  out.foreground.min_area_px = std::max(4, static_cast<int>(by(8.0F, steps_down > 0 ? 1.8F : 1.2F)));
  out.tracker.min_travel_px = by(3.0F, steps_down > 0 ? 1.25F : 1.1F);
  out.tracker.min_pictures = std::clamp(4 + (steps_down >= 2 ? steps_down - 1 : 0), 4, 7);
  return out;
}

}  // namespace vonggac::motion
