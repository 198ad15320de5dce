/// Reads the bytes of a file that a person chose: a workbook of Excel or LibreOffice (.xlsx) or comma separated values.
/// What it is says its content, never its name. Nothing in it is executed, fetched or unpacked to a disk.
/// Flow     upload or file -> read_sheet -> Table or Refusal
/// Threads  any; works in the caller's thread, at most kMostCpuMs of its time.
/// Errors   Refusal with a sentence for the whole file; Remarks in the table for single cells.
/// Source   ECMA-376 part 1 (18.3 worksheets, 18.8 styles), RFC 4180.
#pragma once

#include <optional>
#include <string_view>
#include <variant>

#include "base/bytes.h"
#include "sheet/table.h"

namespace vonggac::sheet {

enum class Encoding { kDetect, kWindows1258, kTcvn3 };

struct ReadOptions {
  std::string_view sheet;                 ///< by name; empty: the first one that is not hidden
  Encoding encoding = Encoding::kDetect;  ///< of CSV that is not Unicode
};

std::variant<Table, Refusal> read_sheet(base::ByteSpan file, const ReadOptions& options);

}  // namespace vonggac::sheet
