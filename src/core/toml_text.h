/// A look at TOML text before toml++ gets it. toml++ 3.3 runs into undefined behaviour where it asks whether a letter
/// like U+00E1 is white space (found by fuzzing: is_non_ascii_horizontal_whitespace() ends in an unreachable default).
/// None of our keys and values needs such letters, so outside comments they are refused before they get there.
/// Threads  pure function.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace vonggac::core {

/// Offset of the first byte above 0x7f that does not stand in a comment; a byte order mark at the start does not count.
std::optional<std::size_t> find_non_ascii_outside_comments(std::string_view toml);

}  // namespace vonggac::core
