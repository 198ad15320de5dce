#include <algorithm>

#include "catalogue/area_changes.h"
#include "catalogue/area_schema.h"
#include "store/backup.h"
#include "store/migrations.h"
#include "store/outbox.h"
#include "support/both_engines.h"

namespace vonggac::catalogue {
namespace {

const std::vector<store::Migration> kSteps{{1, "node", store::kNodeAndOutbox}, {2, "areas", kAreaSchema}};

class AreaTest : public testing::TestWithParam<store::Engine> {
 protected:
  void SetUp() override {
    store_ = engines_.open(engines_.fresh_address(GetParam()));
    ASSERT_TRUE(store::migrate(*store_, kSteps, clock_, nullptr));
    ASSERT_TRUE(store::ensure_node(*store_, clock_));
  }
  void TearDown() override {
    const auto found = store::check_store(*store_, kSteps);
    ASSERT_TRUE(found) << found.error().to_string();
    EXPECT_TRUE(found->empty()) << found->front();
  }
  template <typename Work>
  base::Status write(Work work) {
    problems_ = Problems();
    return store_->write([&](store::WriteSession& session) {
      problems_ = Problems();
      return work(session);
    });
  }
  AreaId add(const std::string& type, const std::string& name, std::optional<AreaId> parent, Day from,
             const std::string& code = "", std::optional<Day> to = std::nullopt) {
    AreaForm form;
    form.type = type;
    form.name = name;
    form.parent = parent;
    form.code = code;
    form.to = to;
    AreaId id;
    const base::Status status = write([&](store::WriteSession& session) -> base::Status {
      VG_ASSIGN(id, add_area(session, form, from, problems_));
      return {};
    });
    EXPECT_TRUE(status.ok()) << name << ": " << status.to_string();
    return id;
  }
  base::Status try_add(const AreaForm& form, Day from) {
    return write([&](store::WriteSession& session) { return add_area(session, form, from, problems_).error(); });
  }
  template <typename Read>
  auto read(Read read) {
    decltype(read(std::declval<store::Reader&>())) result = base::internal_error("not read");
    const base::Status status = store_->read([&](store::Reader& session) -> base::Status {
      result = read(session);
      return result.error();
    });
    EXPECT_TRUE(status.ok()) << status.to_string();
    return std::move(*result);
  }
  std::optional<AreaVersion> on(const AreaId& area, Day day) {
    return read([&](store::Reader& s) { return area_on(s, area, day); });
  }
  std::size_t count_in(const AreaId& area, Day day) {
    return read([&](store::Reader& s) { return areas_in(s, area, day); }).size();
  }
  std::vector<std::string> find(const std::string& query, Day day) {
    std::vector<std::string> names;
    for (const AreaVersion& v : read([&](store::Reader& s) { return find_areas(s, query, day); }))
      names.push_back(v.full_name());
    return names;
  }

