#include "sheet/read_sheet.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "sheet/archive.h"
#include "sheet/csv_reader.h"
#include "sheet/workbook.h"
#include "sheet/worksheet.h"

namespace vonggac::sheet {
namespace {

bool begins_with(base::ByteSpan file, std::initializer_list<std::uint8_t> mark, std::size_t at = 0) {
  return file.size() >= at + mark.size() &&
         std::equal(mark.begin(), mark.end(), file.begin() + static_cast<std::ptrdiff_t>(at));
}

bool holds(base::ByteSpan file, std::string_view text) {
  return std::search(file.begin(), file.end(), text.begin(), text.end(),
                     [](std::uint8_t a, char b) { return a == static_cast<std::uint8_t>(b); }) != file.end();
}

/// A compound file is an old workbook, or the case in which Office puts an encrypted new one.
Refusal refuse_compound(base::ByteSpan file) {
  std::string wide;
  for (const char c : std::string_view("EncryptedPackage")) {
    wide += c;
    wide += '\0';
  }
  if (holds(file, wide)) {
    return {{"Tệp có mật khẩu: mở tệp, bỏ mật khẩu (Tệp → Thông tin → Bảo vệ sổ làm việc), lưu lại rồi nộp lại.",
             "The file has a password: open it, remove the password, save it and send that."}};
  }
  return {{"Tệp .xls đời cũ: mở tệp, chọn “Lưu thành” .xlsx rồi nộp lại.",
           "This is an old .xls file: open it, save it as .xlsx and send that."}};
}

/// Files that people take for tables.
std::optional<Refusal> refuse_known(base::ByteSpan file) {
  if (begins_with(file, {0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1})) return refuse_compound(file);
  const bool pdf = begins_with(file, {'%', 'P', 'D', 'F'});
  const bool picture = begins_with(file, {0xFF, 0xD8, 0xFF}) || begins_with(file, {0x89, 'P', 'N', 'G'}) ||
                       begins_with(file, {'G', 'I', 'F', '8'});
  if (pdf || picture) {
    return Refusal{{"Đây là tệp PDF hoặc hình ảnh, không phải bảng: nộp tệp .xlsx hoặc .csv.",
                    "This is a PDF or a picture, not a table: send .xlsx or .csv."}};
  }
  const bool packed = begins_with(file, {'R', 'a', 'r', '!'}) || begins_with(file, {'7', 'z', 0xBC, 0xAF}) ||
                      begins_with(file, {0x1F, 0x8B});
  if (packed) {
    return Refusal{{"Đây là tệp nén: giải nén rồi nộp tệp .xlsx hoặc .csv bên trong.",
                    "This is an archive: unpack it and send the .xlsx or .csv inside."}};
  }
  return std::nullopt;
}

/// OpenDocument says what it is in its first part, which is not packed.
bool is_open_document(base::ByteSpan file) {
  constexpr std::string_view kMark = "mimetypeapplication/vnd.oasis.opendocument";
  return file.size() > 30 + kMark.size() && holds(file.first(30 + kMark.size()), kMark);
}

const SheetEntry* choose_sheet(const Workbook& workbook, std::string_view wanted) {
  for (const SheetEntry& sheet : workbook.sheets) {
    if (sheet.part.empty()) continue;
    if (wanted.empty() ? !sheet.hidden : sheet.name == wanted) return &sheet;
  }
  return nullptr;
}

Refusal no_such_sheet(const Workbook& workbook, std::string_view wanted) {
  std::string names;
  for (const SheetEntry& sheet : workbook.sheets) {
    if (!sheet.hidden && !sheet.part.empty()) names += fmt::format("{}“{}”", names.empty() ? "" : ", ", sheet.name);
  }
  if (wanted.empty()) {
    return {{"Tệp không có trang tính nào đang hiện: bỏ ẩn trang cần nộp rồi lưu lại.",
             "The file has no visible sheet: show the one that is meant and save it."}};
  }
  return {{fmt::format("Không có trang tính “{}”. Các trang có trong tệp: {}.", wanted, names),
           fmt::format("There is no sheet \"{}\". The file has: {}.", wanted, names)}};
}

void say_other_sheets(const Workbook& workbook, const SheetEntry& chosen, Table& table) {
  std::string others, hidden;
  for (const SheetEntry& sheet : workbook.sheets) {
    if (&sheet == &chosen) continue;
    std::string& list = sheet.hidden ? hidden : others;
    if (list.size() < 400) list += fmt::format("{}“{}”", list.empty() ? "" : ", ", sheet.name);
  }
  if (!others.empty()) {
    table.remarks.push_back({0,
                             0,
                             false,
                             {fmt::format("Đọc trang “{}”; không đọc: {}.", chosen.name, others),
                              fmt::format("The sheet \"{}\" is read; not read: {}.", chosen.name, others)}});
  }
  if (!hidden.empty()) {
    table.remarks.push_back({0,
                             0,
                             false,
                             {fmt::format("Trang bị ẩn không được đọc: {}.", hidden),
                              fmt::format("Hidden sheets are not read: {}.", hidden)}});
  }
  if (workbook.has_macros) {
    table.remarks.push_back(
        {0, 0, false, {"Tệp có macro: macro không được chạy.", "The file has macros: they are not run."}});
  }
}

std::variant<Table, Refusal> read_xlsx(base::ByteSpan file, std::string_view wanted) {
  auto opened = Archive::open(file);
  if (auto* refusal = std::get_if<Refusal>(&opened)) return std::move(*refusal);
  Archive& archive = std::get<Archive>(opened);
  Budget budget;
  Workbook workbook;
  if (!read_workbook(archive, workbook, budget)) return budget.refusal();
  const SheetEntry* sheet = choose_sheet(workbook, wanted);
  if (sheet == nullptr) return no_such_sheet(workbook, wanted);
  Table table;
  table.format = "xlsx";
  table.name = sheet->name;
  say_other_sheets(workbook, *sheet, table);
  if (!read_worksheet(archive, sheet->part, workbook, table, budget)) return budget.refusal();
  return table;
}

}  // namespace

std::variant<Table, Refusal> read_sheet(base::ByteSpan file, const ReadOptions& options) {
  if (file.size() > kMostFileBytes) {
    return Refusal{{"Tệp lớn quá 32 MB: xóa ảnh trong tệp hoặc chia thành nhiều tệp.",
                    "The file is larger than 32 MB: remove pictures from it or split it."}};
  }
  if (file.empty()) return Refusal{{"Tệp rỗng.", "The file is empty."}};
  if (auto refused = refuse_known(file)) return std::move(*refused);
  if (!begins_with(file, {'P', 'K'})) return read_csv(file, options.encoding);
  if (is_open_document(file)) {
    return Refusal{{"Tệp OpenDocument (.ods): mở tệp, chọn “Lưu thành” .xlsx rồi nộp lại.",
                    "This is an OpenDocument file (.ods): save it as .xlsx and send that."}};
  }
  return read_xlsx(file, options.sheet);
}

}  // namespace vonggac::sheet
