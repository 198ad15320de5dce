/// Inventories over HTTP: whose they are, what is said of their rows, what of them is applied and noted.
#include <fmt/format.h>

#include "register_fixture.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr const char* kHead = "Tên,Xã/phường,Địa chỉ,Hình thức sở hữu,Serial,Đường dẫn RTSP\n";

class ImportRoutes : public RegisterFixture {
 protected:
  static std::string line(int n, const std::string& commune = "Phường Bạc Liêu") {
    return fmt::format("Camera {0},{1},{0} Trần Huỳnh,Ngân sách xã,SN{0},rtsp://admin:bi-mat@10.0.0.{0}/1\n", n,
                       commune);
  }
  HttpRequest upload_request(const std::string& body, const std::string& query = "file_name=kiem-ke.csv") const {
    HttpRequest out = request("POST", "/api/v1/imports?" + query, body);
    out.content_type = "text/csv";
    return out;
  }
  HttpReply upload(const std::string& body, const std::string& query = "file_name=kiem-ke.csv") {
    return answer(upload_request(body, query));
  }
  std::string sent_in(const std::string& body) {
    const HttpReply reply = upload(body);
    EXPECT_EQ(reply.status, 201U) << *reply.body;
    return reply.status == 201 ? "/api/v1/imports/" + std::string(json_of(reply).at("id").as_string()) : "";
  }
  std::int64_t cameras() {
    std::int64_t count = 0;
    world->quietly([&](store::WriteSession& s) -> base::Status {
      VG_ASSIGN(const store::Rows rows, s.query("select count(*) from camera"));
      count = rows[0].integer(0);
      return {};
    });
    return count;
  }
  json::array rows(const std::string& import, const std::string& query = "") {
    return json_of(get(import + "/rows" + query)).at("rows").as_array();
  }
};

TEST_P(ImportRoutes, AFileIsLookedAtChosenAboutAppliedAndUndone) {
  const HttpReply looked = upload(kHead + line(1) + line(2, "Phường Không Có") + line(3));
  ASSERT_EQ(looked.status, 201U) << *looked.body;
  const json::object import = json_of(looked);
  EXPECT_EQ(import.at("file_name").as_string(), "kiem-ke.csv");
  EXPECT_EQ(import.at("counts").at("new").as_int64(), 2);
  EXPECT_EQ(import.at("counts").at("wrong").as_int64(), 1);
  EXPECT_EQ(import.at("counts").at("undecided").as_int64(), 1);
  EXPECT_EQ(import.at("who").at("name").as_string(), "Nguyễn Văn toan.quyen");
  EXPECT_EQ(cameras(), 0);
  const std::string at = "/api/v1/imports/" + std::string(import.at("id").as_string());
  EXPECT_EQ(post(at + "/apply", "{}").status, 422U) << "a row is wrong and nobody has chosen";
  EXPECT_EQ(post(at + "/rows/3/choice", R"({"choice":"make"})").status, 422U);
  EXPECT_EQ(post(at + "/rows/99/choice", R"({"choice":"skip"})").status, 404U);
  const HttpReply chosen = post(at + "/rows/3/choice", R"({"choice":"skip"})");
  ASSERT_EQ(chosen.status, 200U) << *chosen.body;
  EXPECT_EQ(json_of(chosen).at("choice").at("code").as_string(), "skip");
  const HttpReply applied = post(at + "/apply", "{}");
  ASSERT_EQ(applied.status, 200U) << *applied.body;
  EXPECT_EQ(json_of(applied).at("cameras").as_int64(), 2);
  EXPECT_EQ(cameras(), 2);
  EXPECT_EQ(json_of(get(at)).at("state").at("code").as_string(), "applied");
  EXPECT_EQ(post(at + "/apply", "{}").status, 422U) << "once";
  const HttpReply undone = post(at + "/undo", "{}");
  EXPECT_EQ(json_of(undone).at("removed").as_int64(), 2) << *undone.body;
  EXPECT_EQ(cameras(), 0);
  const std::string noted = audit_text();
  for (const char* action : {"import.start", "import.choose", "import.apply", "import.undo"})
    EXPECT_NE(noted.find(action), std::string::npos) << action;
}

