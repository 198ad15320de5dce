/// Comma separated values, as Excel, LibreOffice and hand-written exports have them: commas, semicolons or tabulators
/// (found out), quotation marks, either end of line, a "sep=" line.
/// Threads  pure function.
/// Source   RFC 4180
#pragma once

#include <variant>

#include "base/bytes.h"
#include "sheet/read_sheet.h"

namespace vonggac::sheet {

std::variant<Table, Refusal> read_csv(base::ByteSpan file, Encoding encoding);

}  // namespace vonggac::sheet
