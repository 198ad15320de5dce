/// tune: what the engine thinks of a camera now, and what other settings would have made of the last hour.
#include <algorithm>
#include <chrono>
#include <ostream>
#include <thread>

#include <fmt/format.h>

#include "cli/camera_desk.h"
#include "cli/control_client.h"
#include "cli/json_fields.h"
#include "cli/session.h"
#include "core/data_files.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

constexpr int kTimeoutMs = 10'000;
constexpr std::size_t kMaxTunedZonesBytes = 1U << 20;
constexpr std::int64_t kShadowSparesS = 5;  // beyond the time asked for, so that the last answer still has its figures

struct TuneOptions {
  std::string data_dir, camera, zones_file;
  int sensitivity = 0;
  double hours = 1;
  std::int64_t watch_s = 3;
};

base::Result<json::object> tuning_question(const TuneOptions& options) {
  json::object question;
  VG_ASSIGN(question["id"], resolve_camera(options.data_dir, options.camera));
  if (options.sensitivity != 0) question["sensitivity"] = options.sensitivity;
  if (options.zones_file.empty()) return question;
  VG_ASSIGN(const std::string text, core::read_file(options.zones_file, kMaxTunedZonesBytes));
  boost::system::error_code error;
  json::value zones = json::parse(text, error);
  if (error) return base::invalid_argument(options.zones_file + " is not JSON: " + error.message());
  question["zones"] = std::move(zones);
  return question;
}

std::string phrase_in(const json::object& object) {
  return text_in(object_in(object, "text"), chosen_language() == Language::kVietnamese ? "vi" : "en");
}

void print_view(const Output& output, const char* name, const json::object& view) {
  if (view.empty()) return;
  output.out << fmt::format("{} {:.2f} | {} {:.1f} | {} {:.2f} % | {} {}", name, number_in(view, "score"),
                            tr({"threshold", "ngưỡng"}), number_in(view, "threshold_grey"), tr({"differs", "khác nền"}),
                            100 * number_in(view, "foreground"), tr({"followed", "đang theo"}),
                            whole_in(view, "things"));
  if (whole_in(view, "things") > 0) {
    output.out << fmt::format(" | {} {}/{}, {:.1f}/{:.1f} %: {}", tr({"pictures", "khung hình"}),
                              whole_in(view, "pictures"), whole_in(view, "pictures_needed"),
                              100 * number_in(view, "travel"), 100 * number_in(view, "travel_needed"), phrase_in(view));
  }
  output.out << '\n';
}

std::string totals_text(const json::object& totals) {
  return fmt::format("{} {}, {:.0f} s", whole_in(totals, "events"), tr({"events", "sự kiện"}),
                     number_in(totals, "moving_s"));
}

void print_things(const Output& output, const json::object& reply) {
  std::vector<std::vector<std::string>> rows{{tr({"FROM", "TỪ"}), tr({"NOW", "HIỆN TẠI"}), tr({"WITH", "NẾU ĐỔI"}),
                                              tr({"LEVELS", "MỨC"}), tr({"WHY", "LÝ DO"})}};
  for (const json::value& entry : array_in(reply, "things")) {
    const json::object thing = object_of(entry);
    const auto from = base::parse_iso8601(text_in(thing, "from"));
    const json::array levels = array_in(thing, "fires_at");
    std::string range = "-";
    if (!levels.empty()) {
      range = fmt::format("{}-{}", json::value_to<int>(levels.front()), json::value_to<int>(levels.back()));
    }
    const auto mark = [&thing](const char* key) { return std::string(flag_in(thing, key) ? "x" : "-"); };
    rows.push_back({from ? local_time(*from) : "-", mark("fired"), mark("would_fire"), range, phrase_in(thing)});
    if (rows.size() > 30) break;
  }
  if (rows.size() > 1) print_table(output.out, rows);
}

