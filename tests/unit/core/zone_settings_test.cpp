#include "core/zone_settings.h"

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

namespace json = boost::json;

base::Result<std::vector<ipc::Zone>> zones(const std::string& text) { return zones_from_json(json::parse(text)); }
std::string refusal(const std::string& text) {
  const auto result = zones(text);
  return result ? "" : result.error().message();
}

constexpr const char* kPoints = R"("points":[[0,0],[1,0],[1,1]])";
std::string one(const std::string& fields) { return R"([{"id":"z",)" + fields + "," + kPoints + "}]"; }

TEST(ZoneSettings, KnowFourKindsAndKeepThem) {
  for (const char* kind : {"detect", "ignore", "watch", "privacy"}) {
    const auto parsed = zones(one(std::string(R"("kind":")") + kind + "\""));
    ASSERT_TRUE(parsed) << kind;
    EXPECT_STREQ(ipc::zone_kind_name(parsed->at(0).kind), kind);
    const json::array back = zones_to_json(*parsed);
    EXPECT_EQ(back.at(0).at("kind").as_string(), kind);
    EXPECT_EQ(zones_from_json(back)->at(0).polygon.points, parsed->at(0).polygon.points);
  }
  EXPECT_EQ(zones(one(R"("id2":1)")).error().kind(), base::ErrorKind::kInvalidArgument);
  EXPECT_EQ(refusal(one(R"("kind":"mask")")), "zones: kind must be detect, ignore, watch or privacy");
}

TEST(ZoneSettings, ReadFilesOfTheFirstVersion) {
  EXPECT_EQ(zones(one(R"("ignore":true)"))->at(0).kind, ipc::ZoneKind::kIgnore);
  EXPECT_EQ(zones(one(R"("ignore":false)"))->at(0).kind, ipc::ZoneKind::kDetect);
  EXPECT_NE(refusal(one(R"("ignore":true,"kind":"watch")")), "");
}

TEST(ZoneSettings, OnlyWatchZonesHaveHours) {
  const auto night = zones(one(R"("kind":"watch","hours":"mon-fri 22:00-06:00")"));
  ASSERT_TRUE(night) << night.error().message();
  EXPECT_EQ(night->at(0).hours, "mon-fri 22:00-06:00");
  EXPECT_EQ(zones_to_json(*night).at(0).at("hours").as_string(), "mon-fri 22:00-06:00");
  EXPECT_EQ(refusal(one(R"("kind":"privacy","hours":"22:00-06:00")")),
            "zones: hours must be left out but for watch zones");
  EXPECT_NE(refusal(one(R"("kind":"watch","hours":"at night")")).find("at night"), std::string::npos);
}

TEST(ZoneSettings, RefuseWhatIsNoZone) {
  for (const std::string& text : {std::string("{}"), std::string("[1]"), std::string(R"([{"id":"z"}])"),
                                  one(R"("kind":4)"), std::string(R"([{"id":"z","points":[[0,0],[1,0]]}])"),
                                  std::string(R"([{"id":"z","points":[[0,0],[1,0],[2,1]]}])"),
                                  std::string(R"([{"id":"","points":[[0,0],[1,0],[1,1]]}])")}) {
    EXPECT_NE(refusal(text), "") << text;
  }
}

}  // namespace
}  // namespace vonggac::core
