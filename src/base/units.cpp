#include "base/units.h"

#include <cctype>
#include <cstdio>
#include <ctime>

namespace vonggac::base {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;

std::tm utc_fields(WallTime t, std::int64_t& fraction_us) {
  std::int64_t seconds = t.us / kMicrosPerSecond;
  fraction_us = t.us % kMicrosPerSecond;
  if (fraction_us < 0) {
    fraction_us += kMicrosPerSecond;
    --seconds;
  }
  const std::time_t time = static_cast<std::time_t>(seconds);
  std::tm fields{};
  gmtime_r(&time, &fields);
  return fields;
}

/// Reads exactly `digits` decimal digits at `pos`; advances it.
bool read_number(const std::string& text, std::size_t& pos, int digits, int& out) {
  out = 0;
  for (int i = 0; i < digits; ++i, ++pos) {
    if (pos >= text.size() || std::isdigit(static_cast<unsigned char>(text[pos])) == 0) return false;
    out = out * 10 + (text[pos] - '0');
  }
  return true;
}

bool accept(const std::string& text, std::size_t& pos, char c) {
  if (pos < text.size() && text[pos] == c) {
    ++pos;
    return true;
  }
  return false;
}

struct Parsed {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::int64_t fraction_us = 0;
  std::int64_t offset_s = 0;
};

bool read_fraction(const std::string& text, std::size_t& pos, std::int64_t& fraction_us) {
  std::int64_t scale = kMicrosPerSecond / 10;
  const std::size_t start = pos;
  while (pos < text.size() && std::isdigit(static_cast<unsigned char>(text[pos])) != 0) {
    fraction_us += (text[pos] - '0') * scale;
    scale /= 10;
    ++pos;
  }
  return pos > start;
}

bool read_zone(const std::string& text, std::size_t& pos, std::int64_t& offset_s) {
  if (pos == text.size() || accept(text, pos, 'Z')) return true;
  const int sign = text[pos] == '+' ? 1 : text[pos] == '-' ? -1 : 0;
  if (sign == 0) return false;
  ++pos;
  int hours = 0, minutes = 0;
  if (!read_number(text, pos, 2, hours)) return false;
  accept(text, pos, ':');
  if (pos < text.size() && !read_number(text, pos, 2, minutes)) return false;
  offset_s = sign * (hours * 3600 + minutes * 60);
  return hours <= 14 && minutes <= 59;
}

bool read_fields(const std::string& text, Parsed& p) {
  std::size_t pos = 0;
  if (!read_number(text, pos, 4, p.year) || !accept(text, pos, '-')) return false;
  if (!read_number(text, pos, 2, p.month) || !accept(text, pos, '-')) return false;
  if (!read_number(text, pos, 2, p.day)) return false;
  if (accept(text, pos, 'T') || accept(text, pos, ' ')) {
    if (!read_number(text, pos, 2, p.hour) || !accept(text, pos, ':')) return false;
    if (!read_number(text, pos, 2, p.minute)) return false;
    if (accept(text, pos, ':')) {
      if (!read_number(text, pos, 2, p.second)) return false;
      if (accept(text, pos, '.') && !read_fraction(text, pos, p.fraction_us)) return false;
    }
    if (!read_zone(text, pos, p.offset_s)) return false;
  }
  return pos == text.size();
}

}  // namespace

std::string to_iso8601(WallTime t) {
  std::int64_t fraction_us = 0;
  const std::tm f = utc_fields(t, fraction_us);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%04d-%02d-%02dT%02d:%02d:%02d.%06lldZ", f.tm_year + 1900, f.tm_mon + 1,
                f.tm_mday, f.tm_hour, f.tm_min, f.tm_sec, static_cast<long long>(fraction_us));
  return buffer;
}

Result<WallTime> parse_iso8601(const std::string& text) {
  Parsed p;
  const bool shape_ok = read_fields(text, p);
  const bool range_ok = p.month >= 1 && p.month <= 12 && p.day >= 1 && p.day <= 31 && p.hour <= 23 && p.minute <= 59 &&
                        p.second <= 60 && p.year >= 1970;
  if (!shape_ok || !range_ok) {
    return invalid_argument("not a time: '" + text +
                            "'. Write it as 2026-11-21T14:05:00Z or 2026-11-21T21:05:00+07:00");
  }
  std::tm f{};
  f.tm_year = p.year - 1900;
  f.tm_mon = p.month - 1;
  f.tm_mday = p.day;
  f.tm_hour = p.hour;
  f.tm_min = p.minute;
  f.tm_sec = p.second;
  const std::int64_t seconds = static_cast<std::int64_t>(timegm(&f)) - p.offset_s;
  return WallTime{seconds * kMicrosPerSecond + p.fraction_us};
}

std::string utc_day(WallTime t) { return to_iso8601(t).substr(0, 10); }

}  // namespace vonggac::base
