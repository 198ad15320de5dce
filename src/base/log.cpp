#include "base/log.h"

#include <atomic>
#include <memory>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <boost/json.hpp>

#include "base/clock.h"

namespace vonggac::base {
namespace {

struct LogState {
  std::string process = "vonggac";
  LogFormat format = LogFormat::kText;
  std::shared_ptr<spdlog::logger> logger =
      std::make_shared<spdlog::logger>("vonggac", std::make_shared<spdlog::sinks::stderr_sink_mt>());
};

std::atomic<LogLevel> minimum_level{LogLevel::kInfo};

LogState& state() {
  // Never destroyed: threads may log while the process exits.
  static auto* instance = [] {
    auto* fresh = new LogState;
    fresh->logger->set_pattern("%v");
    fresh->logger->set_level(spdlog::level::trace);
    fresh->logger->flush_on(spdlog::level::trace);
    return fresh;
  }();
  return *instance;
}

/// Camera-supplied text may hold line breaks or terminal escapes: shown as '?'.
std::string printable(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '?';
  }
  return out;
}

}  // namespace

const char* log_level_name(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      return "error";
  }
  return "?";
}

const char* log_format_name(LogFormat format) { return format == LogFormat::kJson ? "json" : "text"; }

void init_logging(std::string process, LogLevel level, LogFormat format) {
  state().process = std::move(process);
  state().format = format;
  minimum_level = level;
}

bool log_enabled(LogLevel level) { return level >= minimum_level.load(std::memory_order_relaxed); }

void log_line(LogLevel level, std::string_view room, std::string_view message) {
  if (!log_enabled(level)) return;
  LogState& log = state();
  const std::string time = to_iso8601(SystemClock().wall_now());
  std::string line;
  if (log.format == LogFormat::kJson) {
    line = boost::json::serialize(boost::json::object{{"time", time},
                                                      {"level", log_level_name(level)},
                                                      {"process", log.process},
                                                      {"room", room},
                                                      {"message", message}});
  } else {
    line = fmt::format("{} {:<7} {} {}: {}", time, log_level_name(level), log.process, room, printable(message));
  }
  log.logger->info(line);
}

}  // namespace vonggac::base
