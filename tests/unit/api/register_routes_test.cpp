/// Sites, cameras, recorders and tickets through their addresses.
#include "register_fixture.h"

namespace vonggac::api {
namespace {

class RegisterRoutes : public RegisterFixture {};

TEST_P(RegisterRoutes, MakesASiteShowsItAndListsItWithinReach) {
  const std::string site = make_site();
  const boost::json::object shown = json_of(get("/api/v1/sites/" + site));
  EXPECT_EQ(shown.at("code").as_string(), "VT-31825-0001");
  EXPECT_EQ(shown.at("opened").as_string(), "2025-08-01");
  EXPECT_EQ(shown.at("in").as_array().size(), 2U);
  EXPECT_EQ(json_of(get("/api/v1/sites")).at("sites").as_array().size(), 1U);
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  EXPECT_EQ(json_of(get("/api/v1/sites")).at("sites").as_array().size(), 0U);
  EXPECT_EQ(get("/api/v1/sites/" + site).status, 404U);
}

TEST_P(RegisterRoutes, RefusesASiteInAnAreaOutOfReachAndOneOutsideOfAllAreas) {
  const auto body = [](const std::string& area) {
    return R"({"name":"Chợ","area":")" + area + R"(","outside_residential":true})";
  };
  const HttpReply far = post("/api/v1/sites", body(foreign.to_string()));
  const HttpReply nowhere = post("/api/v1/sites", body("01932b6e-7a10-7c3e-9f00-0123456789ab"));
  EXPECT_EQ(far.status, 422U);
  EXPECT_EQ(*far.body, *nowhere.body);
  EXPECT_EQ(post("/api/v1/sites", R"({"name":"Chợ","area":")" + ward.to_string() + R"("})").status, 422U) << "V5";
  EXPECT_EQ(post("/api/v1/sites", R"({"name":"Chợ","code":"VT-1"})").status, 422U) << "no such field";
}

TEST_P(RegisterRoutes, AmendsOnlyWhatIsNamedAndOnlyTheStateThatWasSeen) {
  const std::string path = "/api/v1/sites/" + make_site();
  const HttpReply before = get(path);
  std::string tag;
  for (const auto& [name, value] : before.headers) tag = name == "ETag" ? value : tag;
  ASSERT_FALSE(tag.empty());
  clock.advance(base::Seconds(5));
  HttpRequest change = request("PATCH", path, R"({"route":"Quốc lộ 1"})");
  change.if_match = tag;
  EXPECT_EQ(answer(change).status, 200U);
  const boost::json::object after = json_of(get(path));
  EXPECT_EQ(after.at("route").as_string(), "Quốc lộ 1");
  EXPECT_EQ(after.at("name").as_string(), "Ngã tư Trần Huỳnh");
  EXPECT_TRUE(after.at("public_place").as_bool());
  EXPECT_EQ(answer(change).status, 412U) << "somebody changed it since";
}

TEST_P(RegisterRoutes, ClosesASiteOnlyWhenNoCameraHangsThere) {
  const std::string empty = make_site("Trống"), used = make_site("Có camera");
  make_camera(used);
  EXPECT_EQ(post("/api/v1/sites/" + used + "/close", R"({"day":"2026-01-01"})").status, 422U);
  EXPECT_EQ(post("/api/v1/sites/" + empty + "/close", R"({"day":"2026-01-01"})").status, 200U);
  EXPECT_EQ(json_of(get("/api/v1/sites/" + empty)).at("closed").as_string(), "2026-01-01");
}

TEST_P(RegisterRoutes, RegistersACameraFindsItAndShowsItsHistory) {
  const std::string camera = make_camera(make_site());
  const boost::json::object shown = json_of(get("/api/v1/register/cameras/" + camera));
  EXPECT_EQ(shown.at("code").as_string(), "CAM-31825-0001");
  EXPECT_EQ(shown.at("device").at("brand").as_string(), "Hikvision");
  EXPECT_EQ(shown.at("devices").as_array().size(), 1U);
  EXPECT_FALSE(shown.at("life").at("vi").as_string().empty());
  for (const char* query : {"?q=nga+tu", "?brand=hikvision", "", "?sort=newest"}) {
    EXPECT_EQ(json_of(get(std::string("/api/v1/register/cameras") + query)).at("cameras").as_array().size(), 1U)
        << query;
  }
  EXPECT_EQ(json_of(get("/api/v1/register/map?bbox=105,9,106,10")).at("points").as_array().size(), 1U);
  EXPECT_EQ(get("/api/v1/register/map?bbox=105,9,106").status, 400U);
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  EXPECT_EQ(json_of(get("/api/v1/register/cameras?q=nga+tu")).at("cameras").as_array().size(), 0U);
  EXPECT_EQ(json_of(get("/api/v1/register/map?bbox=105,9,106,10")).at("points").as_array().size(), 0U);
}

TEST_P(RegisterRoutes, TellsDuplicatesWithTheirReasonsWithinReachOnly) {
  const std::string camera = make_camera(make_site());
  const std::string question = R"({"serial":"sn-0001"})";
  const boost::json::array found = json_of(post("/api/v1/register/duplicates", question)).at("candidates").as_array();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("id").as_string(), camera);
  EXPECT_EQ(found[0].at("reasons").as_array().size(), 1U);
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  EXPECT_TRUE(json_of(post("/api/v1/register/duplicates", question)).at("candidates").as_array().empty());
}

TEST_P(RegisterRoutes, TakesACameraThatTheRecorderHasOnlyOnce) {
  const std::string id = "01932b6e-7a10-7c3e-9f00-0123456789ab";
  const std::string site = make_site();
  EXPECT_EQ(make_camera(site, R"(,"id":")" + id + R"(")"), id);
  const HttpReply again = post("/api/v1/register/cameras", R"({"name":"Hai","site":")" + site +
                                                               R"(","ownership":"NGAN_SACH_XA","id":")" + id + R"("})");
  EXPECT_EQ(again.status, 422U);
}

