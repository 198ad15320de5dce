#include <ostream>

#include "cli/control_client.h"
#include "cli/json_fields.h"
#include "cli/session.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

constexpr int kStatusTimeoutMs = 10'000;

struct StatusOptions {
  std::string data_dir;
};

const char* state_text(const std::string& state) {
  static constexpr struct {
    const char* name;
    Phrase text;
  } kStates[] = {
      {"recording", {"recording", "đang ghi"}},
      {"live", {"live", "có hình"}},
      {"connecting", {"connecting", "đang kết nối"}},
      {"no_media", {"no picture", "không có hình"}},
      {"auth_refused", {"wrong password", "sai mật khẩu"}},
      {"unreachable", {"unreachable", "không liên lạc được"}},
      {"backoff", {"waiting to retry", "chờ thử lại"}},
      {"quarantined", {"quarantined", "bị cách ly"}},
      {"paused", {"paused", "tạm ngừng"}},
      {"error", {"error", "lỗi"}},
  };
  for (const auto& entry : kStates) {
    if (state == entry.name) return tr(entry.text);
  }
  return tr({"unknown", "không rõ"});
}

std::string time_in(const json::object& object, const char* key) {
  const base::Result<base::WallTime> time = base::parse_iso8601(text_in(object, key));
  return time ? local_time(*time) : std::string("-");
}

std::string stream_text(const json::object& camera) {
  std::string text;
  for (const json::value& entry : array_in(camera, "streams")) {
    const json::object stream = object_of(entry);
    if (text_in(stream, "codec").empty()) continue;
    char rate[64];
    std::snprintf(rate, sizeof rate, "@%.0f %.1f Mbit/s", number_in(stream, "fps"),
                  number_in(stream, "bits_per_second") / 1e6);
    text += (text.empty() ? "" : ", ") + text_in(stream, "codec") + " " + std::to_string(whole_in(stream, "width")) +
            "x" + std::to_string(whole_in(stream, "height")) + rate;
  }
  return text.empty() ? "-" : text;
}

void print_cameras(std::ostream& out, const json::object& status) {
  std::vector<std::vector<std::string>> rows{{tr({"CAMERA", "CAMERA"}), tr({"STATE", "TRẠNG THÁI"}),
                                              tr({"STREAMS", "LUỒNG"}), tr({"STORED", "ĐÃ LƯU"}),
                                              tr({"LAST MOVEMENT", "CHUYỂN ĐỘNG CUỐI"}), ""}};
  const char* language = chosen_language() == Language::kVietnamese ? "vi" : "en";
  for (const json::value& entry : array_in(status, "cameras")) {
    const json::object camera = object_of(entry);
    const std::string alarm = text_in(object_in(camera, "alarm"), "zone");
    const std::string movement = !alarm.empty()                     ? tr({"ALARM: ", "BÁO ĐỘNG: "}) + alarm
                                 : flag_in(camera, "motion_active") ? tr({"now", "bây giờ"})
                                                                    : time_in(camera, "last_motion_at");
    rows.push_back({text_in(camera, "name"), state_text(text_in(camera, "state")), stream_text(camera),
                    size_text(static_cast<std::uint64_t>(whole_in(camera, "stored_bytes"))), movement,
                    text_in(object_in(camera, "message"), language)});
  }
  if (rows.size() > 1) print_table(out, rows);
}

void print_disk(std::ostream& out, const json::object& disk) {
  out << tr({"Disk: ", "Ổ đĩa: "}) << text_in(disk, "state") << ", "
      << size_text(static_cast<std::uint64_t>(whole_in(disk, "free_bytes"))) << tr({" free of ", " trống trên tổng "})
      << size_text(static_cast<std::uint64_t>(whole_in(disk, "total_bytes")));
  if (!text_in(disk, "detail").empty()) out << " (" << text_in(disk, "detail") << ")";
  if (flag_in(disk, "age_deletion_frozen")) {
    out << tr({"; deletion by age is frozen after a clock jump", "; tạm ngừng xoá theo tuổi vì đồng hồ nhảy"});
  }
  out << '\n';
}

void print_processes(std::ostream& out, const json::object& status) {
  std::string text;
  for (const json::value& entry : array_in(status, "processes")) {
    const json::object process = object_of(entry);
    text += (text.empty() ? "" : ", ") + text_in(process, "kind") + "-" + std::to_string(whole_in(process, "index"));
    const std::int64_t restarts = whole_in(process, "restarts");
    if (restarts > 0) text += tr({" (restarts: ", " (khởi động lại: "}) + std::to_string(restarts) + ")";
    if (flag_in(process, "quarantine")) text += tr({" (quarantine)", " (cách ly)"});
  }
  out << tr({"Processes: ", "Tiến trình: "}) << text << '\n';
}

/// Plug-ins and hardware decoding. That there is no graphics processor is no news.
void print_parts(std::ostream& out, const json::object& status) {
  static constexpr struct {
    const char* name;
    Phrase text;
  } kStates[] = {{"starting", {"starting", "đang khởi động"}},
                 {"running", {"running", "đang chạy"}},
                 {"off", {"off", "không dùng"}},
                 {"failed", {"FAILED", "HỎNG"}},
                 {"disabled", {"DISABLED", "ĐÃ TẮT"}}};
  for (const json::value& entry : array_in(status, "analyse_parts")) {
    const json::object part = object_of(entry);
    const std::string kind = text_in(part, "part"), state = text_in(part, "state");
    if (kind == "hardware_decode" && state == "off") continue;
    out << (kind == "detector"     ? tr({"Motion detector ", "Bộ phát hiện chuyển động "})
            : kind == "classifier" ? tr({"Object classifier ", "Bộ phân loại đối tượng "})
                                   : tr({"Hardware decoding ", "Giải mã phần cứng "}))
        << text_in(part, "name") << ": ";
    for (const auto& known : kStates) {
      if (state == known.name) out << tr(known.text);
    }
    if (!text_in(part, "detail").empty()) out << " (" << text_in(part, "detail") << ")";
    out << '\n';
  }
}

void print_status(std::ostream& out, const json::object& status) {
  out << "vonggac " << text_in(status, "version") << tr({", running for ", ", đã chạy "})
      << duration_text(whole_in(status, "uptime_s")) << '\n';
  print_disk(out, object_in(status, "disk"));
  print_processes(out, status);
  print_parts(out, status);
  print_cameras(out, status);
}

base::Status show_status(const StatusOptions& options, Session& session) {
  VG_ASSIGN(const std::unique_ptr<ControlClient> client, ControlClient::connect(options.data_dir));
  VG_ASSIGN(const json::object reply, client->request({{"op", "status"}}, kStatusTimeoutMs));
  const json::object status = object_in(reply, "status");
  if (session.output.json) {
    print_json(session.output, status);
  } else {
    print_status(session.output.out, status);
  }
  return {};
}

}  // namespace

void declare_status(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<StatusOptions>(
      app, "status", {"Show how the running service and its cameras are", "Xem tình trạng dịch vụ và các camera"},
      command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, show_status(*options, session)); };
  });
}

}  // namespace vonggac::cli
