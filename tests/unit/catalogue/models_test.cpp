#include "catalogue/models.h"

#include "catalogue/model_codes.h"
#include "catalogue/model_warnings.h"
#include "unit/catalogue/model_world.h"

namespace vonggac::catalogue {
namespace {

TEST(ModelTypes, S08TheSixModelsOfThePlanAreShippedWordForWord) {
  const std::vector<ModelType> types = shipped_model_types();
  std::vector<std::string> names;
  for (const ModelType& type : types) {
    names.push_back(type.official_name);
    EXPECT_NE(find_code(model_categories(), type.category), nullptr) << type.code;
    EXPECT_EQ(type.is_camera, type.official_name == "Camera giám sát an ninh");
    EXPECT_EQ(type.origin, "36/KH-BCĐ138");
  }
  EXPECT_EQ(names,
            (std::vector<std::string>{
                "Hội quán", "Tổ Nhân dân tự quản", "Quỹ phát triển tái hòa nhập cộng đồng", "Camera giám sát an ninh",
                "Hỗ trợ, giúp đỡ người nghiện ma túy tại cộng đồng",
                "Tín đồ Phật giáo Hòa hảo đoàn kết, chung tay đảm bảo an ninh trật tự góp phần xây dựng nông thôn "
                "mới, đô thị văn minh"}));
}

TEST(ModelTypes, S47CategoriesOfTheReportAreThere) {
  for (const char* code : {"CONG_NGHE", "TON_GIAO", "DAN_TOC", "CO_QUAN"}) {
    EXPECT_NE(find_code(model_categories(), code), nullptr) << code;
  }
}

TEST(ModelCodes, AreOfOneForm) {
  EXPECT_EQ(model_code("96", "31825", 2026, 1), "MH-96-31825-2026-001");
  EXPECT_EQ(model_code("96", "00000", 2026, 1000), "MH-96-00000-2026-1000");
}

TEST(ModelWarnings, SixMonthsAndTheYearToJudge) {
  EXPECT_EQ(six_months_before(Day::of(2025, 11, 27)), Day::of(2025, 5, 27));
  EXPECT_EQ(six_months_before(Day::of(2025, 8, 31)), Day::of(2025, 2, 28));
  EXPECT_EQ(six_months_before(Day::of(2025, 3, 15)), Day::of(2024, 9, 15));
  EXPECT_EQ(evaluated_year(Day::of(2025, 11, 30)), 2024);
  EXPECT_EQ(evaluated_year(Day::of(2025, 12, 1)), 2025);
}

class ModelTest : public ModelWorld {};

TEST_P(ModelTest, CodesCountUpForEachCommuneAndYear) {
  const auto code = [&](const ModelForm& f, Day day) { return get(propose(f, day)).code; };
  EXPECT_EQ(code(form(), Day::of(2025, 3, 1)), "MH-96-31825-2025-001");
  EXPECT_EQ(code(form(), Day::of(2025, 4, 1)), "MH-96-31825-2025-002");
  EXPECT_EQ(code(form(), Day::of(2024, 4, 1)), "MH-96-31825-2024-001");
  ModelForm elsewhere = form();
  elsewhere.area = other_ward_;
  EXPECT_EQ(code(elsewhere, Day::of(2025, 3, 1)), "MH-96-31834-2025-001");
  elsewhere.area = province_;
  EXPECT_EQ(code(elsewhere, Day::of(2025, 3, 1)), "MH-96-00000-2025-001");
  elsewhere.area = khom_;
  EXPECT_EQ(code(elsewhere, Day::of(2025, 3, 1)), "MH-96-31825-2025-003") << "a khóm counts with its ward";
}

TEST_P(ModelTest, ACodeStaysAfterAMerger) {
  ModelForm old = form();
  old.area = other_ward_;
  const ModelId id = propose(old, Day::of(2025, 3, 1));
  MergeForm merger;
  merger.sources = {other_ward_};
  merger.into = ward_;
  merger.basis = "NQ 1655";
  make([&](store::WriteSession& s) { return merge_areas(s, merger, Day::of(2025, 7, 1), problems_); });
  EXPECT_EQ(get(id).code, "MH-96-31834-2025-001");
  EXPECT_EQ(
      read([&](store::Reader& s) { return list_models(s, {}, ScopeFilter::of(ward_), today(), {}, 10); }).models.size(),
      1U)
      << "and it is listed under what its ward became";
}

TEST_P(ModelTest, V8NoLaunchWithoutADecisionThatIsNotYoungerThanIt) {
  const Day day = Day::of(2025, 3, 1);
  const ModelId id = propose(form(), day);
  EXPECT_TRUE(refused(take(id, step("RA_MAT", day)))) << "not from a proposal";
  ModelStep survey = step("KHAO_SAT", day);
  survey.paper.clear();
  EXPECT_TRUE(refused(take(id, survey))) << "without a survey report";
  ASSERT_TRUE(take(id, step("KHAO_SAT", day)).ok());
  EXPECT_TRUE(refused(take(id, step("PHE_DUYET", day + 5)))) << "without number and day of a decision";
  ModelStep decision = decided("PHE_DUYET", day + 5);
  decision.decision_day = day + 6;
  EXPECT_TRUE(refused(take(id, decision))) << "a decision of the day after";
  decision.decision_day = day + 5;
  ASSERT_TRUE(take(id, decision).ok());
  EXPECT_TRUE(refused(take(id, step("RA_MAT", day + 4)))) << "before it was approved";
  ModelStep launch = step("RA_MAT", day + 7);
  launch.paper.clear();
  EXPECT_TRUE(refused(take(id, launch), "V8")) << "without minutes";
  ASSERT_TRUE(take(id, step("RA_MAT", day + 7)).ok());
  const Model model = get(id);
  EXPECT_EQ(model.decision_number, "15/QĐ-UBND");
  EXPECT_EQ(model.decision_day, day + 5);
  EXPECT_EQ(model.launch_day, day + 7);
}

TEST_P(ModelTest, ItsHistoryTellsTheStateOfAnyDay) {
  const Day day = Day::of(2025, 3, 1);
  const ModelId id = running(form(), day);
  ModelStep rest = step("TAM_DUNG", day + 30);
  EXPECT_TRUE(refused(take(id, rest))) << "why, and until when";
  rest.reason = "chờ kinh phí";
  rest.until = day + 60;
  ASSERT_TRUE(take(id, rest).ok());
  ASSERT_TRUE(take(id, step("HOAT_DONG", day + 50)).ok());
  const auto on = [&](Day when) { return read([&](store::Reader& s) { return model_state_on(s, id, when); }); };
  EXPECT_EQ(on(day - 1), std::nullopt);
  EXPECT_EQ(on(day), "HOAT_DONG");
  EXPECT_EQ(on(day + 49), "TAM_DUNG");
  EXPECT_EQ(on(day + 50), "HOAT_DONG");
  const std::vector<ModelState> history = read([&](store::Reader& s) { return model_history(s, id); });
  ASSERT_EQ(history.size(), 7U);
  EXPECT_EQ(history.front().state, "DE_XUAT");
  EXPECT_EQ(history[5].reason, "chờ kinh phí");
  EXPECT_EQ(history[5].until, day + 60);
  EXPECT_TRUE(refused(take(id, step("CUNG_CO", day + 10)))) << "before the state it is in";
  ModelStep ahead = step("CUNG_CO", today() + 1);
  ahead.reason = "củng cố";
  ahead.until = today() + 30;
  EXPECT_TRUE(refused(take(id, ahead))) << "a day to come";
}

TEST_P(ModelTest, WhatIsWrongWithAFormIsToldAtOnce) {
  ModelForm wrong = form("");
  wrong.type = "KHONG_CO";
  wrong.self_x = {"TU_SUONG"};
  wrong.coordinator = PartyId{};
  EXPECT_TRUE(refused(write([&](store::WriteSession& s) { return add_model(s, wrong, today(), problems_).error(); })));
  EXPECT_EQ(problems_.all().size(), 4U);
  EXPECT_TRUE(
      refused(write([&](store::WriteSession& s) { return add_model(s, form(), today() + 1, problems_).error(); })));
  const AreaId nameless = area("PHUONG", "Chưa có mã", province_, kWorldBegins);
  ModelForm uncoded = form();
  uncoded.area = nameless;
  EXPECT_TRUE(refused(write([&](store::WriteSession& s) { return add_model(s, uncoded, today(), problems_).error(); })))
      << "its code could not be made";
}

TEST_P(ModelTest, TagsAndCampaignsAreKept) {
  ModelForm tagged = form();
  tagged.self_x = {"TU_QUAN", "TU_PHONG"};
  tagged.campaigns = {"NONG_THON_MOI", "Phong trào riêng của phường"};
  const ModelId id = propose(tagged, today());
  EXPECT_EQ(get(id).self_x, tagged.self_x);
  EXPECT_EQ(get(id).category, "CONG_NGHE");
  EXPECT_EQ(read([&](store::Reader& s) { return campaigns_of(s, id); }).size(), 2U);
  tagged.campaigns.clear();
  tagged.category = "TON_GIAO";
  ASSERT_TRUE(write([&](store::WriteSession& s) { return amend_model(s, id, tagged, problems_); }).ok());
  EXPECT_TRUE(read([&](store::Reader& s) { return campaigns_of(s, id); }).empty());
  EXPECT_EQ(get(id).category, "TON_GIAO");
}

TEST_P(ModelTest, ModelsAreListedAndFound) {
  running(form("Camera an ninh khóm 3"), Day::of(2025, 3, 1));
  ModelForm hall = form("Hội quán Vĩnh Trạch");
  hall.type = "HOI_QUAN";
  hall.area = other_ward_;
  propose(hall, Day::of(2025, 3, 1));
  const auto list = [&](const ModelFilter& filter, const ScopeFilter& scope) {
    return read([&](store::Reader& s) { return list_models(s, filter, scope, today(), {}, 10); }).models.size();
  };
  EXPECT_EQ(list({}, ScopeFilter::of(province_)), 2U);
  EXPECT_EQ(list({}, ScopeFilter::of(ward_)), 1U);
  EXPECT_EQ(list({"", "HOAT_DONG", ""}, ScopeFilter::all()), 1U);
  EXPECT_EQ(list({"HOI_QUAN", "", "TU_QUAN"}, ScopeFilter::all()), 1U);
  const ModelPage page = read([&](store::Reader& s) { return list_models(s, {}, ScopeFilter::all(), today(), {}, 1); });
  ASSERT_TRUE(page.next);
  EXPECT_FALSE(
      read([&](store::Reader& s) { return list_models(s, {}, ScopeFilter::all(), today(), *page.next, 1); }).next);
  const auto find = [&](const char* query) {
    return read([&](store::Reader& s) { return find_models(s, query, ScopeFilter::all(), today()); }).size();
  };
  EXPECT_EQ(find("hoi quan"), 1U);
  EXPECT_EQ(find("camera giam sat"), 1U) << "by the official name of its type";
  EXPECT_EQ(find("MH-96-31825-2025-001"), 1U);
}

TEST_P(ModelTest, TypesAreShippedOnceAndOthersAdded) {
  ASSERT_TRUE(write([&](store::WriteSession& s) { return ship_model_types(s); }).ok()) << "again changes nothing";
  EXPECT_EQ(read([&](store::Reader& s) { return model_types(s); }).size(), 6U);
  ModelType bell{"TIENG_KENG", "Tiếng kẻng an ninh", "Tiếng kẻng", "CONG_NGHE", false, "22/HD-BCA-V05"};
  const auto add = [&] { return write([&](store::WriteSession& s) { return add_model_type(s, bell, problems_); }); };
  ASSERT_TRUE(add().ok());
  EXPECT_TRUE(refused(add())) << "twice";
  bell.code = "tiếng kẻng";
  bell.category = "AM_NHAC";
  EXPECT_TRUE(refused(add()));
  EXPECT_EQ(problems_.all().size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, ModelTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, ModelTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