  base::SystemClock clock_;
  test::TempFolder folder_;
  test::BothEngines engines_{folder_, clock_};
  std::unique_ptr<store::Store> store_;
  Problems problems_;
};

const Day k2004 = Day::of(2004, 1, 1);
const Day kJune2025 = Day::of(2025, 6, 30);

TEST_P(AreaTest, V1TwoVersionsOfAnAreaDoNotOverlap) {
  const AreaId province = add("TINH", "Bạc Liêu", std::nullopt, k2004);
  const auto rename = [&](const char* name, Day day) {
    return write([&](store::WriteSession& s) {
      AreaAmendment amendment;
      amendment.name = name;
      amendment.basis = "1/QĐ";
      return amend_area(s, province, amendment, day, problems_).error();
    });
  };
  EXPECT_TRUE(rename("Bạc Liêu mới", Day::of(2010, 1, 1)).ok());
  EXPECT_FALSE(rename("Nữa", Day::of(2010, 1, 1)).ok());
  EXPECT_FALSE(rename("Chen giữa", Day::of(2008, 1, 1)).ok()) << "a later version exists";
  EXPECT_TRUE(problems_.has("V1"));
  EXPECT_EQ(on(province, Day::of(2009, 12, 31))->name, "Bạc Liêu");
  EXPECT_EQ(on(province, Day::of(2010, 1, 1))->name, "Bạc Liêu mới");
  EXPECT_FALSE(on(province, k2004 - 1));
}

TEST_P(AreaTest, V2ACommuneLiesInAProvinceAndInADistrictOnlyBeforeJuly2025) {
  const AreaId province = add("TINH", "Bạc Liêu", std::nullopt, k2004);
  const AreaId city = add("THANH_PHO", "Bạc Liêu", province, k2004, "", kTwoLevelsSince);
  add("PHUONG", "3", city, k2004, "31816", kTwoLevelsSince);
  AreaForm form;
  form.type = "PHUONG";
  form.name = "Lơ lửng";
  EXPECT_FALSE(try_add(form, k2004).ok());
  EXPECT_TRUE(problems_.has("V2")) << "without a parent";
  form.parent = city;
  EXPECT_FALSE(try_add(form, k2004).ok());
  EXPECT_TRUE(problems_.has("V2")) << "the district ends before the commune does";
  form.to = Day::of(2020, 1, 1);
  EXPECT_TRUE(try_add(form, k2004).ok());
}

TEST_P(AreaTest, V3TownshipsEndWithJune2025) {
  const AreaId province = add("TINH", "Khánh Hòa", std::nullopt, k2004);
  AreaForm form;
  form.type = "THI_TRAN";
  form.name = "Diên Khánh";
  form.parent = province;
  EXPECT_FALSE(try_add(form, kTwoLevelsSince).ok());
  EXPECT_TRUE(problems_.has("V3"));
  EXPECT_NE(problems_.all().front().sentence.vi.find("xã, phường hoặc đặc khu"), std::string::npos);
  EXPECT_FALSE(try_add(form, k2004).ok()) << "without an end";
  EXPECT_TRUE(problems_.has("V3"));
  form.to = kTwoLevelsSince;
  EXPECT_TRUE(try_add(form, k2004).ok());
}

TEST_P(AreaTest, V4ACodeAndADayNameOneArea) {
  const AreaId province = add("TINH", "Bạc Liêu", std::nullopt, k2004);
  const AreaId first = add("PHUONG", "1", province, k2004, "31825", kTwoLevelsSince);
  AreaForm form;
  form.type = "PHUONG";
  form.name = "Hai";
  form.parent = province;
  form.code = "31825";
  EXPECT_FALSE(try_add(form, Day::of(2020, 1, 1)).ok());
  EXPECT_TRUE(problems_.has("V4"));
  EXPECT_TRUE(try_add(form, kTwoLevelsSince).ok()) << "the code is free again";
  const auto by_code = [&](Day day) {
    return read([&](store::Reader& s) { return area_by_code(s, AreaKind::kCommune, "31825", day); });
  };
  EXPECT_EQ(by_code(kJune2025)->area, first);
  EXPECT_EQ(by_code(kTwoLevelsSince)->name, "Hai");
  EXPECT_FALSE(by_code(k2004 - 1));
}

TEST_P(AreaTest, FormsAreRefusedWithEveryFault) {
  AreaForm form;
  form.type = "PHUONG";
  form.name = "  ";
  form.code = std::string(30, '1');
  form.households = -1;
  form.basis = "a\u202eb";
  EXPECT_EQ(try_add(form, k2004).kind(), base::ErrorKind::kInvalidArgument);
  std::vector<std::string> fields;
  for (const Problem& p : problems_.all()) {
    fields.push_back(p.field);
    EXPECT_FALSE(p.sentence.vi.empty());
    EXPECT_FALSE(p.sentence.en.empty());
  }
  EXPECT_EQ(fields, (std::vector<std::string>{"name", "code", "basis", "households"}));
}

TEST_P(AreaTest, TheTypesWordIsNotPartOfTheName) {
  const AreaId province = add("TINH", "Tỉnh Bạc Liêu", std::nullopt, k2004);
  EXPECT_EQ(on(province, k2004)->full_name(), "Tỉnh Bạc Liêu");
  const AreaId ward = add("PHUONG", "Phường 8", province, k2004);
  EXPECT_EQ(on(ward, k2004)->name, "8");
  EXPECT_EQ(on(add("TO_DAN_PHO", "Tổ dân phố  số 5", ward, k2004), k2004)->full_name(), "Tổ dân phố số 5");
}

/// Worked example G9 of the domain: a partial transfer, then a merger, and figures of every day stay true.
TEST_P(AreaTest, G9Phuong8IsCutAndMerged) {
  const AreaId province = add("TINH", "Bạc Liêu", std::nullopt, k2004);
  const AreaId ward8 = add("PHUONG", "8", province, k2004, "31823");
  const AreaId ward1 = add("PHUONG", "1", province, k2004, "31825");
  std::vector<AreaId> khom;
  for (int i = 1; i <= 8; ++i) khom.push_back(add("KHOM", std::to_string(i), ward8, k2004, "K8-" + std::to_string(i)));
  const Day cut = Day::of(2024, 12, 1);
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return transfer_part(s, {ward8, ward1, {khom[6], khom[7]}, 300, std::nullopt, std::nullopt, "12/NQ"},
                                     cut, problems_)
                    .error();
              }).ok());
  EXPECT_EQ(count_in(ward8, cut - 1), 8U);
  EXPECT_EQ(count_in(ward8, cut), 6U);
  EXPECT_EQ(count_in(ward1, cut), 2U);

  MergeResult merged;
  MergeForm form;
  form.sources = {ward8, ward1};
  form.form = AreaForm{"Bạc Liêu",   "PHUONG",     "31825",   province,    std::nullopt,
                       std::nullopt, std::nullopt, "1655/NQ", std::nullopt};
  form.basis = "1655/NQ-UBTVQH15";
  const base::Status status = write([&](store::WriteSession& s) -> base::Status {
    VG_ASSIGN(merged, merge_areas(s, form, kTwoLevelsSince, problems_));
    return {};
  });
  ASSERT_TRUE(status.ok()) << status.to_string();
  EXPECT_EQ(count_in(merged.target, kTwoLevelsSince), 8U);
  EXPECT_FALSE(on(ward8, kTwoLevelsSince));
  EXPECT_EQ(on(ward8, kJune2025)->full_name(), "Phường 8") << "the day before is as it was";
  EXPECT_EQ(count_in(ward8, kJune2025), 6U);
  const auto by_code = [&](Day day) {
    return read([&](store::Reader& s) { return area_by_code(s, AreaKind::kCommune, "31825", day); });
  };
  EXPECT_EQ(by_code(kJune2025)->full_name(), "Phường 1");
  EXPECT_EQ(by_code(kTwoLevelsSince + 1)->full_name(), "Phường Bạc Liêu");
  EXPECT_EQ(read([&](store::Reader& s) { return successors(s, ward8, kJune2025, kTwoLevelsSince); }),
            (std::vector<AreaId>{merged.target}));
  EXPECT_EQ(read([&](store::Reader& s) { return merged_into(s, merged.target, kTwoLevelsSince); }).size(), 3U);
  EXPECT_EQ(on(khom[0], kTwoLevelsSince)->code, "K8-1") << "what lay in it keeps its code";
  const auto line = read([&](store::Reader& s) { return lineage(s, khom[7], kTwoLevelsSince); });
  ASSERT_EQ(line.size(), 3U);
  EXPECT_EQ(line[1].full_name(), "Phường Bạc Liêu");
  EXPECT_EQ(line[2].full_name(), "Tỉnh Bạc Liêu");
}

