/// Vietnamese for telling names apart: "Đông" and "Đồng" are two hamlets, "Hoà" and "Hòa" are one.
/// Threads  pure functions. Input is UTF-8, composed or decomposed; what is not becomes a blank.
#pragma once

#include <string>
#include <string_view>

namespace vonggac::catalogue {

/// Like fold(), but accents are kept behind their letter and the tone behind its word, so that where in the word it is
/// written makes no difference: "Phường Hoà" -> "phu+o+ng\ hoa\". Equal to fold() where nothing is marked.
std::string spell(std::string_view text);

/// Is any letter marked: was it typed by somebody who writes tones?
bool has_marks(std::string_view text);

}  // namespace vonggac::catalogue
