/// Civil days. Decisions, mergers and agreements count in days of Viet Nam, not in moments.
/// Threads  plain values.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/units.h"

namespace vonggac::catalogue {

/// Days since 1970-01-01 of the proleptic Gregorian calendar.
struct Day {
  std::int64_t number = 0;
  auto operator<=>(const Day&) const = default;

  static Day of(int year, int month, int day);
  /// The day it is in Viet Nam (UTC+7, no summer time).
  static Day at(base::WallTime moment);
  /// "31/12/2025" as people write it, or "2025-12-31". kInvalidArgument for days that the calendar does not have.
  static base::Result<Day> parse(std::string_view text);
  std::string iso() const;    ///< 2025-12-31
  std::string local() const;  ///< 31/12/2025
};

constexpr Day operator+(Day day, std::int64_t days) { return {day.number + days}; }
constexpr Day operator-(Day day, std::int64_t days) { return {day.number - days}; }

/// "Until further notice": 9999-12-31.
inline constexpr Day kOpenEnd{2'932'896};
/// From this day on Viet Nam has no districts and no townships (Law 72/2025/QH15): 2025-07-01.
inline constexpr Day kTwoLevelsSince{20'270};

}  // namespace vonggac::catalogue
