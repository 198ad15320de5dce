/// How passwords come in without staying where other users can see them.
/// Threads  one thread, before any other is started.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace vonggac::cli {

/// Copies argv (without the program's name), then overwrites in place every argument that may hold a camera address, so
/// that `ps` and /proc do not go on showing a password. The moment before that cannot be helped: --password-stdin is
/// safer.
std::vector<std::string> take_arguments(int argc, char** argv);

/// One line of standard input without its line break; at most 4 KiB. Echo is off while a person types.
base::Result<std::string> read_secret_line_of_stdin();

}  // namespace vonggac::cli
