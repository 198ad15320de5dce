#include <gtest/gtest.h>

#include "sheet/read_sheet.h"

namespace vonggac::sheet {
namespace {

base::Bytes bytes_of(std::string_view text) { return base::Bytes(text.begin(), text.end()); }

Table read(const base::Bytes& file, Encoding encoding = Encoding::kDetect) {
  ReadOptions options;
  options.encoding = encoding;
  auto result = read_sheet(file, options);
  if (auto* refusal = std::get_if<Refusal>(&result)) {
    ADD_FAILURE() << refusal->words.vi;
    return {};
  }
  return std::move(std::get<Table>(result));
}
Table read(std::string_view text) { return read(bytes_of(text)); }
Words refused(const base::Bytes& file) {
  auto result = read_sheet(file, {});
  EXPECT_TRUE(std::holds_alternative<Refusal>(result));
  auto* refusal = std::get_if<Refusal>(&result);
  return refusal == nullptr ? Words{} : refusal->words;
}
std::string at(const Table& table, std::size_t row, std::size_t column) {
  if (row >= table.rows.size() || column >= table.rows[row].cells.size()) return "";
  return table.rows[row].cells[column].text;
}

TEST(Csv, FindsCommaSemicolonAndTabulator) {
  for (const char separator : {',', ';', '\t'}) {
    const std::string s(1, separator);
    const Table table = read("mã" + s + "tên\nC1" + s + "Cổng chợ\n");
    ASSERT_EQ(table.rows.size(), 2U) << separator;
    EXPECT_EQ(at(table, 1, 1), "Cổng chợ");
  }
}

TEST(Csv, CommasInCoordinatesDoNotPartSemicolonFiles) {
  const Table table = read("tên;vĩ độ;kinh độ\nA;9,2941;105,7278\nB;9,2942;105,7279\n");
  EXPECT_EQ(at(table, 1, 1), "9,2941");
  EXPECT_EQ(at(table, 2, 2), "105,7279");
}

TEST(Csv, QuotedCellsKeepSeparatorsMarksAndLines) {
  const Table table = read("a,b\r\n\"Số 1, đường \"\"Trần Phú\"\"\",\"hai\r\ndòng\"\r\n");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(at(table, 1, 0), "Số 1, đường \"Trần Phú\"");
  EXPECT_EQ(at(table, 1, 1), "hai dòng");
}

TEST(Csv, RowsAreNumberedAsInTheFile) {
  const Table table = read("a,b\n\n\nc,d\n");
  ASSERT_EQ(table.rows.size(), 2U);
  EXPECT_EQ(table.rows[1].number, 4U);
}

TEST(Csv, SeparatorLineOfExcelIsObeyedAndNoRow) {
  const Table table = read("sep=;\na,1;b\n");
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_EQ(at(table, 0, 0), "a,1");
  EXPECT_EQ(table.rows[0].number, 2U);
}

TEST(Csv, UnclosedQuotationMarkIsNamed) {
  EXPECT_NE(refused(bytes_of("a,b\nc,\"d\n")).vi.find("B2"), std::string::npos);
}

TEST(Csv, Utf8WithAndWithoutMarkAndDecomposedBecomeNfc) {
  EXPECT_EQ(at(read("Hòa,x\n"), 0, 0), "Hòa");
  EXPECT_EQ(at(read("\xEF\xBB\xBFHo\xCC\x80"
                    "a,x\n"),
               0, 0),
            "Hòa");
}

TEST(Csv, Utf16LittleEndianIsRead) {
  const std::u16string text = u"mã;tên\r\nC1;Ấp Trà Khứa\r\n";
  base::Bytes file{0xFF, 0xFE};
  for (const char16_t c : text) {
    file.push_back(static_cast<std::uint8_t>(c & 0xFFU));
    file.push_back(static_cast<std::uint8_t>(c >> 8U));
  }
  const Table table = read(file);
  EXPECT_EQ(table.encoding, "UTF-16 LE");
  EXPECT_EQ(at(table, 1, 1), "Ấp Trà Khứa");
}

TEST(Csv, Windows1258WithToneMarksApartBecomesNfcAndIsSaid) {
  // "Tổ dân phố Cầu Sập": o circumflex F4 + hook D2, a circumflex E2, o circumflex F4 + acute EC ...
  const Table table = read(bytes_of("Khu,T\xF4\xD2 d\xE2n ph\xF4\xEC C\xE2\xCCu S\xE2\xF2p\n"));
  EXPECT_EQ(table.encoding, "Windows-1258");
  EXPECT_EQ(at(table, 0, 1), "Tổ dân phố Cầu Sập");
  ASSERT_EQ(table.remarks.size(), 1U);
  EXPECT_FALSE(table.remarks[0].wrong);
}

TEST(Csv, Tcvn3IsRecognisedByItsLetters) {
  const Table table = read(bytes_of("Khu,X\xB7 V\xDCnh H\xEDng, T\xE6 d\xA9n ph\xE8\n"));
  EXPECT_EQ(table.encoding, "TCVN3 (.VnTime)");
  EXPECT_EQ(at(table, 0, 1), "Xã Vĩnh Hớng");
}

TEST(Csv, ByteThatTheEncodingDoesNotHaveIsNamedWithItsCell) {
  const Words words = refused(bytes_of("a,b\nc,d\xD2 \x8F x\n"));
  EXPECT_NE(words.vi.find("B2"), std::string::npos) << words.vi;
  EXPECT_NE(words.vi.find("0x8F"), std::string::npos) << words.vi;
  base::Bytes broken = bytes_of(
      "\xEF\xBB\xBF"
      "a,b\nc,\xE1\xBB\n");
  EXPECT_NE(refused(broken).en.find("B2"), std::string::npos);
}

TEST(Csv, TooManyRowsColumnsAndLongCellsAreSaid) {
  std::string rows;
  for (std::uint32_t i = 0; i <= kMostRows; ++i) rows += "a,b\n";
  EXPECT_NE(refused(bytes_of(rows)).en.find("20000 rows"), std::string::npos);
  EXPECT_NE(refused(bytes_of(std::string(kMostColumns, ',') + "x\n")).en.find("64 columns"), std::string::npos);
  const Table table = read("a," + std::string(kMostCellBytes + 1, 'x') + "\n");
  ASSERT_EQ(table.remarks.size(), 1U);
  EXPECT_TRUE(table.remarks[0].wrong);
  EXPECT_EQ(table.remarks[0].column, 1U);
}

TEST(Csv, HiddenCharactersAreTakenOutOfNames) {
  EXPECT_EQ(at(read("Cổng\xE2\x80\x8B ch\xE1\xBB\xA3\xC2\xA0,x\n"), 0, 0), "Cổng chợ");
}

TEST(Csv, PicturesDocumentsAndArchivesAreRefusedInWords) {
  EXPECT_NE(refused(bytes_of("%PDF-1.7 ...")).vi.find("PDF"), std::string::npos);
  EXPECT_NE(refused(bytes_of("\x89PNG\r\n")).en.find("picture"), std::string::npos);
  EXPECT_NE(refused(bytes_of("Rar!...")).en.find("archive"), std::string::npos);
  EXPECT_NE(refused(bytes_of("a\0b,c\n" + std::string(1, '\0'))).vi.size(), 0U);
  EXPECT_EQ(refused({}).vi, "Tệp rỗng.");
}

}  // namespace
}  // namespace vonggac::sheet