TEST_P(ImportRoutes, EachFindingSaysFileRowAndColumnInBothLanguages) {
  const std::string at = sent_in(kHead + line(1) + line(2, "Phường Không Có"));
  const json::array wrong = rows(at, "?outcome=wrong");
  ASSERT_EQ(wrong.size(), 1U);
  const json::array& findings = wrong[0].at("findings").as_array();
  const json::value* about_area = nullptr;
  for (const json::value& one : findings) about_area = one.at("wrong").as_bool() ? &one : about_area;
  ASSERT_NE(about_area, nullptr);
  EXPECT_EQ(about_area->at("file").as_string(), "kiem-ke.csv");
  EXPECT_EQ(about_area->at("row").as_int64(), 3);
  EXPECT_EQ(about_area->at("column").as_string(), "B");
  EXPECT_EQ(about_area->at("cell").as_string(), "B3");
  EXPECT_FALSE(about_area->at("sentence").at("vi").as_string().empty());
  EXPECT_FALSE(about_area->at("sentence").at("en").as_string().empty());
  EXPECT_EQ(wrong[0].at("cells").at("name").as_string(), "Camera 2");
  EXPECT_EQ(json::serialize(rows(at)).find("bi-mat"), std::string::npos) << "passwords of a file are not kept";
}

TEST_P(ImportRoutes, RowsComeInPages) {
  std::string body = kHead;
  for (int n = 1; n <= 5; ++n) body += line(n);
  const std::string at = sent_in(body);
  const json::object first = json_of(get(at + "/rows?limit=2"));
  EXPECT_EQ(first.at("rows").as_array().size(), 2U);
  EXPECT_EQ(first.at("next_after").as_int64(), 3);
  EXPECT_EQ(rows(at, "?limit=2&after=3")[0].at("row").as_int64(), 4);
  EXPECT_TRUE(json_of(get(at + "/rows?after=5")).at("next_after").is_null());
  EXPECT_EQ(get(at + "/rows?outcome=role").status, 400U);
  EXPECT_EQ(get(at + "/rows?limit=201").status, 400U);
}

TEST_P(ImportRoutes, ADuplicateIsOfferedAndMergedWithWhatIsThere) {
  const std::string camera = make_camera(make_site(), R"(,"mac":"4C:BD:8F:12:34:56")");
  const std::string at = sent_in(
      "Tên,Xã/phường,Hình thức sở hữu,MAC,Kiểu thiết bị\nCamera cũ,Phường Bạc Liêu,Ngân sách xã,4C:BD:8F:12:34:56,"
      "DS-1\n");
  const json::array duplicates = rows(at, "?outcome=duplicate")[0].at("duplicates").as_array();
  ASSERT_EQ(duplicates.size(), 1U);
  EXPECT_EQ(duplicates[0].at("camera").as_string(), camera);
  EXPECT_EQ(post(at + "/apply", "{}").status, 422U);
  EXPECT_EQ(post(at + "/rows/2/choice", R"({"choice":"merge","merge_with":")" + ward.to_string() + "\"}").status, 422U);
  EXPECT_EQ(post(at + "/rows/2/choice", R"({"choice":"merge","merge_with":")" + camera + "\"}").status, 200U);
  const HttpReply applied = post(at + "/apply", "{}");
  EXPECT_EQ(json_of(applied).at("merged").as_int64(), 1) << *applied.body;
  EXPECT_EQ(cameras(), 1);
  EXPECT_NE(get("/api/v1/register/cameras/" + camera).body->find("DS-1"), std::string::npos);
}

TEST_P(ImportRoutes, AllRowsOfAnOutcomeAreSkippedAtOnce) {
  const std::string at = sent_in(kHead + line(1) + line(2, "Phường A") + line(3, "Phường B"));
  const HttpReply skipped = post(at + "/skip", R"({"outcome":"wrong"})");
  EXPECT_EQ(json_of(skipped).at("skipped").as_int64(), 2) << *skipped.body;
  EXPECT_EQ(post(at + "/skip", R"({"outcome":"role"})").status, 422U);
  const HttpReply applied = post(at + "/apply", "{}");
  EXPECT_EQ(json_of(applied).at("cameras").as_int64(), 1) << *applied.body;
  EXPECT_EQ(post(at + "/skip", R"({"outcome":"new"})").status, 422U) << "it is applied already";
}