TEST_P(RegisterRoutes, StepsOfALifeNeedWhatTheyNeed) {
  const std::string path = "/api/v1/register/cameras/" + make_camera(make_site());
  const HttpReply refused = post(path + "/steps", R"({"to":"HOAT_DONG"})");
  EXPECT_EQ(refused.status, 422U);
  EXPECT_NE(refused.body->find("\"vi\""), std::string::npos);
  EXPECT_EQ(post(path + "/password-attested", "{}").status, 422U);
  EXPECT_EQ(post(path + "/password-attested", R"({"changed":true})").status, 200U);
  EXPECT_EQ(json_of(get(path)).at("password_attested_by").as_string(), "Nguyễn Văn toan.quyen");
  EXPECT_EQ(get(path + "/health").status, 200U);
  EXPECT_EQ(get(path + "/uptime?month=2026-13").status, 400U);
  EXPECT_EQ(get(path + "/uptime").status, 200U);
}

TEST_P(RegisterRoutes, KeepsAReferencePictureThatIsAJpeg) {
  const std::string path = "/api/v1/register/cameras/" + make_camera(make_site()) + "/reference?light=NGAY";
  EXPECT_EQ(get(path).status, 404U);
  HttpRequest picture = request("POST", path, std::string("\xFF\xD8\xFF\xE0 picture \xFF\xD9", 15));
  EXPECT_EQ(answer(picture).status, 415U);
  picture.content_type = "image/jpeg";
  const HttpReply kept = answer(picture);
  EXPECT_EQ(kept.status, 201U) << *kept.body;
  const HttpReply shown = get(path);
  EXPECT_EQ(shown.content_type, "image/jpeg");
  EXPECT_EQ(*shown.body, picture.body);
}

TEST_P(RegisterRoutes, OpensATicketStepsItAndListsIt) {
  const std::string camera = make_camera(make_site());
  const std::string ticket = made("/api/v1/tickets", R"({"subject_kind":"camera","subject":")" + camera +
                                                         R"(","fault":"MAT_DIEN","note":"Trụ không có điện"})");
  const boost::json::object shown = json_of(get("/api/v1/tickets/" + ticket));
  EXPECT_EQ(shown.at("fault").at("code").as_string(), "MAT_DIEN");
  EXPECT_EQ(shown.at("steps").as_array().size(), 1U);
  EXPECT_EQ(json_of(get("/api/v1/tickets?open=1")).at("tickets").as_array().size(), 1U);
  EXPECT_EQ(answer(request("PATCH", "/api/v1/tickets/" + ticket, R"({"cost_vnd":500000,"parts":"aptomat"})")).status,
            200U);
  EXPECT_EQ(json_of(get("/api/v1/tickets/" + ticket)).at("cost_vnd").as_int64(), 500000);
  EXPECT_EQ(post("/api/v1/tickets",
                 R"({"subject_kind":"camera","subject":"01932b6e-7a10-7c3e-9f00-0123456789ab","fault":"MAT_DIEN"})")
                .status,
            422U);
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  EXPECT_EQ(json_of(get("/api/v1/tickets")).at("tickets").as_array().size(), 0U);
}

