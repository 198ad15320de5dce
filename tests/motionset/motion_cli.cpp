/// `motion_cli motion [--json] FILE...`: the analyse module without the rest of the program.
#include "motion/module.h"

int main(int argc, char** argv) { return vonggac_analyse_main(argc, argv); }
