/// search: when something moved in a part of the picture, out of the stored grids.
#include <chrono>
#include <ostream>

#include <fmt/format.h>

#include "cli/footage_arguments.h"
#include "cli/session.h"
#include "record/archive.h"
#include "record/data_dir.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMaxRows = 100'000;

struct SearchOptions {
  std::string data_dir, region, from, to;
  std::vector<std::string> cameras;
  std::int32_t min_cells = 1;
  std::int64_t min_seconds = 1, join_seconds = 5, limit = 1000;
};

base::Result<record::MotionSearch> search_of(const SearchOptions& options) {
  record::MotionSearch search;
  for (const std::string& camera : options.cameras) {
    VG_ASSIGN(const base::CameraId id, camera_of(options.data_dir, camera));
    search.cameras.push_back(id);
  }
  if (!options.region.empty()) {
    VG_ASSIGN(search.region, record::MotionRegion::parse(options.region));
  }
  VG_ASSIGN(search.from, time_of(options.from));
  VG_ASSIGN(search.to, time_of(options.to));
  search.min_cells = options.min_cells;
  search.min_seconds = options.min_seconds;
  search.join_seconds = options.join_seconds;
  search.limit = static_cast<std::size_t>(options.limit);
  return search;
}

json::object span_json(const record::MotionSpan& span) {
  return {{"camera", span.camera.to_string()},
          {"from", base::to_iso8601(span.first)},
          {"to", base::to_iso8601(span.last)},
          {"score", span.score},
          {"cells", span.cells},
          {"moving_s", span.seconds},
          {"footage", span.has_footage},
          {"event", span.event ? json::value(*span.event) : json::value(nullptr)},
          {"thumbnail", span.event_has_thumbnail}};
}

json::object result_json(const record::MotionSearchResult& result, const record::MotionSearch& search,
                         std::int64_t took_us) {
  json::array spans;
  for (const record::MotionSpan& span : result.spans) spans.push_back(span_json(span));
  return {{"hits", std::move(spans)},
          {"more", result.more},
          {"region_cells", search.region.size()},
          {"segments", result.segments},
          {"segments_read", result.segments_read},
          {"damaged", result.damaged},
          {"took_ms", static_cast<double>(took_us) / 1000}};
}

void print_spans(const Output& output, const std::string& data_dir, const record::MotionSearchResult& result) {
  if (result.spans.empty()) {
    output.out << tr({"Nothing moved there in this time.", "Không có chuyển động ở vùng này trong thời gian đó."})
               << '\n';
    return;
  }
  const std::map<std::string, std::string> names = names_by_id(data_dir);
  std::vector<std::vector<std::string>> rows{{"CAMERA", tr({"FROM", "TỪ"}), tr({"LENGTH", "THỜI LƯỢNG"}),
                                              tr({"MOVED", "PHẦN VÙNG"}), tr({"EVENT", "SỰ KIỆN"})}};
  for (const record::MotionSpan& span : result.spans) {
    const auto name = names.find(span.camera.to_string());
    rows.push_back({name == names.end() ? span.camera.to_string() : name->second, local_time(span.first),
                    duration_text((span.last - span.first).count() / 1'000'000),
                    fmt::format("{:.0f} %", span.score * 100), span.event ? std::to_string(*span.event) : "-"});
  }
  print_table(output.out, rows);
  if (result.more) {
    output.out << tr({"There are older ones: give --to an earlier time, or a larger --limit.",
                      "Còn nữa, cũ hơn: đặt --to sớm hơn hoặc tăng --limit."})
               << '\n';
  }
}

base::Status search_motion(const SearchOptions& options, const Output& output) {
  VG_ASSIGN(const record::MotionSearch search, search_of(options));
  const auto begun = std::chrono::steady_clock::now();
  record::MotionSearchResult result;
  if (!record::never_recorded(options.data_dir)) {
    VG_ASSIGN(const std::unique_ptr<record::Archive> archive, record::Archive::open(options.data_dir));
    VG_ASSIGN(result, archive->search(search));
  }
  const auto took = std::chrono::steady_clock::now() - begun;
  if (output.json) {
    const auto took_us = std::chrono::duration_cast<base::Micros>(took).count();
    print_json(output, result_json(result, search, took_us));
  } else {
    print_spans(output, options.data_dir, result);
  }
  return {};
}

}  // namespace

void declare_search(CLI::App& app, Session& session) {
  CLI::App* command = nullptr;
  auto options = declare<SearchOptions>(
      app, "search",
      {"Find when something moved in a part of the picture", "Tìm lúc có chuyển động ở một vùng của khung hình"},
      command);
  add_data_option(*command, options->data_dir);
  add_json_option(*command, session);
  command
      ->add_option("--camera", options->cameras,
                   tr({"Id or name; may stand several times (default: all)",
                       "Mã hoặc tên; có thể ghi nhiều lần (mặc định: tất cả)"}))
      ->type_name("CAMERA");
  command
      ->add_option(
          "--region", options->region,
          tr({"x,y,w,h or corners x,y,x,y,x,y..., 0 to 1 of the picture; several with ';' (default: all of it)",
              "x,y,w,h hoặc các đỉnh x,y,x,y,x,y..., từ 0 đến 1; nhiều vùng cách bằng ';' (mặc định: cả khung)"}))
      ->type_name("REGION");
  command->add_option("--from", options->from, tr({"From this time (ISO 8601)", "Từ thời điểm (ISO 8601)"}))
      ->type_name("ISO");
  command->add_option("--to", options->to, tr({"Until this time", "Đến thời điểm"}))->type_name("ISO");
  command
      ->add_option(
          "--min-cells", options->min_cells,
          tr({"Cells of the 32 x 18 grid that must move at once", "Số ô (lưới 32 x 18) phải cùng chuyển động"}))
      ->check(CLI::Range(1, 576));
  command
      ->add_option("--min-seconds", options->min_seconds,
                   tr({"Shorter movement is left out", "Bỏ qua chuyển động ngắn hơn"}))
      ->check(CLI::Range(1, 86'400));
  command
      ->add_option(
          "--join-seconds", options->join_seconds,
          tr({"Quiet seconds that do not split a hit (default 5)", "Số giây yên không tách kết quả (mặc định 5)"}))
      ->check(CLI::Range(0, 3600));
  command
      ->add_option("--limit", options->limit, tr({"At most so many, the newest", "Tối đa bấy nhiêu, mới nhất trước"}))
      ->check(CLI::Range(std::int64_t{1}, kMaxRows));
  command->callback([options, &session] {
    session.chosen = [options, &session] { return report(session.output, search_motion(*options, session.output)); };
  });
}

}  // namespace vonggac::cli
