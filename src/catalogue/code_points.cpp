#include "catalogue/code_points.h"

#include <array>
#include <cstddef>

namespace vonggac::catalogue {
namespace {

constexpr char32_t kInvalid = 0xFFFD;

struct Span {
  char32_t first, last;
  char base;
};
/// Precomposed letters of Vietnamese: Latin-1, Latin Extended-A, and Latin Extended Additional (U+1EA0 to U+1EF9).
constexpr std::array<Span, 30> kLetters{{
    {0xC0, 0xC5, 'a'},     {0xC8, 0xCB, 'e'},     {0xCC, 0xCF, 'i'},     {0xD2, 0xD6, 'o'},     {0xD9, 0xDC, 'u'},
    {0xDD, 0xDD, 'y'},     {0xE0, 0xE5, 'a'},     {0xE8, 0xEB, 'e'},     {0xEC, 0xEF, 'i'},     {0xF2, 0xF6, 'o'},
    {0xF9, 0xFC, 'u'},     {0xFD, 0xFD, 'y'},     {0xFF, 0xFF, 'y'},     {0x102, 0x103, 'a'},   {0x110, 0x111, 'd'},
    {0x128, 0x129, 'i'},   {0x168, 0x169, 'u'},   {0x178, 0x178, 'y'},   {0x1A0, 0x1A1, 'o'},   {0x1AF, 0x1B0, 'u'},
    {0xF0, 0xF0, 'd'},     {0xD0, 0xD0, 'd'},     {0x1EA0, 0x1EB7, 'a'}, {0x1EB8, 0x1EC7, 'e'}, {0x1EC8, 0x1ECB, 'i'},
    {0x1ECC, 0x1EE3, 'o'}, {0x1EE4, 0x1EF1, 'u'}, {0x1EF2, 0x1EF9, 'y'}, {0xC7, 0xC7, 'c'},     {0xE7, 0xE7, 'c'},
}};

}  // namespace

char32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  std::size_t length = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || length > text.size()) {
    text.remove_prefix(1);
    return kInvalid;
  }
  char32_t code = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) {
      text.remove_prefix(1);
      return kInvalid;
    }
    code = code << 6 | (byte(i) & 0x3FU);
  }
  text.remove_prefix(length);
  return code;
}

bool is_combining_mark(char32_t code) { return code >= 0x300 && code <= 0x36F; }

char base_letter(char32_t code) {
  if (code >= 'A' && code <= 'Z') return static_cast<char>(code - 'A' + 'a');
  if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9')) return static_cast<char>(code);
  for (const Span& span : kLetters) {
    if (code >= span.first && code <= span.last) return span.base;
  }
  return ' ';
}

}  // namespace vonggac::catalogue
