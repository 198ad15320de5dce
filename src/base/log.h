/// Logging to stderr. Category = room. error: a person must act; warning: we recovered; info: state change;
/// debug: per packet. Never passwords, tokens or full camera URLs.
/// Threads  thread-safe after init_logging(); before it, messages go to stderr as they are.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace vonggac::base {

enum class LogLevel { kDebug, kInfo, kWarning, kError };
enum class LogFormat { kText, kJson };

const char* log_level_name(LogLevel level);     ///< "debug", "info", "warning", "error"
const char* log_format_name(LogFormat format);  ///< "text", "json"

/// `process` names the process in each line ("core", "ingest-0").
void init_logging(std::string process, LogLevel level, LogFormat format);
bool log_enabled(LogLevel level);
void log_line(LogLevel level, std::string_view room, std::string_view message);

namespace log {
template <typename... Args>
void debug(std::string_view room, fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::kDebug)) log_line(LogLevel::kDebug, room, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void info(std::string_view room, fmt::format_string<Args...> format, Args&&... args) {
  if (log_enabled(LogLevel::kInfo)) log_line(LogLevel::kInfo, room, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void warning(std::string_view room, fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kWarning, room, fmt::format(format, std::forward<Args>(args)...));
}
template <typename... Args>
void error(std::string_view room, fmt::format_string<Args...> format, Args&&... args) {
  log_line(LogLevel::kError, room, fmt::format(format, std::forward<Args>(args)...));
}
}  // namespace log

}  // namespace vonggac::base
