/// The whole command line: which commands there are, what they take, and what runs them.
/// Flow     main -> run_command_line() -> one command -> exit code.
/// Threads  one thread.
/// Errors   never thrown: CLI11's exceptions end here.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/exit_code.h"
#include "core/config.h"

namespace vonggac::cli {

/// What only the real program has; tests put fakes here.
struct Entries {
  std::function<int(const std::string& data_dir, const core::ServiceConfig&)> serve;
  /// `motion [--json] [--explain OUT] [--sensitivity N] -- FILE...`, in the analyse module.
  std::function<int(const std::vector<std::string>& arguments)> motion;
  std::function<base::Result<std::string>()> read_secret_line;
};

/// `arguments` without the program's name.
ExitCode run_command_line(const std::vector<std::string>& arguments, const Entries& entries, std::ostream& out,
                          std::ostream& err);

}  // namespace vonggac::cli
