#include "sheet/csv_reader.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sheet/reading.h"
#include "sheet/text_encoding.h"

namespace vonggac::sheet {
namespace {

constexpr std::array<char, 3> kSeparators{',', ';', '\t'};
constexpr std::size_t kLookedAt = 64U << 10U;  // of the beginning, to find the separator

/// Ends of lines outside of quotation marks part rows; the same for separators and cells.
class CsvCursor {
 public:
  CsvCursor(std::string_view text, char separator) : text_(text), separator_(separator) {}

  bool done() const { return at_ >= text_.size(); }
  std::size_t at() const { return at_; }

  /// The next cell; `ends_row` if it was the last of its row. False: a quotation mark that nobody closes.
  bool cell(std::string& value, bool& ends_row) {
    value.clear();
    return at_ < text_.size() && text_[at_] == '"' ? quoted(value, ends_row) : plain(value, ends_row);
  }

 private:
  bool plain(std::string& value, bool& ends_row) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r') ++at_;
    value.assign(text_.substr(begin, at_ - begin));
    ends_row = after_cell();
    return true;
  }
  bool quoted(std::string& value, bool& ends_row) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '"') {
        value += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
        value += '"';
        ++at_;
      } else {
        break;
      }
    }
    if (at_ >= text_.size()) return false;
    ++at_;
    // What follows a closing mark belongs to the cell, as Excel has it: "abc"def.
    while (at_ < text_.size() && text_[at_] != separator_ && text_[at_] != '\n' && text_[at_] != '\r') {
      value += text_[at_++];
    }
    ends_row = after_cell();
    return true;
  }
  bool after_cell() {
    if (at_ >= text_.size()) return true;
    if (text_[at_] == separator_) {
      ++at_;
      // A separator at the very end still begins an empty cell, which nobody needs.
      return at_ >= text_.size();
    }
    if (text_[at_] == '\r' && at_ + 1 < text_.size() && text_[at_ + 1] == '\n') ++at_;
    ++at_;
    return true;
  }

  std::string_view text_;
  char separator_;
  std::size_t at_ = 0;
};

/// The separator that parts the most lines into the same number of cells.
char find_separator(std::string_view text) {
  text = text.substr(0, kLookedAt);
  char best = ',';
  std::size_t best_score = 0;
  for (const char separator : kSeparators) {
    std::array<std::size_t, kMostColumns + 1> lines_with{};
    CsvCursor cursor(text, separator);
    std::size_t cells = 0;
    std::string value;
    while (!cursor.done()) {
      bool ends_row = false;
      if (!cursor.cell(value, ends_row)) break;
      ++cells;
      if (!ends_row) continue;
      if (cells > 1) ++lines_with[std::min<std::size_t>(cells, kMostColumns)];
      cells = 0;
    }
    std::size_t score = 0;
    for (std::size_t n = 2; n < lines_with.size(); ++n) score = std::max(score, lines_with[n] * n);
    if (score > best_score) {
      best_score = score;
      best = separator;
    }
  }
  return best;
}

/// "sep=;" on the first line is said to Excel, and to us.
std::optional<char> said_separator(std::string_view& text) {
  if (text.size() < 6 || text.substr(0, 4) != "sep=") return std::nullopt;
  const std::size_t end = text.find_first_of("\r\n");
  if (end != 5) return std::nullopt;
  const char separator = text[4];
  if (std::find(kSeparators.begin(), kSeparators.end(), separator) == kSeparators.end()) return std::nullopt;
  return separator;
}

