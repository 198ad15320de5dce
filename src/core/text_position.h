/// Where in a text something is wrong, as editors count.
/// Threads  pure function. Units: line and column from 1, columns in bytes.
#pragma once

#include <string>
#include <string_view>

namespace vonggac::core {

/// "12:7" of a byte offset.
std::string line_and_column(std::string_view text, std::size_t offset);

}  // namespace vonggac::core
