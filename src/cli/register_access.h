/// How commands come to the register: the database of a data directory, or the server that a configuration file names.
/// They work beside the running service, with the functions that the HTTP interface uses, and stand in the audit as
/// done on the machine.
/// Threads  one thread.
/// Errors   as gate/office.h; what a person did wrong comes with all its sentences.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "catalogue/areas.h"
#include "catalogue/problems.h"
#include "cli/session.h"
#include "gate/office.h"
#include "sheet/table.h"

namespace vonggac::cli {

struct RegisterOptions {
  std::string data_dir, config_path;
};

void add_config_option(CLI::App& command, std::string& config_path);
/// --data and --config.
void add_register_options(CLI::App& command, RegisterOptions& options, Session& session);
base::Result<gate::OfficeOptions> office_options(const RegisterOptions& options);
/// Whether there is one to open.
base::Result<bool> has_register(const RegisterOptions& options);
/// Opens the register, its schema brought up to date.
base::Result<std::unique_ptr<gate::Office>> open_office(const RegisterOptions& options, const base::Clock& clock);

/// A row of the audit.
base::Status note_on_machine(store::WriteSession& session, const char* action, const char* subject_kind,
                             const std::optional<base::Uuid>& subject);
std::string in_language(const catalogue::Sentence& sentence);
/// The sentences of Problems instead of only the first.
base::Status with_all(const base::Status& status, const catalogue::Problems& problems);
/// One change in one transaction. What refuses it is the error; what only warns is printed.
base::Status change_on_machine(
    store::Store& store, const Output& output,
    const std::function<base::Status(store::WriteSession& session, catalogue::Problems& problems)>& work);

/// An id, an official code, or words that mean one area of that day ("phuong bac lieu"). Not for empty text.
base::Result<catalogue::AreaVersion> area_meant(store::Reader& session, const std::string& text, catalogue::Day day);
/// The same, nothing for empty text.
base::Result<std::optional<catalogue::AreaId>> maybe_area(store::Reader& session, const std::string& text,
                                                          catalogue::Day day);
/// Empty text: `otherwise`.
base::Result<catalogue::Day> day_typed(const std::string& text, catalogue::Day otherwise);

/// A file with rows that a person chose, whole.
base::Result<base::Bytes> bytes_of_file(const std::string& path);
base::Result<sheet::Table> table_in(const base::Bytes& bytes, const std::string& sheet_name);

/// A command of the register under `parent`: its options are made, the register is opened when it is chosen.
template <typename Options>
struct RegisterCommand {
  CLI::App* command = nullptr;
  std::shared_ptr<Options> options;
};
/// What such a command gives: a status that is still to be told, or the exit code after it has told all.
inline ExitCode finished(const Output& output, const base::Status& status) { return report(output, status); }
inline ExitCode finished(const Output&, ExitCode code) { return code; }
template <typename Options, typename Outcome>
RegisterCommand<Options> declare_register_command(CLI::App& parent, Session& session, const char* name,
                                                  const Phrase& what,
                                                  Outcome (*work)(const Options&, gate::Office&, const Output&)) {
  RegisterCommand<Options> made;
  made.options = declare<Options>(parent, name, what, made.command);
  add_register_options(*made.command, *made.options, session);
  made.command->callback([options = made.options, work, &session] {
    session.chosen = [options, work, &session] {
      const base::SystemClock clock;
      const base::Result<std::unique_ptr<gate::Office>> office = open_office(*options, clock);
      if (!office) return report(session.output, office.error());
      return finished(session.output, work(*options, **office, session.output));
    };
  });
  return made;
}

}  // namespace vonggac::cli
