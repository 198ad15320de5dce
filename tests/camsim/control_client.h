/// Asks a running camsim over its control socket: one line out, one line back.
/// Errors   kUnavailable: nobody listens. kTimedOut: no answer within 10 s.
#pragma once

#include <string>

#include "base/result.h"

namespace vonggac::camsim {

/// `line` without line end; so is the answer.
base::Result<std::string> ask_control(const std::string& socket_path, const std::string& line);

}  // namespace vonggac::camsim
