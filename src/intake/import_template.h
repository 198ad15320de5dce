/// The form of an inventory of cameras to fill in: one sheet with the words of the columns and no row that somebody
/// might forget to delete, a second one that says what to write in each, with an example.
/// Flow     import_template_sheets -> sheet::write_workbook; import_template_csv for those without a spreadsheet.
/// Threads  pure functions.
/// Source   form R24 of the domain.
#pragma once

#include <string>
#include <vector>

#include "sheet/write_workbook.h"

namespace vonggac::intake {

std::vector<sheet::WrittenSheet> import_template_sheets();
/// The header row alone, UTF-8 with mark.
std::string import_template_csv();

}  // namespace vonggac::intake
