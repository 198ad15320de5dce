#include "sheet/number_formats.h"

#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace vonggac::sheet {
namespace {

constexpr double kLastSerial = 2'958'465;  // 9999-12-31
constexpr std::int64_t kEpoch1900 = 25'569, kEpoch1904 = 24'107, kLeapThatWasNone = 60;

/// What stands in brackets: [h] is hours, [$-42A] a language, [Red] a colour, [>1] a condition.
bool is_elapsed_time(std::string_view bracket) {
  return !bracket.empty() && bracket.find_first_not_of("hHmMsS") == std::string_view::npos;
}

}  // namespace

bool built_in_date_format(int id) {
  return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

bool is_date_format(std::string_view code) {
  for (std::size_t i = 0; i < code.size() && code[i] != ';'; ++i) {
    switch (code[i]) {
      case '"':
        i = std::min(code.find('"', i + 1), code.size());
        break;
      case '[': {
        const std::size_t end = std::min(code.find(']', i), code.size());
        if (is_elapsed_time(code.substr(i + 1, end - i - 1))) return true;
        i = end;
        break;
      }
      case '\\':
      case '_':
      case '*':
        ++i;
        break;
      case 'E':
      case 'G':
      case 'g':
        return false;  // scientific, General
      case 'y':
      case 'Y':
      case 'd':
      case 'D':
      case 'm':
      case 'M':
      case 'h':
      case 'H':
      case 's':
      case 'S':
        return true;
      default:
        break;
    }
  }
  return false;
}

std::optional<std::int64_t> day_of_serial(double serial, bool since_1904) {
  if (!std::isfinite(serial) || serial < 0 || serial > kLastSerial) return std::nullopt;
  const auto whole = static_cast<std::int64_t>(std::floor(serial));
  if (since_1904) return whole - kEpoch1904;
  if (whole == kLeapThatWasNone) return std::nullopt;
  return whole - kEpoch1900 + (whole < kLeapThatWasNone ? 1 : 0);
}

std::string date_text(std::int64_t day, double serial) {
  const std::chrono::year_month_day date{std::chrono::sys_days(std::chrono::days(day))};
  const double part = serial - std::floor(serial);
  const auto minutes = static_cast<int>(std::lround(part * 24 * 60)) % (24 * 60);
  const std::string time = fmt::format("{:02}:{:02}", minutes / 60, minutes % 60);
  if (serial < 1) return time;
  const std::string iso = fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()),
                                      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return minutes == 0 ? iso : iso + " " + time;
}

std::string number_text(double number) {
  if (std::abs(number) < 1e15 && number == std::floor(number)) {
    return fmt::format("{}", static_cast<std::int64_t>(number));
  }
  return fmt::format("{:.15g}", number);
}

}  // namespace vonggac::sheet
