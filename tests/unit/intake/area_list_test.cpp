#include "intake/area_list.h"

#include "intake_world.h"

namespace vonggac::test {
namespace {

using intake::AreaFate;

sheet::Cell text_cell_of(const std::string& text) {
  sheet::Cell cell;
  cell.kind = text.empty() ? sheet::CellKind::kEmpty : sheet::CellKind::kText;
  cell.text = text;
  return cell;
}
sheet::Cell number_cell_of(const std::string& digits) {
  sheet::Cell cell = text_cell_of(digits);
  cell.kind = sheet::CellKind::kNumber;
  return cell;
}

class AreaLists : public IntakeWorld {
 protected:
  std::vector<intake::ListedArea> put(const std::vector<std::vector<sheet::Cell>>& lines) {
    sheet::Table table;
    for (const auto& cells : lines) {
      table.rows.push_back({static_cast<std::uint32_t>(table.rows.size() + 1), false, cells});
    }
    std::vector<intake::ListedArea> told;
    status_ = write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(told, intake::put_area_list(s, table, {catalogue::Day::of(2025, 7, 1), "1668/NQ"}, problems_));
      return {};
    });
    return told;
  }
  std::optional<catalogue::AreaVersion> coded(catalogue::AreaKind kind, const std::string& code) {
    return read([&](store::Reader& s) { return catalogue::area_by_code(s, kind, code, today()); });
  }
  base::Status status_;
};

TEST_P(AreaLists, CodesThatAWorkbookTookForNumbersGetTheirZerosBack) {
  const auto t = text_cell_of;
  const auto n = number_cell_of;
  const auto told = put({{t("Mã"), t("Tên"), t("Cấp"), t("Mã cấp trên")},
                         {n("4"), t("Ba Đình"), t("Phường"), n("1")},
                         {n("1"), t("Hà Nội"), t("Thành phố"), t("")}});
  ASSERT_TRUE(status_.ok()) << status_.to_string();
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].fate, AreaFate::kNew) << told[0].findings.size();
  const auto province = coded(catalogue::AreaKind::kProvince, "01");
  ASSERT_TRUE(province.has_value());
  EXPECT_EQ(province->type, "THANH_PHO_TW") << "a city that lies in nothing";
  const auto ward = coded(catalogue::AreaKind::kCommune, "00004");
  ASSERT_TRUE(ward.has_value());
  EXPECT_EQ(ward->parent, province->area);
  EXPECT_EQ(ward->basis, "1668/NQ");
}

TEST_P(AreaLists, WithoutAColumnOfKindsTheNameSaysIt) {
  const auto t = text_cell_of;
  const auto told = put({{t("DANH MỤC NĂM 2025"), t(""), t("")},
                         {t("Mã số"), t("Tên đơn vị hành chính"), t("Thuộc")},
                         {t("32002"), t("Xã Tân Lợi"), t("95")},
                         {t(""), t(""), t("")},
                         {t("32003"), t("Tân Lộc"), t("95")}});
  ASSERT_EQ(told.size(), 2U) << "an empty row is none";
  EXPECT_EQ(told[0].fate, AreaFate::kNew);
  EXPECT_EQ(told[1].fate, AreaFate::kWrong);
  EXPECT_EQ(told[1].row, 5U);
  EXPECT_EQ(coded(catalogue::AreaKind::kCommune, "32002")->name, "Tân Lợi") << "without the word of its kind";
}

TEST_P(AreaLists, WhatIsThereByNameNeedsNoCode) {
  const auto t = text_cell_of;
  const auto told = put({{t("Tên"), t("Loại"), t("Mã cấp trên")},
                         {t("Khóm 01"), t("khom"), t("31823")},
                         {t("Khóm 9"), t("Khóm"), t("31823")}});
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[0].fate, AreaFate::kThere);
  EXPECT_EQ(told[1].fate, AreaFate::kNew);
}

TEST_P(AreaLists, NamesThatDifferInAToneAreTwoAreas) {
  const auto t = text_cell_of;
  const std::vector<std::vector<sheet::Cell>> list = {{t("Tên"), t("Loại"), t("Mã cấp trên")},
                                                      {t("Thôn Đông"), t("Thôn"), t("31823")},
                                                      {t("Thôn Đồng"), t("Thôn"), t("31823")},
                                                      {t("Thôn Hoa"), t("Thôn"), t("31823")},
                                                      {t("Thôn Hòa"), t("Thôn"), t("31823")}};
  for (const intake::ListedArea& one : put(list)) EXPECT_EQ(one.fate, AreaFate::kNew) << one.name;
  for (const intake::ListedArea& one : put(list)) EXPECT_EQ(one.fate, AreaFate::kThere) << one.name;
  const auto again = put({list[0], {t("THÔN HOÀ"), t("Thôn"), t("31823")}});
  ASSERT_EQ(again.size(), 1U);
  EXPECT_EQ(again[0].fate, AreaFate::kThere) << "only the place of the tone mark is another";
  const auto bare = put({list[0], {t("thon hoa"), t("thon"), t("31823")}});
  ASSERT_EQ(bare.size(), 1U);
  EXPECT_EQ(bare[0].fate, AreaFate::kThere) << "a list without any tones";
}

TEST_P(AreaLists, AListWithoutHeadOrRowsIsRefused) {
  const auto t = text_cell_of;
  EXPECT_TRUE(put({{t("một"), t("hai")}, {t("ba"), t("bốn")}}).empty());
  EXPECT_FALSE(status_.ok());
  EXPECT_TRUE(put({{t("Mã"), t("Tên")}}).empty());
  EXPECT_FALSE(status_.ok());
}

INSTANTIATE_TEST_SUITE_P(sqlite, AreaLists, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, AreaLists, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::test