void print_reply(const Output& output, const json::object& reply) {
  const json::object now = object_in(reply, "now"), with = object_in(reply, "with"),
                     shadow = object_in(reply, "shadow");
  print_view(output, tr({"score now", "điểm hiện tại"}), object_in(reply, "live"));
  print_view(output, tr({"score in the shadow run", "điểm khi chạy thử"}), object_in(shadow, "live"));
  output.out << fmt::format("{} {} {}: {} ({} {}) -> {} ({} {})\n", tr({"Last", "Trong"}), whole_in(reply, "minutes"),
                            tr({"minutes", "phút qua"}), totals_text(now), tr({"sensitivity", "độ nhạy"}),
                            whole_in(now, "sensitivity"), totals_text(with), tr({"sensitivity", "độ nhạy"}),
                            whole_in(with, "sensitivity"));
  const std::string note = text_in(object_in(with, "note"), chosen_language() == Language::kVietnamese ? "vi" : "en");
  if (!note.empty()) output.out << note << '\n';
  if (!shadow.empty()) {
    output.out << tr({"Shadow run so far: ", "Chạy thử đến giờ: "}) << totals_text(shadow) << '\n';
  }
  print_things(output, reply);
}

base::Result<json::object> ask(ControlClient& client, json::object question, const char* op) {
  question["op"] = op;
  return client.request(question, kTimeoutMs);
}

/// Starts the shadow run, lets it see something, then asks. A camera that is not looked at still has its last hour.
base::Status tune(const TuneOptions& options, const Output& output) {
  VG_ASSIGN(json::object question, tuning_question(options));
  VG_ASSIGN(const std::unique_ptr<ControlClient> client, ControlClient::connect(options.data_dir));
  if (options.watch_s > 0) {
    json::object shadow = question;
    shadow["seconds"] = options.watch_s + kShadowSparesS;
    const auto started = ask(*client, shadow, "motion.shadow");
    if (!started && started.error().kind() != base::ErrorKind::kUnavailable) return started.error();
    if (!started) output.err << started.error().message() << '\n';
    if (started) std::this_thread::sleep_for(std::chrono::seconds(options.watch_s));
  }
  question["minutes"] = std::clamp<std::int64_t>(static_cast<std::int64_t>(options.hours * 60 + 0.5), 1, 60);
  VG_ASSIGN(const json::object reply, ask(*client, question, "motion.tune"));
  if (output.json) {
    print_json(output, reply);
  } else {
    print_reply(output, reply);
  }
  return {};
}

}  // namespace

void declare_tune(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<TuneOptions>(app, "tune",
                                      {"Try other motion settings of a camera without changing anything",
                                       "Thử cài đặt chuyển động khác của camera mà không thay đổi gì"},
                                      command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command->add_option("--camera", options->camera, tr({"Id or name of the camera", "Mã hoặc tên của camera"}))
      ->required()
      ->type_name("CAMERA");
  command
      ->add_option(
          "--sensitivity", options->sensitivity,
          tr({"Sensitivity to try, 1 to 9 (default: the camera's)", "Độ nhạy cần thử, 1 đến 9 (mặc định: của camera)"}))
      ->check(CLI::Range(1, 9));
  command
      ->add_option("--zones-file", options->zones_file,
                   tr({"Zones to try, as for camera set", "Các vùng cần thử, như camera set"}))
      ->type_name("FILE");
  command
      ->add_option("--hours", options->hours,
                   tr({"How far back, at most 1 (default 1)", "Nhìn lại bao lâu, tối đa 1 (mặc định 1)"}))
      ->check(CLI::Range(0.01, 1.0));
  command
      ->add_option("--watch", options->watch_s,
                   tr({"Seconds to let both engines run side by side (default 3; 0: none)",
                       "Số giây cho hai bộ phân tích chạy song song (mặc định 3; 0: không)"}))
      ->check(CLI::Range(0, 3000));
  command->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, tune(*options, session.output)); };
  });
}

}  // namespace vonggac::cli
