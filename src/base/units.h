/// The three times of the system, as types that do not mix (docs/decisions/0004).
/// WallTime   civil time, UTC microseconds since 1970; for people, files and rows.
/// MonoTime   CLOCK_MONOTONIC microseconds of this boot; for deadlines and intervals.
/// MediaTime  ticks of 1/90000 s on a stream's own axis; for samples.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>

#include "base/result.h"

namespace vonggac::base {

using Micros = std::chrono::microseconds;
using Millis = std::chrono::milliseconds;
using Seconds = std::chrono::seconds;

struct WallTime {
  std::int64_t us = 0;
  auto operator<=>(const WallTime&) const = default;
};
struct MonoTime {
  std::int64_t us = 0;
  auto operator<=>(const MonoTime&) const = default;
};
struct MediaTime {
  std::int64_t ticks_90k = 0;
  auto operator<=>(const MediaTime&) const = default;
};

constexpr WallTime operator+(WallTime t, Micros d) { return {t.us + d.count()}; }
constexpr WallTime operator-(WallTime t, Micros d) { return {t.us - d.count()}; }
constexpr Micros operator-(WallTime a, WallTime b) { return Micros(a.us - b.us); }
constexpr MonoTime operator+(MonoTime t, Micros d) { return {t.us + d.count()}; }
constexpr MonoTime operator-(MonoTime t, Micros d) { return {t.us - d.count()}; }
constexpr Micros operator-(MonoTime a, MonoTime b) { return Micros(a.us - b.us); }

/// 90 kHz ticks <-> microseconds, without overflow for any stored value below 2^62 / 100.
constexpr std::int64_t us_from_90k(std::int64_t ticks) { return ticks / 9 * 100 + ticks % 9 * 100 / 9; }
constexpr std::int64_t ticks_90k_from_us(std::int64_t us) { return us / 100 * 9 + us % 100 * 9 / 100; }

/// "2026-11-21T14:05:09.123456Z".
std::string to_iso8601(WallTime t);
/// Accepts YYYY-MM-DD[THH:MM[:SS[.frac]]][Z|+07:00]; without a zone it is UTC. kInvalidArgument otherwise.
Result<WallTime> parse_iso8601(const std::string& text);
/// "2026-11-21", the UTC day, for folder names.
std::string utc_day(WallTime t);

}  // namespace vonggac::base
