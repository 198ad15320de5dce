#include "core/unicode_text.h"

#include <cstdint>
#include <optional>

namespace vonggac::core {
namespace {

/// One code point off the front; nothing if the bytes are not the shortest valid form.
std::optional<std::uint32_t> take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t first = byte(0);
  if (first < 0x80) {
    text.remove_prefix(1);
    return first;
  }
  const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return std::nullopt;
  std::uint32_t value = first & (0xffU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return std::nullopt;
    value = (value << 6) | (byte(i) & 0x3fU);
  }
  const bool too_long = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  const bool surrogate = value >= 0xd800 && value <= 0xdfff;
  if (too_long || surrogate || value > 0x10ffff) return std::nullopt;
  text.remove_prefix(size);
  return value;
}

struct Range {
  std::uint32_t first, last;
};

/// Unicode 15 general categories Cc, Zl, Zp, noncharacters, and those of Cf that hide or reorder text.
constexpr Range kUnprintable[] = {{0x0000, 0x001f}, {0x007f, 0x009f}, {0x00ad, 0x00ad},  {0x061c, 0x061c},
                                  {0x180e, 0x180e}, {0x200b, 0x200f}, {0x2028, 0x202e},  {0x2060, 0x206f},
                                  {0xfeff, 0xfeff}, {0xfff0, 0xffff}, {0xe0000, 0xe0fff}};

bool is_printable(std::uint32_t code_point) {
  for (const Range& range : kUnprintable) {
    if (code_point >= range.first && code_point <= range.last) return false;
  }
  return (code_point & 0xfffe) != 0xfffe;
}

bool is_blank(std::uint32_t code_point) { return code_point == ' ' || code_point == 0xa0 || code_point == 0x3000; }

}  // namespace

bool is_plain_text(std::string_view text, std::size_t least, std::size_t most) {
  std::size_t count = 0;
  bool last_blank = false;
  while (!text.empty()) {
    const std::optional<std::uint32_t> code_point = take_code_point(text);
    if (!code_point || !is_printable(*code_point)) return false;
    last_blank = is_blank(*code_point);
    if (count == 0 && last_blank) return false;
    if (++count > most) return false;
  }
  return count >= least && !last_blank;
}

}  // namespace vonggac::core
