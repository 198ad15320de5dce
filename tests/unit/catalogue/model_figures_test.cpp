#include "catalogue/model_figures.h"

#include "unit/catalogue/model_world.h"

namespace vonggac::catalogue {
namespace {

class ModelFigureTest : public ModelWorld {
 protected:
  ModelFigures figures(Day day, const ScopeFilter& scope = ScopeFilter::all(), const std::string& category = "") {
    return read([&](store::Reader& s) { return model_figures(s, scope, day, category); });
  }
};

TEST_P(ModelFigureTest, G6S46I09TwoHundredSixtyFourModelsFortySixOfThemNew) {
  // 223 before the year, 5 of them struck off in it, 46 launched: 264 on its last day.
  const AreaId khanh_hoa = area("TINH", "Khánh Hòa", std::nullopt, kWorldBegins, "56");
  ModelForm one = form("Mô hình tự quản");
  one.area = khanh_hoa;
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                for (int i = 0; i < 223; ++i) {
                  VG_ASSIGN(const ModelId id, launched(s, one, Day::of(2012 + i % 6, 5, 1)));
                  if (i < 5) VG_TRY(step_model(s, id, decided("GIAI_THE", Day::of(2018, 4, 1 + i)), problems_));
                }
                one.type = "CAMERA_AN_NINH";
                for (int i = 0; i < 46; ++i) {
                  VG_TRY(launched(s, one, Day::of(2018, 1 + i % 12, 1 + i % 28)).error());
                }
                return {};
              }).ok());
  const ModelFigures year = figures(Day::of(2018, 12, 31), ScopeFilter::of(khanh_hoa));
  EXPECT_EQ(year.active, 264);
  EXPECT_EQ(year.launched, 46);
  EXPECT_EQ(year.struck_off, 5);
  EXPECT_EQ(year.start_of_year, 223);
  EXPECT_EQ(year.start_of_year, year.active - year.launched + year.struck_off);
  EXPECT_EQ(figures(Day::of(2017, 12, 31), ScopeFilter::of(khanh_hoa)).active, 223);
  EXPECT_EQ(figures(Day::of(2018, 12, 31), ScopeFilter::of(ward_)).active, 0);
  EXPECT_EQ(figures(Day::of(2018, 12, 31), ScopeFilter::all(), "TON_GIAO").active, 0);
}

TEST_P(ModelFigureTest, V9NewIsWhatWasLaunchedInTheYearWhenEverItWasEntered) {
  running(form(), Day::of(2024, 12, 31));
  running(form(), Day::of(2025, 1, 1));
  const ModelId waits = propose(form(), Day::of(2024, 6, 1));
  ASSERT_TRUE(take(waits, step("KHAO_SAT", Day::of(2024, 7, 1))).ok());
  ASSERT_TRUE(take(waits, decided("PHE_DUYET", Day::of(2024, 8, 1))).ok());
  ASSERT_TRUE(take(waits, step("RA_MAT", Day::of(2025, 2, 1))).ok());
  EXPECT_EQ(figures(Day::of(2024, 12, 31)).launched, 1);
  EXPECT_EQ(figures(Day::of(2025, 11, 1)).launched, 2) << "all were entered today";
  EXPECT_EQ(figures(Day::of(2025, 1, 31)).launched, 1) << "up to the day asked for";
}

TEST_P(ModelFigureTest, I09CountsPointsTeamsAndWhatHappenedInTheYear) {
  const Day begin = Day::of(2025, 3, 1);
  const ModelId model = running(form(), begin), sleeper = running(form("Ngủ"), begin),
                other = running(form("Khác"), begin);
  const PointId original = point(model, khom_, begin);
  point(model, ward_, begin + 10, original);
  const PointId asleep = point(sleeper, khom_, begin);
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                VG_TRY(add_team(s, {original, "Tổ 1", std::nullopt, 7, 86, begin}, problems_).error());
                VG_TRY(add_team(s, {original, "Tổ 2", std::nullopt, 3, 40, begin}, problems_).error());
                VG_TRY(add_team(s, {asleep, "Tổ 3", std::nullopt, 9, 9, begin}, problems_).error());
                return attach_camera(s, original, camera_, begin, problems_);
              }).ok());
  ModelStep rest = step("TAM_DUNG", begin + 20);
  rest.reason = "chờ kinh phí";
  rest.until = begin + 90;
  ASSERT_TRUE(take(sleeper, rest).ok());
  ModelStep mend = step("CUNG_CO", begin + 20);
  mend.reason = "kiện toàn tổ";
  mend.until = begin + 90;
  ASSERT_TRUE(take(model, mend).ok());
  ModelStep merge = step("SAP_NHAP_VAO", begin + 30);
  merge.target = model;
  ASSERT_TRUE(take(other, merge).ok());
  const ModelFigures now = figures(begin + 40);
  EXPECT_EQ(now.active, 1);
  EXPECT_EQ(now.suspended, 1);
  EXPECT_EQ(now.consolidated, 1);
  EXPECT_EQ(now.merged, 1);
  EXPECT_EQ(now.points, 2) << "those of a model at rest are not counted";
  EXPECT_EQ(now.replicated, 1);
  EXPECT_EQ(now.teams, 2);
  EXPECT_EQ(now.members, 10);
  EXPECT_EQ(now.households, 126);
  EXPECT_EQ(now.cameras, 1);
  EXPECT_EQ(figures(begin).active, 3);
  EXPECT_EQ(figures(begin + 40, ScopeFilter::of(ward_), "CONG_NGHE").active, 1);
}

