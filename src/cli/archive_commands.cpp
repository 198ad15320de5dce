/// clips, export, check, rebuild: what is stored, beside the running service or without it.
#include <cmath>
#include <map>
#include <ostream>

#include "base/clock.h"
#include "cli/footage_arguments.h"
#include "cli/session.h"
#include "ipc/messages.h"
#include "record/archive.h"
#include "record/check.h"
#include "record/data_dir.h"
#include "record/export.h"
#include "record/rebuild.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

struct ClipsOptions {
  std::string data_dir, camera, from, to;
  bool motion = false;
};
struct ExportCommandOptions {
  std::string data_dir, camera, from, to, out;
  bool overwrite = false;
};
struct CheckCommandOptions {
  std::string data_dir;
  bool full = false, repair = false;
};
struct RebuildOptions {
  std::string data_dir;
};

base::Result<record::FootageFilter> filter_of(const ClipsOptions& options) {
  record::FootageFilter filter;
  if (!options.camera.empty()) {
    VG_ASSIGN(filter.camera, camera_of(options.data_dir, options.camera));
  }
  VG_ASSIGN(filter.from, time_of(options.from));
  VG_ASSIGN(filter.to, time_of(options.to));
  if (filter.from && filter.to && *filter.to <= *filter.from) {
    return base::invalid_argument("--to must be later than --from");
  }
  filter.only_motion = options.motion;
  return filter;
}

json::object clip_json(const record::ClipSpan& clip) {
  return {{"camera", clip.stream.camera.to_string()},
          {"role", clip.stream.role == media::StreamRole::kMain ? "main" : "sub"},
          {"from", base::to_iso8601(clip.start)},
          {"to", base::to_iso8601(clip.end)},
          {"duration_s", static_cast<double>((clip.end - clip.start).count()) / 1e6},
          {"bytes", clip.size_bytes},
          {"segments", clip.segments},
          {"codec", media::codec_name(clip.video_codec)},
          {"motion", clip.has_motion},
          {"motion_events", clip.motion_events},
          {"still_recording", clip.still_recording}};
}

json::array labels_json(const record::StoredEvent& event) {
  json::array labels;
  for (const media::ObjectLabel& label : event.labels) {
    labels.push_back(json::object{{"class", media::object_class_name(label.object_class)},
                                  {"score", std::round(double{label.score} * 1000) / 1000}});
  }
  return labels;
}

json::object event_json(const record::StoredEvent& event) {
  return {{"id", event.id},
          {"camera", event.camera.to_string()},
          {"from", base::to_iso8601(event.start)},
          {"to", base::to_iso8601(event.end)},
          {"ended", event.ended},
          {"score", event.score},
          {"box", json::array{event.box_x, event.box_y, event.box_w, event.box_h}},
          {"zone", event.zone},
          {"alarm", event.alarm.empty() ? json::value(nullptr) : json::value(event.alarm)},
          {"alarm_at", event.alarm.empty() ? json::value(nullptr) : json::value(base::to_iso8601(event.alarm_at))},
          {"start_reason", ipc::motion_reason_name(static_cast<ipc::MotionReason>(event.start_reason))},
          {"end_reason", ipc::motion_reason_name(static_cast<ipc::MotionReason>(event.end_reason))},
          {"thumbnail", event.has_thumbnail},
          {"labels", labels_json(event)}};
}

json::object gap_json(const record::StoredGap& gap) {
  return {{"camera", gap.stream.camera.to_string()},
          {"from", base::to_iso8601(gap.start)},
          {"to", gap.end ? json::value(base::to_iso8601(*gap.end)) : json::value(nullptr)},
          {"cause", record::gap_cause_name(gap.cause)},
          {"detail", gap.detail}};
}

