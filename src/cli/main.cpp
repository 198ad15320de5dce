/// The program. As a worker (started by core with one of five first arguments, and its name) it never reads the
/// command line.
#include <csignal>
#include <iostream>
#include <string>
#include <string_view>

#include "api/web_worker.h"
#include "cli/analyse_module.h"
#include "cli/command_line.h"
#include "cli/secret_input.h"
#include "core/service.h"
#include "ingest/ingest_shard.h"
#include "probe/probe_worker.h"

int main(int argc, char** argv) {
  using namespace vonggac;
  const std::string_view first = argc > 1 ? argv[1] : "";
  const std::string name = argc > 2 ? argv[2] : std::string(first);
  if (first == "ingest-shard") return ingest::run_ingest_shard(name);
  if (first == "web-worker") return api::run_web_worker();
  if (first == "probe-worker") return probe::run_probe_worker(name);
  if (first == "analyse-shard" || first == "still-worker") return cli::run_analyse_module({std::string(first), name});

  // A reader that went away (| head) is an error of write(), not the end of a service.
  std::signal(SIGPIPE, SIG_IGN);
  const std::vector<std::string> arguments = cli::take_arguments(argc, argv);
  const cli::Entries entries{
      [](const std::string& data_dir, const core::ServiceConfig& config) {
        return core::run_service(core::ServiceOptions{data_dir, config});
      },
      cli::run_analyse_module,
      cli::read_secret_line_of_stdin,
  };
  return static_cast<int>(cli::run_command_line(arguments, entries, std::cout, std::cerr));
}
