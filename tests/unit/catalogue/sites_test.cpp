#include "catalogue/sites.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "catalogue/area_members.h"
#include "catalogue/area_shapes.h"
#include "support/catalogue_world.h"

namespace vonggac::catalogue {
namespace {

class SiteTest : public test::CatalogueWorld {
 protected:
  base::Status try_add_site(const SiteForm& form) {
    return write([&](store::WriteSession& s) { return catalogue::add_site(s, form, problems_).error(); });
  }
  Site site(const SiteId& id) {
    return *read([&](store::Reader& s) { return site_of(s, id); });
  }
  std::int64_t count(const AreaId& area, Day as_of, Day boundaries) {
    return read([&](store::Reader& s) { return count_sites(s, area, as_of, boundaries); });
  }
};

TEST_P(SiteTest, CodesAreNumberedPerCommuneAndNeverGivenAgain) {
  EXPECT_EQ(site(add_site(site_form(khom1_))).code, "VT-31823-0001");
  EXPECT_EQ(site(add_site(site_form(khom2_))).code, "VT-31823-0002");
  const SiteId gone = add_site(site_form(khom2_));
  ASSERT_TRUE(write([&](store::WriteSession& s) { return close_site(s, gone, today(), problems_); }).ok());
  EXPECT_EQ(site(add_site(site_form(khom1_))).code, "VT-31823-0004");
  SiteForm main_road = site_form(ward1_);
  main_road.outside_residential = true;
  EXPECT_EQ(site(add_site(main_road)).code, "VT-31825-0001");
  const auto found = read([&](store::Reader& s) { return site_by_code(s, "vt 31823 0002"); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->code, "VT-31823-0002");
}

TEST_P(SiteTest, WritersAtTheSameTimeNeverGetOneCode) {
  constexpr int kWriters = 4, kSitesEach = 10;
  std::atomic<int> failed = 0;
  std::vector<std::thread> writers;
  for (int w = 0; w < kWriters; ++w) {
    writers.emplace_back([&] {
      const SiteForm form = site_form(khom1_);
      for (int i = 0; i < kSitesEach; ++i) {
        const base::Status status = store_->write([&](store::WriteSession& s) {
          Problems problems;
          return catalogue::add_site(s, form, problems).error();
        });
        failed += status.ok() ? 0 : 1;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(failed, 0);
  const SitePage all = read([&](store::Reader& s) { return list_sites(s, {true, {}}, {}, "", 500, today()); });
  EXPECT_EQ(all.rows.size(), 40U);
  EXPECT_EQ(all.rows.back().code, "VT-31823-0040") << "no holes, none twice";
}

TEST_P(SiteTest, ACommuneWithoutAnOfficialCodeGivesNoCodes) {
  const AreaId nameless = add_area("XA", "Chưa có mã", province_);
  EXPECT_FALSE(try_add_site(site_form(add_area("AP", "1", nameless))).ok());
  EXPECT_NE(problems_.all().front().sentence.vi.find("mã đơn vị hành chính"), std::string::npos);
}

TEST_P(SiteTest, V5ASiteLiesInOneResidentialAreaOrIsMarkedAsOutside) {
  SiteForm form = site_form(khom1_);
  form.area.reset();
  EXPECT_FALSE(try_add_site(form).ok());
  EXPECT_TRUE(problems_.has("V5"));
  form.area = ward8_;
  EXPECT_FALSE(try_add_site(form).ok()) << "a commune without the mark";
  EXPECT_TRUE(problems_.has("V5"));
  EXPECT_NE(problems_.all().front().sentence.vi.find("ngoài khu dân cư"), std::string::npos);
  form.outside_residential = true;
  EXPECT_TRUE(try_add_site(form).ok());
  form.area = khom1_;
  EXPECT_FALSE(try_add_site(form).ok()) << "a residential area with the mark";
  form.area = province_;
  EXPECT_FALSE(try_add_site(form).ok());
  form.area = khom1_;
  form.outside_residential = false;
  form.opened = kLongAgo - 1;
  EXPECT_FALSE(try_add_site(form).ok()) << "before the area existed";
}

TEST_P(SiteTest, V5AnAreaThatHoldsSitesDoesNotEnd) {
  add_site(site_form(khom1_));
  EXPECT_FALSE(
      write([&](store::WriteSession& s) { return end_area(s, khom1_, "5/QĐ", today(), problems_).error(); }).ok());
  EXPECT_TRUE(problems_.has("V5"));
}

TEST_P(SiteTest, V6CoordinatesOutsideOfTheCommuneAreWarnedOf) {
  const char* outline =
      R"({"type":"Polygon","coordinates":[[[105.70,9.28],[105.74,9.28],[105.74,9.32],[105.70,9.32],[105.70,9.28]]]})";
  ASSERT_TRUE(write([&](store::WriteSession& s) { return put_shape(s, ward8_, kLongAgo, outline, problems_); }).ok());
  SiteForm form = site_form(khom1_);
  form.lat = 9.30;
  form.lon = 105.72;
  EXPECT_TRUE(try_add_site(form).ok());
  EXPECT_FALSE(problems_.has("V6"));
  form.lon = 105.7405;  // about 55 m beyond the edge: outlines are not better than that
  EXPECT_TRUE(try_add_site(form).ok());
  EXPECT_FALSE(problems_.has("V6"));
  form.lon = 105.76;
  EXPECT_TRUE(try_add_site(form).ok()) << "a warning, no refusal";
  ASSERT_TRUE(problems_.has("V6"));
  EXPECT_NE(problems_.all().front().sentence.vi.find("ngoài Phường 8 khoảng 219"), std::string::npos)
      << problems_.all().front().sentence.vi;
  EXPECT_FALSE(
      write([&](store::WriteSession& s) { return put_shape(s, ward8_, kLongAgo, "{\"a\":[1]}", problems_); }).ok());
}

TEST_P(SiteTest, FormsAreRefusedWithTheirFields) {
  SiteForm form = site_form(khom1_);
  form.name = "";
  form.lat = 95;
  form.azimuth_deg = 361;
  form.mount = "TREN_MAY";
  EXPECT_FALSE(try_add_site(form).ok());
  std::vector<std::string> fields;
  for (const Problem& p : problems_.all()) fields.push_back(p.field);
  EXPECT_EQ(fields, (std::vector<std::string>{"lat", "lat", "azimuth_deg", "mount", "name"}));
}

TEST_P(SiteTest, ListsArePagedByCodeAndKeepToTheScope) {
  for (int i = 0; i < 5; ++i) add_site(site_form(khom1_));
  add_site(site_form(khom2_));
  SiteForm main_road = site_form(ward1_);
  main_road.outside_residential = true;
  add_site(main_road);
  const auto page = [&](const ScopeFilter& scope, const std::string& after, std::size_t most) {
    return read([&](store::Reader& s) { return list_sites(s, scope, std::nullopt, after, most, today()); });
  };
  const SitePage first = page({true, {}}, "", 3);
  ASSERT_EQ(first.rows.size(), 3U);
  EXPECT_EQ(first.next, "VT-31823-0003");
  const SitePage second = page({true, {}}, first.next, 10);
  EXPECT_EQ(second.rows.size(), 4U);
  EXPECT_TRUE(second.next.empty());
  EXPECT_EQ(page({false, {khom1_}}, "", 50).rows.size(), 5U);
  EXPECT_EQ(page({false, {khom1_, ward8_, ward1_}}, "", 50).rows.size(), 7U) << "nothing twice";
  EXPECT_TRUE(page({false, {}}, "", 50).rows.empty());
}

TEST_P(SiteTest, PublicSitesWithoutASignAreListed) {
  SiteForm form = site_form(khom1_);
  form.sign_photo = "";
  const SiteId bare = add_site(form);
  add_site(site_form(khom1_));
  const auto found = read([&](store::Reader& s) { return sites_without_sign(s, ward8_, today()); });
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].id, bare);
}

/// Worked example G9 with its sites: 40 in 8 khóm, 9 leave with 2 khóm, 31 are merged; nothing counts twice, and the
/// figures of every day stay what they were.
TEST_P(SiteTest, G9FortySitesThirtyOneAfterTheCutAndInTheMergedWard) {
  std::vector<AreaId> khom{khom1_, khom2_};
  for (const char* name : {"3", "8", "Cầu Sập", "Trà Kha", "Trà Kha B", "Trà Khứa"}) {
    khom.push_back(add_area("KHOM", name, ward8_));
  }
  const AreaId other = add_area("XA", "Vĩnh Trạch", province_, "31840");
  const std::vector<int> sites_in{6, 5, 5, 5, 5, 5, 4, 5};
  std::vector<SiteId> sites;
  for (std::size_t i = 0; i < khom.size(); ++i) {
    for (int n = 0; n < sites_in[i]; ++n) sites.push_back(add_site(site_form(khom[i])));
  }
  const base::CameraId moved = add_camera(camera_form(sites.back()));
  EXPECT_EQ(camera(moved).code, "CAM-31823-0001");
  const Day cut = Day::of(2024, 12, 1), merger = Day::of(2025, 7, 1);
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                const TransferForm form{ward8_, other, {khom[6], khom[7]}, {}, 3553, 5.26, "1254/NQ-UBTVQH15"};
                VG_TRY(transfer_part(s, form, cut, problems_).error());
                return catch_up_places(s).error();
              }).ok());
  MergeForm merge;
  merge.sources = {ward8_, ward1_};
  merge.form = AreaForm{"Bạc Liêu", "PHUONG", "31825", province_, {}, {}, {}, "1655/NQ", {}};
  merge.basis = "1655/NQ-UBTVQH15";
  const MergeResult merged = made([&](store::WriteSession& s) -> base::Result<MergeResult> {
    VG_ASSIGN(const MergeResult result, merge_areas(s, merge, merger, problems_));
    VG_TRY(catch_up_places(s).error());
    return result;
  });

  const Day before = Day::of(2024, 11, 30), after = Day::of(2024, 12, 2), now = Day::of(2025, 7, 2);
  EXPECT_EQ(count(ward8_, before, before), 40);
  EXPECT_EQ(count(ward8_, after, after), 31);
  EXPECT_EQ(count(other, after, after), 9);
  EXPECT_EQ(count(merged.target, now, now), 31);
  EXPECT_EQ(count(merged.target, before, now), 31) << "the year before, by the boundaries of now";
  EXPECT_EQ(count(ward8_, now, now), 0);
  const auto by_code = [&](Day day) {
    return read([&](store::Reader& s) { return area_by_code(s, AreaKind::kCommune, "31825", day); })->full_name();
  };
  EXPECT_EQ(by_code(Day::of(2025, 6, 30)), "Phường 1");
  EXPECT_EQ(by_code(now), "Phường Bạc Liêu");
  EXPECT_EQ(site(sites.front()).code, "VT-31823-0001") << "codes never change";
  EXPECT_EQ(site(sites.front()).commune, merged.target);
  EXPECT_EQ(camera(moved).code, "CAM-31823-0001");
  EXPECT_EQ(camera(moved).commune, other);

  // A grant given for ward 8 reaches what it became, and no longer what was cut off.
  const auto lineage_of = [&](const SiteId& id) {
    return read([&](store::Reader& s) { return site_lineage(s, id, now); });
  };
  const auto holds = [](const std::vector<base::Uuid>& line, const AreaId& area) {
    return std::find(line.begin(), line.end(), area) != line.end();
  };
  EXPECT_TRUE(holds(lineage_of(sites.front()), ward8_));
  EXPECT_TRUE(holds(lineage_of(sites.front()), ward1_));
  EXPECT_TRUE(holds(lineage_of(sites.front()), province_));
  EXPECT_FALSE(holds(lineage_of(sites.back()), ward8_));
  const auto list = [&](const ScopeFilter& scope) {
    return read([&](store::Reader& s) { return list_sites(s, scope, std::nullopt, "", 500, today()); }).rows.size();
  };
  EXPECT_EQ(list({false, {ward8_}}), 31U);
  EXPECT_EQ(list({false, {other}}), 9U);
}

TEST_P(SiteTest, AfterACutThatNamesNothingTheSitesOfTheCommuneWait) {
  SiteForm main_road = site_form(ward8_, "Quốc lộ 1");
  main_road.outside_residential = true;
  main_road.lat = 9.30;
  main_road.lon = 105.76;
  const SiteId waiting_site = add_site(main_road);
  const SiteId inside = add_site(site_form(khom1_));
  const Day day = Day::of(2024, 12, 1);
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                VG_TRY(transfer_part(s, {ward8_, ward1_, {khom1_}, {}, {}, {}, "9/NQ"}, day, problems_).error());
                return catch_up_places(s).error();
              }).ok());
  EXPECT_EQ(site(inside).commune, ward1_) << "its khóm was named";
  auto waiting = read([](store::Reader& s) { return waiting_reassignments(s); });
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].subject_kind, "site");
  EXPECT_EQ(waiting[0].subject, waiting_site);

  // An outline proposes; a person confirms.
  ASSERT_TRUE(write([&](store::WriteSession& s) {
                return put_shape(s, ward1_, day, "[[[105.75,9.28],[105.78,9.28],[105.78,9.32],[105.75,9.32]]]",
                                 problems_);
              }).ok());
  EXPECT_EQ(made([&](store::WriteSession& s) { return propose_site_areas(s, {ward8_, ward1_}, day); }), 1);
  waiting = read([](store::Reader& s) { return waiting_reassignments(s); });
  EXPECT_EQ(waiting[0].proposed, ward1_);
  EXPECT_EQ(site(waiting_site).commune, ward8_);
  const auto settle = [&](const AreaId& area) {
    return write([&](store::WriteSession& s) -> base::Status {
      VG_TRY(settle_reassignment(s, waiting[0].id, area, problems_));
      return catch_up_places(s).error();
    });
  };
  EXPECT_FALSE(settle(province_).ok()) << "V5";
  EXPECT_TRUE(problems_.has("V5"));
  EXPECT_TRUE(settle(ward1_).ok());
  EXPECT_EQ(site(waiting_site).commune, ward1_);
  const auto area_of = [&](Day on) { return read([&](store::Reader& s) { return member_area(s, waiting_site, on); }); };
  EXPECT_EQ(area_of(day - 1), ward8_);
  EXPECT_EQ(area_of(day), ward1_);
}

