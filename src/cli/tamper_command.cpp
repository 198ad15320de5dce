/// tamper: when cameras did not show their view - covered, moved and the like.
#include <ostream>

#include "cli/footage_arguments.h"
#include "cli/session.h"
#include "ipc/messages.h"
#include "record/archive.h"
#include "record/data_dir.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

struct TamperOptions {
  std::string data_dir, camera, from, to;
};

const char* tamper_text(ipc::TamperKind kind) {
  switch (kind) {
    case ipc::TamperKind::kNone:
      break;
    case ipc::TamperKind::kCovered:
      return tr({"covered", "bị che"});
    case ipc::TamperKind::kDefocused:
      return tr({"out of focus", "mất nét"});
    case ipc::TamperKind::kMoved:
      return tr({"turned away", "bị xoay"});
    case ipc::TamperKind::kBlack:
      return tr({"black", "hình đen"});
    case ipc::TamperKind::kFrozen:
      return tr({"frozen", "đứng hình"});
  }
  return "-";
}

const char* end_text(record::TamperEnd end) {
  switch (end) {
    case record::TamperEnd::kGoesOn:
      return tr({"goes on", "đang tiếp diễn"});
    case record::TamperEnd::kViewIsBack:
      return tr({"the view was back", "góc nhìn trở lại"});
    case record::TamperEnd::kAccepted:
      return tr({"new view accepted", "đã nhận góc nhìn mới"});
    case record::TamperEnd::kNotWatched:
      return tr({"not watched any more", "không còn theo dõi"});
  }
  return "-";
}

json::object tamper_json(const record::StoredTamper& one) {
  return {{"id", one.id},
          {"camera", one.camera.to_string()},
          {"kind", ipc::tamper_kind_name(static_cast<ipc::TamperKind>(one.kind))},
          {"from", base::to_iso8601(one.start)},
          {"to", one.end ? json::value(base::to_iso8601(*one.end)) : json::value(nullptr)},
          {"ended_by", record::tamper_end_name(one.ended_by)}};
}

void print_tampers(const Output& output, const std::string& data_dir, const std::vector<record::StoredTamper>& list) {
  if (list.empty()) {
    output.out << tr({"No camera was covered, moved or the like in this choice.",
                      "Không có camera nào bị che, bị xoay hay tương tự theo lựa chọn này."})
               << '\n';
    return;
  }
  const std::map<std::string, std::string> names = names_by_id(data_dir);
  std::vector<std::vector<std::string>> rows{
      {"CAMERA", tr({"WHAT", "TÌNH TRẠNG"}), tr({"FROM", "TỪ"}), tr({"TO", "ĐẾN"}), tr({"END", "KẾT THÚC"})}};
  for (const record::StoredTamper& one : list) {
    const auto name = names.find(one.camera.to_string());
    rows.push_back({name == names.end() ? one.camera.to_string() : name->second,
                    tamper_text(static_cast<ipc::TamperKind>(one.kind)), local_time(one.start),
                    one.end ? local_time(*one.end) : "-", end_text(one.ended_by)});
  }
  print_table(output.out, rows);
}

base::Status show_tampers(const TamperOptions& options, const Output& output) {
  record::FootageFilter filter;
  if (!options.camera.empty()) {
    VG_ASSIGN(filter.camera, camera_of(options.data_dir, options.camera));
  }
  VG_ASSIGN(filter.from, time_of(options.from));
  VG_ASSIGN(filter.to, time_of(options.to));
  if (filter.from && filter.to && *filter.to <= *filter.from) {
    return base::invalid_argument("--to must be later than --from");
  }
  std::vector<record::StoredTamper> list;
  if (!record::never_recorded(options.data_dir)) {
    VG_ASSIGN(const std::unique_ptr<record::Archive> archive, record::Archive::open(options.data_dir));
    VG_ASSIGN(list, archive->tampers(filter));
  }
  if (!output.json) {
    print_tampers(output, options.data_dir, list);
    return {};
  }
  json::array rows;
  for (const record::StoredTamper& one : list) rows.push_back(tamper_json(one));
  print_json(output, json::object{{"tampers", std::move(rows)}});
  return {};
}

}  // namespace

void declare_tamper(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<TamperOptions>(app, "tamper",
                                        {"List when cameras were covered, defocused, moved, black or frozen",
                                         "Liệt kê lúc camera bị che, mất nét, bị xoay, hình đen hoặc đứng hình"},
                                        command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command->add_option("--camera", options->camera, tr({"Only this camera: id or name", "Chỉ camera này: mã hoặc tên"}))
      ->type_name("CAMERA");
  command->add_option("--from", options->from, tr({"From this time (ISO 8601)", "Từ thời điểm (ISO 8601)"}))
      ->type_name("ISO");
  command->add_option("--to", options->to, tr({"Until this time", "Đến thời điểm"}))->type_name("ISO");
  command->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, show_tampers(*options, session.output)); };
  });
}

}  // namespace vonggac::cli
