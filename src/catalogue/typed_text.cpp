#include "catalogue/typed_text.h"

#include <cstdlib>
#include <memory>

#include <utf8proc.h>

namespace vonggac::catalogue {
namespace {

struct Free {
  void operator()(utf8proc_uint8_t* text) const { std::free(text); }
};

bool is_blank(utf8proc_int32_t code) {
  return code == ' ' || code == 0xA0 || code == 0x3000 || (code >= 0x2000 && code <= 0x200A);
}

/// Letters of no width, marks of direction, separators of lines, controls, private and unassigned characters.
bool hides(utf8proc_int32_t code) {
  switch (utf8proc_category(code)) {
    case UTF8PROC_CATEGORY_CC:
    case UTF8PROC_CATEGORY_CF:
    case UTF8PROC_CATEGORY_CS:
    case UTF8PROC_CATEGORY_CO:
    case UTF8PROC_CATEGORY_CN:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<std::string> clean_text(std::string_view typed) {
  utf8proc_uint8_t* raw = nullptr;
  const utf8proc_ssize_t size =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(typed.data()), static_cast<utf8proc_ssize_t>(typed.size()),
                   &raw, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (size < 0) return std::nullopt;
  const std::unique_ptr<utf8proc_uint8_t, Free> composed(raw);
  std::string text;
  for (utf8proc_ssize_t at = 0; at < size;) {
    utf8proc_int32_t code = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(composed.get() + at, size - at, &code);
    if (length <= 0 || hides(code)) return std::nullopt;
    if (!is_blank(code)) {
      text.append(reinterpret_cast<const char*>(composed.get() + at), static_cast<std::size_t>(length));
    } else if (!text.empty() && text.back() != ' ') {
      text += ' ';
    }
    at += length;
  }
  if (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

std::size_t character_count(std::string_view text) {
  std::size_t count = 0;
  for (const char c : text) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80 ? 1 : 0;
  return count;
}

}  // namespace vonggac::catalogue