TEST_P(AreaTest, APartialTransferThatNamesNothingWaitsForAPerson) {
  const AreaId province = add("TINH", "Bạc Liêu", std::nullopt, k2004);
  const AreaId source = add("PHUONG", "8", province, k2004), target = add("PHUONG", "1", province, k2004);
  const AreaId one = add("KHOM", "1", source, k2004), two = add("KHOM", "2", source, k2004);
  const Day day = Day::of(2024, 12, 1);
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return transfer_part(s, {source, target, {}, std::nullopt, std::nullopt, std::nullopt, "9/NQ"}, day,
                                     problems_)
                    .error();
              }).ok());
  const auto waiting = read([](store::Reader& s) { return waiting_reassignments(s); });
  ASSERT_EQ(waiting.size(), 2U);
  const auto settle = [&](const AreaId& subject, const AreaId& where) {
    const auto found =
        std::find_if(waiting.begin(), waiting.end(), [&](const Waiting& w) { return w.subject == subject; });
    return write([&](store::WriteSession& s) { return settle_reassignment(s, found->id, where, problems_); });
  };
  EXPECT_TRUE(settle(one, target).ok());
  EXPECT_TRUE(settle(two, source).ok());
  EXPECT_EQ(settle(two, source).kind(), base::ErrorKind::kNotFound) << "only once";
  EXPECT_TRUE(read([](store::Reader& s) { return waiting_reassignments(s); }).empty());
  EXPECT_EQ(on(one, day)->parent, target);
  EXPECT_EQ(on(one, day - 1)->parent, source);
  EXPECT_EQ(on(two, day)->parent, source);
}

