/// Is a text that people typed safe to store, log and show: valid UTF-8 without anything that hides or reorders?
/// Threads  pure function. Units: characters are Unicode code points.
#pragma once

#include <cstddef>
#include <string_view>

namespace vonggac::core {

/// Valid UTF-8 (RFC 3629), `least` to `most` code points, no control characters, no line separators, no bidirectional
/// overrides or zero-width characters, no blank at either end.
bool is_plain_text(std::string_view text, std::size_t least, std::size_t most);

}  // namespace vonggac::core
