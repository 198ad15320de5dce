/// Writes a small workbook (.xlsx) of texts, such as a form to fill in: into memory, the same bytes each time.
/// Flow     rows of texts -> write_workbook -> bytes for a download; read_sheet reads them back.
/// Threads  pure function.
/// Errors   kInternal: the archive could not be made.
/// Source   ECMA-376 part 1 (18.3 worksheets, 18.8 styles), part 2 (packages).
#pragma once

#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::sheet {

/// The first row stands out and stays in sight. All cells are text, those below too: "0912..." keeps its zero.
struct WrittenSheet {
  std::string name;
  std::vector<std::vector<std::string>> rows;
  unsigned column_width = 20;  ///< in characters
};
base::Result<base::Bytes> write_workbook(const std::vector<WrittenSheet>& sheets);

}  // namespace vonggac::sheet
