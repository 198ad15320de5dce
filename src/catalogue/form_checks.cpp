#include "catalogue/form_checks.h"

#include <cmath>

#include <fmt/format.h>

#include "catalogue/typed_text.h"

namespace vonggac::catalogue {

std::string typed_line(std::string_view field, std::string_view typed, std::size_t least, std::size_t most,
                       Problems& problems) {
  const std::optional<std::string> text = clean_text(typed);
  const std::size_t count = text ? character_count(*text) : 0;
  if (text && count >= least && count <= most) return *text;
  if (!text) {
    problems.refuse("", field, "Có ký tự không đọc được hoặc bị ẩn: gõ lại.",
                    "It has characters that cannot be read or are hidden: type it again.");
  } else if (count < least) {
    problems.refuse("", field, "Không được để trống.", "It must not be empty.");
  } else {
    problems.refuse("", field, fmt::format("Dài quá {} ký tự.", most),
                    fmt::format("It is longer than {} characters.", most));
  }
  return {};
}

void check_whole_number(std::string_view field, const std::optional<std::int64_t>& number, std::int64_t least,
                        std::int64_t most, Problems& problems) {
  if (!number || (*number >= least && *number <= most)) return;
  problems.refuse("", field, fmt::format("Phải là số từ {} đến {}.", least, most),
                  fmt::format("It must be a number from {} to {}.", least, most));
}

void check_real_number(std::string_view field, const std::optional<double>& number, double least, double most,
                       Problems& problems) {
  if (!number || (std::isfinite(*number) && *number >= least && *number <= most)) return;
  problems.refuse("", field, fmt::format("Phải là số từ {} đến {}.", least, most),
                  fmt::format("It must be a number from {} to {}.", least, most));
}

std::string json_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      quoted += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

std::string json_object(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
  std::string object = "{";
  for (const auto& [name, value] : pairs) {
    object += fmt::format("{}{}:{}", object.size() > 1 ? "," : "", json_text(name), json_text(value));
  }
  return object + "}";
}

}  // namespace vonggac::catalogue
