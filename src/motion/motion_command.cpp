#include "motion/motion_command.h"

#include <algorithm>
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
#include "motion/frame_sampler.h"
#include "motion/plugin_host.h"

namespace vonggac::motion {
namespace {

struct PixelBox {
  std::int64_t time_ms = 0;
  int x = 0, y = 0, w = 0, h = 0;
};
struct FoundEvent {
  std::int64_t start_ms = 0, end_ms = 0;
  float score = 0;
  std::vector<PixelBox> boxes;
};
struct FileReport {
  std::string file;
  std::int64_t duration_ms = 0;
  double cpu_s = 0, decode_cpu_s = 0;
  std::vector<FoundEvent> events;
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
    if (output.event_ended && open_) {
      open_ = false;
      report_.events.back().end_ms = std::max(report_.events.back().start_ms, output.event_end_us / 1000);
    }
    if (output.event_started) {
      open_ = true;
      report_.events.push_back({time_us / 1000, time_us / 1000, output.score, {}});
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

base::Result<FileReport> analyse_file(const std::string& path, PluginHost& plugins) {
  FileReport report;
  report.file = path;
  // As the analyse shard decodes, so that figures measured here are those of the service.
  VG_ASSIGN(const auto file, media::av::FileDemuxer::open(path, {.skip_loop_filter = true}));
  const std::unique_ptr<Engine> engine = plugins.make_engine({});
  FrameSampler sampler;
  EventGatherer events(report);
  const double begun_s = thread_cpu_s();
  for (;;) {
    VG_ASSIGN(const std::optional<media::av::Picture> picture, file->next());
    if (!picture) break;
    report.duration_ms = picture->time_us() / 1000;
    if (!sampler.take(picture->time_us())) continue;
    const media::av::LumaView luma = picture->luma();
    const double before_s = thread_cpu_s();
    const EngineOutput output = engine->look({luma.data, luma.width, luma.height, luma.stride}, picture->time_us());
    report.cpu_s += thread_cpu_s() - before_s;
    events.take(output, picture->time_us(), luma.width, luma.height);
  }
  events.take(engine->finish(), report.duration_ms * 1000, 1, 1);
  report.duration_ms = std::max(report.duration_ms, file->duration_us() / 1000);
  report.decode_cpu_s = thread_cpu_s() - begun_s - report.cpu_s;
  return report;
}

double rounded(double value, double steps) {
  return static_cast<double>(static_cast<std::int64_t>(value * steps + 0.5)) / steps;
}

boost::json::object to_json(const FileReport& report) {
  boost::json::array events;
  for (const FoundEvent& event : report.events) {
    boost::json::array boxes;
    for (const PixelBox& box : event.boxes) boxes.push_back({box.time_ms, box.x, box.y, box.w, box.h});
    events.push_back({{"start_ms", event.start_ms},
                      {"end_ms", event.end_ms},
                      {"score", rounded(event.score, 1000)},
                      {"boxes", std::move(boxes)}});
  }
  return {{"file", report.file},
          {"duration_ms", report.duration_ms},
          {"cpu_s", rounded(report.cpu_s, 1e6)},
          {"decode_cpu_s", rounded(report.decode_cpu_s, 1e6)},
          {"events", std::move(events)}};
}

void print_text(const FileReport& report) {
  std::fputs(fmt::format("{}: {:.1f} s, {} events\n", report.file, static_cast<double>(report.duration_ms) / 1000,
                         report.events.size())
                 .c_str(),
             stdout);
  for (const FoundEvent& event : report.events) {
    std::fputs(fmt::format("  {:8.1f} s .. {:8.1f} s  score {:.2f}\n", static_cast<double>(event.start_ms) / 1000,
                           static_cast<double>(event.end_ms) / 1000, event.score)
                   .c_str(),
               stdout);
  }
}

base::Result<FileReport> analyse_safely(const std::string& path, PluginHost& plugins) {
  try {
    return analyse_file(path, plugins);
  } catch (const std::exception& exception) {
    return base::internal_error(path + ": " + exception.what());
  }
}

}  // namespace

int run_motion_command(const std::vector<std::string>& files, bool json, const std::string& detector) {
  cv::setNumThreads(0);
  if (const base::Status status = media::av::warm_up(); !status.ok()) {
    std::fputs((status.message() + "\n").c_str(), stderr);
    return 1;
  }
  ipc::AnalyseSetup setup;
  setup.detector = detector;
  const std::unique_ptr<PluginHost> plugins = PluginHost::prepare(setup, [](ipc::AnalysePart) {});
  plugins->start();
  int exit_code = 0;
  boost::json::array reports;
  for (const std::string& path : files) {
    const base::Result<FileReport> report = analyse_safely(path, *plugins);
    if (!report) {
      std::fputs((report.error().message() + "\n").c_str(), stderr);
      exit_code = 1;
    } else if (json) {
      reports.push_back(to_json(*report));
    } else {
      print_text(*report);
    }
  }
  for (const ipc::AnalysePartReport& report : plugins->take_reports()) {
    if (report.state != ipc::AnalysePartState::kRunning) exit_code = 1;  // the log has said why
  }
  if (json && files.size() == 1 && reports.size() == 1) {
    std::fputs((boost::json::serialize(reports.front()) + "\n").c_str(), stdout);
  } else if (json) {
    std::fputs((boost::json::serialize(reports) + "\n").c_str(), stdout);
  }
  return exit_code;
}

}  // namespace vonggac::motion
