#include "catalogue/day.h"

#include <charconv>
#include <chrono>
#include <optional>

#include <fmt/format.h>

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kVietNamOffsetUs = 7LL * 3600 * 1'000'000;
constexpr std::int64_t kDayUs = 24LL * 3600 * 1'000'000;

std::chrono::year_month_day calendar_of(Day day) {
  return std::chrono::year_month_day(std::chrono::sys_days(std::chrono::days(day.number)));
}

std::optional<int> number_of(std::string_view digits) {
  int value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.front() == '-') return std::nullopt;
  return value;
}

}  // namespace

Day Day::of(int year, int month, int day) {
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  return {std::chrono::sys_days(date).time_since_epoch().count()};
}

Day Day::at(base::WallTime moment) {
  const std::int64_t local = moment.us + kVietNamOffsetUs;
  return {local >= 0 ? local / kDayUs : -((-local + kDayUs - 1) / kDayUs)};
}

base::Result<Day> Day::parse(std::string_view text) {
  const base::Status wrong =
      base::invalid_argument(fmt::format("\"{}\" is not a day: write 31/12/2025 or 2025-12-31", text.substr(0, 40)));
  const char mark = text.find('/') != std::string_view::npos ? '/' : '-';
  const std::size_t first = text.find(mark);
  const std::size_t second = first == std::string_view::npos ? first : text.find(mark, first + 1);
  if (second == std::string_view::npos || first == 0 || second == first + 1 || second + 1 == text.size()) return wrong;
  const auto a = number_of(text.substr(0, first));
  const auto b = number_of(text.substr(first + 1, second - first - 1));
  const auto c = number_of(text.substr(second + 1));
  if (!a || !b || !c) return wrong;
  const int year = mark == '/' ? *c : *a;
  const int day = mark == '/' ? *a : *c;
  const bool possible = year >= 1900 && year <= 9999 && *b >= 1 && *b <= 12 && day >= 1 && day <= 31;
  if (!possible) return wrong;
  const std::chrono::year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(*b)),
                                         std::chrono::day(static_cast<unsigned>(day)));
  if (!date.ok()) return wrong;
  return Day::of(year, *b, day);
}

std::string Day::iso() const {
  const auto date = calendar_of(*this);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                     static_cast<unsigned>(date.day()));
}

std::string Day::local() const {
  const auto date = calendar_of(*this);
  return fmt::format("{:02}/{:02}/{:04}", static_cast<unsigned>(date.day()), static_cast<unsigned>(date.month()),
                     static_cast<int>(date.year()));
}

}  // namespace vonggac::catalogue