TEST_P(ImportRoutes, AnImportIsItsPersonsAndOfThoseWhoReachTheWholeRegister) {
  const std::string at = sent_in(kHead + line(1));
  const std::string mine = session;
  const auto become = [&](const std::string& login, const std::optional<base::Uuid>& area) {
    session = world->log_in(world->person(login, test::all_roles(), area));
  };
  become("cung.phuong", ward);
  for (const char* part : {"", "/rows", "/report.csv"}) EXPECT_EQ(get(at + part).status, 404U) << part;
  for (const char* part : {"/apply", "/undo"}) EXPECT_EQ(post(at + part, "{}").status, 404U) << part;
  EXPECT_EQ(post(at + "/skip", R"({"outcome":"wrong"})").status, 404U);
  EXPECT_EQ(post(at + "/rows/2/choice", R"({"choice":"skip"})").status, 404U);
  EXPECT_TRUE(json_of(get("/api/v1/imports")).at("imports").as_array().empty());
  become("toan.he.thong", std::nullopt);
  EXPECT_EQ(get(at).status, 200U);
  EXPECT_EQ(json_of(get("/api/v1/imports")).at("imports").as_array().size(), 1U);
  session = mine;
  EXPECT_EQ(json_of(get("/api/v1/imports")).at("imports").as_array().size(), 1U);
}

TEST_P(ImportRoutes, WhoMayRegisterNowhereAnyMoreReachesTheirImportNoMore) {
  const std::string at = sent_in(kHead + line(1));
  world->write([&](store::WriteSession& s) -> base::Status {
    VG_ASSIGN(const auto grants, access::grants_of(s, user, s.now()));
    for (const access::Grant& grant : grants) VG_TRY(access::revoke_grant(s, grant.id));
    return access::give_grant(s, user, "TRUC", base::Uuid(ward), {0}, access::kNoEnd, std::nullopt).error();
  });
  EXPECT_EQ(get(at).status, 403U);
  EXPECT_EQ(post(at + "/apply", "{}").status, 403U);
}

TEST_P(ImportRoutes, RowsInAreasOutOfReachAreWrongAndAForeignAreaIsLikeNone) {
  const std::string at = sent_in(kHead + line(1, "Phường An Xuyên"));
  EXPECT_EQ(rows(at)[0].at("outcome").at("code").as_string(), "wrong");
  const std::string nobody = "01932b6e-7a10-7c3e-9f00-0123456789ab";
  const HttpReply foreign_area = upload(kHead + line(1), "file_name=a.csv&area=" + foreign.to_string());
  const HttpReply no_area = upload(kHead + line(1), "file_name=a.csv&area=" + nobody);
  EXPECT_EQ(foreign_area.status, 422U);
  EXPECT_EQ(*foreign_area.body, *no_area.body);
  EXPECT_EQ(upload("Tên,Hình thức sở hữu\nA,Ngân sách xã\n", "file_name=a.csv&area=" + ward.to_string()).status, 201U);
}

