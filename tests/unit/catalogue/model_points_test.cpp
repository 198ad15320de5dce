#include "catalogue/model_points.h"

#include "catalogue/model_events.h"
#include "catalogue/model_warnings.h"
#include "unit/catalogue/model_world.h"

namespace vonggac::catalogue {
namespace {

class ModelPointTest : public ModelWorld {
 protected:
  base::Status attach(const PointId& id, Day day) {
    return write([&](store::WriteSession& s) { return attach_camera(s, id, camera_, day, problems_); });
  }
  std::vector<base::Uuid> cameras(const ModelId& model, Day day) {
    return read([&](store::Reader& s) { return cameras_of_model(s, model, day); });
  }
  base::Uuid team(const PointId& id, std::int64_t members, std::int64_t households, Day from) {
    const TeamForm form{id, "Tổ camera", std::nullopt, members, households, from};
    return make([&](store::WriteSession& s) { return add_team(s, form, problems_); });
  }
  std::vector<ModelPoint> points(const ModelId& model, Day day) {
    return read([&](store::Reader& s) { return points_of(s, model, day); });
  }
  const Day begin_ = Day::of(2025, 3, 1);
};

TEST_P(ModelPointTest, V10AModelThatHasEndedGainsNoCameras) {
  const ModelId model = running(form(), begin_);
  const PointId id = point(model, khom_, begin_);
  ASSERT_TRUE(attach(id, begin_).ok());
  ASSERT_TRUE(attach(id, begin_ + 1).ok()) << "twice is as once";
  EXPECT_EQ(cameras(model, begin_ + 1).size(), 1U);
  ASSERT_TRUE(take(model, decided("GIAI_THE", begin_ + 30)).ok());
  EXPECT_TRUE(refused(attach(id, begin_ + 31), "V10"));
  EXPECT_TRUE(cameras(model, begin_ + 30).empty()) << "its cameras left with it";
  EXPECT_EQ(cameras(model, begin_ + 29).size(), 1U) << "and are still told for the days before";
}

TEST_P(ModelPointTest, V10APointThatHasEndedGainsNoCameras) {
  const ModelId model = running(form(), begin_);
  const PointId id = point(model, khom_, begin_);
  ASSERT_TRUE(write([&](store::WriteSession& s) { return end_point(s, id, begin_ + 10, problems_); }).ok());
  EXPECT_TRUE(refused(attach(id, begin_ + 10), "V10"));
  EXPECT_TRUE(refused(attach(id, begin_ - 1), "V10"));
  EXPECT_EQ(points(model, begin_ + 10).front().state, "KET_THUC");
  EXPECT_EQ(points(model, begin_ + 9).front().state, "HOAT_DONG");
}

TEST_P(ModelPointTest, ACameraMayServeTwoModelsAndIsCountedOnceInEach) {
  const ModelId first = running(form(), begin_), second = running(form("Tuyến đường an toàn"), begin_);
  const PointId a = point(first, khom_, begin_), b = point(first, ward_, begin_), c = point(second, khom_, begin_);
  for (const PointId& id : {a, b, c}) ASSERT_TRUE(attach(id, begin_).ok());
  EXPECT_EQ(cameras(first, begin_).size(), 1U);
  EXPECT_EQ(read([&](store::Reader& s) { return models_of_camera(s, camera_, begin_); }).size(), 2U);
  ASSERT_TRUE(write([&](store::WriteSession& s) { return detach_camera(s, c, camera_, begin_ + 5); }).ok());
  EXPECT_EQ(read([&](store::Reader& s) { return models_of_camera(s, camera_, begin_ + 5); }).size(), 1U);
  EXPECT_EQ(read([&](store::Reader& s) { return models_of_camera(s, camera_, begin_ + 4); }).size(), 2U);
}

TEST_P(ModelPointTest, APointIsInAnAreaOrAtAUnit) {
  const ModelId model = running(form(), begin_);
  const auto add = [&](const PointForm& f) {
    return write([&](store::WriteSession& s) { return add_point(s, f, problems_).error(); });
  };
  const PartyId school = unit("Trường THCS Trần Huỳnh", ward_);
  EXPECT_TRUE(refused(add({model, khom_, school, begin_, std::nullopt})));
  EXPECT_TRUE(refused(add({model, std::nullopt, std::nullopt, begin_, std::nullopt})));
  EXPECT_TRUE(add({model, std::nullopt, school, begin_, std::nullopt}).ok());
  EXPECT_TRUE(refused(add({model, std::nullopt, school, begin_, std::nullopt}))) << "there is one already";
  const PointId original = point(model, khom_, begin_ + 5);
  EXPECT_TRUE(refused(add({model, ward_, std::nullopt, begin_, original}))) << "copied from a younger one";
  EXPECT_TRUE(add({model, ward_, std::nullopt, begin_ + 6, original}).ok());
}

TEST_P(ModelPointTest, TeamsHaveMembersAndHouseholdsInTime) {
  const ModelId model = running(form(), begin_);
  const PointId id = point(model, khom_, begin_);
  const base::Uuid first = team(id, 7, 86, begin_);
  team(id, 3, 40, begin_ + 10);
  ASSERT_TRUE(write([&](store::WriteSession& s) { return end_team(s, first, begin_ + 20); }).ok());
  const auto count = [&](Day day) { return read([&](store::Reader& s) { return teams_of(s, id, day); }).size(); };
  EXPECT_EQ(count(begin_), 1U);
  EXPECT_EQ(count(begin_ + 10), 2U);
  EXPECT_EQ(count(begin_ + 20), 1U);
  EXPECT_TRUE(refused(write([&](store::WriteSession& s) {
    return add_team(s, {id, "", std::nullopt, -1, -1, begin_ - 5}, problems_).error();
  })));
  EXPECT_EQ(problems_.all().size(), 4U);
}

TEST_P(ModelPointTest, AMergedModelEndsAndWhatItDidGoesOnInTheOther) {
  const ModelId source = running(form("Camera khóm 3"), begin_), target = running(form("Camera phường"), begin_);
  const PointId old = point(source, khom_, begin_);
  team(old, 7, 86, begin_);
  ASSERT_TRUE(attach(old, begin_).ok());
  ModelStep merge = step("SAP_NHAP_VAO", begin_ + 60);
  EXPECT_TRUE(refused(take(source, merge))) << "into which?";
  merge.target = source;
  EXPECT_TRUE(refused(take(source, merge))) << "into itself";
  merge.target = target;
  ASSERT_TRUE(take(source, merge).ok());
  EXPECT_EQ(get(source).state, "SAP_NHAP_VAO");
  EXPECT_EQ(get(source).merged_into, target);
  const std::vector<ModelPoint> now = points(target, begin_ + 60);
  ASSERT_EQ(now.size(), 1U);
  EXPECT_EQ(now[0].continues, old);
  EXPECT_EQ(now[0].replicated_from, std::nullopt) << "it is no copy";
  EXPECT_EQ(read([&](store::Reader& s) { return teams_of(s, now[0].id, begin_ + 60); }).front().households, 86);
  EXPECT_EQ(cameras(target, begin_ + 60).size(), 1U);
  EXPECT_TRUE(cameras(source, begin_ + 60).empty());
  EXPECT_EQ(cameras(source, begin_ + 59).size(), 1U);
  EXPECT_TRUE(refused(attach(old, begin_ + 61), "V10"));
  ModelStep back = step("SAP_NHAP_VAO", begin_ + 70);
  back.target = source;
  EXPECT_TRUE(refused(take(target, back))) << "what has ended takes nothing in";
}

TEST_P(ModelPointTest, EventsKeepTheirDocumentsAndPhotos) {
  const ModelId model = running(form(), begin_);
  DocumentForm minutes;
  minutes.type = "BIEN_BAN";
  minutes.title = "Biên bản họp tổ";
  minutes.issuer = "Khóm 3";
  const DocumentId document = make([&](store::WriteSession& s) { return add_document(s, minutes, problems_); });
  ModelEventForm meeting{model, std::nullopt, "HOP", begin_ + 30, 45, "Họp quý I", {document}, {"anh/2025/03/1.jpg"}};
  const auto add = [&] {
    return write([&](store::WriteSession& s) { return add_event(s, meeting, problems_).error(); });
  };
  ASSERT_TRUE(add().ok());
  const std::vector<ModelEvent> events = read([&](store::Reader& s) { return events_of(s, model); });
  ASSERT_EQ(events.size(), 3U) << "survey and launch are events too";
  EXPECT_EQ(events[0].documents, (std::vector<DocumentId>{document}));
  EXPECT_EQ(events[0].photos, (std::vector<std::string>{"anh/2025/03/1.jpg"}));
  meeting.day = today() + 1;
  meeting.kind = "LIEN_HOAN";
  EXPECT_TRUE(refused(add()));
  EXPECT_EQ(problems_.all().size(), 2U);
}

TEST_P(ModelPointTest, MoneyHasASourceAndAPublicList) {
  const ModelId model = running(form(), begin_);
  FundingForm money{model, "HO_DAN", 300'000'000, begin_, "86 hộ khóm 3", true, std::nullopt, ""};
  const auto add = [&] {
    return write([&](store::WriteSession& s) { return add_funding(s, money, problems_).error(); });
  };
  ASSERT_TRUE(add().ok());
  money.source = "NGAN_SACH";
  money.amount_vnd = 50'000'000;
  money.shown = false;
  ASSERT_TRUE(add().ok());
  EXPECT_EQ(read([&](store::Reader& s) { return funding_of(s, model, false); }).size(), 2U);
  const std::vector<Funding> shown = read([&](store::Reader& s) { return funding_of(s, model, true); });
  ASSERT_EQ(shown.size(), 1U);
  EXPECT_EQ(shown[0].amount_vnd, 300'000'000);
  money.amount_vnd = 0;
  money.source = "XO_SO";
  EXPECT_TRUE(refused(add()));
}

TEST_P(ModelPointTest, EvaluationsAreAddedNeverChanged) {
  const ModelId model = running(form(), begin_);
  EvaluationForm judged{model, 2025, 92.5, 90.0, "XUAT_SAC", "510/QĐ-BCA-V05", std::nullopt};
  const auto add = [&] {
    return write([&](store::WriteSession& s) { return add_evaluation(s, judged, problems_).error(); });
  };
  ASSERT_TRUE(add().ok());
  clock_.wall = clock_.wall + base::Seconds(60);
  judged.superior_score = 70;
  judged.rank = "KHA";
  ASSERT_TRUE(add().ok());
  const std::vector<Evaluation> all = read([&](store::Reader& s) { return evaluations_of(s, model); });
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].rank, "KHA");
  EXPECT_EQ(all[1].superior_score, 90.0);
  judged.year = 2024;
  EXPECT_TRUE(refused(add())) << "it was not launched then";
  judged.year = 2026;
  judged.superior_score = 101;
  EXPECT_TRUE(refused(add()));
  EXPECT_EQ(problems_.all().size(), 2U);
}

