/// Forces, committees, what works in a model and what was declared, through their addresses.
#include "register_fixture.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

class ForceRoutes : public RegisterFixture {
 protected:
  std::string person(const std::string& name) {
    return made("/api/v1/parties",
                R"({"kind":"PERSON","name":")" + name + R"(","area":")" + ward.to_string() + R"("})");
  }
  std::string team(const std::string& area) {
    return R"({"kind":"TO_BVANTT","name":"Tổ khóm 3","areas":[")" + area + R"("],"from":"2025-08-01","people":5})";
  }
  std::string model() {
    const json::object types = json_of(get("/api/v1/model-types"));
    const std::string id =
        made("/api/v1/models", R"({"type":")" + std::string(types.at("types").at(0).at("code").as_string()) +
                                   R"(","name":"Camera an ninh khóm 3","area":")" + ward.to_string() + R"("})");
    return "/api/v1/models/" + id;
  }
};

TEST_P(ForceRoutes, ATeamIsCountedWithItsPeopleOnTheDayAskedFor) {
  const std::string path = "/api/v1/force-teams/" + made("/api/v1/force-teams", team(ward.to_string()));
  EXPECT_EQ(post(path + "/headcounts", R"({"people":7,"day":"2025-10-01"})").status, 200U);
  const auto people_on = [&](const std::string& day) {
    return json_of(get("/api/v1/force-counts?day=" + day)).at("forces").at(0).at("people").as_int64();
  };
  EXPECT_EQ(people_on("2025-09-01"), 5);
  EXPECT_EQ(people_on("2025-10-01"), 7);
  EXPECT_EQ(post(path + "/end", R"({"day":"2025-12-01"})").status, 200U);
  EXPECT_EQ(json_of(get("/api/v1/force-teams?day=2025-11-30")).at("force_teams").as_array().size(), 1U);
  EXPECT_TRUE(json_of(get("/api/v1/force-teams?day=2025-12-01")).at("force_teams").as_array().empty());
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  EXPECT_EQ(get(path).status, 404U);
  EXPECT_TRUE(json_of(get("/api/v1/force-teams?day=2025-09-01")).at("force_teams").as_array().empty());
}

TEST_P(ForceRoutes, ATeamOfAForeignAreaIsRefusedLikeOneOfNoArea) {
  const HttpReply far = post("/api/v1/force-teams", team(foreign.to_string()));
  const HttpReply nowhere = post("/api/v1/force-teams", team("01932b6e-7a10-7c3e-9f00-0123456789ab"));
  EXPECT_EQ(far.status, 422U);
  EXPECT_EQ(*far.body, *nowhere.body);
}

TEST_P(ForceRoutes, MembersJoinAndLeaveTheirOwnTeamOnly) {
  const std::string path = "/api/v1/force-teams/" + made("/api/v1/force-teams", team(ward.to_string()));
  const std::string other = "/api/v1/force-teams/" + made("/api/v1/force-teams", team(ward.to_string()));
  const HttpReply joined =
      post(path + "/members", R"({"person":")" + person("Lê Văn Tám") + R"(","duty":"Tổ trưởng","from":"2025-09-01"})");
  ASSERT_EQ(joined.status, 200U) << *joined.body;
  const std::string member(json_of(joined).at("members").at(0).at("id").as_string());
  const std::string leave = R"({"member":")" + member + R"(","day":"2025-11-01"})";
  EXPECT_EQ(post(other + "/member-ends", leave).status, 422U) << "not a member there";
  const HttpReply left = post(path + "/member-ends", leave);
  ASSERT_EQ(left.status, 200U) << *left.body;
  EXPECT_EQ(post(path + "/member-ends", leave).status, 422U) << "left already";
}

TEST_P(ForceRoutes, ACommitteeHasOneHeadAndIsCountedBesideItsArea) {
  const std::string id = made("/api/v1/committees", R"({"name":"Ban Chỉ đạo 138 phường Bạc Liêu","area":")" +
                                                        ward.to_string() + R"(","level":"XA"})");
  const std::string path = "/api/v1/committees/" + id;
  const auto head = [&](const std::string& who) {
    return post(path + "/members", R"({"person":")" + who + R"(","role":"TRUONG_BAN","from":"2025-09-01"})").status;
  };
  EXPECT_EQ(head(person("Trần Thị Hai")), 200U);
  EXPECT_EQ(head(person("Trần Thị Ba")), 422U) << "there is one";
  EXPECT_EQ(json_of(get(path)).at("members").as_array().size(), 1U);
  const json::object counts = json_of(get("/api/v1/committee-counts"));
  EXPECT_EQ(counts.at("committees").at("commune").as_int64(), 1);
  EXPECT_EQ(counts.at("areas").at("commune").as_int64(), 1);
  EXPECT_TRUE(counts.at("warnings").as_array().empty());
}

TEST_P(ForceRoutes, CamerasAndTeamsWorkAtPointsOfTheirModelOnly) {
  const std::string path = model(), stranger = model();
  const std::string point = made(path + "/points", R"({"area":")" + ward.to_string() + R"(","from":"2025-09-01"})");
  const std::string camera = make_camera(make_site());
  const std::string attach =
      R"({"point":")" + point + R"(","camera":")" + camera + R"(","day":"2025-10-01","attached":)";
  EXPECT_EQ(post(stranger + "/cameras", attach + "true}").status, 422U) << "a point of another model";
  const HttpReply attached = post(path + "/cameras", attach + "true}");
  ASSERT_EQ(attached.status, 200U) << *attached.body;
  EXPECT_EQ(json_of(get(path + "/cameras")).at("cameras").at(0).as_string(), camera);
  made(path + "/teams",
       R"({"point":")" + point + R"(","name":"Tổ 5","members":4,"households":42,"from":"2025-09-01"})");
  EXPECT_EQ(json_of(get(path + "/teams")).at("teams").at(0).at("households").as_int64(), 42);
}

TEST_P(ForceRoutes, NothingIsJudgedBeforeItWasLaunched) {
  const std::string path = model();
  const HttpReply early =
      post(path + "/evaluations", R"({"year":2025,"self_score":92.5,"rank":"XUAT_SAC","rule":"2025"})");
  EXPECT_EQ(early.status, 422U);
  EXPECT_EQ(json_of(early).at("problems").at(0).at("field").as_string(), "year");
  EXPECT_TRUE(json_of(get(path + "/evaluations")).at("evaluations").as_array().empty());
}

TEST_P(ForceRoutes, DeclaredFiguresAreKeptAsTheyWereSaid) {
  made("/api/v1/declared-figures",
       R"({"area":")" + ward.to_string() + R"(","subject":"cán bộ nòng cốt","day":"2025-12-31","text":"hơn 10.000"})");
  const json::object figure = json_of(get("/api/v1/declared-figures")).at("figures").at(0).as_object();
  EXPECT_EQ(figure.at("sign").as_string(), ">");
  EXPECT_EQ(figure.at("value").as_double(), 10000);
  EXPECT_EQ(figure.at("as_read").as_string(), "hơn 10.000");
}

INSTANTIATE_TEST_SUITE_P(sqlite, ForceRoutes, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, ForceRoutes, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
