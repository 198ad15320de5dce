/// Repair tickets through their addresses: every step, what each needs, and what is refused.
#include "register_fixture.h"

namespace vonggac::api {
namespace {

class TicketRoutes : public RegisterFixture {
 protected:
  void SetUp() override {
    RegisterFixture::SetUp();
    camera = make_camera(make_site());
    ticket = open();
    path = "/api/v1/tickets/" + ticket;
  }
  std::string open() {
    return made("/api/v1/tickets",
                R"({"subject_kind":"camera","subject":")" + camera + R"(","fault":"MAT_DIEN","note":"Mất điện"})");
  }
  HttpReply step(const std::string& to, const std::string& more = "") {
    return post(path + "/steps", R"({"to":")" + to + "\"" + more + "}");
  }
  void goes(const std::string& to, const std::string& more = "") {
    const HttpReply reply = step(to, more);
    EXPECT_EQ(reply.status, 200U) << to << ": " << *reply.body;
    EXPECT_EQ(state(), to);
  }
  void refused(const HttpReply& reply, const std::string& vi, const std::string& en) {
    const std::string before = state();
    EXPECT_EQ(reply.status, 422U) << *reply.body;
    EXPECT_NE(reply.body->find(vi), std::string::npos) << *reply.body;
    EXPECT_NE(reply.body->find(en), std::string::npos) << *reply.body;
    EXPECT_EQ(state(), before);
  }
  boost::json::object shown() { return json_of(get(path)); }
  std::string state() { return std::string(shown().at("state").at("code").as_string()); }
  void hours_later(int hours) {
    clock.advance(base::Seconds(hours * 3600LL));
    session = world->log_in(user);
  }

