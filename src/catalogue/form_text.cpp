#include "catalogue/form_text.h"

#include <fmt/format.h>

#include "catalogue/typed_text.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kPhoneDigits = 10, kOldIdentityDigits = 9, kIdentityDigits = 12;

bool is_ascii_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string kept_text(std::string_view field, std::string_view typed, std::size_t least, std::size_t most,
                      Problems& problems) {
  const std::optional<std::string> text = clean_text(typed);
  const std::size_t count = text ? character_count(*text) : 0;
  if (text && count >= least && count <= most) return *text;
  if (!text) {
    problems.refuse("", field, "Có ký tự không đọc được hoặc bị ẩn: gõ lại.",
                    "It has characters that cannot be read or are hidden: type it again.");
  } else if (count == 0) {
    problems.refuse("", field, "Không được để trống.", "It must not be empty.");
  } else if (count < least) {
    problems.refuse("", field, fmt::format("Cần ít nhất {} ký tự.", least),
                    fmt::format("It needs at least {} characters.", least));
  } else {
    problems.refuse("", field, fmt::format("Dài quá {} ký tự.", most),
                    fmt::format("It is longer than {} characters.", most));
  }
  return {};
}

void check_code(std::string_view field, std::span<const NamedCode> list, std::string_view code, const Sentence& what,
                Problems& problems) {
  if (find_code(list, code) != nullptr) return;
  problems.refuse("", field, fmt::format("Chọn {} trong danh mục.", what.vi),
                  fmt::format("Choose the {} from the list.", what.en));
}

std::optional<std::string> normal_phone(std::string_view typed) {
  std::string digits;
  bool plus = false;
  for (const char c : typed) {
    if (is_ascii_digit(c)) {
      digits += c;
    } else if (c == '+' && digits.empty() && !plus) {
      plus = true;
    } else if (c != ' ' && c != '.' && c != '-' && c != '(' && c != ')') {
      return std::nullopt;
    }
  }
  if (plus) {
    if (!digits.starts_with("84")) return std::nullopt;
    digits.replace(0, 2, "0");
  }
  if (digits.size() != kPhoneDigits || digits.front() != '0') return std::nullopt;
  return digits;
}

std::optional<std::string> kept_phone(std::string_view field, std::string_view typed, Problems& problems) {
  const std::optional<std::string> text = clean_text(typed);
  if (text && text->empty()) return std::nullopt;
  std::optional<std::string> phone = text ? normal_phone(*text) : std::nullopt;
  if (!phone) {
    problems.refuse("V27", field, "Số điện thoại gồm 10 chữ số bắt đầu bằng 0, hoặc +84 và 9 chữ số.",
                    "A phone number has 10 digits that begin with 0, or +84 and 9 digits.");
  }
  return phone;
}

void check_no_identity_number(std::string_view field, std::string_view text, Problems& problems) {
  std::size_t run = 0;
  const auto refuse_run = [&] {
    if (run != kOldIdentityDigits && run != kIdentityDigits) return false;
    problems.refuse("", field, "Không ghi số căn cước, số chứng minh nhân dân.",
                    "Numbers of identity papers are not kept here.");
    return true;
  };
  for (const char c : text) {
    if (is_ascii_digit(c)) {
      ++run;
    } else {
      if (refuse_run()) return;
      run = 0;
    }
  }
  refuse_run();
}

}  // namespace vonggac::catalogue
