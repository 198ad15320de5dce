/// Workbooks as somebody else sends them: every file gives a table within the limits, or a refusal in words.
#include <cstdlib>

#include "sheet/read_sheet.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto result = vonggac::sheet::read_sheet({data, size}, {});
  if (const auto* table = std::get_if<vonggac::sheet::Table>(&result)) {
    if (table->rows.size() > vonggac::sheet::kMostRows) std::abort();
    for (const auto& row : table->rows) {
      if (row.cells.size() > vonggac::sheet::kMostColumns) std::abort();
    }
  } else if (std::get<vonggac::sheet::Refusal>(result).words.vi.empty()) {
    std::abort();
  }
  return 0;
}
