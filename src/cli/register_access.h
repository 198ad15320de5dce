/// How commands come to the register: the database of a data directory, or the server that a configuration file names.
/// They work beside the running service.
/// Threads  one thread.
/// Errors   as gate/office.h.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "cli/session.h"
#include "gate/office.h"

namespace vonggac::cli {

struct RegisterOptions {
  std::string data_dir, config_path;
};

/// --data and --config.
void add_register_options(CLI::App& command, RegisterOptions& options, Session& session);
base::Result<gate::OfficeOptions> office_options(const RegisterOptions& options);
/// Opens the register, its schema brought up to date.
base::Result<std::unique_ptr<gate::Office>> open_office(const RegisterOptions& options, const base::Clock& clock);

}  // namespace vonggac::cli
