/// What an RTSP server says of itself before any login: its Server header and the realm of its challenge. From that the
/// brand is guessed, never more.
/// Threads  one thread. Blocks until the deadline.
/// Errors   kCancelled, kOutOfRange (CoreLine). A server that says nothing gives an empty text.
#pragma once

#include <string>

#include "probe/core_line.h"
#include "probe/probe_task.h"

namespace vonggac::probe {

base::Result<std::string> greet_rtsp(CoreLine& line, const ProbeTask& task, std::uint16_t port,
                                     base::MonoTime deadline);

}  // namespace vonggac::probe
