#include "catalogue/folding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

namespace vonggac::catalogue {
namespace {

constexpr char32_t kInvalid = 0xFFFD;

/// Takes one code point off the front; kInvalid (and one byte) for what is not UTF-8.
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

/// Marks that follow their letter in decomposed text: grave, acute, circumflex, tilde, breve, hook, horn, dot below.
bool is_combining_mark(char32_t code) { return code >= 0x300 && code <= 0x36F; }

char base_letter(char32_t code) {
  if (code >= 'A' && code <= 'Z') return static_cast<char>(code - 'A' + 'a');
  if ((code >= 'a' && code <= 'z') || (code >= '0' && code <= '9')) return static_cast<char>(code);
  for (const Span& span : kLetters) {
    if (code >= span.first && code <= span.last) return span.base;
  }
  return ' ';
}

struct ShortForm {
  std::string_view word;
  std::string_view meaning;
};
/// As written on signs, in reports and in chats.
constexpr std::array<ShortForm, 22> kShortForms{{
    {"p", "phuong"},
    {"ph", "phuong"},
    {"x", "xa"},
    {"q", "quan"},
    {"h", "huyen"},
    {"tx", "thi xa"},
    {"tt", "thi tran"},
    {"tp", "thanh pho"},
    {"t", "tinh"},
    {"t", "to"},
    {"k", "khom"},
    {"kp", "khu pho"},
    {"a", "ap"},
    {"tdp", "to dan pho"},
    {"kdc", "khu dan cu"},
    {"dk", "dac khu"},
    {"hcm", "ho chi minh"},
    {"hn", "ha noi"},
    {"dn", "da nang"},
    {"brvt", "ba ria vung tau"},
    {"tphcm", "thanh pho ho chi minh"},
    {"dkhu", "dac khu"},
}};

std::vector<std::string> words_of(std::string_view folded) {
  std::vector<std::string> words;
  while (!folded.empty()) {
    const std::size_t end = std::min(folded.find(' '), folded.size());
    if (end > 0) words.emplace_back(folded.substr(0, end));
    folded.remove_prefix(std::min(end + 1, folded.size()));
  }
  return words;
}

bool holds_phrase(std::string_view folded, std::string_view phrase, bool whole_words) {
  for (std::size_t at = folded.find(phrase); at != std::string_view::npos; at = folded.find(phrase, at + 1)) {
    const std::size_t end = at + phrase.size();
    const bool begins = at == 0 || folded[at - 1] == ' ';
    if (begins && (!whole_words || end == folded.size() || folded[end] == ' ')) return true;
  }
  return false;
}

/// "p5" -> "p", "5": letters glued to a number, as on signs.
void push_split(std::vector<SearchWord>& words, std::string word) {
  const std::size_t digits = word.find_first_of("0123456789");
  const bool glued = digits != std::string::npos && digits > 0 && digits <= 3 &&
                     word.find_first_not_of("0123456789", digits) == std::string::npos;
  const std::string letters = glued ? word.substr(0, digits) : word;
  std::vector<std::string> meanings;
  for (const ShortForm& form : kShortForms) {
    if (form.word == letters) meanings.emplace_back(form.meaning);
  }
  if (glued && !meanings.empty()) {
    words.push_back({letters, std::move(meanings)});
    words.push_back({word.substr(digits), {}});
  } else {
    words.push_back({std::move(word), glued ? std::vector<std::string>{} : std::move(meanings)});
  }
}

}  // namespace

std::string fold(std::string_view text) {
  std::string folded;
  while (!text.empty()) {
    const char32_t code = take_code_point(text);
    if (is_combining_mark(code)) continue;
    const char letter = base_letter(code);
    if (letter != ' ') {
      folded += letter;
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  if (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

std::vector<SearchWord> search_words(std::string_view query, std::size_t most) {
  std::vector<SearchWord> words;
  for (std::string& word : words_of(fold(query))) push_split(words, std::move(word));
  if (words.size() > most) words.resize(most);
  return words;
}

bool matches(std::string_view folded, const std::vector<SearchWord>& words) {
  return std::all_of(words.begin(), words.end(), [&](const SearchWord& wanted) {
    // A number is a whole word: "to 5" is not "to 57".
    const bool number = wanted.word.find_first_not_of("0123456789") == std::string::npos;
    if (holds_phrase(folded, wanted.word, number)) return true;
    return std::any_of(wanted.long_forms.begin(), wanted.long_forms.end(),
                       [&](const std::string& form) { return holds_phrase(folded, form, true); });
  });
}

}  // namespace vonggac::catalogue
