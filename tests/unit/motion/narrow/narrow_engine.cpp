#include "unit/motion/narrow/narrow_engine.h"

#include "motion/engine.h"

namespace vonggac::narrow {

// `motion` is motion_narrow here: see CMakeLists.txt beside the room's folder.
std::vector<double> narrow_trail(const std::vector<Picture>& pictures) {
  return trail_of<motion::Engine, motion::EngineSettings, motion::Luma>(pictures);
}

}  // namespace vonggac::narrow
