#include "cli/command_line.h"

#include <algorithm>
#include <cstdlib>
#include <ostream>

#include "cli/sentences.h"
#include "cli/session.h"
#include "cli/version.h"

namespace vonggac::cli {
namespace {

Language wanted_language(const std::vector<std::string>& arguments) {
  std::string option;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--lang" && i + 1 < arguments.size()) option = arguments[i + 1];
    if (arguments[i].rfind("--lang=", 0) == 0) option = arguments[i].substr(7);
  }
  return language_from(option, std::getenv("LC_ALL"), std::getenv("LC_MESSAGES"), std::getenv("LANG"));
}

void declare_everything(CLI::App& app, Session& session) {
  app.name("vonggac");
  app.description(tr({"Vọng Gác: records the cameras of a neighbourhood, finds movement, keeps clips safe.",
                      "Vọng Gác: ghi hình camera khu dân cư, tìm chuyển động, giữ đoạn ghi an toàn."}));
  app.set_help_flag("-h,--help", tr({"Show this help", "Hiện hướng dẫn này"}));
  app.set_version_flag(
      "--version", std::string("vonggac ") + version() + "\n" + library_versions(),
      tr({"Show the versions of the program and its libraries", "Hiện phiên bản chương trình và thư viện"}));
  app.add_option("--lang", session.language,
                 tr({"Language: vi or en (default: of the system)", "Ngôn ngữ: vi hoặc en (mặc định theo hệ thống)"}))
      ->check(CLI::IsMember({"vi", "en"}));
  app.require_subcommand(1);
  app.fallthrough();
  declare_serve(app, session);
  declare_camera(app, session);
  declare_probe(app, session);
  declare_status(app, session);
  declare_motion(app, session);
  declare_clips(app, session);
  declare_search(app, session);
  declare_tamper(app, session);
  declare_tune(app, session);
  declare_export(app, session);
  declare_check(app, session);
  declare_rebuild(app, session);
  declare_db(app, session);
  declare_user(app, session);
  declare_area(app, session);
  declare_model(app, session);
  declare_import(app, session);
  app.footer(
      tr({"Exit codes: 0 done, 1 failure, 2 wrong use, 3 wrong configuration, 4 service not reachable.",
          "Mã kết thúc: 0 xong, 1 thất bại, 2 sai cách dùng, 3 sai cấu hình, 4 không liên lạc được với dịch vụ."}));
}

/// The flag may stand anywhere, also behind what could not be read.
bool wants_json(const std::vector<std::string>& arguments) {
  return std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
}

ExitCode explain(const CLI::App& app, const CLI::ParseError& error, const Output& output) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) {
    app.exit(error, output.out, output.err);
    return ExitCode::kOk;
  }
  const std::string sentence = sentence_of(app, error);
  if (output.json) return report(output, base::invalid_argument(sentence));
  output.err << "vonggac: " << printable(sentence) << '\n'
             << tr({"Run with --help for more information.", "Thêm --help để xem hướng dẫn."}) << '\n';
  return ExitCode::kUsage;
}

}  // namespace

void add_data_option(CLI::App& command, std::string& data_dir) {
  command.add_option("--data", data_dir, tr({"Data directory of the service", "Thư mục dữ liệu của dịch vụ"}))
      ->required()
      ->type_name("DIR");
}

void add_json_option(CLI::App& command, Session& session) {
  command.add_flag("--json", session.output.json, tr({"Print JSON", "In ra dạng JSON"}));
}

ExitCode run_command_line(const std::vector<std::string>& arguments, const Entries& entries, std::ostream& out,
                          std::ostream& err) {
  choose_language(wanted_language(arguments));
  Session session{entries, Output{out, err, false}, {}, {}};
  try {
    CLI::App app;
    declare_everything(app, session);
    try {
      // CLI11 takes the arguments from the back of the list.
      app.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
    } catch (const CLI::ParseError& error) {
      return explain(app, error, Output{out, err, wants_json(arguments)});
    }
    return session.chosen ? session.chosen() : ExitCode::kUsage;
  } catch (const std::exception& failure) {
    err << "vonggac: " << failure.what() << '\n';
    return ExitCode::kFailure;
  }
}

}  // namespace vonggac::cli