void print_clips(const Output& output, const std::string& data_dir, const std::vector<record::ClipSpan>& clips) {
  if (clips.empty()) {
    output.out << tr({"Nothing is stored for this choice.", "Không có đoạn ghi nào theo lựa chọn này."}) << '\n';
    return;
  }
  std::vector<std::vector<std::string>> rows{{"CAMERA", tr({"FROM", "TỪ"}), tr({"TO", "ĐẾN"}),
                                              tr({"LENGTH", "THỜI LƯỢNG"}), tr({"SIZE", "DUNG LƯỢNG"}),
                                              tr({"MOVEMENT", "CHUYỂN ĐỘNG"})}};
  const std::map<std::string, std::string> names = names_by_id(data_dir);
  for (const record::ClipSpan& clip : clips) {
    const auto name = names.find(clip.stream.camera.to_string());
    rows.push_back({name == names.end() ? clip.stream.camera.to_string() : name->second, local_time(clip.start),
                    local_time(clip.end), duration_text((clip.end - clip.start).count() / 1'000'000),
                    size_text(clip.size_bytes), clip.has_motion ? std::to_string(clip.motion_events) : "-"});
  }
  print_table(output.out, rows);
}

/// What is stored of a choice; nothing where no recorder ever ran.
struct Stored {
  std::vector<record::ClipSpan> clips;
  std::vector<record::StoredEvent> events;
  std::vector<record::StoredGap> gaps;
};

base::Result<Stored> stored_of(const std::string& data_dir, const record::FootageFilter& filter, bool clips_only) {
  Stored stored;
  if (record::never_recorded(data_dir)) return stored;
  VG_ASSIGN(const std::unique_ptr<record::Archive> archive, record::Archive::open(data_dir));
  VG_ASSIGN(stored.clips, archive->clips(filter));
  if (clips_only) return stored;
  VG_ASSIGN(stored.events, archive->events(filter));
  VG_ASSIGN(stored.gaps, archive->gaps(filter));
  return stored;
}

base::Status show_clips(const ClipsOptions& options, const Output& output) {
  VG_ASSIGN(const record::FootageFilter filter, filter_of(options));
  VG_ASSIGN(const Stored stored, stored_of(options.data_dir, filter, !output.json));
  if (!output.json) {
    print_clips(output, options.data_dir, stored.clips);
    return {};
  }
  json::array clip_list;
  json::array event_list;
  json::array gap_list;
  for (const auto& clip : stored.clips) clip_list.push_back(clip_json(clip));
  for (const auto& event : stored.events) event_list.push_back(event_json(event));
  for (const auto& gap : stored.gaps) gap_list.push_back(gap_json(gap));
  print_json(
      output,
      json::object{{"clips", std::move(clip_list)}, {"events", std::move(event_list)}, {"gaps", std::move(gap_list)}});
  return {};
}

void print_export(const Output& output, const ExportCommandOptions& options, const record::ExportReport& report) {
  output.out << options.out << ": " << report.frames << tr({" frames, ", " khung hình, "})
             << size_text(report.size_bytes) << ", " << local_time(report.first_frame) << " – "
             << local_time(report.end) << '\n'
             << "SHA-256 " << base::to_hex(report.sha256) << '\n';
  for (const record::ClipHole& hole : report.holes) {
    output.out << tr({"Missing: ", "Thiếu: "}) << local_time(hole.start) << " – " << local_time(hole.end) << " ("
               << record::gap_cause_name(hole.cause) << ")\n";
  }
  if (report.cut_at) {
    output.out << tr({"The camera changed its encoding; the rest is exported apart from ",
                      "Camera đổi kiểu mã hoá; phần còn lại xuất riêng từ "})
               << base::to_iso8601(*report.cut_at) << '\n';
  }
}

base::Status export_range(const ExportCommandOptions& options, const Output& output) {
  record::ClipRequest request;
  VG_ASSIGN(request.stream.camera, camera_of(options.data_dir, options.camera));
  VG_ASSIGN(request.from, base::parse_iso8601(options.from));
  VG_ASSIGN(request.to, base::parse_iso8601(options.to));
  if (request.to <= request.from) return base::invalid_argument("--to must be later than --from");
  VG_ASSIGN(const std::unique_ptr<record::Archive> archive, record::Archive::open(options.data_dir));
  record::ExportOptions to_file;
  to_file.out_path = options.out;
  to_file.overwrite = options.overwrite;
  VG_ASSIGN(const record::ExportReport report, record::export_clip(*archive, request, to_file));
  if (output.json) {
    output.out << record::export_report_json(report) << '\n';
  } else {
    print_export(output, options, report);
  }
  return {};
}

