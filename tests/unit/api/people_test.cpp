/// People, agreements, documents and models through the doors, on both engines.
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "api/routes.h"
#include "archive_doubles.h"
#include "catalogue/cameras.h"
#include "catalogue/sites.h"
#include "link_fixture.h"
#include "support/postgres_server.h"
#include "support/register_world.h"
#include "two_wards.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::Day;

class PeopleDoors : public LinkFixture, public testing::WithParamInterface<store::Engine> {
 protected:
  void SetUp() override {
    const std::string database =
        GetParam() == store::Engine::kPostgres ? test::PostgresServer::shared().make_database() : "";
    world = std::make_unique<test::RegisterWorld>(clock, database);
    desk = std::make_unique<gate::LoginDesk>(*world->office);
    permits = std::make_unique<gate::Permits>(*world->office);
    const TwoWards wards = make_two_wards(*world);
    province = wards.province;
    ward = wards.own;
    other = wards.other;
    world->write([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(camera, add_camera(s, ward));
      return {};
    });
    clerk = world->log_in(world->person("can.bo", {"MO_HINH"}, base::Uuid(ward)));
    stranger = world->log_in(world->person("ban.ben", {"MO_HINH"}, base::Uuid(other)));
  }
  static base::Result<base::CameraId> add_camera(store::WriteSession& s, const AreaId& area) {
    catalogue::Problems problems;
    catalogue::SiteForm site;
    site.name = "Nhà bà Năm";
    site.area = area;
    site.outside_residential = true;
    site.opened = Day::of(2025, 8, 1);
    VG_ASSIGN(const catalogue::SiteId id, catalogue::add_site(s, site, problems));
    catalogue::CameraForm form;
    form.name = "Camera nhà bà Năm";
    form.site = id;
    form.ownership = "HO_CHIA_SE";
    form.purpose = "AN_NINH";
    return catalogue::register_camera(s, form, problems);
  }

  HttpReply ask(const std::string& method, const std::string& target, const std::string& session,
                const std::string& body = "", const std::string& key = "", const std::string& if_match = "") {
    HttpRequest request;
    request.method = method;
    request.target = target;
    request.host = "127.0.0.1:8080";
    request.origin = method == "GET" ? "" : "http://127.0.0.1:8080";
    request.cookie = "__Host-vonggac=" + session;
    request.content_type = body.empty() ? "" : "application/json";
    request.body = body;
    request.idempotency_key = key;
    request.if_match = if_match;
    Routes routes(
        {clock, *link, clips, pool, pool, pool, *world->office, *desk, *permits, stats, {8080, false, true, {}}});
    std::optional<HttpReply> out;
    routes.handle(request, [&out](HttpReply reply) { out = std::move(reply); });
    EXPECT_TRUE(out.has_value());
    return out.value_or(HttpReply{});
  }
  static json::value body_of(const HttpReply& reply) { return json::parse(*reply.body); }
  static std::string tag_in(const HttpReply& reply) {
    for (const auto& [name, value] : reply.headers) {
      if (name == "ETag") return value;
    }
    return "";
  }
  std::string made(const std::string& path, const std::string& body, const std::string& key = "") {
    const HttpReply reply = ask("POST", path, clerk, body, key);
    EXPECT_EQ(reply.status, 201U) << path << " " << *reply.body;
    if (reply.status != 201) return "";
    return std::string(body_of(reply).at("id").as_string());
  }
  std::string household_owner() {
    return made("/api/v1/parties",
                R"({"kind":"PERSON","name":"Nguyễn Thị Năm","phone":"0912345678","area":")" + ward.to_string() + "\"}");
  }
  std::string agreed(const std::string& giver) {
    return made("/api/v1/agreements",
                R"({"giver":")" + giver + R"(","cameras":[")" + camera.to_string() +
                    R"("],"live":true,"notice_shown":true,"form_reference":"BB-01","text_version":"1"})");
  }

  std::unique_ptr<test::RegisterWorld> world;
  std::unique_ptr<gate::LoginDesk> desk;
  std::unique_ptr<gate::Permits> permits;
  NoArchive clips;
  DirectPool pool;
  WebStats stats;
  AreaId province, ward, other;
  base::CameraId camera;
  std::string clerk, stranger;
};

