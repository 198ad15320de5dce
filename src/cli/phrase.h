/// Texts for people in two languages, beside the code that says them.
/// Threads  the language is chosen once, before anything is printed.
#pragma once

#include <string>

namespace vonggac::cli {

enum class Language { kEnglish, kVietnamese };

struct Phrase {
  const char* english;
  const char* vietnamese;
};

void choose_language(Language language);
Language chosen_language();
/// --lang of the command line ("vi", "en"), else LC_ALL, LC_MESSAGES, LANG as POSIX orders them.
Language language_from(const std::string& option, const char* lc_all, const char* lc_messages, const char* lang);

/// The phrase in the chosen language.
const char* tr(const Phrase& phrase);

}  // namespace vonggac::cli
