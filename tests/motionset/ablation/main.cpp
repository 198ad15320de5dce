/// `motion_without_PART FILE`: as `vonggac motion --json FILE`, by an engine that lacks one part; `motion_whole` lacks
/// none.
#include "motion/motion_command.h"

int main(int argc, char** argv) {
  vonggac::motion::MotionCommand command;
  command.json = true;
  command.files.assign(argv + 1, argv + argc);
  return vonggac::motion::run_motion_command(command);
}