TEST_P(RegisterRoutes, ListsRecordersWithinReachInPages) {
  const std::string site = make_site();
  for (const char* place : {"Phòng trực", "Nhà văn hoá"}) {
    made("/api/v1/recorders", R"({"site":")" + site + R"(","location":")" + place + R"(","channels":8})");
  }
  const boost::json::object first = json_of(get("/api/v1/recorders?limit=1"));
  EXPECT_EQ(first.at("recorders").as_array().size(), 1U);
  const boost::json::object second =
      json_of(get("/api/v1/recorders?limit=1&after=" + std::string(first.at("next_after").as_string())));
  EXPECT_EQ(second.at("recorders").as_array().size(), 1U);
  EXPECT_TRUE(second.at("next_after").is_null());
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  EXPECT_TRUE(json_of(get("/api/v1/recorders")).at("recorders").as_array().empty());
}

TEST_P(RegisterRoutes, CountsTheEyesOfWhatAPersonReaches) {
  make_camera(make_site());
  const boost::json::object eyes = json_of(get("/api/v1/eyes"));
  ASSERT_EQ(eyes.at("areas").as_array().size(), 1U);
  EXPECT_EQ(eyes.at("areas").at(0).at("total").at("registered").as_int64(), 1);
  EXPECT_EQ(get("/api/v1/eyes?area=" + foreign.to_string()).status, 404U);
  EXPECT_EQ(get("/api/v1/eyes?day=2020-01-01").status, 400U);
  EXPECT_GT(json_of(get("/api/v1/code-lists")).at("lists").as_array().size(), 10U);
}

TEST_P(RegisterRoutes, ConnectsACameraAndKeepsNoPassword) {
  const std::string camera = make_camera(make_site());
  std::vector<std::string> told;
  const auto core_says = [&](const std::string& question) -> std::string {
    told.push_back(question);
    if (question.find("camera.set") != std::string::npos) {
      return R"({"ok":false,"error":{"kind":"not_found","message":"none"}})";
    }
    return R"({"ok":true,"id":"x","camera":{"url":"rtsp://10.0.0.5:554/ch1","sub_url":null}})";
  };
  const HttpReply reply =
      answer(request("POST", "/api/v1/register/cameras/" + camera + "/connection",
                     R"({"url":"rtsp://10.0.0.5/ch1","user":"admin","password":"mat-khau-bi-mat"})"),
             core_says);
  EXPECT_EQ(reply.status, 200U) << *reply.body;
  ASSERT_EQ(told.size(), 2U);
  const boost::json::object asked = boost::json::parse(told[1]).as_object();
  EXPECT_EQ(asked.at("op").as_string(), "camera.add");
  EXPECT_EQ(asked.at("id").as_string(), camera);
  EXPECT_EQ(asked.at("password").as_string(), "mat-khau-bi-mat");
  const HttpReply shown = get("/api/v1/register/cameras/" + camera);
  EXPECT_EQ(json_of(shown).at("streams").at(0).at("url").as_string(), "rtsp://10.0.0.5:554/ch1");
  EXPECT_EQ(shown.body->find("bi-mat"), std::string::npos);
  EXPECT_EQ(reply.body->find("bi-mat"), std::string::npos);
  EXPECT_EQ(audit_text().find("bi-mat"), std::string::npos);
  EXPECT_NE(audit_text().find("camera.connect"), std::string::npos);
}

TEST_P(RegisterRoutes, DoesNotConnectWhatIsOnlyRegistered) {
  const std::string camera = make_camera(make_site(), R"(,"kind":"CHI_DANG_KY")");
  EXPECT_EQ(post("/api/v1/register/cameras/" + camera + "/connection", R"({"url":"rtsp://10.0.0.5/ch1"})").status,
            422U);
}

TEST_P(RegisterRoutes, ConnectsWhatNobodyAgreedToPausedAndRefusesItsSound) {
  const std::string camera = make_camera(make_site());
  world->quietly([&](store::WriteSession& s) {
    return s.run("update camera set ownership = 'HO_CHIA_SE' where id = $1", {*base::Uuid::parse(camera)}).error();
  });
  const std::string address = "/api/v1/register/cameras/" + camera + "/connection";
  std::string told;
  const auto recorder = [&](const std::string& question) {
    told = question;
    return std::string(R"({"ok":true,"camera":{"url":"rtsp://10.0.0.5/ch1"}})");
  };
  const HttpReply loud = answer(request("POST", address, R"({"url":"rtsp://10.0.0.5/ch1","audio":true})"), recorder);
  EXPECT_EQ(loud.status, 422U);
  EXPECT_NE(loud.body->find("Chưa có đồng thuận"), std::string::npos) << *loud.body;
  EXPECT_TRUE(told.empty()) << told;
  EXPECT_EQ(answer(request("POST", address, R"({"url":"rtsp://10.0.0.5/ch1"})"), recorder).status, 200U);
  EXPECT_NE(told.find(R"("paused":true)"), std::string::npos) << told;
}

INSTANTIATE_TEST_SUITE_P(sqlite, RegisterRoutes, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, RegisterRoutes, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
