/// probe: what a camera is, which streams it has, what is wrong with them. discover: who answers on the networks.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <ostream>
#include <thread>

#include "base/base64.h"
#include "cli/control_client.h"
#include "cli/json_fields.h"
#include "cli/session.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

constexpr int kAskTimeoutMs = 10'000;
constexpr auto kBetweenQuestions = std::chrono::milliseconds(300);
constexpr std::size_t kMaxQuestions = 400;  ///< two minutes: a probe waits at most for those before it

struct ProbeOptions {
  std::string data_dir, where, user, brand, stills_dir, network;
  int channels = 0;
};

/// Asks until it is over, and says each new step where a person watches.
base::Result<json::object> wait_for_end(ControlClient& client, const std::string& id, const Output& output) {
  std::string said;
  for (std::size_t i = 0; i < kMaxQuestions; ++i) {
    VG_ASSIGN(json::object view, client.request({{"op", "camera.probe.view"}, {"probe", id}}, kAskTimeoutMs));
    if (flag_in(view, "over")) return view;
    const std::string step = text_in(object_in(view, "text"), tr({"en", "vi"}));
    if (!output.json && !step.empty() && step != said) output.err << step << " ...\n";
    said = step;
    std::this_thread::sleep_for(kBetweenQuestions);
  }
  return base::timed_out("the probe took too long");
}

std::string size_of(const json::object& stream) {
  const std::int64_t width = whole_in(stream, "width"), height = whole_in(stream, "height");
  return width == 0 ? "-" : std::to_string(width) + "x" + std::to_string(height);
}

std::string gop_of(const json::object& stream) {
  char text[32];
  const json::value* gop = stream.if_contains("gop_s");
  if (!flag_in(stream, "streamed")) return "-";
  const bool seen = gop != nullptr && !gop->is_null();
  std::snprintf(text, sizeof text, seen ? "%.1f s" : "> %.0f s",
                seen ? number_in(stream, "gop_s") : number_in(stream, "watched_s"));
  return text;
}

