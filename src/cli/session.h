/// What the commands share while the command line is being read.
/// Flow     run_command_line() declares all commands -> the chosen one's callback sets `chosen` -> it runs.
/// Threads  one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"
#include "cli/output.h"
#include "cli/phrase.h"

namespace vonggac::cli {

struct Session {
  const Entries& entries;
  Output output;
  std::function<ExitCode()> chosen;
  std::string language;  ///< --lang; already acted upon, kept for CLI11's help and check
};

/// Declares a command under `parent`. Its options live in an Options object that lives as long as the app.
template <typename Options>
std::shared_ptr<Options> declare(CLI::App& parent, const char* name, const Phrase& what, CLI::App*& command) {
  command = parent.add_subcommand(name, tr(what));
  return std::make_shared<Options>();
}

void add_data_option(CLI::App& command, std::string& data_dir);
void add_json_option(CLI::App& command, Session& session);

void declare_serve(CLI::App& app, Session& session);
void declare_camera(CLI::App& app, Session& session);
void declare_status(CLI::App& app, Session& session);
void declare_motion(CLI::App& app, Session& session);
void declare_clips(CLI::App& app, Session& session);
void declare_search(CLI::App& app, Session& session);
void declare_tamper(CLI::App& app, Session& session);
void declare_tune(CLI::App& app, Session& session);
void declare_export(CLI::App& app, Session& session);
void declare_check(CLI::App& app, Session& session);
void declare_rebuild(CLI::App& app, Session& session);
void declare_db(CLI::App& app, Session& session);
void declare_probe(CLI::App& app, Session& session);
void declare_user(CLI::App& app, Session& session);
void declare_area(CLI::App& app, Session& session);
void declare_model(CLI::App& app, Session& session);
void declare_import(CLI::App& app, Session& session);

}  // namespace vonggac::cli
