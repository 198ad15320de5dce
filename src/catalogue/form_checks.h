/// What every form checks: lines of text, numbers, choices from a list; and text for the JSON that the outbox carries.
/// Flow     form -> these functions -> Problems
/// Threads  pure functions.
/// Errors   to Problems, in Vietnamese and English; the value that comes back is then empty.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "catalogue/problems.h"

namespace vonggac::catalogue {

/// A line as it is kept (clean_text), of `least` to `most` characters.
std::string typed_line(std::string_view field, std::string_view typed, std::size_t least, std::size_t most,
                       Problems& problems);
void check_whole_number(std::string_view field, const std::optional<std::int64_t>& number, std::int64_t least,
                        std::int64_t most, Problems& problems);
void check_real_number(std::string_view field, const std::optional<double>& number, double least, double most,
                       Problems& problems);

/// "text" with quotation marks, as JSON has it.
std::string json_text(std::string_view text);
/// {"name":"value", ...}
std::string json_object(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs);

}  // namespace vonggac::catalogue
