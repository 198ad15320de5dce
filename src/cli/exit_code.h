/// What the program tells the shell. Documented in docs/reference/cli.md; scripts rely on it.
#pragma once

#include "base/result.h"

namespace vonggac::cli {

enum class ExitCode : int {
  kOk = 0,
  kFailure = 1,        ///< it was tried and did not work
  kUsage = 2,          ///< the command line is wrong
  kConfiguration = 3,  ///< the configuration file is wrong
  kUnreachable = 4,    ///< the service (or what it needs) does not answer
};

/// kInvalidArgument: what was typed is wrong. kUnavailable and kTimedOut: nobody answers. Everything else: a failure.
inline ExitCode exit_code_of(const base::Status& status) {
  switch (status.kind()) {
    case base::ErrorKind::kOk:
      return ExitCode::kOk;
    case base::ErrorKind::kInvalidArgument:
      return ExitCode::kUsage;
    case base::ErrorKind::kUnavailable:
    case base::ErrorKind::kTimedOut:
      return ExitCode::kUnreachable;
    default:
      return ExitCode::kFailure;
  }
}

}  // namespace vonggac::cli
