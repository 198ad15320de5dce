/// Codes that people read, say and print on poles: VT-31825-0007 (site), CAM-31825-0042 (camera), DG-31825-0003
/// (recorder), BT-2026-00001 (repair). Given once, never changed, never given again, not even after a merger.
/// Flow     a registration -> next_code -> the row's `code`
/// Threads  within a write of room store; writes run one at a time (docs/decisions/0008), so two never get one number.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "store/store.h"

namespace vonggac::catalogue {

inline constexpr std::string_view kCodeSchema = R"(
create table code_counter (
  series text not null primary key,
  last bigint not null
);
)";

/// "CAM" and "31825" with 4 digits: CAM-31825-0001 and so on; it grows beyond 9999.
base::Result<std::string> next_code(store::WriteSession& session, std::string_view prefix, std::string_view group,
                                    int digits);
/// The five digits of a commune's code; none if it has none.
std::optional<std::string> commune_digits(std::string_view official_code);
/// "cam 31825 0042", "CAM-31825-0042" -> "CAM-31825-0042".
std::string normal_code(std::string_view typed);

}  // namespace vonggac::catalogue
