/// What a workbook says about itself besides its cells: sheets, shared texts, formats, the epoch of its dates.
/// Flow     Archive -> read_workbook -> Workbook -> read_worksheet (worksheet.h)
/// Threads  one at a time.
/// Errors   false: the budget's refusal says why.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sheet/archive.h"
#include "sheet/xml_reader.h"

namespace vonggac::sheet {

struct SheetEntry {
  std::string name, part;  ///< part: name in the archive; empty: no worksheet (a chart)
  bool hidden = false;
};

struct Workbook {
  std::vector<SheetEntry> sheets;
  std::vector<std::string> shared_texts;
  std::vector<bool> style_is_date;  ///< by the number that cells name
  bool since_1904 = false;
  bool has_macros = false;
};

bool read_workbook(Archive& archive, Workbook& workbook, Budget& budget);

/// Runs one part through a handler; refuses with a sentence what is no XML or has a document type.
bool read_part(Archive& archive, std::string_view name, XmlHandler& handler, Budget& budget);

/// What stands in <si> and <is>: the text of all runs, without the readings of East Asian writing.
class RichText {
 public:
  void begin(std::string_view element);
  void end(std::string_view element);
  void text(std::string_view piece);
  void clear();
  /// With _x000D_ and the like as the characters they stand for.
  std::string value() const;
  bool too_long() const { return text_.size() > 4 * kMostCellBytes; }

 private:
  std::string text_;
  bool in_text_ = false, in_reading_ = false;
};

}  // namespace vonggac::sheet