TEST_P(ModelFigureTest, I06S28CommunesWithoutAModelAreNamed) {
  const Day begin = Day::of(2025, 3, 1);
  const auto communes = [&](Day day, const ScopeFilter& scope) {
    return read([&](store::Reader& s) { return communes_with_model(s, scope, day); });
  };
  const ModelId model = running(form(), begin);
  point(model, khom_, begin);
  CommunesWithModel all = communes(begin, ScopeFilter::of(province_));
  EXPECT_EQ(all.communes, 2);
  EXPECT_EQ(all.with_model, 1) << "a point in a khóm is one of its ward";
  EXPECT_EQ(all.without, (std::vector<AreaId>{other_ward_}));
  EXPECT_EQ(communes(begin - 1, ScopeFilter::all()).with_model, 0);
  EXPECT_EQ(communes(begin, ScopeFilter::of(ward_)).communes, 1);
  const PartyId school = unit("Trường Vĩnh Trạch", other_ward_);
  make([&](store::WriteSession& s) {
    return add_point(s, {model, std::nullopt, school, begin + 5, std::nullopt}, problems_);
  });
  EXPECT_EQ(communes(begin + 5, ScopeFilter::of(province_)).with_model, 2) << "at a unit there";
  ASSERT_TRUE(take(model, decided("GIAI_THE", begin + 50)).ok());
  EXPECT_EQ(communes(begin + 50, ScopeFilter::of(province_)).with_model, 0);
}

TEST_P(ModelFigureTest, I06AfterAMergerAPointCountsForWhatItsCommuneBecame) {
  const Day begin = Day::of(2025, 3, 1);
  point(running(form(), begin), other_ward_, begin);
  MergeForm merger;
  merger.sources = {other_ward_};
  merger.into = ward_;
  merger.basis = "NQ 1655";
  make([&](store::WriteSession& s) { return merge_areas(s, merger, Day::of(2025, 7, 1), problems_); });
  const CommunesWithModel after =
      read([&](store::Reader& s) { return communes_with_model(s, ScopeFilter::of(province_), Day::of(2025, 7, 1)); });
  EXPECT_EQ(after.communes, 1);
  EXPECT_EQ(after.with_model, 1);
}

TEST_P(ModelFigureTest, I07S29UnitsThatBuiltOrConsolidatedAModelThisYear) {
  const Day begin = Day::of(2024, 3, 1);
  const PartyId built = unit("Trường A", ward_), kept = unit("Trường B", ward_), none = unit("Trường C", ward_);
  const ModelId model = running(form(), begin);
  const auto at_unit = [&](const PartyId& where, Day from) {
    return make([&](store::WriteSession& s) {
      return add_point(s, {model, std::nullopt, where, from, std::nullopt}, problems_);
    });
  };
  const PointId old = at_unit(kept, begin);
  at_unit(built, Day::of(2025, 2, 1));
  const auto units = [&](Day day) {
    return read([&](store::Reader& s) { return units_with_model(s, ScopeFilter::of(ward_), day); });
  };
  EXPECT_EQ(units(Day::of(2025, 11, 1)).units, 3);
  EXPECT_EQ(units(Day::of(2025, 11, 1)).with_model, 1);
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return add_event(s, {model, old, "CUNG_CO", Day::of(2025, 6, 1), {}, "", {}, {}}, problems_).error();
              }).ok());
  EXPECT_EQ(units(Day::of(2025, 5, 31)).with_model, 1);
  EXPECT_EQ(units(Day::of(2025, 11, 1)).with_model, 2);
  EXPECT_EQ(units(Day::of(2025, 11, 1)).without, (std::vector<PartyId>{none}));
  EXPECT_EQ(units(Day::of(2024, 12, 31)).with_model, 1) << "launched that year";
}

TEST_P(ModelFigureTest, I20MoneyOfThePeopleAndOfTheBudget) {
  const ModelId model = running(form(), Day::of(2024, 3, 1));
  const auto give = [&](const char* source, std::int64_t amount, Day day) {
    return write([&](store::WriteSession& s) {
      return add_funding(s, {model, source, amount, day, "", true, std::nullopt, ""}, problems_).error();
    });
  };
  ASSERT_TRUE(give("HO_DAN", 300'000'000, Day::of(2025, 1, 1)).ok());
  ASSERT_TRUE(give("XA_HOI_HOA", 20'000'000, Day::of(2025, 6, 1)).ok());
  ASSERT_TRUE(give("NGAN_SACH", 50'000'000, Day::of(2025, 7, 1)).ok());
  ASSERT_TRUE(give("KHAC", 1'000'000, Day::of(2025, 8, 1)).ok());
  ASSERT_TRUE(give("NGAN_SACH", 7'000'000, Day::of(2024, 12, 31)).ok());
  const FundingTotals year = read([&](store::Reader& s) {
    return funding_totals(s, ScopeFilter::of(ward_), Day::of(2025, 1, 1), Day::of(2026, 1, 1));
  });
  EXPECT_EQ(year.people, 320'000'000);
  EXPECT_EQ(year.budget, 50'000'000);
  EXPECT_EQ(year.other, 1'000'000);
  EXPECT_EQ(year.by_source.size(), 4U);
  EXPECT_EQ(read([&](store::Reader& s) {
              return funding_totals(s, ScopeFilter::of(other_ward_), Day::of(2025, 1, 1), Day::of(2026, 1, 1));
            }).budget,
            0);
}

INSTANTIATE_TEST_SUITE_P(sqlite, ModelFigureTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, ModelFigureTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