std::string with_unit(double value, const char* format) {
  if (value <= 0) return "-";
  char text[32];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

void print_streams(const Output& output, const json::object& view) {
  std::vector<std::vector<std::string>> rows{{tr({"NO", "SỐ"}), tr({"CHANNEL", "KÊNH"}), tr({"STREAM", "LUỒNG"}),
                                              "CODEC", tr({"SIZE", "CỠ HÌNH"}), tr({"FPS", "HÌNH/S"}), "MBIT/S",
                                              tr({"KEY PICTURES", "HÌNH KHÓA"}), "RTP", tr({"ADDRESS", "ĐỊA CHỈ"})}};
  for (const json::value& value : array_in(view, "streams")) {
    const json::object stream = object_of(value);
    const bool main = text_in(stream, "role") != "sub";
    const bool streamed = flag_in(stream, "streamed");
    rows.push_back({std::to_string(whole_in(stream, "n")), std::to_string(whole_in(stream, "channel")),
                    main ? tr({"main", "chính"}) : tr({"sub", "phụ"}),
                    streamed ? text_in(stream, "codec") : text_in(stream, "reason"), size_of(stream),
                    with_unit(number_in(stream, "frames_per_second"), "%.1f"),
                    with_unit(number_in(stream, "bits_per_second") / 1e6, "%.2f"), gop_of(stream),
                    text_in(stream, "transport"), text_in(stream, "url")});
  }
  if (rows.size() > 1) print_table(output.out, rows);
}

void print_probe(const Output& output, const json::object& view) {
  const json::object device = object_in(view, "device");
  const auto line = [&](const char* what, const std::string& text) {
    if (!text.empty()) output.out << what << ": " << text << '\n';
  };
  line(tr({"Brand", "Hãng"}),
       text_in(device, "brand").empty() ? text_in(device, "vendor_name") : text_in(device, "brand"));
  line(tr({"Model", "Kiểu máy"}), text_in(device, "model"));
  line(tr({"Serial number", "Số máy"}), text_in(device, "serial"));
  line("MAC", text_in(device, "mac"));
  line(tr({"Firmware", "Phần mềm"}), text_in(device, "firmware"));
  print_streams(output, view);
  for (const json::value& value : array_in(view, "findings")) {
    const json::object finding = object_of(value);
    const std::string weight = text_in(finding, "weight");
    const char* mark = weight == "fault" ? "[!!] " : weight == "warning" ? "[!] " : "[i] ";
    output.out << mark << text_in(finding, tr({"en", "vi"})) << '\n';
  }
}

/// Before a minute is spent on what then has no place. None asked for: nothing to do.
base::Status make_folder(const std::string& folder) {
  std::error_code error;
  if (!folder.empty()) std::filesystem::create_directories(folder, error);
  if (!error) return {};
  return base::unavailable(tr({"cannot make the folder ", "không tạo được thư mục "}) + folder);
}

base::Status save_stills(ControlClient& client, const json::object& view, const std::string& folder) {
  for (const json::value& value : array_in(view, "streams")) {
    const json::object stream = object_of(value);
    if (!flag_in(stream, "still")) continue;
    const std::int64_t number = whole_in(stream, "n");
    const json::object question{{"op", "camera.probe.still"}, {"probe", text_in(view, "probe")}, {"stream", number}};
    VG_ASSIGN(const json::object reply, client.request(question, kAskTimeoutMs));
    VG_ASSIGN(const base::Bytes jpeg, base::from_base64(text_in(reply, "jpeg_base64")));
    const std::string path = folder + "/still-" + std::to_string(number) + ".jpg";
    std::ofstream file(path, std::ios::binary);
    file.write(reinterpret_cast<const char*>(jpeg.data()), static_cast<std::streamsize>(jpeg.size()));
    if (!file.flush()) return base::unavailable(tr({"cannot write ", "không ghi được "}) + path);
  }
  return {};
}

base::Result<json::object> probe_question(const ProbeOptions& options, const Session& session) {
  json::object question{{"op", "camera.probe"}, {"address", options.where}};
  if (!options.brand.empty()) question["brand"] = options.brand;
  if (options.channels > 0) question["channels"] = options.channels;
  if (!options.user.empty()) {
    question["user"] = options.user;
    VG_ASSIGN(question["password"], session.entries.read_secret_line());
  }
  return question;
}

base::Status run_probe(const ProbeOptions& options, const Session& session) {
  VG_TRY(make_folder(options.stills_dir));
  VG_ASSIGN(const json::object question, probe_question(options, session));
  VG_ASSIGN(const std::unique_ptr<ControlClient> client, ControlClient::connect(options.data_dir));
  VG_ASSIGN(const json::object started, client->request(question, kAskTimeoutMs));
  VG_ASSIGN(const json::object view, wait_for_end(*client, text_in(started, "probe"), session.output));
  const std::string state = text_in(view, "state");
  if (state != "done") {
    const json::object error = object_in(view, "error");
    const std::string sentence = text_in(error, tr({"en", "vi"}));
    return text_in(error, "code") == "forbidden" ? base::permission_denied(sentence) : base::unavailable(sentence);
  }
  if (session.output.json) {
    print_json(session.output, view);
  } else {
    print_probe(session.output, view);
  }
  return options.stills_dir.empty() ? base::Status() : save_stills(*client, view, options.stills_dir);
}

base::Status run_discover(const ProbeOptions& options, const Session& session) {
  VG_ASSIGN(const std::unique_ptr<ControlClient> client, ControlClient::connect(options.data_dir));
  json::object question{{"op", "camera.discover"}};
  if (!options.network.empty()) question["network"] = options.network;
  VG_ASSIGN(const json::object started, client->request(question, kAskTimeoutMs));
  VG_ASSIGN(const json::object view, wait_for_end(*client, text_in(started, "discovery"), session.output));
  if (text_in(view, "state") != "done") return base::unavailable("the search broke off; try again");
  if (session.output.json) {
    print_json(session.output, view);
    return {};
  }
  std::vector<std::vector<std::string>> rows{
      {tr({"ADDRESS", "ĐỊA CHỈ"}), tr({"PORT", "CỔNG"}), tr({"NAME", "TÊN"}), tr({"MODEL", "KIỂU MÁY"}), "UUID"}};
  for (const json::value& value : array_in(view, "devices")) {
    const json::object device = object_of(value);
    rows.push_back({text_in(device, "address"), std::to_string(whole_in(device, "port")), text_in(device, "name"),
                    text_in(device, "model"), text_in(device, "onvif_uuid")});
  }
  if (rows.size() > 1) print_table(session.output.out, rows);
  if (rows.size() == 1) {
    session.output.out << tr({"No device answered. Cameras whose ONVIF is off do not: probe them by their address.",
                              "Không có thiết bị nào trả lời. Camera tắt ONVIF sẽ không trả lời: hãy dò theo địa chỉ."})
                       << '\n';
  }
  return {};
}

}  // namespace

