/// What the readers of CSV and of workbooks share: the limits while a table grows, and text made fit to keep.
/// Threads  one reader, one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "sheet/table.h"

namespace vonggac::sheet {

/// Text in composed form (NFC), without characters that hide or reorder; what is not UTF-8 gives nothing.
std::optional<std::string> composed(std::string_view text);

/// Counts what a file takes; once a limit is passed, refusal() says which.
class Budget {
 public:
  Budget();
  bool take_text(std::size_t bytes);
  bool take_row(std::uint32_t number);
  bool take_column(std::uint32_t column, std::uint32_t row);
  /// Asked now and then: is there time left?
  bool has_time();
  void refuse(Words words);
  bool refused() const { return refusal_.has_value(); }
  const Refusal& refusal() const { return *refusal_; }

 private:
  std::int64_t began_ms_;
  std::size_t text_bytes_ = 0;
  unsigned asked_ = 0;
  std::optional<Refusal> refusal_;
};

/// Puts a cell into the last row of the table, empty cells before it as needed.
void put_cell(Row& row, std::uint32_t column, Cell cell);
/// Rows at the end that hold nothing are left out, and empty cells at the end of rows.
void trim(Table& table);

}  // namespace vonggac::sheet
