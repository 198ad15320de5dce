#include "sheet/write_workbook.h"

#include <gtest/gtest.h>

#include "sheet/read_sheet.h"

namespace vonggac::sheet {
namespace {

Table read_written(const base::Bytes& book, std::string_view name = "") {
  auto read = read_sheet(book, {name, Encoding::kDetect});
  const auto* refusal = std::get_if<Refusal>(&read);
  EXPECT_EQ(refusal, nullptr) << (refusal == nullptr ? "" : refusal->words.en);
  return refusal == nullptr ? std::move(std::get<Table>(read)) : Table{};
}

TEST(WriteWorkbook, IsReadBackAsItWasWritten) {
  const auto book = write_workbook({{"Kiểm kê <1> & \"2\"", {{"Tên", "Số điện thoại"}, {"A & B <c>", "0912345678"}}},
                                    {"Hướng dẫn", {{"Cột"}, {"", "dòng 2, cột 2"}}}});
  ASSERT_TRUE(book) << book.error().to_string();
  const Table first = read_written(*book);
  EXPECT_EQ(first.name, "Kiểm kê <1> & \"2\"");
  ASSERT_EQ(first.rows.size(), 2U);
  EXPECT_EQ(first.rows[0].cells[1].text, "Số điện thoại");
  EXPECT_EQ(first.rows[1].cells[0].text, "A & B <c>");
  EXPECT_EQ(first.rows[1].cells[1].text, "0912345678") << "a number of a telephone keeps its zero";
  EXPECT_EQ(first.rows[1].cells[1].kind, CellKind::kText);
  ASSERT_EQ(first.remarks.size(), 1U);
  EXPECT_NE(first.remarks[0].words.en.find("not read: “Hướng dẫn”"), std::string::npos) << first.remarks[0].words.en;
  EXPECT_EQ(read_written(*book, "Hướng dẫn").rows[1].cells[1].text, "dòng 2, cột 2");
}

TEST(WriteWorkbook, GivesTheSameBytesEachTime) {
  const std::vector<WrittenSheet> sheets{{"A", {{"x"}}}};
  EXPECT_EQ(*write_workbook(sheets), *write_workbook(sheets));
}

}  // namespace
}  // namespace vonggac::sheet