void declare_probe(CLI::App& app, Session& session) {
  CLI::App* probe = nullptr;
  auto options = declare<ProbeOptions>(app, "probe",
                                       {"Look at a camera before it is added: brand, streams, what is wrong with them",
                                        "Dò một camera trước khi thêm: hãng, các luồng, có gì không ổn"},
                                       probe);
  add_data_option(*probe, options->data_dir);
  add_json_option(*probe, session);
  probe
      ->add_option("where", options->where,
                   tr({"Address (host or host:port), or a whole rtsp:// address",
                       "Địa chỉ (máy hoặc máy:cổng), hoặc địa chỉ rtsp:// đầy đủ"}))
      ->required()
      ->type_name("ADDRESS|URL");
  probe
      ->add_option("--user", options->user,
                   tr({"User name at the camera; the password is asked for, or read from standard input",
                       "Tên đăng nhập trên camera; mật khẩu được hỏi, hoặc đọc từ đầu vào chuẩn"}))
      ->type_name("USER");
  probe
      ->add_option("--brand", options->brand,
                   tr({"Brand as in vendors.toml: hikvision, dahua, ezviz, ...",
                       "Hãng như trong vendors.toml: hikvision, "
                       "dahua, ezviz, ..."}))
      ->type_name("ID");
  probe
      ->add_option("--channels", options->channels,
                   tr({"Channels of a recorder, 1 to 64, where ONVIF does not say",
                       "Số kênh của đầu ghi, 1 đến 64, khi ONVIF không cho biết"}))
      ->type_name("N")
      ->check(CLI::Range(1, 64));
  probe
      ->add_option("--stills", options->stills_dir,
                   tr({"Write a still of each stream into this folder", "Ghi ảnh của từng luồng vào thư mục này"}))
      ->type_name("DIR");
  probe->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, run_probe(*options, session)); };
  });

  CLI::App* discover = nullptr;
  auto search = declare<ProbeOptions>(app, "discover",
                                      {"Ask on the networks of cameras who is there (ONVIF WS-Discovery)",
                                       "Tìm camera trong các mạng được phép (ONVIF WS-Discovery)"},
                                      discover);
  add_data_option(*discover, search->data_dir);
  add_json_option(*discover, session);
  discover
      ->add_option("--network", search->network,
                   tr({"Ask each address of this network too, at most 256: 192.168.1.0/24",
                       "Hỏi cả từng địa chỉ của mạng này, nhiều nhất 256: 192.168.1.0/24"}))
      ->type_name("CIDR");
  discover->callback([search, &session] {
    session.chosen = [search, &session] { return report(session.output, run_discover(*search, session)); };
  });
}

}  // namespace vonggac::cli