  std::string camera, ticket, path;
};

TEST_P(TicketRoutes, GoesFromReportToAcceptanceWithEveryStepInItsHistory) {
  EXPECT_EQ(state(), "MOI");
  goes("TIEP_NHAN");
  goes("DANG_SUA");
  goes("DA_SUA", R"(,"note":"Thay nguồn 12 V")");
  goes("NGHIEM_THU");
  const boost::json::object after = shown();
  EXPECT_FALSE(after.at("accepted").is_null());
  EXPECT_FALSE(after.at("fixed").is_null());
  EXPECT_FALSE(after.at("ended").is_null());
  ASSERT_EQ(after.at("steps").as_array().size(), 5U);
  EXPECT_EQ(after.at("steps").at(3).at("note").as_string(), "Thay nguồn 12 V");
  EXPECT_EQ(after.at("steps").at(3).at("who").as_string(), "Nguyễn Văn toan.quyen");
  EXPECT_EQ(json_of(get("/api/v1/tickets?open=1")).at("tickets").as_array().size(), 0U);
  EXPECT_NE(audit_text().find("ticket.step"), std::string::npos);
}

TEST_P(TicketRoutes, AStepThatDoesNotFollowSaysWhatMay) {
  refused(step("DA_SUA", R"(,"note":"xong")"), "Từ “Mới” chỉ có thể sang: Tiếp nhận.", R"(only to: accepted.)");
  refused(step("KHONG_CO"), "chỉ có thể sang", "only to");
  refused(step(""), "problems", "to");
  goes("TIEP_NHAN");
  refused(step("TIEP_NHAN"), "Đang sửa, Chờ kinh phí, Không sửa", "in repair, awaiting funds, written off");
  refused(step("NGHIEM_THU"), "chỉ có thể sang", "only to");
}

TEST_P(TicketRoutes, WaitingForFundsNeedsTheRequestAndCountsApart) {
  goes("TIEP_NHAN");
  refused(step("CHO_KINH_PHI"), "đề nghị kinh phí", "the request for funds");
  refused(step("CHO_KINH_PHI", R"(,"funds_request":false,"note":"chờ")"), "đề nghị kinh phí", "request for funds");
  goes("CHO_KINH_PHI", R"(,"funds_request":true,"note":"Tờ trình 9/TTr")");
  hours_later(10);
  EXPECT_NEAR(shown().at("hours_awaiting_funds").as_double(), 10, 0.01);
  goes("DANG_SUA");
  hours_later(5);
  const boost::json::object after = shown();
  EXPECT_TRUE(after.at("waiting_since").is_null());
  EXPECT_NEAR(after.at("hours_awaiting_funds").as_double(), 10, 0.01) << "funded: the clock of waiting stands still";
  EXPECT_NEAR(after.at("hours_to_fix").as_double(), 5, 0.01) << "without the waiting";
  goes("CHO_KINH_PHI", R"(,"funds_request":true)");
  hours_later(2);
  EXPECT_NEAR(shown().at("hours_awaiting_funds").as_double(), 12, 0.01) << "both times together";
}

TEST_P(TicketRoutes, ARepairIsTold) {
  goes("TIEP_NHAN");
  goes("DANG_SUA");
  refused(step("DA_SUA"), "kết quả sửa chữa", "what was repaired");
  refused(step("DA_SUA", R"(,"note":"   ")"), "kết quả sửa chữa", "what was repaired");
  goes("DA_SUA", R"(,"note":"Hàn lại dây")");
}

TEST_P(TicketRoutes, ARepairThatDidNotHoldIsReopenedWithAReason) {
  goes("TIEP_NHAN");
  goes("DANG_SUA");
  goes("DA_SUA", R"(,"note":"Hàn lại dây")");
  refused(step("DANG_SUA"), "lý do", "a reason");
  hours_later(4);
  goes("DANG_SUA", R"(,"note":"Mất hình lại sau mưa")");
  EXPECT_TRUE(shown().at("fixed").is_null()) << "it was not fixed after all";
  EXPECT_NEAR(shown().at("hours_to_fix").as_double(), 4, 0.01);
  goes("DA_SUA", R"(,"note":"Thay cáp")");
  goes("NGHIEM_THU");
}

TEST_P(TicketRoutes, IsWrittenOffFromEachStateOnlyWithAReasonAndThenEnds) {
  refused(step("KHONG_SUA", R"(,"note":"không đáng")"), "chỉ có thể sang: Tiếp nhận", "only to: accepted");
  for (int way = 0; way < 3; ++way) {
    if (way > 0) {
      ticket = open();
      path = "/api/v1/tickets/" + ticket;
    }
    goes("TIEP_NHAN");
    if (way == 1) goes("DANG_SUA");
    if (way == 2) goes("CHO_KINH_PHI", R"(,"funds_request":true)");
    refused(step("KHONG_SUA"), "lý do", "a reason");
    goes("KHONG_SUA", R"(,"note":"Hết đời thiết bị")");
    EXPECT_FALSE(shown().at("ended").is_null());
    EXPECT_TRUE(shown().at("waiting_since").is_null()) << "what has ended waits for nothing";
    refused(step("DANG_SUA", R"(,"note":"mở lại")"), "“Không sửa” là trạng thái cuối.", "is the last state");
  }
}

TEST_P(TicketRoutes, ASecondTicketForTheSameCameraIsMadeWithAWarning) {
  const HttpReply again =
      post("/api/v1/tickets", R"({"subject_kind":"camera","subject":")" + camera + R"(","fault":"MAT_DIEN"})");
  EXPECT_EQ(again.status, 201U);
  EXPECT_NE(again.body->find("chưa xong cho thiết bị này"), std::string::npos) << *again.body;
  EXPECT_NE(again.body->find("has not ended yet"), std::string::npos) << *again.body;
}

TEST_P(TicketRoutes, IsAboutACameraARecorderOrASiteWithinReach) {
  refused(post("/api/v1/tickets", R"({"subject_kind":"xe","subject":")" + camera + R"(","fault":"MAT_DIEN"})"),
          "Phiếu sửa chữa dành cho camera, đầu ghi hoặc vị trí.", "A ticket is about a camera, a recorder or a site.");
  refused(post("/api/v1/tickets", R"({"subject_kind":"camera","subject":")" + camera + R"(","fault":"KHONG_CO"})"),
          "\"fault\"", "problems");
  refused(post("/api/v1/tickets", R"({"subject_kind":"site","subject":")" + camera + R"(","fault":"MAT_DIEN"})"),
          "\"subject\"", "problems");
  const std::string own = session;
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  EXPECT_EQ(step("TIEP_NHAN").status, 404U);
  EXPECT_EQ(get(path).status, 404U);
  EXPECT_EQ(post(path + "/notes", R"({"note":"x"})").status, 404U);
  session = own;
  EXPECT_EQ(state(), "MOI");
}

TEST_P(TicketRoutes, NotesAndCostsAreKeptAndTooLongOnesAreToldByTheirField) {
  EXPECT_EQ(post(path + "/notes", R"({"note":"Đã gọi thợ"})").status, 200U);
  EXPECT_EQ(shown().at("steps").at(1).at("note").as_string(), "Đã gọi thợ");
  refused(post(path + "/notes", R"({"note":""})"), "\"note\"", "problems");
  refused(post(path + "/notes", R"({"note":")" + std::string(1500, 'a') + R"("})"), "\"note\"", "problems");
  refused(answer(request("PATCH", path, R"({"cost_vnd":-1})")), "\"cost_vnd\"", "problems");
  refused(answer(request("PATCH", path, R"({"payer":"AI_DO"})")), "\"payer\"", "problems");
  EXPECT_EQ(answer(request("PATCH", path, R"({"cost_vnd":350000,"payer":"NGAN_SACH"})")).status, 200U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, TicketRoutes, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, TicketRoutes, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
