#include "motion/plain_letters.h"

#include <cctype>
#include <cstdint>

namespace vonggac::motion {
namespace {

struct Range {
  std::uint32_t first, last;
  char letter;
  bool alternate;  ///< upper and lower case take turns, upper first; else as `letter`
};

/// The Vietnamese letters of Unicode's Latin blocks.
constexpr Range kRanges[] = {
    {0xC0, 0xC3, 'A', false},    {0xC8, 0xCA, 'E', false},    {0xCC, 0xCD, 'I', false},    {0xD2, 0xD5, 'O', false},
    {0xD9, 0xDA, 'U', false},    {0xDD, 0xDD, 'Y', false},    {0xE0, 0xE3, 'a', false},    {0xE8, 0xEA, 'e', false},
    {0xEC, 0xED, 'i', false},    {0xF2, 0xF5, 'o', false},    {0xF9, 0xFA, 'u', false},    {0xFD, 0xFD, 'y', false},
    {0x102, 0x103, 'A', true},   {0x110, 0x111, 'D', true},   {0x128, 0x129, 'I', true},   {0x168, 0x169, 'U', true},
    {0x1A0, 0x1A1, 'O', true},   {0x1AF, 0x1AF, 'U', false},  {0x1B0, 0x1B0, 'u', false},  {0x1EA0, 0x1EB7, 'A', true},
    {0x1EB8, 0x1EC7, 'E', true}, {0x1EC8, 0x1ECB, 'I', true}, {0x1ECC, 0x1EE3, 'O', true}, {0x1EE4, 0x1EF1, 'U', true},
    {0x1EF2, 0x1EF9, 'Y', true},
};

char plain(std::uint32_t code) {
  if (code < 0x80) return static_cast<char>(code);
  for (const Range& range : kRanges) {
    if (code < range.first || code > range.last) continue;
    const bool lower = range.alternate && ((code - range.first) & 1U) != 0;
    return lower ? static_cast<char>(std::tolower(range.letter)) : range.letter;
  }
  return '?';
}

}  // namespace

std::string plain_letters(std::string_view utf8) {
  std::string out;
  for (std::size_t i = 0; i < utf8.size();) {
    const auto lead = static_cast<std::uint8_t>(utf8[i]);
    const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    std::uint32_t code = length == 1 ? lead : lead & (0x7FU >> length);
    for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k) {
      code = code << 6 | (static_cast<std::uint8_t>(utf8[i + k]) & 0x3FU);
    }
    const bool whole = i + length <= utf8.size() && (length == 1 || code >= 0x80);
    out.push_back(whole ? plain(code) : '?');
    i += length;
  }
  return out;
}

}  // namespace vonggac::motion
