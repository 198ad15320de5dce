#include <cmath>
#include <map>

#include "cli/camera_desk.h"
#include "cli/control_client.h"
#include "cli/json_fields.h"
#include "cli/register_access.h"
#include "cli/session.h"
#include "core/data_files.h"
#include "gate/camera_access.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxZonesFileBytes = 1U << 20;
constexpr int kAcceptTimeoutMs = 10'000;

/// Everything add and set can say about a camera, as typed; what is not given is not in the maps.
struct CameraOptions {
  std::string data_dir;
  std::string config_path;  ///< where the register lies, if not in the data directory
  std::string camera;
  std::map<std::string, std::string> texts;  ///< JSON key -> value
  std::map<std::string, double> numbers;
  std::map<std::string, std::string> switches;  ///< "on" / "off"
  std::string zones_file;
  bool password_stdin = false;
  bool sub_password_stdin = false;
  bool no_password = false;
};

void add_text(CLI::App& command, CameraOptions& options, const char* flag, const char* key, const char* type,
              const Phrase& what) {
  command
      .add_option_function<std::string>(
          flag, [&options, key](const std::string& value) { options.texts[key] = value; }, tr(what))
      ->type_name(type);
}

void add_number(CLI::App& command, CameraOptions& options, const char* flag, const char* key, const Phrase& what) {
  command
      .add_option_function<double>(
          flag, [&options, key](const double& value) { options.numbers[key] = value; }, tr(what))
      ->type_name("N");
}

void add_switch(CLI::App& command, CameraOptions& options, const char* flag, const char* key, const Phrase& what) {
  command
      .add_option_function<std::string>(
          flag, [&options, key](const std::string& value) { options.switches[key] = value; }, tr(what))
      ->check(CLI::IsMember({"on", "off"}))
      ->type_name("on|off");
}

void add_identity_options(CLI::App& command, CameraOptions& options) {
  add_text(command, options, "--name", "name", "NAME",
           {"Name for people, 1 to 80 characters", "Tên camera, 1 đến 80 ký tự"});
  add_text(
      command, options, "--url", "url", "URL",
      {"rtsp:// address of the main stream. A user name and password in it are taken out and sealed; other users of "
       "this computer may see them for a moment, so --password-stdin is safer",
       "Địa chỉ rtsp:// của luồng chính. Tên và mật khẩu trong địa chỉ được tách ra và mã hoá; người khác trên máy có "
       "thể nhìn thấy trong chốc lát, nên dùng --password-stdin an toàn hơn"});
  add_text(command, options, "--sub-url", "sub_url", "URL",
           {"Address of the sub stream, for looking for movement; empty: none",
            "Địa chỉ luồng phụ, để tìm chuyển động; để trống: không có"});
  add_text(command, options, "--user", "user", "USER", {"User name at the camera", "Tên đăng nhập trên camera"});
  command.add_flag(
      "--password-stdin", options.password_stdin,
      tr({"Read the password from standard input (first line)", "Đọc mật khẩu từ đầu vào chuẩn (dòng đầu)"}));
  add_text(command, options, "--sub-user", "sub_user", "USER",
           {"User name for the sub stream, where it differs", "Tên đăng nhập của luồng phụ, nếu khác"});
  command.add_flag(
      "--sub-password-stdin", options.sub_password_stdin,
      tr({"Read the sub stream's password from the next line", "Đọc mật khẩu luồng phụ từ dòng tiếp theo"}));
}

/// A camera that moves to another address does not take its stored password along unasked.
void add_no_password_option(CLI::App& command, CameraOptions& options) {
  command
      .add_flag(
          "--no-password", options.no_password,
          tr({"Forget the stored user name and password; a new host or port needs this, or the password again",
              "Bỏ tên đăng nhập và mật khẩu đã lưu; đổi sang máy hoặc cổng khác cần tuỳ chọn này hoặc nhập lại mật "
              "khẩu"}))
      ->excludes("--user")
      ->excludes("--password-stdin");
}

