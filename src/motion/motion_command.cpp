#include "motion/motion_command.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <exception>

#include <fmt/format.h>

#include <boost/json.hpp>
#include <opencv2/core.hpp>

#include "base/result.h"
#include "media/av/decoder.h"
#include "media/av/file_demuxer.h"
#include "motion/engine.h"
#include "motion/explain.h"
#include "motion/frame_sampler.h"
#include "motion/plugin_host.h"
#include "motion/zone_settings.h"

namespace vonggac::motion {
namespace {

struct PixelBox {
  std::int64_t time_ms = 0;
  int x = 0, y = 0, w = 0, h = 0;
};
struct FoundEvent {
  std::int64_t start_ms = 0, end_ms = 0;
  float score = 0;
  ipc::MotionReason start_reason = ipc::MotionReason::kUnknown, end_reason = ipc::MotionReason::kUnknown;
  std::vector<PixelBox> boxes;
};
struct RefusedThing {
  std::int64_t start_ms = 0, end_ms = 0;
  ipc::MotionVerdict verdict = ipc::MotionVerdict::kMoves;
  std::uint16_t fires_at = 0;
};
struct FileReport {
  std::string file;
  std::int64_t duration_ms = 0;
  double cpu_s = 0, decode_cpu_s = 0;
  std::vector<FoundEvent> events;
  std::vector<RefusedThing> refused;  ///< followed, but raised no event
};

double thread_cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// Gathers the engine's outputs into events. An event's start is when the alarm was raised, not when it began to move.
class EventGatherer {
 public:
  explicit EventGatherer(FileReport& report) : report_(report) {}

  void take(const EngineOutput& output, std::int64_t time_us, int width, int height) {
    for (const TrackNote& note : output.ended) {
      if (note.verdict == ipc::MotionVerdict::kMoves) continue;
      report_.refused.push_back({note.start_us / 1000, note.last_us / 1000, note.verdict, note.fires_at});
    }
    if (output.event_ended && open_) {
      open_ = false;
      report_.events.back().end_reason = output.end_reason;
      report_.events.back().end_ms = std::max(report_.events.back().start_ms, output.event_end_us / 1000);
    }
    if (output.event_started) {
      open_ = true;
      report_.events.push_back({time_us / 1000, time_us / 1000, output.score, output.start_reason, {}, {}});
    }
    if (!open_) return;
    FoundEvent& event = report_.events.back();
    event.score = std::max(event.score, output.score);
    for (const MovingBox& moving : output.boxes) {
      const auto w = static_cast<float>(width), h = static_cast<float>(height);
      event.boxes.push_back({moving.time_us / 1000, static_cast<int>(moving.box.x * w),
                             static_cast<int>(moving.box.y * h), static_cast<int>(moving.box.w * w),
                             static_cast<int>(moving.box.h * h)});
    }
  }

