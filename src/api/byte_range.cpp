#include "api/byte_range.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace vonggac::api {
namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Digits only; a number beyond 64 bits is as good as the largest one.
std::optional<std::uint64_t> position(std::string_view text) {
  if (text.empty() || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  std::uint64_t value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  return parsed.ec == std::errc::result_out_of_range ? UINT64_MAX : value;
}

bool is_bytes_unit(std::string_view text) {
  constexpr std::string_view kUnit = "bytes";
  return text.size() == kUnit.size() && std::equal(text.begin(), text.end(), kUnit.begin(), [](char a, char b) {
           return (a >= 'A' && a <= 'Z' ? static_cast<char>(a + ('a' - 'A')) : a) == b;
         });
}

}  // namespace

RangeAnswer parse_range(std::string_view header, std::uint64_t size_bytes) {
  const RangeAnswer whole{RangeKind::kWhole, 0, size_bytes};
  const std::size_t equals = header.find('=');
  if (equals == std::string_view::npos || !is_bytes_unit(header.substr(0, equals))) return whole;
  const std::string_view range = trim(header.substr(equals + 1));
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return whole;
  const std::string_view before = range.substr(0, dash);
  const std::string_view after = range.substr(dash + 1);

  if (before.empty()) {  // the last n bytes
    const auto count = position(after);
    if (!count) return whole;
    if (*count == 0 || size_bytes == 0) return {RangeKind::kUnsatisfiable, 0, 0};
    const std::uint64_t length = std::min(*count, size_bytes);
    return {RangeKind::kPart, size_bytes - length, length};
  }
  const auto first = position(before);
  const auto last = after.empty() ? std::optional<std::uint64_t>(UINT64_MAX) : position(after);
  if (!first || !last || *last < *first) return whole;
  if (*first >= size_bytes) return {RangeKind::kUnsatisfiable, 0, 0};
  return {RangeKind::kPart, *first, std::min(*last, size_bytes - 1) - *first + 1};
}

}  // namespace vonggac::api
