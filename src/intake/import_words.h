/// The words of imports as people read them: how a row was judged, what is done with it, how far the import is.
/// Threads  constant tables.
#pragma once

#include <span>

#include "catalogue/named_code.h"

namespace vonggac::intake {

std::span<const catalogue::NamedCode> outcome_words();
std::span<const catalogue::NamedCode> choice_words();
std::span<const catalogue::NamedCode> import_state_words();

}  // namespace vonggac::intake
