/// Codes of models for people: MH-<province>-<commune>-<year>-<number>, as "MH-96-31825-2026-001". Given once, printed,
/// never computed again: after a merger the code stays.
/// Flow     add_model -> next_model_code.
/// Threads  within a transaction of room store.
/// Errors   Problems: the area has no code on that day.
/// Source   domain 3.1.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "catalogue/areas.h"

namespace vonggac::catalogue {

/// A model of a whole province has commune "00000". Numbers above 999 have more digits.
std::string model_code(std::string_view province, std::string_view commune, int year, std::int64_t number);
/// The next free one for the province and commune the area lies in on that day.
base::Result<std::string> next_model_code(store::WriteSession& session, const AreaId& area, Day day,
                                          Problems& problems);

}  // namespace vonggac::catalogue
