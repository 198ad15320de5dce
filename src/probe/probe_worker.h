/// The probe worker process: one look at one device (or one round of WS-Discovery), without the right to open anything,
/// then its end. Core hands it each connection.
/// Flow     ProbeStart -> survey_device() -> key pictures (MediaParameters, MediaUnit; slot = number of the stream) ->
///          ProbeNews{finished}. Or DiscoveryListen -> datagrams -> ProbeNews{finished}.
/// Threads  one, the process's only one.
/// Errors   told in the last ProbeNews; exit code 1 if there could be none.
#pragma once

#include <string>

#include "probe/core_line.h"

namespace vonggac::probe {

/// Does what the first message asks for; returns when it is done. kCancelled: core stopped it.
base::Status serve_probe(ProbeLinks& links, const base::Clock& clock);

/// Main of the worker process. Returns the exit code.
int run_probe_worker(const std::string& name = "probe");

}  // namespace vonggac::probe
