#include "catalogue/spelling.h"

#include <array>
#include <cstddef>

#include "catalogue/code_points.h"
#include "catalogue/folding.h"

namespace vonggac::catalogue {
namespace {

constexpr char kNone = '\0';

/// One vowel with the five tones, small and large: plain, grave, hook, tilde, acute, dot below.
struct Vowel {
  std::u32string_view forms;
  char letter;
  char accent;  ///< circumflex '^', breve '(', horn '+'
};
constexpr std::array<Vowel, 12> kVowels{{
    {U"aàảãáạAÀẢÃÁẠ", 'a', kNone},
    {U"ăằẳẵắặĂẰẲẴẮẶ", 'a', '('},
    {U"âầẩẫấậÂẦẨẪẤẬ", 'a', '^'},
    {U"eèẻẽéẹEÈẺẼÉẸ", 'e', kNone},
    {U"êềểễếệÊỀỂỄẾỆ", 'e', '^'},
    {U"iìỉĩíịIÌỈĨÍỊ", 'i', kNone},
    {U"oòỏõóọOÒỎÕÓỌ", 'o', kNone},
    {U"ôồổỗốộÔỒỔỖỐỘ", 'o', '^'},
    {U"ơờởỡớợƠỜỞỠỚỢ", 'o', '+'},
    {U"uùủũúụUÙỦŨÚỤ", 'u', kNone},
    {U"ưừửữứựƯỪỬỮỨỰ", 'u', '+'},
    {U"yỳỷỹýỵYỲỶỸÝỴ", 'y', kNone},
}};
constexpr std::array<char, 6> kTones{kNone, '\\', '?', '~', '/', '.'};

struct Reading {
  char letter = kNone;  ///< kNone: a mark of the letter before
  char accent = kNone, tone = kNone;
};

/// Marks that follow their letter in decomposed text.
Reading combining(char32_t code) {
  switch (code) {
    case 0x300:
      return {.tone = '\\'};
    case 0x301:
      return {.tone = '/'};
    case 0x303:
      return {.tone = '~'};
    case 0x309:
      return {.tone = '?'};
    case 0x323:
      return {.tone = '.'};
    case 0x302:
      return {.accent = '^'};
    case 0x306:
      return {.accent = '('};
    case 0x31B:
      return {.accent = '+'};
    default:
      return {};
  }
}

Reading read(char32_t code) {
  if (is_combining_mark(code)) return combining(code);
  if (code == U'đ' || code == U'Đ' || code == 0xF0 || code == 0xD0) return {'d', '-', kNone};
  for (const Vowel& vowel : kVowels) {
    const std::size_t at = vowel.forms.find(code);
    if (at != std::u32string_view::npos) return {vowel.letter, vowel.accent, kTones.at(at % kTones.size())};
  }
  return {base_letter(code), kNone, kNone};
}

}  // namespace

std::string spell(std::string_view text) {
  std::string spelled;
  char tone = kNone;
  const auto end_word = [&] {
    if (tone != kNone) spelled += tone;
    tone = kNone;
  };
  while (!text.empty()) {
    const Reading reading = read(take_code_point(text));
    if (reading.tone != kNone) tone = reading.tone;
    if (reading.letter == ' ') {
      end_word();
      if (!spelled.empty() && spelled.back() != ' ') spelled += ' ';
      continue;
    }
    if (reading.letter != kNone) spelled += reading.letter;
    if (reading.accent != kNone) spelled += reading.accent;
  }
  end_word();
  if (!spelled.empty() && spelled.back() == ' ') spelled.pop_back();
  return spelled;
}

bool has_marks(std::string_view text) { return spell(text) != fold(text); }

}  // namespace vonggac::catalogue
