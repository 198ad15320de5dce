#include "catalogue/spoken_figures.h"

#include "catalogue/declared_figures.h"
#include "catalogue/document_schema.h"
#include "unit/catalogue/party_world.h"

namespace vonggac::catalogue {
namespace {

TEST(SpokenFigures, NumbersAreReadTheVietnameseWay) {
  EXPECT_EQ(parse_vietnamese_number("1.856"), 1856);
  EXPECT_EQ(parse_vietnamese_number("31,3"), 31.3);
  EXPECT_EQ(parse_vietnamese_number("10.000"), 10000);
  EXPECT_EQ(parse_vietnamese_number("1.234.567,89"), 1234567.89);
  EXPECT_EQ(parse_vietnamese_number("02"), 2);
  EXPECT_EQ(parse_vietnamese_number("4849"), 4849);
  for (const char* unclear : {"", ".", "1.5", "1.85", "1.8567", "1,000,5", "1.000.00", "0.500", "1234.567", "1,", ",5",
                              "1x", "-5", "1234567890123456"}) {
    EXPECT_EQ(parse_vietnamese_number(unclear), std::nullopt) << unclear;
  }
  EXPECT_EQ(vietnamese_number(1856), "1.856");
  EXPECT_EQ(vietnamese_number(31.326, 1), "31,3");
  EXPECT_EQ(vietnamese_number(1234567.5, 2), "1.234.567,50");
  EXPECT_EQ(vietnamese_number(999), "999");
}

TEST(SpokenFigures, WordsSayHowTheNumberIsMeant) {
  struct Case {
    const char* text;
    FigureRelation relation;
    double value;
    const char* unit;
  };
  for (const Case& c : std::vector<Case>{
           {"264", FigureRelation::kEqual, 264, ""},
           {"hơn 10.000", FigureRelation::kMore, 10000, ""},
           {"Trên 180", FigureRelation::kMore, 180, ""},
           {"khoảng 500", FigureRelation::kAbout, 500, ""},
           {"gần 3.000", FigureRelation::kAbout, 3000, ""},
           {"từ 70% trở lên", FigureRelation::kAtLeast, 70, "%"},
           {"90 % trở lên", FigureRelation::kAtLeast, 90, "%"},
           {"ít nhất 80%", FigureRelation::kAtLeast, 80, "%"},
           {"không dưới 5", FigureRelation::kAtLeast, 5, ""},
           {"không quá 20%", FigureRelation::kAtMost, 20, "%"},
           {"dưới 5", FigureRelation::kLess, 5, ""},
           {"≥ 90%", FigureRelation::kAtLeast, 90, "%"},
           {"≥90%", FigureRelation::kAtLeast, 90, "%"},
           {">10.000", FigureRelation::kMore, 10000, ""},
           {"31,3 %", FigureRelation::kEqual, 31.3, "%"},
           {"350 triệu đồng", FigureRelation::kEqual, 350e6, "đồng"},
           {"hơn 7 tỷ đồng", FigureRelation::kMore, 7e9, "đồng"},
           {"2,5 tỷ", FigureRelation::kEqual, 2.5e9, ""},
       }) {
    const std::optional<SpokenFigure> figure = parse_figure(c.text);
    ASSERT_TRUE(figure) << c.text;
    EXPECT_EQ(figure->relation, c.relation) << c.text;
    EXPECT_DOUBLE_EQ(figure->value, c.value) << c.text;
    EXPECT_EQ(figure->unit, c.unit) << c.text;
    EXPECT_EQ(figure->as_read, c.text);
  }
}

TEST(SpokenFigures, ARangeHasTwoEnds) {
  for (const char* text : {"5-30", "5–30", "từ 5 đến 30"}) {
    const std::optional<SpokenFigure> figure = parse_figure(text);
    ASSERT_TRUE(figure) << text;
    EXPECT_EQ(figure->relation, FigureRelation::kBetween) << text;
    EXPECT_EQ(figure->value, 5) << text;
    EXPECT_EQ(figure->upper, 30) << text;
  }
}

TEST(SpokenFigures, AStationIsNoHundred) {
  EXPECT_EQ(find_figures("5 trạm gác").front().value, 5);
  EXPECT_EQ(find_figures("5 trăm hộ").front().value, 500);
  EXPECT_EQ(find_figures("3 dòng").front().unit, "");
  EXPECT_FALSE(parse_figure("hơn 10.000 và 20")) << "two figures are not one";
}

TEST(SpokenFigures, S4TheReportOfKhanhHoaIsRead) {
  const std::string text =
      "đã duy trì, kiện toàn 146 ban chỉ đạo; xây dựng và củng cố 97 tổ chức công an xã với 937 người, 40 ban bảo vệ "
      "dân phố với 1.856 thành viên, 287 đội bảo vệ cơ quan, doanh nghiệp, cùng hơn 10.000 cán bộ làm nòng cốt. Hiện "
      "nay, toàn tỉnh có 264 mô hình. Trong đó, có 46 mô hình xây dựng mới năm 2018, theo Thông tư số 23/2012.";
  std::vector<std::string> read;
  for (const SpokenFigure& figure : find_figures(text)) {
    read.push_back(std::string(figure_sign(figure.relation)) + vietnamese_number(figure.value));
    EXPECT_EQ(text.substr(figure.at, figure.as_read.size()), figure.as_read);
  }
  EXPECT_EQ(read, (std::vector<std::string>{"=146", "=97", "=937", "=40", "=1.856", "=287", ">10.000", "=264", "=46"}));
}

TEST(SpokenFigures, S2TargetsOfThePlanAreRead) {
  const std::string text =
      "phải được ít nhất 80% trên tổng số hộ dân. Tuyên truyền đến 90% cán bộ trở lên. 100% khu dân cư có đăng ký, "
      "trong "
      "đó từ 70% trở lên được công nhận. Kế hoạch số 31/KH-UBND ngày 02/02/2023, Phường 8.";
  std::vector<std::string> read;
  for (const SpokenFigure& figure : find_figures(text)) read.push_back(figure.as_read);
  EXPECT_EQ(read, (std::vector<std::string>{"ít nhất 80%", "90%", "100%", "từ 70% trở lên"}));
}

TEST(SpokenFigures, AnyBytesAreTaken) {
  for (const std::string& text :
       {std::string("\xFF\xFE 5"), std::string("5\xC3"), std::string(3000, '9'), std::string("..,,%%--"),
        std::string("từ"), std::string("5 -"), std::string("\xE2\x89 5")}) {
    for (const SpokenFigure& figure : find_figures(text)) EXPECT_LE(figure.at + figure.as_read.size(), text.size());
  }
  EXPECT_EQ(find_figures(std::string("5 ") + std::string(10, ' ') + "6 7", 2).size(), 2U);
}

const std::vector<store::Migration> kFigureSteps{{5, "documents", kDocumentSchema},
                                                 {6, "figures", kDeclaredFigureSchema}};

class DeclaredFigureTest : public PartyWorld {
 protected:
  DeclaredFigureTest() : PartyWorld(kFigureSteps) {}
};

TEST_P(DeclaredFigureTest, S45MoreThanTenThousandIsKeptAsItWasRead) {
  const AreaId province = area("TINH", "Khánh Hòa", std::nullopt, kWorldBegins, "56");
  DocumentForm report;
  report.type = "BAO_CAO";
  report.title = "Kết quả phong trào năm 2018";
  report.issuer = "UBND tỉnh Khánh Hòa";
  const DocumentId source = make([&](store::WriteSession& s) { return add_document(s, report, problems_); });
  DeclaredFigureForm form{province, "cán bộ nòng cốt", Day::of(2018, 12, 31), "hơn 10.000", source, 412};
  const auto add = [&] {
    return write([&](store::WriteSession& s) { return add_declared_figure(s, form, problems_).error(); });
  };
  ASSERT_TRUE(add().ok());
  const std::vector<DeclaredFigure> kept = read([&](store::Reader& s) {
    return declared_figures(s, ScopeFilter::of(province), Day::of(2018, 1, 1), Day::of(2019, 1, 1));
  });
  ASSERT_EQ(kept.size(), 1U);
  EXPECT_EQ(kept[0].figure.relation, FigureRelation::kMore);
  EXPECT_EQ(kept[0].figure.value, 10000);
  EXPECT_EQ(kept[0].figure.as_read, "hơn 10.000");
  EXPECT_EQ(kept[0].document, source);
  EXPECT_EQ(kept[0].place, 412);
  form.text = "rất nhiều";
  EXPECT_TRUE(refused(add()));
  form.text = "31,3 %";
  ASSERT_TRUE(add().ok());
  EXPECT_TRUE(read([&](store::Reader& s) {
                return declared_figures(s, ScopeFilter::all(), Day::of(2019, 1, 1), Day::of(2020, 1, 1));
              }).empty());
}

INSTANTIATE_TEST_SUITE_P(sqlite, DeclaredFigureTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, DeclaredFigureTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