TEST_P(ModelPointTest, SilentUnjudgedAndOverdueModelsAreWarnedOf) {
  const ModelId model = running(form(), Day::of(2024, 6, 1));
  const auto kinds = [&](Day day) {
    std::vector<std::string> found;
    for (const ModelWarning& warning :
         read([&](store::Reader& s) { return model_warnings(s, ScopeFilter::of(ward_), day); })) {
      EXPECT_FALSE(warning.sentence.vi.empty());
      found.push_back(warning.kind);
    }
    return found;
  };
  EXPECT_TRUE(kinds(Day::of(2024, 11, 30)).empty());
  EXPECT_EQ(kinds(Day::of(2024, 12, 2)), (std::vector<std::string>{"NO_ACTIVITY", "NO_EVALUATION"}));
  ASSERT_TRUE(
      write([&](store::WriteSession& s) {
        return add_event(s, {model, std::nullopt, "HOP", Day::of(2025, 9, 1), {}, "", {}, {}}, problems_).error();
      }).ok());
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return add_evaluation(s, {model, 2024, 80.0, 80.0, "KHA", "510", std::nullopt}, problems_).error();
              }).ok());
  EXPECT_TRUE(kinds(today()).empty());
  ModelStep rest = step("TAM_DUNG", Day::of(2025, 10, 1));
  rest.reason = "hỏng đầu ghi";
  rest.until = Day::of(2025, 11, 1);
  ASSERT_TRUE(take(model, rest).ok());
  EXPECT_EQ(kinds(today()), (std::vector<std::string>{"OVERDUE"})) << "a model at rest is only asked for its deadline";
  EXPECT_TRUE(read([&](store::Reader& s) { return model_warnings(s, ScopeFilter::of(other_ward_), today()); }).empty());
}

INSTANTIATE_TEST_SUITE_P(sqlite, ModelPointTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, ModelPointTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
