/// Cells of one worksheet: shared and own texts, numbers, dates, truth values, errors, values of formulas as they were
/// last calculated, merged cells (the value counts for each of them), hidden rows.
/// Flow     Archive and Workbook -> read_worksheet -> Table
/// Threads  one at a time.
/// Errors   false: the budget's refusal says why. Remarks of the table for single cells.
#pragma once

#include <string>

#include "sheet/workbook.h"

namespace vonggac::sheet {

bool read_worksheet(Archive& archive, const std::string& part, const Workbook& workbook, Table& table, Budget& budget);

}  // namespace vonggac::sheet