TEST_P(PeopleDoors, APartyIsMadeFoundReadAndChanged) {
  const std::string id = household_owner();
  const HttpReply read = ask("GET", "/api/v1/parties/" + id, clerk);
  EXPECT_EQ(body_of(read).at("name").as_string(), "Nguyễn Thị Năm");
  EXPECT_EQ(body_of(ask("GET", "/api/v1/parties?q=nguyen%20thi%20nam", clerk)).at("parties").as_array().size(), 1U);
  EXPECT_EQ(body_of(ask("GET", "/api/v1/parties?kind=PERSON", clerk)).at("parties").as_array().size(), 1U);
  EXPECT_TRUE(body_of(ask("GET", "/api/v1/parties?kind=PERSON", stranger)).at("parties").as_array().empty());
  const HttpReply changed =
      ask("PATCH", "/api/v1/parties/" + id, clerk, R"({"address":"12 Trần Phú"})", "", tag_in(read));
  EXPECT_EQ(changed.status, 200U) << *changed.body;
  EXPECT_EQ(body_of(changed).at("address").as_string(), "12 Trần Phú");
  EXPECT_EQ(body_of(changed).at("phone").as_string(), "0912345678");
}

TEST_P(PeopleDoors, AChangeOfWhatSomebodyElseHasChangedIsRefused) {
  const std::string path = "/api/v1/parties/" + household_owner();
  const std::string tag = tag_in(ask("GET", path, clerk));
  EXPECT_EQ(ask("PATCH", path, clerk, R"({"notes":"một"})", "", tag).status, 200U);
  EXPECT_EQ(ask("PATCH", path, clerk, R"({"notes":"hai"})", "", tag).status, 412U);
  EXPECT_EQ(body_of(ask("GET", path, clerk)).at("notes").as_string(), "một");
}

TEST_P(PeopleDoors, PagesFollowEachOther) {
  for (const char* name : {"An", "Bình", "Chi"}) {
    made("/api/v1/parties",
         std::string(R"({"kind":"PERSON","name":")") + name + R"(","area":")" + ward.to_string() + "\"}");
  }
  const json::value first = body_of(ask("GET", "/api/v1/parties?kind=PERSON&limit=2", clerk));
  ASSERT_EQ(first.at("parties").as_array().size(), 2U);
  std::string after(first.at("next_after").as_string());
  for (std::size_t at = after.find(' '); at != std::string::npos; at = after.find(' ')) after.replace(at, 1, "%20");
  const json::value second = body_of(ask("GET", "/api/v1/parties?kind=PERSON&limit=2&after=" + after, clerk));
  ASSERT_EQ(second.at("parties").as_array().size(), 1U);
  EXPECT_EQ(second.at("parties").at(0).at("name").as_string(), "Chi");
  EXPECT_TRUE(second.at("next_after").is_null());
}

TEST_P(PeopleDoors, WhatAFormNamesOutsideTheReachIsRefusedLikeWhatDoesNotExist) {
  const std::string nobody = "01932b6e-7a10-7c3e-9f00-0123456789ab";
  const auto refused = [&](const std::string& area) {
    return ask("POST", "/api/v1/parties", clerk, R"({"kind":"PERSON","name":"Lê Văn Ba","area":")" + area + "\"}");
  };
  EXPECT_EQ(refused(other.to_string()).status, 422U);
  EXPECT_EQ(*refused(other.to_string()).body, *refused(nobody).body);
  const std::string id = household_owner();
  const auto agreement = [&](const std::string& giver) {
    return ask("POST", "/api/v1/agreements", stranger, R"({"giver":")" + giver + R"(","cameras":[],"live":true})");
  };
  EXPECT_EQ(agreement(id).status, 422U);
  EXPECT_EQ(*agreement(id).body, *agreement(nobody).body);
}

