#include "sheet/reading.h"

#include <cstdlib>

#include <fmt/format.h>
#include <utf8proc.h>

namespace vonggac::sheet {
namespace {

std::int64_t cpu_now_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

/// Characters that nobody sees: zero width, bidirectional, byte order, controls other than line and tabulator.
bool is_hidden(std::int32_t code) {
  return (code < 0x20 && code != '\n' && code != '\t' && code != '\r') || (code >= 0x7F && code <= 0x9F) ||
         (code >= 0x200B && code <= 0x200F) || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF || code == 0x061C;
}
bool is_blank(std::int32_t code) {
  return code == '\n' || code == '\t' || code == '\r' || code == 0xA0 || code == ' ' || code == 0x202F ||
         code == 0x3000;
}

/// Blanks of all kinds become one; hidden characters go. Nullopt: not UTF-8.
std::optional<std::string> visible(std::string_view text) {
  std::string kept;
  kept.reserve(text.size());
  const auto* at = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
  auto left = static_cast<utf8proc_ssize_t>(text.size());
  bool blank = false;
  while (left > 0) {
    utf8proc_int32_t code = 0;
    const utf8proc_ssize_t length = utf8proc_iterate(at, left, &code);
    if (length <= 0) return std::nullopt;
    if (is_blank(code)) {
      blank = true;
    } else if (!is_hidden(code)) {
      if (blank && !kept.empty()) kept += ' ';
      blank = false;
      kept.append(reinterpret_cast<const char*>(at), static_cast<std::size_t>(length));
    }
    at += length;
    left -= length;
  }
  return kept;
}

bool is_ascii(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

}  // namespace

std::string column_name(std::uint32_t column) {
  std::string name;
  for (std::uint32_t left = column + 1; left > 0; left = (left - 1) / 26) {
    name.insert(name.begin(), static_cast<char>('A' + (left - 1) % 26));
  }
  return name;
}

std::string cell_name(std::uint32_t row, std::uint32_t column) { return fmt::format("{}{}", column_name(column), row); }

std::optional<std::string> composed(std::string_view text) {
  std::optional<std::string> kept = visible(text);
  if (!kept || is_ascii(*kept)) return kept;
  utf8proc_uint8_t* whole = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(kept->data()), static_cast<utf8proc_ssize_t>(kept->size()),
                   &whole, static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  if (length < 0) return std::nullopt;
  std::string result(reinterpret_cast<const char*>(whole), static_cast<std::size_t>(length));
  std::free(whole);  // NOLINT(cppcoreguidelines-no-malloc): utf8proc's own rule
  return result;
}

Budget::Budget() : began_ms_(cpu_now_ms()) {}

void Budget::refuse(Words words) {
  if (!refusal_) refusal_ = Refusal{std::move(words)};
}

bool Budget::take_text(std::size_t bytes) {
  text_bytes_ += bytes;
  if (text_bytes_ <= kMostTextBytes) return true;
  refuse({"Bảng có quá nhiều chữ: tối đa 48 MB trong tất cả các ô. Chia thành nhiều tệp.",
          "The cells hold too much text: 48 MB in all at most. Split the file."});
  return false;
}

bool Budget::take_row(std::uint32_t number) {
  if (number >= 1 && number <= kMostRows) return true;
  refuse({fmt::format("Bảng dài quá {} dòng. Chia thành nhiều tệp.", kMostRows),
          fmt::format("The sheet is longer than {} rows. Split the file.", kMostRows)});
  return false;
}

bool Budget::take_column(std::uint32_t column, std::uint32_t row) {
  if (column < kMostColumns) return true;
  refuse({fmt::format("Dòng {} có quá {} cột. Xóa các cột thừa ở bên phải rồi nộp lại.", row, kMostColumns),
          fmt::format("Row {} has more than {} columns. Delete those on the right that nobody needs.", row,
                      kMostColumns)});
  return false;
}

bool Budget::has_time() {
  if (refused()) return false;
  if (++asked_ % 64 != 0 || cpu_now_ms() - began_ms_ <= kMostCpuMs) return true;
  refuse({"Đọc tệp mất quá lâu: tệp bị hỏng hoặc quá phức tạp. Chép dữ liệu sang một bảng mới rồi nộp lại.",
          "The file takes too long to read: it is damaged or too complex. Copy the data into a new sheet."});
  return false;
}

void put_cell(Row& row, std::uint32_t column, Cell cell) {
  if (row.cells.size() <= column) row.cells.resize(column + 1);
  row.cells[column] = std::move(cell);
}

void trim(Table& table) {
  for (Row& row : table.rows) {
    while (!row.cells.empty() && row.cells.back().kind == CellKind::kEmpty) row.cells.pop_back();
  }
  while (!table.rows.empty() && table.rows.back().cells.empty()) table.rows.pop_back();
}

}  // namespace vonggac::sheet
