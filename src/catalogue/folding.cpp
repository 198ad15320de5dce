#include "catalogue/folding.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "catalogue/code_points.h"

namespace vonggac::catalogue {
namespace {

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
