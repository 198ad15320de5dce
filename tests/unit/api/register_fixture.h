/// A ward with a person who may do everything there, another ward beside it, and requests as that person makes them.
#pragma once

#include <optional>
#include <string>

#include <boost/json.hpp>

#include "api/routes.h"
#include "archive_doubles.h"
#include "catalogue/areas.h"
#include "link_fixture.h"
#include "support/postgres_server.h"
#include "support/register_world.h"
#include "two_wards.h"

namespace vonggac::api {

class RegisterFixture : public LinkFixture, public testing::WithParamInterface<store::Engine> {
 protected:
  void SetUp() override {
    const std::string database =
        GetParam() == store::Engine::kPostgres ? test::PostgresServer::shared().make_database() : "";
    world = std::make_unique<test::RegisterWorld>(clock, database);
    const TwoWards wards = make_two_wards(*world);
    ward = wards.own;
    foreign = wards.other;
    desk = std::make_unique<gate::LoginDesk>(*world->office);
    permits = std::make_unique<gate::Permits>(*world->office);
    user = world->person("toan.quyen", test::all_roles(), ward);
    session = world->log_in(user);
  }

  HttpRequest request(const std::string& method, const std::string& target, const std::string& body = "") const {
    HttpRequest out;
    out.method = method;
    out.target = target;
    out.host = "127.0.0.1:8080";
    out.origin = method == "GET" ? "" : "http://127.0.0.1:8080";
    out.cookie = "__Host-vonggac=" + session;
    out.content_type = body.empty() ? "" : "application/json";
    out.body = body;
    return out;
  }
  /// `core` answers each question that reaches it.
  HttpReply answer(const HttpRequest& wanted,
                   const std::function<std::string(const std::string&)>& core_says = nullptr) {
    Routes routes(
        {clock, *link, clips, pool, pool, pool, *world->office, *desk, *permits, stats, {8080, false, true, {}}});
    std::optional<HttpReply> out;
    routes.handle(wanted, [&out](HttpReply reply) { out = std::move(reply); });
    for (int round = 0; !out && core_says && round < 8; ++round) {
      for (const auto& question : sent<ipc::ControlRequest>())
        reply(ipc::ControlReply{question.id, core_says(question.json)});
    }
    EXPECT_TRUE(out.has_value()) << wanted.target;
    return out.value_or(HttpReply{});
  }
  HttpReply get(const std::string& target) { return answer(request("GET", target)); }
  HttpReply post(const std::string& target, const std::string& body) { return answer(request("POST", target, body)); }
  static boost::json::object json_of(const HttpReply& reply) {
    return reply.body ? boost::json::parse(*reply.body).as_object() : boost::json::object();
  }
  /// The id of what was made; empty when it was not.
  std::string made(const std::string& target, const std::string& body) {
    const HttpReply reply = post(target, body);
    EXPECT_EQ(reply.status, 201U) << *reply.body;
    return reply.status == 201 ? std::string(json_of(reply).at("id").as_string()) : "";
  }
  std::string make_site(const std::string& name = "Ngã tư Trần Huỳnh") {
    return made("/api/v1/sites", R"({"name":")" + name + R"(","area":")" + ward.to_string() +
                                     R"(","outside_residential":true,"lat":9.29,"lon":105.72,"public_place":true,)"
                                     R"("public_basis":"12/QĐ-UBND","opened":"2025-08-01"})");
  }
  std::string make_camera(const std::string& site, const std::string& more = "") {
    return made("/api/v1/register/cameras",
                R"({"name":"Camera ngã tư","site":")" + site +
                    R"(","ownership":"NGAN_SACH_XA","purpose":"AN_NINH","brand":"Hikvision",)"
                    R"("serial":"SN-0001")" +
                    more + "}");
  }
  std::string audit_text() {
    std::string all;
    world->quietly([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(const store::Rows rows, s.query("select action, detail from audit order by seq"));
      for (std::size_t i = 0; i < rows.size(); ++i) all += rows[i].text(0) + " " + rows[i].text(1) + "\n";
      return {};
    });
    return all;
  }

  std::unique_ptr<test::RegisterWorld> world;
  std::unique_ptr<gate::LoginDesk> desk;
  std::unique_ptr<gate::Permits> permits;
  catalogue::AreaId ward, foreign;
  access::UserId user;
  std::string session;
  NoArchive clips;
  DirectPool pool;
  WebStats stats;
};

}  // namespace vonggac::api
