/// Text as people typed it, made fit to keep: composed (NFC), trimmed, single blanks.
/// Threads  pure function.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace vonggac::catalogue {

/// Nullopt: not UTF-8, or with characters that hide or reorder (control, line separators, bidirectional, zero-width).
std::optional<std::string> clean_text(std::string_view typed);
std::size_t character_count(std::string_view text);

}  // namespace vonggac::catalogue
