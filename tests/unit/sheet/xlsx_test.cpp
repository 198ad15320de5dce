#include <algorithm>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <xlsxwriter.h>

#include "sheet/read_sheet.h"
#include "support/temp_folder.h"
#include "support/workbook_files.h"

namespace vonggac::sheet {
namespace {

using test::workbook_of;
using test::workbook_parts;
using test::zip_of;

Table read_book(const base::Bytes& file, std::string_view sheet = "") {
  ReadOptions options;
  options.sheet = sheet;
  auto result = read_sheet(file, options);
  if (auto* refusal = std::get_if<Refusal>(&result)) {
    ADD_FAILURE() << refusal->words.vi;
    return {};
  }
  return std::move(std::get<Table>(result));
}
std::string refused_book(const base::Bytes& file, std::string_view sheet = "") {
  ReadOptions options;
  options.sheet = sheet;
  auto result = read_sheet(file, options);
  EXPECT_TRUE(std::holds_alternative<Refusal>(result));
  auto* refusal = std::get_if<Refusal>(&result);
  return refusal == nullptr ? std::string() : refusal->words.en;
}
const Cell& book_cell(const Table& table, std::size_t row, std::size_t column) {
  static const Cell kNone;
  if (row >= table.rows.size() || column >= table.rows[row].cells.size()) return kNone;
  return table.rows[row].cells[column];
}
bool says(const Table& table, std::string_view words) {
  return std::any_of(table.remarks.begin(), table.remarks.end(),
                     [&](const Remark& r) { return r.words.vi.find(words) != std::string::npos; });
}

class Writer {
 public:
  base::Bytes close() {
    EXPECT_EQ(workbook_close(book), LXW_NO_ERROR);
    std::ifstream file(name_, std::ios::binary);
    return base::Bytes(std::istreambuf_iterator<char>(file), {});
  }

 private:
  test::TempFolder folder_;
  std::string name_ = folder_.file("book.xlsx");