void add_setting_options(CLI::App& command, CameraOptions& options) {
  add_text(command, options, "--record", "record", "MODE",
           {"continuous, motion (default) or off",
            "continuous (liên tục), motion (khi có chuyển động, mặc định) hoặc off (tắt)"});
  add_text(command, options, "--schedule", "schedule", "TEXT",
           {"Weekly schedule like \"mon-fri 18:00-06:00 continuous; * 06:00-18:00 motion\"; empty: none",
            "Lịch tuần, ví dụ \"mon-fri 18:00-06:00 continuous; * 06:00-18:00 motion\"; để trống: không có"});
  add_number(command, options, "--pre-roll", "pre_roll_s",
             {"Seconds kept from before a movement, 1 to 30", "Số giây giữ lại trước chuyển động, 1 đến 30"});
  add_number(command, options, "--post-roll", "post_roll_s",
             {"Seconds kept after a movement, 0 to 600", "Số giây ghi thêm sau chuyển động, 0 đến 600"});
  add_number(command, options, "--retention-days", "retention_days",
             {"Delete footage after so many days; 0: not by age", "Xoá hình sau số ngày này; 0: không theo tuổi"});
  add_number(command, options, "--retention-gb", "retention_gb",
             {"Keep at most so many GB; 0: not by size", "Giữ nhiều nhất số GB này; 0: không theo dung lượng"});
  add_number(command, options, "--motion-retention-days", "motion_retention_days",
             {"Keep footage with movement at least so many days; 0: as the rest",
              "Giữ hình có chuyển động ít nhất số ngày này; 0: như phần còn lại"});
  add_switch(command, options, "--audio", "audio", {"Record sound (default off)", "Ghi âm thanh (mặc định tắt)"});
  add_switch(command, options, "--paused", "paused",
             {"Keep nothing for now, at the owner's wish", "Tạm ngừng theo yêu cầu của chủ camera"});
  add_number(
      command, options, "--sensitivity", "sensitivity",
      {"1 to 9, default 5: how small a walking person is still recorded, from 1/6 of the picture's height (1) "
       "to 1/25 (9); says what the level means",
       "1 đến 9, mặc định 5: người đi bộ nhỏ đến đâu vẫn được ghi, từ 1/6 chiều cao khung hình (1) đến 1/25 (9); "
       "in ra ý nghĩa của mức"});
  add_text(command, options, "--transport", "transport", "HOW",
           {"auto (default), tcp or udp", "auto (mặc định), tcp hoặc udp"});
  command
      .add_option(
          "--zones-file", options.zones_file,
          tr({"JSON file with the zones: [{\"id\",\"kind\",\"points\":[[x,y],...]}], 0..1; kind: detect, ignore, "
              "watch (raises alarms; with \"hours\") or privacy (painted over)",
              "Tệp JSON các vùng: [{\"id\",\"kind\",\"points\":[[x,y],...]}], 0..1; kind: detect (chỉ tìm ở đây), "
              "ignore (bỏ qua), watch (báo động; có thể thêm \"hours\") hoặc privacy (che đi)"}))
      ->type_name("FILE");
}

/// Empty text means "none" where the protocol has null for it.
json::value text_or_null(const std::string& key, const std::string& text) {
  const bool may_be_none = key == "schedule" || key == "sub_url";
  if (may_be_none && text.empty()) return nullptr;
  return json::value(text);
}

json::value number(double value) {
  const bool whole = std::abs(value) < 1e15 && value == std::floor(value);
  if (whole) return static_cast<std::int64_t>(value);
  return value;
}

base::Status add_secrets(const CameraOptions& options, const Session& session, json::object& question) {
  if (options.password_stdin) {
    VG_ASSIGN(question["password"], session.entries.read_secret_line());
  }
  if (options.sub_password_stdin) {
    VG_ASSIGN(question["sub_password"], session.entries.read_secret_line());
  }
  return {};
}

base::Result<json::value> zones_of(const std::string& path) {
  VG_ASSIGN(const std::string text, core::read_file(path, kMaxZonesFileBytes));
  boost::system::error_code error;
  json::value zones = json::parse(text, error);
  if (error) return base::invalid_argument(path + " is not JSON: " + error.message());
  return zones;
}

