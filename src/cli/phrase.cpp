#include "cli/phrase.h"

#include <initializer_list>

namespace vonggac::cli {
namespace {

Language current = Language::kEnglish;

}  // namespace

void choose_language(Language language) { current = language; }
Language chosen_language() { return current; }

Language language_from(const std::string& option, const char* lc_all, const char* lc_messages, const char* lang) {
  if (option == "vi") return Language::kVietnamese;
  if (option == "en") return Language::kEnglish;
  for (const char* value : {lc_all, lc_messages, lang}) {
    if (value == nullptr || *value == '\0') continue;
    return std::string(value).rfind("vi", 0) == 0 ? Language::kVietnamese : Language::kEnglish;
  }
  return Language::kEnglish;
}

const char* tr(const Phrase& phrase) { return current == Language::kVietnamese ? phrase.vietnamese : phrase.english; }

}  // namespace vonggac::cli