TEST_P(ImportRoutes, WhatCannotBeReadIsRefusedInBothLanguages) {
  for (const auto& [body, query] :
       std::vector<std::pair<std::string, std::string>>{{"PK\x03\x04 no workbook", "file_name=a.xlsx"},
                                                        {"xin,chào\na,b\n", "file_name=a.csv"},
                                                        {"", "file_name=a.csv"},
                                                        {kHead + line(1), ""},
                                                        {kHead + line(1), "file_name=a.csv&encoding=utf-7"},
                                                        {kHead + line(1), "file_name=a.csv&day=hom-qua"},
                                                        {kHead + line(1), "file_name=a.csv&area=x"}}) {
    const HttpReply reply = upload(body, query);
    ASSERT_EQ(reply.status, 422U) << query << " " << *reply.body;
    const json::value problem = json_of(reply).at("problems").as_array().at(0);
    EXPECT_FALSE(problem.at("sentence").at("vi").as_string().empty()) << query;
    EXPECT_FALSE(problem.at("sentence").at("en").as_string().empty()) << query;
  }
  HttpRequest as_form = upload_request(kHead + line(1));
  for (const char* type : {"", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"}) {
    as_form.content_type = type;
    EXPECT_EQ(answer(as_form).status, 415U) << type << ": a foreign page could send that";
  }
}

TEST_P(ImportRoutes, TheSameKeyKeepsOneImport) {
  HttpRequest wanted = upload_request(kHead + line(1));
  wanted.idempotency_key = "lan-nop-1";
  const HttpReply first = answer(wanted), again = answer(wanted);
  EXPECT_EQ(first.status, 201U);
  EXPECT_EQ(*first.body, *again.body);
  EXPECT_EQ(json_of(get("/api/v1/imports")).at("imports").as_array().size(), 1U);
  wanted.body += line(2);
  EXPECT_EQ(answer(wanted).status, 422U) << "another file with the same key";
}

TEST_P(ImportRoutes, TheListGoesBackInTime) {
  std::vector<std::string> sent;
  for (int n = 1; n <= 3; ++n) {
    sent.push_back(sent_in(kHead + line(n)));
    clock.advance(base::Seconds(1));
  }
  const json::object first = json_of(get("/api/v1/imports?limit=2"));
  EXPECT_TRUE(sent[2].ends_with(first.at("imports").as_array().at(0).at("id").as_string()));
  const std::string after = std::string(first.at("next_after").as_string());
  const json::array rest = json_of(get("/api/v1/imports?after=" + after)).at("imports").as_array();
  ASSERT_EQ(rest.size(), 1U);
  EXPECT_TRUE(sent[0].ends_with(rest[0].at("id").as_string()));
}

TEST_P(ImportRoutes, ReportAndTemplatesAreFilesToKeep) {
  const std::string at = sent_in(kHead + line(1) + line(2, "Phường Không Có"));
  const HttpReply report = get(at + "/report.csv");
  ASSERT_EQ(report.status, 200U);
  EXPECT_NE(report.body->find("[B3] Không có địa bàn này"), std::string::npos) << *report.body;
  EXPECT_EQ(report.content_type, "text/csv; charset=utf-8");
  EXPECT_EQ(get("/api/v1/import-template.xlsx").body->substr(0, 2), "PK");
  EXPECT_NE(get("/api/v1/import-template.csv").body->find("Đường dẫn RTSP"), std::string::npos);
}

TEST_P(ImportRoutes, LookingAtItsCamerasIsBegunNotedAndItsOwn) {
  const std::string at = sent_in(kHead + line(1) + line(2) + line(3));
  EXPECT_TRUE(json_of(get(at)).at("probe").is_null());
  ASSERT_EQ(post(at + "/rows/3/choice", R"({"choice":"skip"})").status, 200U);
  const HttpReply begun = post(at + "/probe", "{}");
  ASSERT_EQ(begun.status, 202U) << *begun.body;
  EXPECT_EQ(json_of(begun).at("probe").at("rows").to_number<int>(), 2) << "a row that is skipped is left out";
  EXPECT_NE(audit_text().find("import.probe {\"rows\":2}"), std::string::npos) << audit_text();
  EXPECT_EQ(json_of(post(at + "/probe", R"({"from_row":4,"to_row":4})")).at("probe").at("rows").to_number<int>(), 1);
  EXPECT_EQ(post(at + "/probe", R"({"from_row":9})").status, 422U) << "no such rows";
  EXPECT_EQ(post(at + "/probe", R"({"password":"x"})").status, 422U) << "passwords go with one camera only";
  EXPECT_EQ(get(at + "/rows/2/still.jpg").status, 404U);
  EXPECT_TRUE(json_of(get(at + "/stills")).at("stills").as_array().empty());
  EXPECT_EQ(get(at + "/stills?limit=0").status, 400U);
  session = world->log_in(world->person("cung.phuong", test::all_roles(), ward));
  EXPECT_EQ(post(at + "/probe", "{}").status, 404U);
  EXPECT_EQ(get(at + "/stills").status, 404U);
  EXPECT_EQ(answer(request("DELETE", at + "/probe")).status, 404U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, ImportRoutes, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, ImportRoutes, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
