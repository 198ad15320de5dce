#include "catalogue/code_lists.h"

#include <set>

#include <gtest/gtest.h>

#include "catalogue/geo.h"
#include "catalogue/human_codes.h"

namespace vonggac::catalogue {
namespace {

TEST(CodeLists, EveryCodeIsItsListsOwnAndHasBothNames) {
  std::set<std::string_view> lists;
  for (const CodeList& list : code_lists()) {
    EXPECT_TRUE(lists.insert(list.name).second) << list.name;
    std::set<std::string_view> codes;
    for (const NamedCode& value : list.values) {
      EXPECT_TRUE(codes.insert(value.code).second) << value.code;
      EXPECT_FALSE(value.vi.empty());
      EXPECT_FALSE(value.en.empty());
    }
    EXPECT_FALSE(codes.empty());
  }
  EXPECT_EQ(health_states().find("CO_TIN_HIEU")->vi, "Có tín hiệu");
  Problems problems;
  check_choice(mounts(), "", "mount", true, problems);
  EXPECT_FALSE(problems.refused());
  check_choice(mounts(), "", "mount", false, problems);
  EXPECT_TRUE(problems.refused());
}

TEST(HumanCodes, AreReadHoweverTheyAreTyped) {
  EXPECT_EQ(normal_code(" cam 31825 0042 "), "CAM-31825-0042");
  EXPECT_EQ(normal_code("CAM-31825-0042"), "CAM-31825-0042");
  EXPECT_EQ(commune_digits("4"), "00004");
  EXPECT_EQ(commune_digits("31825"), "31825");
  EXPECT_FALSE(commune_digits(""));
  EXPECT_FALSE(commune_digits("318251"));
  EXPECT_FALSE(commune_digits("K8-1"));
}

TEST(Outline, HoldsWhatLiesInItsRingsAndNotInItsHoles) {
  const auto island = Outline::parse(
      R"({"type":"MultiPolygon","coordinates":[[[[0,0],[4,0],[4,4],[0,4],[0,0]],[[1,1],[3,1],[3,3],[1,3],[1,1]]],)"
      R"([[[10,10],[11,10],[11,11],[10,10]]]]})");
  ASSERT_TRUE(island);
  EXPECT_TRUE(island->holds(geo_point(0.5, 0.5)));
  EXPECT_FALSE(island->holds(geo_point(2, 2))) << "the hole";
  EXPECT_TRUE(island->holds(geo_point(10.2, 10.8))) << "the second part";
  EXPECT_NEAR(island->metres_outside(geo_point(-0.001, 2)), 111, 1);
  for (const char* wrong : {"", "[]", "[[]]", "[[1,2],[3,4]]", "[[[1,2],[3,4],[5,6]", "[[[1,200],[3,4],[5,6]]]",
                            "[[[1,2,3,4],[3,4],[5,6]]]", "[[[[[[1,2],[3,4],[5,6]]]]]]", "{\"coordinates\":5}"}) {
    EXPECT_FALSE(Outline::parse(wrong)) << wrong;
  }
}

TEST(Azimuths, AreComparedAcrossNorth) {
  EXPECT_TRUE(similar_azimuth(355, 10));
  EXPECT_FALSE(similar_azimuth(355, 40));
  EXPECT_TRUE(similar_azimuth(std::nullopt, 40)) << "a view nobody has measured may be any";
}

}  // namespace
}  // namespace vonggac::catalogue
