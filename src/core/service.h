/// The service: opens the data directory, starts the parts, runs until SIGTERM or SIGINT.
/// Threads  run_service() is called on the main thread and returns when everything has stopped.
/// Errors   a sentence on stderr and an exit code: 1 failure, 3 configuration.
#pragma once

#include <string>

#include "core/config.h"

namespace vonggac::core {

struct ServiceOptions {
  std::string data_dir;
  ServiceConfig config;
};

int run_service(const ServiceOptions& options);

}  // namespace vonggac::core
