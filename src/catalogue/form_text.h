/// Fields of forms about people, bodies, documents and models: text that is fit to keep, codes of a list, phone
/// numbers.
/// Flow     form -> these functions -> what is kept, or a sentence in Problems.
/// Threads  pure functions.
/// Source   rule V27; people are kept minimally: no numbers of identity papers (domain 3.2).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "catalogue/named_code.h"
#include "catalogue/problems.h"

namespace vonggac::catalogue {

/// clean_text() of what was typed; empty and refused if it is hidden, shorter or longer.
std::string kept_text(std::string_view field, std::string_view typed, std::size_t least, std::size_t most,
                      Problems& problems);
/// Refuses what is no word of the list. `what`: "loại tổ chức" / "kind of body".
void check_code(std::string_view field, std::span<const NamedCode> list, std::string_view code, const Sentence& what,
                Problems& problems);
/// V27: "0912 345 678" and "+84 912.345.678" give "0912345678"; blanks, dots, hyphens and brackets do not matter.
std::optional<std::string> normal_phone(std::string_view typed);
/// normal_phone() of a field that may be empty.
std::optional<std::string> kept_phone(std::string_view field, std::string_view typed, Problems& problems);
/// Refuses nine or twelve digits in a row, which are the number of an identity paper.
void check_no_identity_number(std::string_view field, std::string_view text, Problems& problems);

}  // namespace vonggac::catalogue