base::Result<json::object> question_of(const char* op, const CameraOptions& options, const Session& session) {
  json::object question{{"op", op}};
  for (const auto& [key, text] : options.texts) question[key] = text_or_null(key, text);
  for (const auto& [key, value] : options.numbers) question[key] = number(value);
  for (const auto& [key, value] : options.switches) question[key] = value == "on";
  if (!options.zones_file.empty()) {
    VG_ASSIGN(question["zones"], zones_of(options.zones_file));
  }
  if (options.no_password) question["user"] = "";
  VG_TRY(add_secrets(options, session, question));
  return question;
}

base::Status add_camera(const CameraOptions& options, Session& session) {
  VG_ASSIGN(const json::object question, question_of("camera.add", options, session));
  VG_ASSIGN(const json::object reply, ask_about_cameras(options.data_dir, question));
  if (session.output.json) {
    print_json(session.output, {{"id", text_in(reply, "id")}});
  } else {
    session.output.out << text_in(reply, "id") << '\n';
  }
  return {};
}

/// What the owner of a camera of the register has not agreed to is not switched on by the one who sits at the machine.
base::Status refuse_sound_not_agreed(const CameraOptions& options, const std::string& id) {
  const auto audio = options.switches.find("audio");
  if (audio == options.switches.end() || audio->second != "on") return {};
  const RegisterOptions where{options.data_dir, options.config_path};
  VG_ASSIGN(const bool there, has_register(where));
  const auto camera = base::Uuid::parse(id);
  if (!there || !camera) return {};
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<gate::Office> office, open_office(where, clock));
  std::optional<catalogue::AgreementDecision> sound;
  VG_TRY(office->store().read([&](store::Reader& reader) -> base::Status {
    VG_ASSIGN(sound, gate::sound_decision(reader, base::CameraId{*camera}, clock.wall_now()));
    return {};
  }));
  if (!sound || sound->allowed) return {};
  const bool vietnamese = chosen_language() == Language::kVietnamese;
  return {base::ErrorKind::kPermissionDenied, vietnamese ? sound->why_not.vi : sound->why_not.en};
}

base::Status set_camera(const CameraOptions& options, Session& session) {
  VG_ASSIGN(json::object question, question_of("camera.set", options, session));
  if (question.size() == 1)
    return base::invalid_argument("nothing to change was given; see: vonggac camera set --help");
  VG_ASSIGN(const std::string id, resolve_camera(options.data_dir, options.camera));
  VG_TRY(refuse_sound_not_agreed(options, id));
  question["id"] = id;
  VG_ASSIGN(const json::object reply, ask_about_cameras(options.data_dir, question));
  if (session.output.json) {
    print_json(session.output, reply);
  } else if (options.numbers.contains("sensitivity")) {
    const char* language = chosen_language() == Language::kVietnamese ? "vi" : "en";
    session.output.out << text_in(object_in(object_in(reply, "camera"), "sensitivity_text"), language) << '\n';
  }
  return {};
}

base::Status remove_camera(const CameraOptions& options, Session& session) {
  VG_ASSIGN(const std::string id, resolve_camera(options.data_dir, options.camera));
  VG_ASSIGN(const json::object reply, ask_about_cameras(options.data_dir, {{"op", "camera.remove"}, {"id", id}}));
  if (session.output.json) print_json(session.output, {{"id", id}});
  return {};
}

/// Only a running service looks at pictures.
base::Status accept_view(const CameraOptions& options, Session& session) {
  VG_ASSIGN(const std::string id, resolve_camera(options.data_dir, options.camera));
  VG_ASSIGN(const std::unique_ptr<ControlClient> client, ControlClient::connect(options.data_dir));
  VG_ASSIGN(const json::object reply, client->request({{"op", "camera.accept_view"}, {"id", id}}, kAcceptTimeoutMs));
  if (session.output.json) {
    print_json(session.output, {{"id", id}});
  } else {
    session.output.out << tr({"The view is learned anew; that takes about half a minute.",
                              "Đang học lại góc nhìn, mất khoảng nửa phút."})
                       << '\n';
  }
  return {};
}

