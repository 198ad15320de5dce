/// Reading Vietnamese letter by letter; what folding and spelling share.
/// Threads  pure functions.
#pragma once

#include <string_view>

namespace vonggac::catalogue {

/// Takes one code point off the front; U+FFFD (and one byte) for what is not UTF-8. `text` is not empty.
char32_t take_code_point(std::string_view& text);
/// Marks that follow their letter in decomposed text: grave, acute, circumflex, tilde, breve, hook, horn, dot below.
bool is_combining_mark(char32_t code);
/// The letter without its marks, small; digits as they are; a blank for all else.
char base_letter(char32_t code);

}  // namespace vonggac::catalogue
