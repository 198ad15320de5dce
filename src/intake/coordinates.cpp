#include <charconv>
#include <cmath>

#include "intake/row_facts.h"

namespace vonggac::intake {
namespace {

/// A number with a point or a comma before its decimals.
std::optional<double> decimal(std::string_view text) {
  std::string number(text);
  for (char& c : number) {
    if (c == ',') c = '.';
  }
  if (!number.empty() && number.front() == '+') number.erase(0, 1);
  double value = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc() || end != number.data() + number.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// Degrees, minutes and seconds are whatever stands between other signs.
std::optional<double> sexagesimal(std::string_view text) {
  double parts[3] = {0, 0, 0};
  std::size_t count = 0;
  std::string digits;
  const auto close = [&]() {
    if (digits.empty()) return true;
    const std::optional<double> value = count < 3 ? decimal(digits) : std::nullopt;
    if (!value || *value < 0) return false;
    parts[count++] = *value;
    digits.clear();
    return true;
  };
  bool negative = false;
  for (const char c : text) {
    if ((c >= '0' && c <= '9') || c == '.' || c == ',') {
      digits += c;
      continue;
    }
    if (!close()) return std::nullopt;
    if (c == 'S' || c == 'W' || c == '-') negative = true;
  }
  if (!close() || count < 2 || parts[1] >= 60 || parts[2] >= 60) return std::nullopt;
  const double value = parts[0] + parts[1] / 60 + parts[2] / 3600;
  return negative ? -value : value;
}

std::string trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" ()[]");
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(" ()[]") - begin + 1));
}

std::optional<std::pair<double, double>> both(std::string_view first, std::string_view second) {
  const auto a = read_degrees(first), b = read_degrees(second);
  if (!a || !b) return std::nullopt;
  return std::pair(*a, *b);
}

}  // namespace

std::optional<double> read_degrees(std::string_view text) {
  std::string plain = trimmed(text);
  if (const auto value = decimal(plain)) return value;
  // "9.2941° N" and "9.2941N"
  std::string number = plain.substr(0, plain.find_first_not_of("0123456789.,"));
  std::string rest = plain.substr(number.size());
  std::erase(rest, ' ');
  if (rest == "\u00B0" || rest == "N" || rest == "E" || rest == "\u00B0N" || rest == "\u00B0E" || rest == "\u00B0B" ||
      rest == "\u00B0\u0110") {
    return decimal(number);
  }
  return sexagesimal(plain);
}

std::optional<std::pair<double, double>> read_point(std::string_view text) {
  for (const std::string_view separator : {";", "/", "|", ", ", " - "}) {
    const std::size_t at = text.find(separator);
    if (at == std::string_view::npos) continue;
    if (const auto point = both(text.substr(0, at), text.substr(at + separator.size()))) return point;
  }
  // One comma parts, or three of them: "9,2941,105,7278".
  const std::size_t first = text.find(','),
                    second = first == std::string_view::npos ? first : text.find(',', first + 1);
  if (first != std::string_view::npos && second == std::string_view::npos) {
    if (const auto point = both(text.substr(0, first), text.substr(first + 1))) return point;
  }
  if (second != std::string_view::npos) {
    if (const auto point = both(text.substr(0, second), text.substr(second + 1))) return point;
  }
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return std::nullopt;
  const std::string_view north = text.substr(0, blank), east = text.substr(blank + 1);
  return both(north, east);
}

}  // namespace vonggac::intake