TEST_P(PeopleDoors, ARepeatedRequestMakesNothingTwice) {
  const std::string body = R"({"kind":"PERSON","name":"Trần Văn Hai","area":")" + ward.to_string() + "\"}";
  const std::string first = made("/api/v1/parties", body, "khoa-1"), again = made("/api/v1/parties", body, "khoa-1");
  EXPECT_EQ(first, again);
  EXPECT_EQ(body_of(ask("GET", "/api/v1/parties?kind=PERSON", clerk)).at("parties").as_array().size(), 1U);
  const std::string another = R"({"kind":"PERSON","name":"Trần Văn Ba","area":")" + ward.to_string() + "\"}";
  EXPECT_EQ(ask("POST", "/api/v1/parties", clerk, another, "khoa-1").status, 422U);
  EXPECT_EQ(ask("POST", "/api/v1/parties", clerk, another, std::string(81, 'k')).status, 422U);
  EXPECT_EQ(ask("POST", "/api/v1/parties", clerk, another, "a b").status, 422U);
  clock.advance(base::Seconds(25LL * 3600));
  clerk = world->log_in(world->person("can.bo.2", {"MO_HINH"}, base::Uuid(ward)));
  EXPECT_NE(made("/api/v1/parties", body, "khoa-1"), first) << "another person's key is another key";
}

TEST_P(PeopleDoors, AnAgreementIsEnteredReadAndWithdrawn) {
  EXPECT_EQ(body_of(ask("GET", "/api/v1/cameras-without-agreement", clerk)).at("cameras").as_array().size(), 1U);
  EXPECT_TRUE(body_of(ask("GET", "/api/v1/cameras-without-agreement", stranger)).at("cameras").as_array().empty());
  const std::string id = agreed(household_owner());
  EXPECT_TRUE(body_of(ask("GET", "/api/v1/cameras-without-agreement", clerk)).at("cameras").as_array().empty());
  const std::string about = "/api/v1/agreements?camera=" + camera.to_string();
  EXPECT_EQ(body_of(ask("GET", about, clerk)).at("agreements").as_array().size(), 1U);
  EXPECT_TRUE(body_of(ask("GET", about, stranger)).at("agreements").as_array().empty());
  EXPECT_EQ(ask("POST", "/api/v1/agreements/" + id + "/withdraw", stranger, R"({"how":"gọi điện"})").status, 404U);
  EXPECT_EQ(ask("POST", "/api/v1/agreements/" + id + "/withdraw", clerk, R"({"how":"gọi điện"})").status, 200U);
  EXPECT_EQ(ask("POST", "/api/v1/agreements/" + id + "/withdraw", clerk, R"({"how":"gọi lại"})").status, 200U)
      << "again";
  EXPECT_FALSE(body_of(ask("GET", "/api/v1/agreements/" + id, clerk)).at("withdrawn_at").is_null());
}

TEST_P(PeopleDoors, AnOwnerSeesAndWithdrawsOnlyTheirOwn) {
  const std::string giver = household_owner(), id = agreed(giver);
  const access::UserId owner = world->person("ba.nam", {"CHU_CAMERA"}, base::Uuid(ward));
  const std::string own = world->log_in(owner);
  const std::string neighbour = world->log_in(world->person("ong.tu", {"CHU_CAMERA"}, base::Uuid(ward)));
  EXPECT_TRUE(body_of(ask("GET", "/api/v1/me/cameras", own)).at("cameras").as_array().empty());
  const std::string admin = world->log_in(world->person("quan.tri", {"QUAN_TRI"}, base::Uuid(ward)));
  const HttpReply linked =
      ask("POST", "/api/v1/parties/" + giver + "/account", admin, R"({"user":")" + owner.to_string() + "\"}");
  EXPECT_EQ(linked.status, 200U) << *linked.body;
  const json::value cameras = body_of(ask("GET", "/api/v1/me/cameras", own));
  ASSERT_EQ(cameras.at("cameras").as_array().size(), 1U);
  EXPECT_EQ(cameras.at("cameras").at(0).at("agreement").at("id").as_string(), id);
  const std::string withdraw = "/api/v1/me/agreements/" + id + "/withdraw";
  EXPECT_EQ(ask("POST", withdraw, neighbour, "{}").status, 404U);
  EXPECT_EQ(ask("POST", withdraw, own, "{}").status, 200U);
  EXPECT_FALSE(body_of(ask("GET", "/api/v1/agreements/" + id, clerk)).at("withdrawn_at").is_null());
}

