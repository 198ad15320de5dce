#include <gtest/gtest.h>

#include "intake/columns.h"
#include "intake/imports.h"
#include "intake/row_facts.h"

namespace vonggac::intake {
namespace {

TEST(Columns, AreKnownWithAndWithoutToneMarksAndInEnglish) {
  EXPECT_EQ(field_of_header("VĨ ĐỘ"), Field::kLat);
  EXPECT_EQ(field_of_header("kinh do (độ thập phân)"), Field::kLon);
  EXPECT_EQ(field_of_header("Toạ độ"), Field::kPoint);
  EXPECT_EQ(field_of_header("Tọa độ"), Field::kPoint);
  EXPECT_EQ(field_of_header("Chủ đầu tư / chủ sở hữu"), Field::kOwner);
  EXPECT_EQ(field_of_header("Serial Number"), Field::kSerial);
  EXPECT_EQ(field_of_header("STT"), Field::kIgnored);
  EXPECT_EQ(field_of_header("Mật khẩu"), std::nullopt);
}

TEST(Columns, EveryFieldOfTheTemplateIsReadBack) {
  for (int i = static_cast<int>(Field::kCode); i <= static_cast<int>(Field::kInstalled); ++i) {
    const Field field = static_cast<Field>(i);
    EXPECT_EQ(field_of_header(field_name(field).vi), field) << field_name(field).vi;
    EXPECT_EQ(field_of_header(field_name(field).en), field) << field_name(field).en;
    EXPECT_EQ(field_of_key(field_key(field)), field);
  }
}

TEST(Coordinates, PointsCommasAndDegreesAreRead) {
  EXPECT_DOUBLE_EQ(read_degrees("9.2941").value_or(0), 9.2941);
  EXPECT_DOUBLE_EQ(read_degrees("9,2941").value_or(0), 9.2941);
  EXPECT_DOUBLE_EQ(read_degrees("105.7278\u00B0E").value_or(0), 105.7278);
  EXPECT_NEAR(read_degrees("9\u00B017'38.8\"N").value_or(0), 9.294111, 1e-6);
  EXPECT_NEAR(read_degrees("105 43 40,1 E").value_or(0), 105.727806, 1e-6);
  EXPECT_EQ(read_degrees("chưa đo"), std::nullopt);
  EXPECT_EQ(read_degrees("9\u00B077'"), std::nullopt);
}

TEST(Coordinates, BothInOneCellAreRead) {
  for (const char* text : {"9.2941, 105.7278", "9.2941,105.7278", "9,2941; 105,7278", "9,2941,105,7278",
                           "9.2941 105.7278", "(9.2941, 105.7278)", "9.2941/105.7278"}) {
    const auto point = read_point(text);
    ASSERT_TRUE(point) << text;
    EXPECT_NEAR(point->first, 9.2941, 1e-9) << text;
    EXPECT_NEAR(point->second, 105.7278, 1e-9) << text;
  }
  EXPECT_EQ(read_point("Cổng chợ"), std::nullopt);
}

RowFacts facts_of(const Cells& cells, std::vector<Finding>& findings) { return read_facts(7, cells, findings); }

TEST(RowFacts, PasswordsInAddressesAreNeitherKeptNorShown) {
  std::vector<Finding> findings;
  const RowFacts facts = facts_of({{Field::kName, {0, "A"}},
                                   {Field::kOwner, {1, "UBND phường"}},
                                   {Field::kStream, {2, "rtsp://admin:s3cret/@p@10.0.0.5/ch1"}}},
                                  findings);
  EXPECT_EQ(facts.stream_url, "rtsp://10.0.0.5/ch1");
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].cell, "C7");
  EXPECT_EQ(findings[0].value.find("s3cret"), std::string::npos);
  EXPECT_NE(findings[0].sentence.vi.find("mật khẩu"), std::string::npos);
}

TEST(RowFacts, SwappedAndForeignCoordinatesAreWrong) {
  std::vector<Finding> findings;
  facts_of({{Field::kName, {0, "A"}}, {Field::kOwner, {1, "UBND"}}, {Field::kPoint, {2, "105.7278, 9.2941"}}},
           findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].sentence.vi.find("đổi chỗ"), std::string::npos);
  findings.clear();
  facts_of({{Field::kName, {0, "A"}}, {Field::kOwner, {1, "UBND"}}, {Field::kPoint, {2, "48.85, 2.35"}}}, findings);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_NE(findings[0].sentence.vi.find("ngoài Việt Nam"), std::string::npos);
}

TEST(RowFacts, WhatExcelDidToNumbersIsMendedOrSaid) {
  std::vector<Finding> findings;
  const RowFacts facts = facts_of({{Field::kName, {0, "A"}},
                                   {Field::kOwner, {1, "Hộ ông Tư"}},
                                   {Field::kPhone, {2, "912345678"}},
                                   {Field::kSerial, {3, "1.23456789012346e+17"}}},
                                  findings);
  EXPECT_EQ(facts.phone, "0912345678");
  EXPECT_EQ(facts.ownership, "HO_CHIA_SE");
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_FALSE(findings[0].wrong);
  EXPECT_TRUE(findings[1].wrong);
}

TEST(RowFacts, WordsOfListsSizesDirectionsAndDaysAreRead) {
  std::vector<Finding> findings;
  const RowFacts facts = facts_of({{Field::kName, {0, "A"}},
                                   {Field::kOwnership, {1, "xa hoi hoa"}},
                                   {Field::kCriticalPoint, {2, "Chợ"}},
                                   {Field::kResolution, {3, "2 MP"}},
                                   {Field::kAzimuth, {4, "Đông Nam"}},
                                   {Field::kRetention, {5, "15 ngày"}},
                                   {Field::kInstalled, {6, "2025-03-15 08:30"}}},
                                  findings);
  EXPECT_TRUE(findings.empty());
  EXPECT_EQ(facts.ownership, "XA_HOI_HOA");
  EXPECT_EQ(facts.critical_point, "CHO");
  EXPECT_EQ(facts.width, 1920);
  EXPECT_EQ(facts.azimuth, 135);
  EXPECT_EQ(facts.retention_days, 15);
  EXPECT_EQ(facts.installed, catalogue::Day::of(2025, 3, 15));
}

TEST(Report, CellsThatASpreadsheetWouldRunAreText) {
  EXPECT_EQ(csv_cell("=1+1"), "\"'=1+1\"");
  EXPECT_EQ(csv_cell("+84"), "\"'+84\"");
  EXPECT_EQ(csv_cell("-1"), "\"'-1\"");
  EXPECT_EQ(csv_cell("@x"), "\"'@x\"");
  EXPECT_EQ(csv_cell("\tx"), "\"'\tx\"");
  EXPECT_EQ(csv_cell("a \"b\""), "\"a \"\"b\"\"\"");
}

}  // namespace
}  // namespace vonggac::intake