/// Text reports end their lines themselves, JSON does not.
void print_report(const Output& output, const std::string& text) {
  output.out << text;
  if (text.empty() || text.back() != '\n') output.out << '\n';
}

ExitCode run_check(const CheckCommandOptions& options, const Output& output) {
  const base::SystemClock clock;
  record::CheckOptions how;
  how.full = options.full;
  how.repair = options.repair;
  const auto result = record::check(options.data_dir, how, clock);
  if (!result) return report(output, result.error());
  print_report(output, output.json ? record::check_report_json(*result) : record::check_report_text(*result));
  return result->clean() ? ExitCode::kOk : ExitCode::kFailure;
}

base::Status run_rebuild(const RebuildOptions& options, const Output& output) {
  const base::SystemClock clock;
  VG_ASSIGN(const record::RebuildReport report, record::rebuild(options.data_dir, clock));
  print_report(output, output.json ? record::rebuild_report_json(report) : record::rebuild_report_text(report));
  return {};
}

}  // namespace

void declare_clips(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<ClipsOptions>(app, "clips", {"List what is stored", "Liệt kê các đoạn đã ghi"}, command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command->add_option("--camera", options->camera, tr({"Only this camera: id or name", "Chỉ camera này: mã hoặc tên"}))
      ->type_name("CAMERA");
  command->add_option("--from", options->from, tr({"From this time (ISO 8601)", "Từ thời điểm (ISO 8601)"}))
      ->type_name("ISO");
  command->add_option("--to", options->to, tr({"Until this time", "Đến thời điểm"}))->type_name("ISO");
  command->add_flag("--motion", options->motion, tr({"Only clips with movement", "Chỉ đoạn có chuyển động"}));
  command->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, show_clips(*options, session.output)); };
  });
}

void declare_export(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<ExportCommandOptions>(app, "export",
                                               {"Write a range to an MP4 file, byte for byte as recorded",
                                                "Xuất một khoảng thời gian ra tệp MP4, đúng như đã ghi"},
                                               command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command->add_option("--camera", options->camera, tr({"Id or name of the camera", "Mã hoặc tên của camera"}))
      ->required()
      ->type_name("CAMERA");
  command->add_option("--from", options->from, tr({"From this time (ISO 8601)", "Từ thời điểm (ISO 8601)"}))
      ->required()
      ->type_name("ISO");
  command->add_option("--to", options->to, tr({"Until this time", "Đến thời điểm"}))->required()->type_name("ISO");
  command->add_option("--out", options->out, tr({"File to write", "Tệp cần ghi"}))->required()->type_name("FILE.mp4");
  command->add_flag("--overwrite", options->overwrite, tr({"Replace the file if it exists", "Ghi đè nếu tệp đã có"}));
  command->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, export_range(*options, session.output)); };
  });
}

void declare_check(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<CheckCommandOptions>(
      app, "check", {"Compare the index with the disk", "Đối chiếu chỉ mục với ổ đĩa"}, command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command->add_flag("--full", options->full, tr({"Read and hash every byte", "Đọc và kiểm tra từng byte"}));
  command->add_flag(
      "--repair", options->repair,
      tr({"Put the safe kinds right (the service must not run)", "Sửa các lỗi an toàn (khi dịch vụ đã dừng)"}));
  command->callback(
      [options, &session] { session.chosen = [options, &session] { return run_check(*options, session.output); }; });
}

void declare_rebuild(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<RebuildOptions>(
      app, "rebuild", {"Make the index anew from the footage alone", "Dựng lại chỉ mục chỉ từ các tệp ghi hình"},
      command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, run_rebuild(*options, session.output)); };
  });
}

}  // namespace vonggac::cli
