/// libvonggac_analyse.so: motion detection with libav and OpenCV, kept out of this program so that core, ingest and web
/// never map those libraries (docs/decisions/0002).
/// Flow     `vonggac analyse-shard`, `vonggac motion` -> run_analyse_module() -> vonggac_analyse_main().
/// Errors   a sentence on stderr and exit code 1 when the module is not there.
#pragma once

#include <string>
#include <vector>

namespace vonggac::cli {

/// Looks in ../lib/vonggac beside the program, then in /usr/lib/vonggac. argv is {"vonggac", arguments...}.
int run_analyse_module(const std::vector<std::string>& arguments);

}  // namespace vonggac::cli