base::Status list_cameras(const CameraOptions& options, Session& session) {
  VG_ASSIGN(const json::object reply, ask_about_cameras(options.data_dir, {{"op", "camera.list"}}));
  if (session.output.json) {
    print_json(session.output, {{"cameras", array_in(reply, "cameras")}});
    return {};
  }
  std::vector<std::vector<std::string>> rows{
      {"ID", tr({"NAME", "TÊN"}), tr({"RECORD", "GHI"}), tr({"KEPT", "GIỮ"}), tr({"ADDRESS", "ĐỊA CHỈ"})}};
  for (const json::value& entry : array_in(reply, "cameras")) {
    const json::object camera = object_of(entry);
    const std::int64_t days = whole_in(camera, "retention_days");
    rows.push_back({text_in(camera, "id"), text_in(camera, "name"),
                    flag_in(camera, "paused") ? tr({"paused", "tạm ngừng"}) : text_in(camera, "record"),
                    days == 0 ? "-" : std::to_string(days) + tr({" d", " ngày"}), text_in(camera, "url")});
  }
  if (rows.size() == 1) {
    session.output.out << tr({"No cameras yet. Add one with: vonggac camera add",
                              "Chưa có camera. Thêm bằng lệnh: vonggac camera add"})
                       << '\n';
  } else {
    print_table(session.output.out, rows);
  }
  return {};
}

using Run = base::Status (*)(const CameraOptions&, Session&);

CLI::App& declare_one(CLI::App& parent, Session& session, const char* name, const Phrase& what,
                      const std::shared_ptr<CameraOptions>& options, Run run) {
  CLI::App* command = parent.add_subcommand(name, tr(what));
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command->callback([options, run, &session] {
    session.chosen = [options, run, &session] { return report(session.output, run(*options, session)); };
  });
  return *command;
}

void add_camera_argument(CLI::App& command, CameraOptions& options) {
  command.add_option("camera", options.camera, tr({"Id or name of the camera", "Mã hoặc tên của camera"}))
      ->required()
      ->type_name("CAMERA");
}

}  // namespace

void declare_camera(CLI::App& app, Session& session) {
  CLI::App* camera =
      app.add_subcommand("camera", tr({"Add, list, change and remove cameras, also while the service runs",
                                       "Thêm, xem, sửa, xoá camera, kể cả khi dịch vụ đang chạy"}));
  camera->require_subcommand(1);
  const auto fresh = [] { return std::make_shared<CameraOptions>(); };

  const auto add_options = fresh();
  CLI::App& add = declare_one(*camera, session, "add", {"Add a camera; prints its id", "Thêm camera; in ra mã"},
                              add_options, add_camera);
  add_identity_options(add, *add_options);
  add.get_option("--name")->required();
  add.get_option("--url")->required();
  add_setting_options(add, *add_options);

  declare_one(*camera, session, "list", {"List the cameras", "Danh sách camera"}, fresh(), list_cameras);

  const auto set_options = fresh();
  CLI::App& set = declare_one(*camera, session, "set", {"Change a camera", "Sửa camera"}, set_options, set_camera);
  add_camera_argument(set, *set_options);
  add_identity_options(set, *set_options);
  add_no_password_option(set, *set_options);
  add_setting_options(set, *set_options);
  add_config_option(set, set_options->config_path);

  const auto accept_options = fresh();
  CLI::App& accept = declare_one(*camera, session, "accept-view",
                                 {"Take what the camera shows now for its view, after it was turned on purpose",
                                  "Nhận góc nhìn hiện tại làm góc nhìn đúng, sau khi chủ động xoay camera"},
                                 accept_options, accept_view);
  add_camera_argument(accept, *accept_options);

  const auto remove_options = fresh();
  CLI::App& remove = declare_one(
      *camera, session, "remove",
      {"Remove a camera; its footage stays until its time is over", "Xoá camera; hình đã ghi được giữ đến hết hạn"},
      remove_options, remove_camera);
  add_camera_argument(remove, *remove_options);
}

}  // namespace vonggac::cli