TEST_P(PeopleDoors, ADocumentIsKeptAndSupersedesAnother) {
  const auto document = [&](const std::string& number) {
    return made("/api/v1/documents", R"({"number":")" + number +
                                         R"(","title":"Kế hoạch camera","issuer":"UBND phường","year":2026,"area":")" +
                                         ward.to_string() + "\"}");
  };
  const std::string old = document("15/KH-UBND"), newer = document("16/KH-UBND");
  const HttpReply link_made =
      ask("POST", "/api/v1/documents/" + newer + "/links", clerk, R"({"kind":"IMPLEMENTS","target":")" + old + "\"}");
  EXPECT_EQ(link_made.status, 201U) << *link_made.body;
  EXPECT_EQ(body_of(ask("GET", "/api/v1/documents/" + newer, clerk)).at("links").as_array().size(), 1U);
  EXPECT_EQ(ask("PATCH", "/api/v1/documents/" + old, clerk, R"({"signer":"Lê Văn Sáu"})").status, 200U);
  EXPECT_EQ(body_of(ask("GET", "/api/v1/documents", clerk)).at("documents").as_array().size(), 2U);
  EXPECT_TRUE(body_of(ask("GET", "/api/v1/documents", stranger)).at("documents").as_array().empty());
}

TEST_P(PeopleDoors, AModelIsProposedAndWorkedIn) {
  const json::value types = body_of(ask("GET", "/api/v1/model-types", clerk));
  ASSERT_FALSE(types.at("types").as_array().empty()) << "the types come with the program";
  const std::string today = Day::at(clock.wall_now()).iso();
  const std::string id =
      made("/api/v1/models", R"({"type":")" + std::string(types.at("types").at(0).at("code").as_string()) +
                                 R"(","name":"Camera an ninh khóm 3","area":")" + ward.to_string() + "\"}");
  const std::string path = "/api/v1/models/" + id;
  made(path + "/funding", R"({"source":"NGAN_SACH","amount_vnd":5000000,"day":")" + today + "\"}");
  EXPECT_EQ(body_of(ask("GET", path + "/funding", clerk)).at("funding").as_array().size(), 1U);
  EXPECT_EQ(ask("PATCH", path, clerk, R"({"charter":"Quy ước khóm 3"})").status, 200U);
  const HttpReply figures = ask("GET", "/api/v1/model-figures?area=" + ward.to_string() + "&day=" + today, clerk);
  EXPECT_EQ(figures.status, 200U) << *figures.body;
  EXPECT_EQ(body_of(figures).at("funding").at("budget").as_int64(), 5'000'000);
  EXPECT_EQ(ask("GET", "/api/v1/model-figures?area=" + other.to_string(), clerk).status, 404U);
  EXPECT_EQ(ask("GET", path, stranger).status, 404U);
  const HttpReply unknown = ask("POST", path + "/steps", clerk, R"({"to":"KHONG_CO","day":")" + today + "\"}");
  EXPECT_EQ(unknown.status, 422U) << *unknown.body;
}

INSTANTIATE_TEST_SUITE_P(sqlite, PeopleDoors, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, PeopleDoors, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
