/// Vietnamese for searching: without tone marks and accents, lower case, đ as d, so that "Hòa", "Hoà", "HOA" and their
/// decomposed forms are one; and the short forms people type ("to 5 p xuan ha", "tdp 3", "tp da nang").
/// Threads  pure functions. Input is UTF-8; what is not becomes a blank.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vonggac::catalogue {

/// "Tổ 5, Phường Xuân Hà" -> "to 5 phuong xuan ha": letters and digits, single blanks between.
std::string fold(std::string_view text);

/// One word of a query, and what else it may stand for.
struct SearchWord {
  std::string word;
  std::vector<std::string> long_forms;  ///< folded, of one or several words: "tdp" -> "to dan pho"
};
/// At most `most` words; the rest is ignored.
std::vector<SearchWord> search_words(std::string_view query, std::size_t most = 12);

/// Does a folded text hold every word, each as the beginning of one of its words, or one of its long forms?
bool matches(std::string_view folded, const std::vector<SearchWord>& words);

}  // namespace vonggac::catalogue