 public:
  lxw_workbook* book = workbook_new(name_.c_str());
};

TEST(Xlsx, ReadsWhatAnotherProgramWrote) {
  Writer writer;
  lxw_worksheet* sheet = workbook_add_worksheet(writer.book, "Kiểm kê");
  worksheet_write_string(sheet, 0, 0, "Tên", nullptr);
  worksheet_write_number(sheet, 0, 1, 912345678, nullptr);
  worksheet_write_number(sheet, 0, 2, 105.7278, nullptr);
  worksheet_write_boolean(sheet, 0, 3, 1, nullptr);
  lxw_format* date = workbook_add_format(writer.book);
  format_set_num_format(date, "dd/mm/yyyy");
  worksheet_write_number(sheet, 0, 4, 45'000, date);
  lxw_format* bold = workbook_add_format(writer.book);
  format_set_bold(bold);
  std::string plain = "Cổng ", strong = "chợ";
  lxw_rich_string_tuple first{nullptr, plain.data()}, second{bold, strong.data()};
  lxw_rich_string_tuple* runs[] = {&first, &second, nullptr};
  worksheet_write_rich_string(sheet, 0, 5, runs, nullptr);
  const Table table = read_book(writer.close());
  EXPECT_EQ(table.name, "Kiểm kê");
  EXPECT_EQ(book_cell(table, 0, 0).text, "Tên");
  EXPECT_EQ(book_cell(table, 0, 1).text, "912345678");
  EXPECT_EQ(book_cell(table, 0, 2).text, "105.7278");
  EXPECT_EQ(book_cell(table, 0, 3).kind, CellKind::kBool);
  EXPECT_EQ(book_cell(table, 0, 4).kind, CellKind::kDate);
  EXPECT_EQ(book_cell(table, 0, 4).text, "2023-03-15");
  EXPECT_EQ(book_cell(table, 0, 5).text, "Cổng chợ");
}

const std::string kDateStyles =
    "<numFmts><numFmt numFmtId=\"164\" formatCode=\"[$-42A]dd/mm/yyyy\"/><numFmt numFmtId=\"165\" "
    "formatCode=\"0.0&quot; ngày&quot;\"/></numFmts><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf "
    "numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf numFmtId=\"22\"/></cellXfs>";

TEST(Xlsx, DatesOf1900KnowTheLeapDayThatWasNone) {
  const Table table =
      read_book(workbook_of("<sheetData><row><c s=\"1\"><v>1</v></c><c s=\"1\"><v>59</v></c><c "
                            "s=\"2\"><v>61</v></c><c s=\"1\"><v>60</v></c></row></sheetData>",
                            "", "", kDateStyles));
  EXPECT_EQ(book_cell(table, 0, 0).text, "1900-01-01");
  EXPECT_EQ(book_cell(table, 0, 1).text, "1900-02-28");
  EXPECT_EQ(book_cell(table, 0, 2).text, "1900-03-01");
  EXPECT_EQ(book_cell(table, 0, 3).kind, CellKind::kError);
  EXPECT_TRUE(says(table, "không có trong lịch"));
}

TEST(Xlsx, DatesOf1904AndTimesAndNumbersWithWords) {
  const Table table =
      read_book(workbook_of("<sheetData><row><c s=\"1\"><v>0</v></c><c s=\"4\"><v>43538.5</v></c><c "
                            "s=\"3\"><v>30</v></c></row></sheetData>",
                            "<workbookPr date1904=\"1\"/>", "", kDateStyles));
  EXPECT_EQ(book_cell(table, 0, 0).text, "00:00");
  EXPECT_EQ(book_cell(table, 0, 0).number, -24'107);
  EXPECT_EQ(book_cell(table, 0, 1).text, "2023-03-15 12:00");
  EXPECT_EQ(book_cell(table, 0, 2).kind, CellKind::kNumber);
}

TEST(Xlsx, SharedInlineAndEscapedTextsAndReadings) {
  const Table table = read_book(
      workbook_of("<sheetData><row r=\"3\"><c r=\"B3\" t=\"s\"><v>0</v></c><c t=\"s\"><v>1</v></c><c "
                  "t=\"s\"><v>9</v></c></row></sheetData>",
                  "", "<si><t>một_x000A_hai</t></si><si><r><t>Trà </t></r><r><t>Kha</t></r><rPh><t>no</t></rPh></si>"));
  EXPECT_EQ(table.rows[0].number, 3U);
  EXPECT_EQ(book_cell(table, 0, 1).text, "một hai");
  EXPECT_EQ(book_cell(table, 0, 2).text, "Trà Kha");
  EXPECT_EQ(book_cell(table, 0, 3).kind, CellKind::kError);
}

TEST(Xlsx, FormulasGiveTheirLastResultAndSaySo) {
  const Table table = read_book(workbook_of(
      "<sheetData><row><c t=\"str\"><f>A2&amp;B2</f><v>Khóm 1</v></c><c><f>1+1</f><v>2</v></c><c><f>NOW()</f></c><c "
      "t=\"e\"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>"));
  EXPECT_EQ(book_cell(table, 0, 0).text, "Khóm 1");
  EXPECT_TRUE(book_cell(table, 0, 0).formula);
  EXPECT_EQ(book_cell(table, 0, 1).text, "2");
  EXPECT_EQ(book_cell(table, 0, 2).kind, CellKind::kError);
  EXPECT_EQ(book_cell(table, 0, 3).kind, CellKind::kError);
  EXPECT_TRUE(says(table, "Có 2 ô công thức"));
  EXPECT_TRUE(says(table, "chưa có kết quả"));
  EXPECT_TRUE(says(table, "#DIV/0!"));
}

TEST(Xlsx, MergedCellsCountForEachRow) {
  const Table table = read_book(
      workbook_of("<sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>Khóm 1</t></is></c><c "
                  "r=\"B1\"><v>1</v></c></row><row r=\"2\"><c r=\"B2\"><v>2</v></c></row><row r=\"3\"><c "
                  "r=\"B3\"><v>3</v></c></row></sheetData><mergeCells><mergeCell ref=\"A1:A3\"/></mergeCells>"));
  EXPECT_EQ(book_cell(table, 2, 0).text, "Khóm 1");
  EXPECT_TRUE(book_cell(table, 2, 0).merged);
  EXPECT_FALSE(book_cell(table, 0, 0).merged);
  EXPECT_TRUE(says(table, "A1:A3"));
}

TEST(Xlsx, HiddenRowsAreReadAndSaidHiddenSheetsAreNot) {
  Writer writer;
  lxw_worksheet* hidden = workbook_add_worksheet(writer.book, "Nháp");
  lxw_worksheet* shown = workbook_add_worksheet(writer.book, "Chính");
  lxw_worksheet* third = workbook_add_worksheet(writer.book, "Khác");
  worksheet_write_string(hidden, 0, 0, "nháp", nullptr);
  worksheet_hide(hidden);
  worksheet_activate(shown);
  worksheet_set_first_sheet(shown);
  worksheet_write_string(shown, 0, 0, "chính", nullptr);
  worksheet_write_string(shown, 1, 0, "ẩn", nullptr);
  lxw_row_col_options row{};
  row.hidden = 1;
  worksheet_set_row_opt(shown, 1, 15, nullptr, &row);
  worksheet_write_string(third, 0, 0, "khác", nullptr);
  const base::Bytes file = writer.close();
  const Table table = read_book(file);
  EXPECT_EQ(book_cell(table, 0, 0).text, "chính");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_TRUE(table.rows[1].hidden);
  EXPECT_TRUE(says(table, "dòng bị ẩn"));
  EXPECT_TRUE(says(table, "“Nháp”"));
  EXPECT_EQ(book_cell(read_book(file, "Nháp"), 0, 0).text, "nháp");
  EXPECT_NE(refused_book(file, "Không có").find("Chính"), std::string::npos);
}

TEST(Xlsx, EmptyFormattedRowsToTheEndOfTheSheetAreNoRows) {
  const Table table =
      read_book(workbook_of("<sheetData><row r=\"1\"><c r=\"A1\"><v>1</v></c></row><row r=\"1048576\"><c "
                            "r=\"XFD1048576\" s=\"0\"/></row></sheetData>"));
  EXPECT_EQ(table.rows.size(), 1U);
}

TEST(Xlsx, RowsAndColumnsOutOfOrderAreDamage) {
  EXPECT_NE(refused_book(workbook_of("<sheetData><row r=\"2\"/><row r=\"1\"/></sheetData>")).find("damaged"),
            std::string::npos);
  EXPECT_NE(
      refused_book(workbook_of("<sheetData><row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row></sheetData>")).find("damaged"),
      std::string::npos);
}

TEST(Xlsx, DocumentTypesAndEntitiesAreRefused) {
  auto parts = workbook_parts("<sheetData/>");
  parts.back().second =
      "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><worksheet><sheetData><row><c "
      "t=\"inlineStr\"><is><t>&a;</t></is></c></row></sheetData></worksheet>";
  EXPECT_NE(refused_book(zip_of(parts)).find("DOCTYPE"), std::string::npos);
}

TEST(Xlsx, BombsAreRefusedBeforeTheyUnpack) {
  auto parts = workbook_parts("<sheetData/>");
  parts.back().second = "<worksheet><sheetData>" + std::string(60U << 20U, ' ') + "</sheetData></worksheet>";
  EXPECT_NE(refused_book(zip_of(parts)).find("too much"), std::string::npos);
}

TEST(Xlsx, OneLongTextNamedOftenIsRefused) {
  std::string data = "<sheetData>";
  for (int row = 0; row < 5'000; ++row) {
    data += "<row>";
    for (int column = 0; column < 4; ++column) data += "<c t=\"s\"><v>0</v></c>";
    data += "</row>";
  }
  EXPECT_NE(refused_book(workbook_of(data + "</sheetData>", "", "<si><t>" + std::string(4'000, 'x') + "</t></si>"))
                .find("too much text"),
            std::string::npos);
}

TEST(Xlsx, PathsThatLeaveAndArchivesInsideAreRefused) {
  auto parts = workbook_parts("<sheetData/>");
  parts.emplace_back("../../etc/cron.d/x", "x");
  EXPECT_NE(refused_book(zip_of(parts)).find("paths outside"), std::string::npos);
  parts.back().first = "xl/embeddings/nested.ZIP";
  EXPECT_NE(refused_book(zip_of(parts)).find("other archives"), std::string::npos);
}

TEST(Xlsx, PasswordsOldFormatsAndOpenDocumentAreRefusedInWords) {
  EXPECT_NE(refused_book(zip_of(workbook_parts("<sheetData/>"), true)).find("password"), std::string::npos);
  base::Bytes compound{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1};
  EXPECT_NE(refused_book(compound).find("old .xls"), std::string::npos);
  for (const char c : std::string_view("EncryptedPackage")) {
    compound.push_back(static_cast<std::uint8_t>(c));
    compound.push_back(0);
  }
  EXPECT_NE(refused_book(compound).find("password"), std::string::npos);
  std::string ods = std::string("PK\x03\x04") + std::string(26, '\0') +
                    "mimetypeapplication/vnd.oasis.opendocument.spreadsheet" + std::string(64, ' ');
  EXPECT_NE(refused_book(base::Bytes(ods.begin(), ods.end())).find(".ods"), std::string::npos);
}

TEST(Xlsx, DamagedAndForeignArchivesAreRefused) {
  EXPECT_NE(refused_book(zip_of({{"a.txt", "hello"}})).find("no Excel workbook"), std::string::npos);
  base::Bytes cut = workbook_of("<sheetData><row><c><v>1</v></c></row></sheetData>");
  cut.resize(cut.size() / 2);
  EXPECT_NE(refused_book(cut).find("damaged"), std::string::npos);
  EXPECT_NE(refused_book(workbook_of("<sheetData><row><c></row>")).find("damaged"), std::string::npos);
}

TEST(Xlsx, TwentyThousandRowsAreRead) {
  std::string data = "<sheetData>";
  for (int row = 1; row <= 20'000; ++row) {
    data += "<row>";
    for (int column = 0; column < 4; ++column)
      data += "<c t=\"inlineStr\"><is><t>Ô " + std::to_string(row) + "</t></is></c>";
    data += "</row>";
  }
  const Table table = read_book(workbook_of(data + "</sheetData>"));
  EXPECT_EQ(table.rows.size(), 20'000U);
  EXPECT_EQ(book_cell(table, 19'999, 3).text, "Ô 20000");
}

}  // namespace
}  // namespace vonggac::sheet
