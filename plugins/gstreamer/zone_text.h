/// The property "zones" of vgmotion: "detect:gate 0.1,0.5 0.6,0.5 0.6,1; ignore 0,0 1,0 1,0.1 0,0.1".
/// Threads  pure function.
/// Errors   a sentence in `why`.
/// Units    corners 0..1 of the picture's width and height.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "motion/engine.h"

namespace vonggac::vgmotion {

/// Zones are parted by ";", each "detect" or "ignore", a name after ":" if wanted, and 3 to 64 corners "x,y".
std::optional<std::vector<motion::ZonePolygon>> parse_zones(std::string_view text, std::string& why);

}  // namespace vonggac::vgmotion
