#include "cli/session.h"
#include "core/data_files.h"
#include "core/zone_settings.h"

namespace vonggac::cli {
namespace {

struct MotionOptions {
  std::vector<std::string> files;
  std::string explain;
  int sensitivity = 5;
  std::string detector;
  std::string zones_file;
};

constexpr std::size_t kMaxMotionZonesBytes = 1U << 20;

/// Checked here, where the sentences are; the module only reads them.
base::Result<std::string> zones_argument(const std::string& path) {
  VG_ASSIGN(const std::string text, core::read_file(path, kMaxMotionZonesBytes));
  boost::system::error_code error;
  const boost::json::value parsed = boost::json::parse(text, error);
  if (error) return base::invalid_argument(path + " is not JSON: " + error.message());
  VG_ASSIGN(const std::vector<ipc::Zone> zones, core::zones_from_json(parsed));
  return "--zones=" + boost::json::serialize(core::zones_to_json(zones));
}

ExitCode motion(const MotionOptions& options, Session& session) {
  std::vector<std::string> arguments{"motion"};
  if (session.output.json) arguments.emplace_back("--json");
  if (!options.explain.empty()) arguments.insert(arguments.end(), {"--explain", options.explain});
  if (options.sensitivity != 5)
    arguments.insert(arguments.end(), {"--sensitivity", std::to_string(options.sensitivity)});
  if (!options.zones_file.empty()) {
    const base::Result<std::string> zones = zones_argument(options.zones_file);
    if (!zones) return report(session.output, zones.error());
    arguments.push_back(*zones);
  }
  if (!options.detector.empty()) arguments.push_back("--detector=" + options.detector);
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), options.files.begin(), options.files.end());
  return static_cast<ExitCode>(session.entries.motion(arguments));
}

}  // namespace

void declare_motion(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<MotionOptions>(app, "motion",
                                        {"Look for movement in video files, as the service does in cameras",
                                         "Tìm chuyển động trong tệp video, như dịch vụ làm với camera"},
                                        command);
  add_json_option(*command, session);
  command->add_option("files", options->files, tr({"Video files", "Các tệp video"}))->required()->type_name("FILE");
  command
      ->add_option("--explain", options->explain,
                   tr({"Write a contact sheet (.png) or a video (.mp4) with boxes, scores and reasons; one file only",
                       "Ghi bảng hình (.png) hoặc video (.mp4) có khung, điểm và lý do; chỉ với một tệp"}))
      ->type_name("OUT");
  command->add_option("--sensitivity", options->sensitivity, tr({"1 to 9 (default 5)", "1 đến 9 (mặc định 5)"}))
      ->check(CLI::Range(1, 9));
  command
      ->add_option("--zones-file", options->zones_file,
                   tr({"JSON file with zones as of camera set; privacy masks are painted over before anything looks",
                       "Tệp JSON các vùng như ở camera set; vùng privacy bị che trước khi xem"}))
      ->type_name("FILE");
  command
      ->add_option(
          "--detector", options->detector,
          tr({"Look with this installed plug-in instead of the engine", "Dùng plug-in này thay cho bộ máy có sẵn"}))
      ->type_name("NAME");
  command->callback(
      [options, &session] { session.chosen = [options, &session] { return motion(*options, session); }; });
}

}  // namespace vonggac::cli
