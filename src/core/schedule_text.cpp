#include "core/schedule_text.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

namespace vonggac::core {
namespace {

constexpr std::size_t kMaxScheduleBytes = 2048;
constexpr std::size_t kSlotsPerDay = 48;
constexpr std::size_t kDays = 7;
constexpr std::array<std::string_view, kDays> kDayNames{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (const std::string_view word : split(text, ' ')) {
    if (!word.empty()) out.push_back(word);
  }
  return out;
}

std::optional<std::size_t> day_index(std::string_view name) {
  const auto found = std::find(kDayNames.begin(), kDayNames.end(), name);
  if (found == kDayNames.end()) return std::nullopt;
  return static_cast<std::size_t>(found - kDayNames.begin());
}

using DaySet = std::array<bool, kDays>;

/// "mon", "mon-fri" (may wrap: "fri-mon"), or commas of those; "*" is every day.
std::optional<DaySet> parse_days(std::string_view text) {
  DaySet days{};
  if (text == "*") {
    days.fill(true);
    return days;
  }
  for (const std::string_view part : split(text, ',')) {
    const std::size_t dash = part.find('-');
    const std::optional<std::size_t> first = day_index(part.substr(0, dash));
    const std::optional<std::size_t> last = dash == std::string_view::npos ? first : day_index(part.substr(dash + 1));
    if (!first || !last) return std::nullopt;
    for (std::size_t day = *first;; day = (day + 1) % kDays) {
      days[day] = true;
      if (day == *last) break;
    }
  }
  return days;
}

/// "18:30" -> 37; "24:00" -> 48.
std::optional<std::size_t> parse_half_hour(std::string_view text) {
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 100; };
  const int hour = digit(0) * 10 + digit(1);
  const int minute = digit(3) * 10 + digit(4);
  const bool is_half_hour = minute == 0 || minute == 30;
  if (hour > 24 || !is_half_hour || (hour == 24 && minute != 0)) return std::nullopt;
  return static_cast<std::size_t>(hour) * 2 + (minute == 30 ? 1 : 0);
}

struct Span {
  std::size_t first = 0;  ///< half hour of the day
  std::size_t count = 0;
};

std::optional<Span> parse_span(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<std::size_t> from = parse_half_hour(text.substr(0, dash));
  const std::optional<std::size_t> to = parse_half_hour(text.substr(dash + 1));
  if (!from || !to || *from == kSlotsPerDay) return std::nullopt;
  return Span{*from, *to > *from ? *to - *from : *to + kSlotsPerDay - *from};
}

base::Status refuse_entry(std::string_view entry, const char* what) {
  return base::invalid_argument("schedule entry '" + std::string(entry.substr(0, 60)) + "': " + what +
                                ". Write it as: mon-fri 18:00-06:00 continuous");
}

base::Status apply_entry(std::string_view entry, record::WeeklySchedule& schedule) {
  const std::vector<std::string_view> parts = words(entry);
  if (parts.size() != 3) return refuse_entry(entry, "three parts are needed: days, times and mode");
  const std::optional<DaySet> days = parse_days(parts[0]);
  if (!days) return refuse_entry(entry, "the days must be *, mon .. sun, a range or a comma list");
  const std::optional<Span> span = parse_span(parts[1]);
  if (!span) return refuse_entry(entry, "the times must be HH:MM-HH:MM on the full or half hour");
  const base::Result<record::RecordMode> mode = parse_record_mode(parts[2]);
  if (!mode) return refuse_entry(entry, "the mode must be continuous, motion or off");
  for (std::size_t day = 0; day < kDays; ++day) {
    if (!(*days)[day]) continue;
    for (std::size_t i = 0; i < span->count; ++i) {
      schedule[(day * kSlotsPerDay + span->first + i) % schedule.size()] = *mode;
    }
  }
  return {};
}

base::Status refuse_hours(std::string_view entry, const char* what) {
  return base::invalid_argument("hours entry '" + std::string(entry.substr(0, 60)) + "': " + what +
                                ". Write it as: mon-fri 22:00-06:00");
}

base::Status add_hours(std::string_view entry, WeekHours& hours) {
  std::vector<std::string_view> parts = words(entry);
  if (parts.size() == 1) parts.insert(parts.begin(), "*");
  if (parts.size() != 2) return refuse_hours(entry, "days and times are needed, or times alone");
  const std::optional<DaySet> days = parse_days(parts[0]);
  if (!days) return refuse_hours(entry, "the days must be *, mon .. sun, a range or a comma list");
  const std::optional<Span> span = parse_span(parts[1]);
  if (!span) return refuse_hours(entry, "the times must be HH:MM-HH:MM on the full or half hour");
  for (std::size_t day = 0; day < kDays; ++day) {
    if (!(*days)[day]) continue;
    for (std::size_t i = 0; i < span->count; ++i) hours.set((day * kSlotsPerDay + span->first + i) % hours.size());
  }
  return {};
}

}  // namespace

base::Result<WeekHours> parse_hours(std::string_view text) {
  if (text.size() > kMaxScheduleBytes) return base::invalid_argument("a schedule is at most 2048 characters");
  WeekHours hours;
  for (const std::string_view entry : split(text, ';')) {
    if (!words(entry).empty()) VG_TRY(add_hours(entry, hours));
  }
  if (hours.none()) return base::invalid_argument("the hours are empty; leave them out, or write 22:00-06:00");
  return hours;
}

/// 1970-01-01 was a Thursday; Viet Nam is seven hours ahead of UTC all year.
bool in_hours(const WeekHours& hours, base::WallTime t) {
  constexpr std::int64_t kHalfHourUs = 1'800'000'000, kAheadUs = 7 * 2 * kHalfHourUs;
  const std::int64_t half_hours = (t.us + kAheadUs) / kHalfHourUs + 3 * static_cast<std::int64_t>(kSlotsPerDay);
  const auto slots = static_cast<std::int64_t>(hours.size());
  return hours.test(static_cast<std::size_t>((half_hours % slots + slots) % slots));
}

const char* record_mode_name(record::RecordMode mode) {
  switch (mode) {
    case record::RecordMode::kContinuous:
      return "continuous";
    case record::RecordMode::kMotion:
      return "motion";
    case record::RecordMode::kOff:
      return "off";
  }
  return "off";
}

base::Result<record::RecordMode> parse_record_mode(std::string_view name) {
  for (const record::RecordMode mode :
       {record::RecordMode::kContinuous, record::RecordMode::kMotion, record::RecordMode::kOff}) {
    if (name == record_mode_name(mode)) return mode;
  }
  return base::invalid_argument("must be continuous, motion or off");
}

base::Result<record::WeeklySchedule> parse_schedule(std::string_view text, record::RecordMode otherwise) {
  if (text.size() > kMaxScheduleBytes) return base::invalid_argument("a schedule is at most 2048 characters");
  record::WeeklySchedule schedule;
  schedule.fill(otherwise);
  bool any = false;
  for (const std::string_view entry : split(text, ';')) {
    if (words(entry).empty()) continue;
    VG_TRY(apply_entry(entry, schedule));
    any = true;
  }
  if (!any)
    return base::invalid_argument("the schedule is empty; leave it out, or write mon-fri 18:00-06:00 continuous");
  return schedule;
}

}  // namespace vonggac::core