TEST_P(SiteTest, ASplitPutsTheCommunesOwnSitesIntoTheFirstPartUntilAPersonSays) {
  SiteForm form = site_form(ward8_);
  form.outside_residential = true;
  const SiteId road = add_site(form);
  SplitForm split;
  split.source = ward8_;
  split.basis = "3/NQ";
  for (const char* name : {"8A", "8B"}) {
    split.parts.push_back({AreaForm{name, "PHUONG", "", province_, {}, {}, {}, "", {}}, {}});
  }
  split.parts[0].residential = {khom1_, khom2_};
  const SplitResult result = made([&](store::WriteSession& s) -> base::Result<SplitResult> {
    VG_ASSIGN(const SplitResult done, split_area(s, split, today(), problems_));
    VG_TRY(catch_up_places(s).error());
    return done;
  });
  EXPECT_EQ(site(road).commune, result.targets[0]);
  const auto waiting = read([](store::Reader& s) { return waiting_reassignments(s); });
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0].subject, road);
}

TEST_P(SiteTest, AMergerThatWasDecidedBeforeItsDayMovesTheListsOnThatDay) {
  const SiteId one = add_site(site_form(khom1_));
  MergeForm merge;
  merge.sources = {ward8_};
  merge.into = ward1_;
  merge.basis = "4/NQ";
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                VG_TRY(merge_areas(s, merge, today() + 10, problems_).error());
                return catch_up_places(s).error();
              }).ok());
  EXPECT_EQ(site(one).commune, ward8_) << "not yet";
  clock_.advance(base::Seconds(10 * 86'400));
  ASSERT_TRUE(write([&](store::WriteSession& s) { return catch_up_places(s).error(); }).ok());
  EXPECT_EQ(site(one).commune, ward1_);
  EXPECT_EQ(site(one).residential, khom1_);
}

INSTANTIATE_TEST_SUITE_P(sqlite, SiteTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, SiteTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
