/// A word of a closed list: the code that the database keeps, and what people read.
/// Threads  plain values over constant tables.
#pragma once

#include <algorithm>
#include <span>
#include <string_view>

namespace vonggac::catalogue {

struct NamedCode {
  std::string_view code;  ///< kept in the database: never rename
  std::string_view vi, en;
};

inline const NamedCode* find_code(std::span<const NamedCode> list, std::string_view code) {
  const auto found = std::find_if(list.begin(), list.end(), [&](const NamedCode& c) { return c.code == code; });
  return found == list.end() ? nullptr : &*found;
}

}  // namespace vonggac::catalogue
