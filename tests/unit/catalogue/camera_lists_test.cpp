#include "catalogue/camera_lists.h"

#include <algorithm>
#include <set>

#include "catalogue/duplicates.h"
#include "support/catalogue_world.h"

namespace vonggac::catalogue {
namespace {

class CameraListTest : public test::CatalogueWorld {
 protected:
  CameraPage page(const ScopeFilter& scope, const CameraFilter& filter = {}, const CameraPageForm& form = {}) {
    return read([&](store::Reader& s) { return list_cameras(s, scope, filter, form, today()); });
  }
  /// Codes without "CAM-", of all pages of so many.
  std::vector<std::string> all_codes(const ScopeFilter& scope, CameraPageForm form) {
    std::vector<std::string> codes;
    do {
      const CameraPage one = page(scope, {}, form);
      for (const CameraListed& row : one.rows) codes.push_back(row.code.substr(4));
      form.after = one.next;
    } while (!form.after.empty() && codes.size() < 100);
    return codes;
  }
  std::vector<std::string> find(const std::string& query, const ScopeFilter& scope = {true, {}},
                                const CameraFilter& filter = {}) {
    std::vector<std::string> names;
    for (const CameraListed& row :
         read([&](store::Reader& s) { return find_cameras(s, scope, filter, query, today()); })) {
      names.push_back(row.name);
    }
    return names;
  }
};

TEST_P(CameraListTest, PagesFollowEachOtherInEachOrderWithoutGapsOrDoubles) {
  const AreaId khom9 = add_area("KHOM", "9", ward1_);
  int n = 0;
  for (const char* name : {"Đầu hẻm", "cổng chợ", "Cổng chợ", "Ngã ba", "Âu tàu", "Bến xe", "Cầu Sập"}) {
    add_camera_in(n++ % 2 == 0 ? khom1_ : khom9, name);
    clock_.advance(base::Seconds(1));
  }
  const ScopeFilter everywhere{true, {}}, both{false, {ward8_, ward1_}};
  for (const ScopeFilter& scope : {everywhere, both}) {
    for (const CameraSort sort : {CameraSort::kCode, CameraSort::kName, CameraSort::kNewest}) {
      const std::vector<std::string> in_twos = all_codes(scope, {sort, "", 2});
      EXPECT_EQ(in_twos, all_codes(scope, {sort, "", 50}));
      EXPECT_EQ(std::set(in_twos.begin(), in_twos.end()).size(), 7U);
    }
  }
  EXPECT_EQ(all_codes(both, {CameraSort::kNewest, "", 2}).front(), "31823-0004");
  const CameraPage by_name = page(everywhere, {}, {CameraSort::kName, "", 50});
  EXPECT_EQ(by_name.rows.front().name, "Âu tàu") << "tone marks do not count";
  EXPECT_EQ(by_name.rows.back().name, "Ngã ba");
  const auto refused = [&](const std::string& after) {
    return store_->read([&](store::Reader& s) {
      return list_cameras(s, everywhere, {}, {CameraSort::kNewest, after, 2}, today()).error();
    });
  };
  EXPECT_EQ(refused("'; drop table camera").kind(), base::ErrorKind::kInvalidArgument);
  EXPECT_EQ(refused("019d0aa3-cc00-717e-b25a-7c10639ce93b.x").kind(), base::ErrorKind::kInvalidArgument);
}

TEST_P(CameraListTest, AListHoldsWhatTheScopeReachesAndNothingElse) {
  const AreaId other = add_area("TINH", "Cà Mau", std::nullopt, "96");
  const AreaId far = add_area("XA", "Xa", other, "32000");
  const AreaId hamlet = add_area("AP", "1", far);
  const base::CameraId one = add_camera_in(khom1_), two = add_camera_in(khom2_), three = add_camera_in(hamlet);
  const auto ids = [&](const ScopeFilter& scope, std::optional<AreaId> area = {}) {
    std::set<base::Uuid> found;
    for (const CameraListed& row : page(scope, {area, "", "", "", ""}).rows) found.insert(row.id);
    return found;
  };
  using Ids = std::set<base::Uuid>;
  EXPECT_EQ(ids({true, {}}), (Ids{one, two, three}));
  EXPECT_EQ(ids({false, {}}), Ids{});
  EXPECT_EQ(ids({false, {khom1_}}), Ids{one});
  EXPECT_EQ(ids({false, {province_}}), (Ids{one, two}));
  EXPECT_EQ(ids({false, {khom1_, far}}), (Ids{one, three}));
  EXPECT_EQ(ids({false, {base::Uuid::make_v7(clock_)}}), Ids{}) << "an area that does not exist";
  // An area that is asked for is cut by the scope.
  EXPECT_EQ(ids({false, {province_}}, khom2_), Ids{two});
  EXPECT_EQ(ids({false, {khom1_, hamlet}}, province_), Ids{one}) << "wider than the scope";
  EXPECT_EQ(ids({false, {khom1_}}, far), Ids{});
  EXPECT_EQ(ids({true, {}}, far), Ids{three});
}

TEST_P(CameraListTest, AGrantForAWardThatWasMergedReachesWhatItBecame) {
  const base::CameraId mine = add_camera_in(khom1_);
  const base::CameraId theirs = add_camera_in(add_area("KHOM", "9", ward1_));
  MergeForm merge;
  merge.sources = {ward8_};
  merge.into = ward1_;
  merge.basis = "1655/NQ";
  ASSERT_TRUE(write([&](store::WriteSession& s) -> base::Status {
                VG_TRY(merge_areas(s, merge, today() - 1, problems_).error());
                return catch_up_places(s).error();
              }).ok());
  EXPECT_EQ(page({false, {ward8_}}).rows.size(), 2U);
  EXPECT_EQ(page({false, {ward8_, ward1_}}).rows.size(), 2U) << "one area now";
  const auto lineage_of = [&](const base::CameraId& id, Day day) {
    return read([&](store::Reader& s) { return camera_lineage(s, id, day); });
  };
  const auto holds = [](const std::vector<base::Uuid>& line, const AreaId& area) {
    return std::find(line.begin(), line.end(), area) != line.end();
  };
  EXPECT_TRUE(holds(lineage_of(mine, today()), ward8_));
  EXPECT_TRUE(holds(lineage_of(theirs, today()), ward8_));
  EXPECT_FALSE(holds(lineage_of(theirs, today() - 2), ward8_)) << "before the merger";
  EXPECT_EQ(lineage_of(mine, today()).size(), 4U);
}

TEST_P(CameraListTest, FiltersNarrowByStateHealthKindAndBrand) {
  CameraForm form = camera_form(add_site(site_form(khom1_)));
  form.device.brand = "KBVision";
  form.kind = "CHI_XEM";
  const base::CameraId one = add_camera(form);
  const base::CameraId two = add_camera_in(khom2_);
  ASSERT_TRUE(step(two, "KHAO_SAT").ok());
  look(two, well());
  const auto only = [&](const CameraFilter& filter) {
    const CameraPage found = page({false, {province_}}, filter);
    return found.rows.size() == 1 ? found.rows[0].id : base::CameraId{};
  };
  EXPECT_EQ(only({{}, "KHAO_SAT", "", "", ""}), two);
  EXPECT_EQ(only({{}, "", "CO_TIN_HIEU", "", ""}), two);
  EXPECT_EQ(only({{}, "", "", "CHI_XEM", ""}), one);
  EXPECT_EQ(only({{}, "", "", "", "kbvision"}), one);
  for (const CameraSort sort : {CameraSort::kName, CameraSort::kNewest}) {
    EXPECT_EQ(page({false, {ward8_}}, {{}, "", "", "CHI_XEM", "KBVISION"}, {sort, "", 5}).rows.size(), 1U);
    EXPECT_TRUE(page({true, {}}, {{}, "NGUNG", "", "", ""}, {sort, "", 5}).rows.empty());
  }
  EXPECT_EQ(page({true, {}}).rows.size(), 2U);
  ASSERT_TRUE(write([&](store::WriteSession& s) { return merge_cameras(s, two, one, "A", problems_); }).ok());
  EXPECT_EQ(page({true, {}}).rows.size(), 1U) << "a merged one is no camera of its own";
}

TEST_P(CameraListTest, IsFoundByItsWordsAndByItsAreas) {
  SiteForm place = site_form(khom1_, "Chợ Phường 8");
  place.address = "25 Trần Phú";
  CameraForm form = camera_form(add_site(place), "Cổng chợ hướng ra đường");
  form.device = {"Hikvision", "DS-2CD2043G2", "F12345678", "", "", false};
  add_camera(form);
  add_camera_in(khom2_, "Ngã ba Trà Kha");
  const AreaId elsewhere = add_area("XA", "Vĩnh Trạch", province_, "31840");
  add_camera_in(add_area("AP", "Trà Kha", elsewhere), "Cổng ấp");
  const std::string market = "Cổng chợ hướng ra đường", corner = "Ngã ba Trà Kha", gate = "Cổng ấp";
  using Names = std::vector<std::string>;
  EXPECT_EQ(find("cong cho"), Names{market});
  EXPECT_EQ(find("CHỢ trần phú"), Names{market});
  EXPECT_EQ(find("f12345678"), Names{market});
  EXPECT_EQ(find("hikvision k 1"), Names{market}) << "khóm 1";
  EXPECT_EQ(find("tra kha"), (Names{corner, gate})) << "its own name comes before its area's";
  EXPECT_EQ(find("cong vinh trach"), Names{gate});
  EXPECT_EQ(find("cam-31823-0002"), Names{corner});
  EXPECT_EQ(find("VT 31840 0001"), Names{gate});
  EXPECT_TRUE(find("").empty());
  EXPECT_TRUE(find("khong co gi ca").empty());
  EXPECT_TRUE(find("'; drop table camera; --").empty());
  EXPECT_EQ(find("tra kha", {false, {elsewhere}}), Names{gate}) << "the scope holds for searches too";
  EXPECT_TRUE(find("cam-31823-0002", {false, {elsewhere}}).empty());
  EXPECT_EQ(find("cong", {true, {}}, {khom1_, "", "", "", ""}), Names{market});
}

TEST_P(CameraListTest, TheMapShowsPointsOrClusters) {
  std::vector<base::CameraId> cameras;
  for (int i = 0; i < 6; ++i) {
    SiteForm place = site_form(i < 3 ? khom1_ : khom2_);
    place.lat = 9.30 + 0.001 * i;
    place.lon = 105.70 + (i < 3 ? 0 : 0.05);
    cameras.push_back(add_camera(camera_form(add_site(place))));
  }
  const MapBox all{geo_point(9.2, 105.6), geo_point(9.4, 105.8)};
  const auto view = [&](const ScopeFilter& scope, const MapBox& box, std::size_t most) {
    return read([&](store::Reader& s) { return cameras_on_map(s, scope, box, today(), most); });
  };
  EXPECT_EQ(view({true, {}}, all, 100).points.size(), 6U);
  EXPECT_EQ(view({false, {khom1_}}, all, 100).points.size(), 3U);
  EXPECT_EQ(view({false, {province_}}, all, 100).points.size(), 6U);
  EXPECT_TRUE(view({false, {add_area("TINH", "Cà Mau", std::nullopt, "96")}}, all, 100).points.empty());
  EXPECT_TRUE(view({true, {}}, {geo_point(10, 105), geo_point(11, 106)}, 100).points.empty());
  const MapView clustered = view({true, {}}, all, 5);
  EXPECT_TRUE(clustered.points.empty());
  std::int64_t sum = 0;
  for (const MapCluster& cluster : clustered.clusters) {
    sum += cluster.cameras;
    EXPECT_EQ(cluster.working, 0);
  }
  EXPECT_EQ(sum, 6);
  // A map of the whole country puts them together by squares of a tenth of a degree; what lies beside it is left out.
  const auto in_all = [&](const MapBox& box) {
    std::int64_t count = 0;
    for (const MapCluster& cluster : view({true, {}}, box, 2).clusters) count += cluster.cameras;
    return count;
  };
  EXPECT_EQ(in_all({geo_point(8, 102), geo_point(23, 110)}), 6);
  EXPECT_EQ(in_all({geo_point(8, 105.85), geo_point(23, 110)}), 0);
  // A site that was measured anew takes its camera along.
  SiteForm moved = site_form(khom1_);
  moved.lat = 10.5;
  moved.lon = 105.5;
  const SiteId site = camera(cameras[0]).facts.site;
  ASSERT_TRUE(write([&](store::WriteSession& s) { return amend_site(s, site, moved, problems_); }).ok());
  EXPECT_EQ(view({true, {}}, {geo_point(10, 105), geo_point(11, 106)}, 100).points.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, CameraListTest, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, CameraListTest, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::catalogue
