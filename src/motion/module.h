/// The door of libvonggac_analyse.so, the only part of the program that loads libav and OpenCV.
/// Flow     `vonggac analyse-shard` (started by core) and `vonggac motion FILE...` load the module and call this
/// Threads  called once, on the main thread.
#pragma once

extern "C" {
/// The verb is argv[0], or argv[1] where argv[0] is the program's name: "analyse-shard", or "motion" with [--json],
/// [--detector=NAME] and files. Returns the exit code; 2 for arguments it does not know.
__attribute__((visibility("default"))) int vonggac_analyse_main(int argc, char** argv);
}