Words bad_byte_words(base::ByteSpan file, const BadByte& bad) {
  std::uint32_t row = 1, column = 0;
  bool quoted = false;
  std::string_view text(reinterpret_cast<const char*>(file.data()), std::min(bad.at, file.size()));
  const char separator = find_separator(text);
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    if (c == '\n') {
      ++row;
      column = 0;
    } else if (c == separator) {
      ++column;
    }
  }
  const unsigned byte = bad.at < file.size() ? file[bad.at] : 0;
  const std::string where = cell_name(row, column);
  return {fmt::format("Ô {} có byte 0x{:02X} không đọc được theo bảng mã {}. Lưu lại tệp dạng “CSV UTF-8” rồi nộp lại.",
                      where, byte, bad.encoding),
          fmt::format("The cell {} holds the byte 0x{:02X}, which {} does not have. Save the file as \"CSV UTF-8\".",
                      where, byte, bad.encoding)};
}

class CsvTable {
 public:
  CsvTable(std::string_view text, char separator) : cursor_(text, separator) {}

  bool read(Table& table, Budget& budget) {
    std::string value;
    std::uint32_t number = 1, column = 0;
    Row row;
    while (!cursor_.done()) {
      bool ends_row = false;
      if (!cursor_.cell(value, ends_row)) return unclosed(budget, number, column);
      if (!budget.has_time() || !take(table, budget, row, number, column, value)) return false;
      ++column;
      if (!ends_row) continue;
      if (!row.cells.empty()) {
        if (!budget.take_row(number)) return false;
        row.number = number;
        table.rows.push_back(std::move(row));
        row = Row();
      }
      ++number;
      column = 0;
    }
    return true;
  }

 private:
  static bool unclosed(Budget& budget, std::uint32_t row, std::uint32_t column) {
    const std::string where = cell_name(row, column);
    budget.refuse({fmt::format("Ô {} mở dấu ngoặc kép nhưng không đóng.", where),
                   fmt::format("The cell {} opens a quotation mark that is never closed.", where)});
    return false;
  }
  static bool take(Table& table, Budget& budget, Row& row, std::uint32_t number, std::uint32_t column,
                   const std::string& value) {
    std::optional<std::string> text = composed(value);
    if (!text || text->empty()) return true;
    if (!budget.take_column(column, number) || !budget.take_text(text->size())) return false;
    Cell cell;
    if (text->size() > kMostCellBytes) {
      cell.kind = CellKind::kError;
      table.remarks.push_back(
          {number,
           column,
           true,
           {"Ô dài quá 4096 byte: rút ngắn lại.", "The cell is longer than 4096 bytes: shorten it."}});
    } else {
      cell.kind = CellKind::kText;
      cell.text = std::move(*text);
    }
    put_cell(row, column, std::move(cell));
    return true;
  }

  CsvCursor cursor_;
};

}  // namespace

std::variant<Table, Refusal> read_csv(base::ByteSpan file, Encoding encoding) {
  const auto decoded = decode_text(file, encoding);
  if (const auto* bad = std::get_if<BadByte>(&decoded)) return Refusal{bad_byte_words(file, *bad)};
  const auto& text = std::get<DecodedText>(decoded);
  if (text.utf8.find('\0') != std::string::npos) {
    return Refusal{{"Tệp không phải là bảng: nộp tệp .xlsx hoặc .csv.", "This is no table: send .xlsx or .csv."}};
  }
  Table table;
  table.format = "csv";
  table.encoding = text.encoding;
  if (!text.certain) {
    table.remarks.push_back({0,
                             0,
                             false,
                             {fmt::format("Tệp được đọc theo bảng mã {}: xem lại chữ có dấu.", text.encoding),
                              fmt::format("The file was read as {}: look at the accented letters.", text.encoding)}});
  }
  std::string_view body = text.utf8;
  const std::optional<char> said = said_separator(body);
  Budget budget;
  CsvTable reader(body, said.value_or(find_separator(body)));
  if (!reader.read(table, budget)) return budget.refusal();
  // The line that only says the separator is no row of the table.
  if (said && !table.rows.empty() && table.rows.front().number == 1) table.rows.erase(table.rows.begin());
  trim(table);
  return table;
}

}  // namespace vonggac::sheet