TEST_P(AreaTest, ASplitPlacesWhatIsNamedAndAsksForTheRest) {
  const AreaId province = add("TINH", "X", std::nullopt, k2004);
  const AreaId commune = add("XA", "Lớn", province, k2004, "500");
  const AreaId a = add("AP", "A", commune, k2004), b = add("AP", "B", commune, k2004),
               c = add("AP", "C", commune, k2004);
  SplitForm form;
  form.source = commune;
  form.basis = "2/NQ";
  form.parts.resize(2);
  for (int i = 0; i < 2; ++i) {
    form.parts[static_cast<std::size_t>(i)].form.type = "XA";
    form.parts[static_cast<std::size_t>(i)].form.name = i == 0 ? "Bắc" : "Nam";
    form.parts[static_cast<std::size_t>(i)].form.parent = province;
  }
  form.parts[0].residential = {a};
  form.parts[1].residential = {b};
  SplitResult result;
  const Day day = Day::of(2026, 1, 1);
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                VG_ASSIGN(result, split_area(s, form, day, problems_));
                return {};
              }).ok());
  EXPECT_EQ(on(a, day)->parent, result.targets[0]);
  EXPECT_EQ(on(b, day)->parent, result.targets[1]);
  EXPECT_EQ(on(c, day)->parent, result.targets[0]);
  const auto waiting = read([](store::Reader& s) { return waiting_reassignments(s); });
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].subject, c);
  EXPECT_EQ(read([&](store::Reader& s) { return successors(s, commune, day - 1, day); }).size(), 2U);
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return settle_reassignment(s, waiting[0].id, result.targets[1], problems_);
              }).ok());
  EXPECT_EQ(on(c, day)->parent, result.targets[1]);
}

TEST_P(AreaTest, AnAreaThatHoldsOthersCannotEnd) {
  const AreaId province = add("TINH", "X", std::nullopt, k2004);
  const AreaId commune = add("XA", "Y", province, k2004);
  const auto end = [&](const AreaId& area) {
    return write(
        [&](store::WriteSession& s) { return end_area(s, area, "3/QĐ", Day::of(2026, 1, 1), problems_).error(); });
  };
  EXPECT_FALSE(end(province).ok());
  EXPECT_TRUE(end(commune).ok());
  EXPECT_TRUE(end(province).ok());
  EXPECT_FALSE(on(province, Day::of(2026, 1, 1)));
}

TEST_P(AreaTest, ARefusedChangeLeavesNothing) {
  const AreaId province = add("TINH", "X", std::nullopt, k2004);
  const AreaId a = add("XA", "A", province, k2004), b = add("XA", "B", province, k2004);
  MergeForm form;
  form.sources = {a, b};
  form.form = AreaForm{"", "XA", "", province, std::nullopt, std::nullopt, std::nullopt, "", std::nullopt};
  EXPECT_FALSE(
      write([&](store::WriteSession& s) { return merge_areas(s, form, Day::of(2026, 1, 1), problems_).error(); }).ok());
  EXPECT_TRUE(on(a, Day::of(2026, 1, 2))) << "the sources are still there";
}

TEST_P(AreaTest, IsFoundHoweverItIsTyped) {
  const AreaId city = add("THANH_PHO_TW", "Đà Nẵng", std::nullopt, k2004);
  const AreaId xuan_ha = add("PHUONG", "Xuân Hà", city, k2004), other = add("PHUONG", "Xuân Phú", city, k2004);
  for (int i = 1; i <= 60; ++i) add("TO_DAN_PHO", std::to_string(i), xuan_ha, k2004);
  add("TO_DAN_PHO", "5", other, k2004);
  add("TINH", "Khánh Hoà", std::nullopt, k2004);
  const Day day = Day::of(2024, 1, 1);
  EXPECT_EQ(find("to 5 p xuan ha", day), (std::vector<std::string>{"Tổ dân phố 5"}));
  EXPECT_EQ(find("tdp5 XUÂN HÀ tp da nang", day), (std::vector<std::string>{"Tổ dân phố 5"}));
  EXPECT_EQ(find("Khánh Hòa", day), (std::vector<std::string>{"Tỉnh Khánh Hoà"}));
  EXPECT_EQ(find("xuan ha", day).front(), "Phường Xuân Hà") << "the name itself comes before what lies in it";
  EXPECT_TRUE(find("xuan ha", k2004 - 1).empty());
  EXPECT_TRUE(find("", day).empty());
  EXPECT_TRUE(find("'; drop table area; --", day).empty());
  // A new name finds what lies in it; so does the old one, as people still say it.
  AreaAmendment amendment;
  amendment.name = "Thanh Khê";
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return amend_area(s, xuan_ha, amendment, Day::of(2025, 1, 1), problems_).error();
              }).ok());
  EXPECT_EQ(find("to 5 thanh khe", Day::of(2025, 2, 1)), (std::vector<std::string>{"Tổ dân phố 5"}));
  EXPECT_EQ(find("to 5 xuan ha", Day::of(2025, 2, 1)), (std::vector<std::string>{"Tổ dân phố 5"}));
}

INSTANTIATE_TEST_SUITE_P(sqlite, AreaTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, AreaTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