 private:
  FileReport& report_;
  bool open_ = false;
};

base::Result<FileReport> analyse_file(const std::string& path, const MotionCommand& command, PluginHost& plugins) {
  std::unique_ptr<Explainer> explainer;
  if (!command.explain.empty()) {
    VG_ASSIGN(explainer, Explainer::create(command.explain));
  }
  FileReport report;
  report.file = path;
  // As the analyse shard decodes, so that figures measured here are those of the service.
  VG_ASSIGN(const auto file, media::av::FileDemuxer::open(path, {.skip_loop_filter = true}));
  EngineSettings settings = engine_settings(command.sensitivity, command.zones);
  media::av::PictureMask mask = mask_of(command.zones);
  settings.explain = explainer != nullptr;
  const std::unique_ptr<Engine> engine = plugins.make_engine(settings);
  FrameSampler sampler;
  EventGatherer events(report);
  const double begun_s = thread_cpu_s();
  for (;;) {
    VG_ASSIGN(std::optional<media::av::Picture> picture, file->next());
    if (!picture) break;
    report.duration_ms = picture->time_us() / 1000;
    if (!sampler.take(picture->time_us())) continue;
    VG_TRY(mask.paint(*picture));
    const media::av::LumaView luma = picture->luma();
    const double before_s = thread_cpu_s();
    const EngineOutput output = engine->look({luma.data, luma.width, luma.height, luma.stride}, picture->time_us());
    report.cpu_s += thread_cpu_s() - before_s;
    events.take(output, picture->time_us(), luma.width, luma.height);
    if (explainer) VG_TRY(explainer->take(*picture, output));
  }
  const EngineOutput last = engine->finish();
  events.take(last, report.duration_ms * 1000, 1, 1);
  if (explainer) VG_TRY(explainer->finish(last));
  report.duration_ms = std::max(report.duration_ms, file->duration_us() / 1000);
  report.decode_cpu_s = thread_cpu_s() - begun_s - report.cpu_s;
  return report;
}

double rounded(double value, double steps) { return std::round(value * steps) / steps; }

boost::json::object to_json(const FileReport& report) {
  boost::json::array events;
  for (const FoundEvent& event : report.events) {
    boost::json::array boxes;
    for (const PixelBox& box : event.boxes) boxes.push_back({box.time_ms, box.x, box.y, box.w, box.h});
    events.push_back({{"start_ms", event.start_ms},
                      {"end_ms", event.end_ms},
                      {"score", rounded(event.score, 1000)},
                      {"start_reason", ipc::motion_reason_name(event.start_reason)},
                      {"end_reason", ipc::motion_reason_name(event.end_reason)},
                      {"boxes", std::move(boxes)}});
  }
  boost::json::array refused;
  for (const RefusedThing& thing : report.refused) {
    boost::json::array levels;
    for (int n = 1; n <= 9; ++n) {
      if ((thing.fires_at >> (n - 1) & 1) != 0) levels.emplace_back(n);
    }
    refused.push_back({{"start_ms", thing.start_ms},
                       {"end_ms", thing.end_ms},
                       {"reason", ipc::motion_verdict_name(thing.verdict)},
                       {"fires_at", std::move(levels)}});
  }
  return {{"file", report.file},
          {"duration_ms", report.duration_ms},
          {"cpu_s", rounded(report.cpu_s, 1e6)},
          {"decode_cpu_s", rounded(report.decode_cpu_s, 1e6)},
          {"events", std::move(events)},
          {"refused", std::move(refused)}};
}

/// In the place of a report, so that a list has as many entries as there were files.
boost::json::object error_json(const std::string& file, const base::Status& error) {
  return {{"file", file},
          {"error", boost::json::object{{"kind", base::error_kind_name(error.kind())}, {"message", error.message()}}}};
}

void print_text(const FileReport& report) {
  std::fputs(fmt::format("{}: {:.1f} s, {} events\n", report.file, static_cast<double>(report.duration_ms) / 1000,
                         report.events.size())
                 .c_str(),
             stdout);
  for (const FoundEvent& event : report.events) {
    std::fputs(
        fmt::format("  {:8.1f} s .. {:8.1f} s  score {:.2f}  {} .. {}\n", static_cast<double>(event.start_ms) / 1000,
                    static_cast<double>(event.end_ms) / 1000, event.score, ipc::motion_reason_name(event.start_reason),
                    ipc::motion_reason_name(event.end_reason))
            .c_str(),
        stdout);
  }
}

base::Result<FileReport> analyse_safely(const std::string& path, const MotionCommand& command, PluginHost& plugins) {
  try {
    return analyse_file(path, command, plugins);
  } catch (const std::exception& exception) {
    return base::internal_error(path + ": " + exception.what());
  }
}

}  // namespace

int run_motion_command(const MotionCommand& command) {
  const bool json = command.json;
  cv::setNumThreads(0);
  if (const base::Status status = media::av::warm_up(); !status.ok()) {
    std::fputs((status.message() + "\n").c_str(), stderr);
    return 1;
  }
  ipc::AnalyseSetup setup;
  setup.detector = command.detector;
  const std::unique_ptr<PluginHost> plugins = PluginHost::prepare(setup, [](ipc::AnalysePart) {});
  plugins->start();
  int exit_code = 0;
  boost::json::array reports;
  for (const std::string& path : command.files) {
    const base::Result<FileReport> report = analyse_safely(path, command, *plugins);
    if (!report) {
      exit_code = 1;
      if (json) {
        reports.push_back(error_json(path, report.error()));
      } else {
        std::fputs((report.error().message() + "\n").c_str(), stderr);
      }
    } else if (json) {
      reports.push_back(to_json(*report));
    } else {
      print_text(*report);
    }
  }
  for (const ipc::AnalysePartReport& report : plugins->take_reports()) {
    if (report.state != ipc::AnalysePartState::kRunning) exit_code = 1;  // the log has said why
  }
  if (json && command.files.size() == 1 && reports.size() == 1) {
    std::fputs((boost::json::serialize(reports.front()) + "\n").c_str(), stdout);
  } else if (json) {
    std::fputs((boost::json::serialize(reports) + "\n").c_str(), stdout);
  }
  return exit_code;
}

}  // namespace vonggac::motion
