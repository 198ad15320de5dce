/// A sheet as it was read: rows of cells with where they stood, what they are and what had to be said about them.
/// Flow     bytes of a file -> read_sheet (read_sheet.h) -> Table -> whoever knows what the columns mean.
/// Threads  plain values.
/// Errors   what is wrong with one cell is a Remark beside its row; what is wrong with the file is a Refusal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vonggac::sheet {

/// What one file may hold. They bound the memory and the time that a hostile file can take.
inline constexpr std::size_t kMostFileBytes = 32U << 20U;
inline constexpr std::size_t kMostUnpackedBytes = 100U << 20U;
inline constexpr std::size_t kMostTextBytes = 48U << 20U;  ///< of all cells together: one long text may be named often
inline constexpr std::size_t kMostCellBytes = 4096;
inline constexpr std::uint32_t kMostRows = 20'000, kMostColumns = 64;
inline constexpr std::int64_t kMostCpuMs = 2'000;
/// Small parts of a workbook shrink a lot and are no bomb; from here on the ratio counts.
inline constexpr std::size_t kRatioCountsFrom = 1U << 20U;
inline constexpr std::size_t kMostRatio = 200;

enum class CellKind { kEmpty, kText, kNumber, kDate, kBool, kError };

struct Cell {
  CellKind kind = CellKind::kEmpty;
  bool formula = false;  ///< the value is what was last calculated
  bool merged = false;   ///< the value stands in the first cell of a merge
  double number = 0;     ///< of kNumber, kDate (days since 1970-01-01) and kBool
  std::string text;      ///< what a person sees, NFC; a date is 2025-12-31, a number has no grouping
};

struct Row {
  std::uint32_t number = 0;  ///< as the file counts, from 1
  bool hidden = false;
  std::vector<Cell> cells;  ///< from column A; what is not there is empty
};

struct Words {
  std::string vi, en;
};

/// Something that a person should know of one cell or of the whole sheet (`row` 0).
struct Remark {
  std::uint32_t row = 0, column = 0;  ///< column from 0
  bool wrong = false;                 ///< the cell cannot be used
  Words words;
};

struct Table {
  std::string format;    ///< "xlsx" or "csv"
  std::string name;      ///< of the sheet; empty for CSV
  std::string encoding;  ///< of CSV, as people call it
  std::vector<Row> rows;
  std::vector<Remark> remarks;
};

/// Why a file cannot be read at all.
struct Refusal {
  Words words;
};

/// 0 -> "A", 27 -> "AB"; with a row: "AB12".
std::string column_name(std::uint32_t column);
std::string cell_name(std::uint32_t row, std::uint32_t column);

}  // namespace vonggac::sheet
