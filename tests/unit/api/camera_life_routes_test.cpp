/// What happens to a camera of the register, through its addresses: another device, acceptance, another site, merging.
#include <fmt/format.h>

#include "register_fixture.h"

namespace vonggac::api {
namespace {

constexpr const char* kNobodysId = "01932b6e-7a10-7c3e-9f00-0123456789ab";

class CameraLifeRoutes : public RegisterFixture {
 protected:
  void SetUp() override {
    RegisterFixture::SetUp();
    site = make_site();
    camera = make_camera(site);
    path = "/api/v1/register/cameras/" + camera;
  }
  boost::json::object shown() { return json_of(get(path)); }
  /// Days pass; whoever works the next day has logged in again.
  void days_later(int days) {
    clock.advance(base::Seconds(days * 86'400LL));
    session = world->log_in(user);
  }
  HttpReply patch(const std::string& body) { return answer(request("PATCH", path, body)); }
  HttpReply step(const std::string& to, const std::string& more = "") {
    return post(path + "/steps", R"({"to":")" + to + "\"" + more + "}");
  }
  void picture(const std::string& light) {
    HttpRequest wanted = request("POST", path + "/reference?light=" + light, "\xFF\xD8\xFF\xE0 picture \xFF\xD9");
    wanted.content_type = "image/jpeg";
    EXPECT_EQ(answer(wanted).status, 201U);
  }
  /// All that must be shown before it is accepted and put in service at a public place.
  void put_in_service() {
    const auto ends = [&](const HttpReply& reply) { EXPECT_EQ(reply.status, 200U) << *reply.body; };
    ends(answer(request("PATCH", "/api/v1/sites/" + site,
                        R"({"sign_photo":"anh/bien-bao.jpg","surveyed":"2025-08-01","surveyed_by":"Tổ khảo sát"})")));
    ends(step("KHAO_SAT"));
    ends(step("DONG_THUAN"));
    ends(step("PHE_DUYET", R"(,"decision_number":"7/QĐ-UBND","decision_day":"2025-08-02")"));
    ends(step("LAP_DAT"));
    ends(step("NGHIEM_THU"));
    accept();
    ends(step("HOAT_DONG"));
  }
  void accept() {
    picture("NGAY");
    picture("DEM");
    EXPECT_EQ(post(path + "/password-attested", R"({"changed":true})").status, 200U);
    EXPECT_EQ(post(path + "/acceptance", kAllGood).status, 200U);
  }
  static void expect_refused(const HttpReply& reply, const std::string& vi, const std::string& en) {
    EXPECT_EQ(reply.status, 422U) << *reply.body;
    EXPECT_NE(reply.body->find(vi), std::string::npos) << *reply.body;
    EXPECT_NE(reply.body->find(en), std::string::npos) << *reply.body;
  }
  std::string life() { return std::string(shown().at("life").at("code").as_string()); }

  inline static const std::string kAllGood =
      R"({"day_picture_good":true,"night_picture_good":true,"clock_right":true})";
  std::string site, camera, path;
};

TEST_P(CameraLifeRoutes, ASwappedDeviceStandsUnderTheSameCodeAndMustBeAcceptedAnew) {
  put_in_service();
  const std::string code(shown().at("code").as_string());
  days_later(3);
  const HttpReply swapped = post(
      path + "/swap", R"({"brand":"Dahua","serial":"dh 77","mac":"aabb.ccdd.eeff","reason":"Thiết bị cháy do sét"})");
  ASSERT_EQ(swapped.status, 200U) << *swapped.body;
  const boost::json::object after = shown();
  EXPECT_EQ(after.at("code").as_string(), code);
  EXPECT_EQ(after.at("device").at("brand").as_string(), "Dahua");
  EXPECT_EQ(after.at("device").at("serial").as_string(), "DH77");
  EXPECT_EQ(after.at("device").at("mac").as_string(), "AA:BB:CC:DD:EE:FF");
  EXPECT_EQ(after.at("devices").as_array().size(), 2U);
  EXPECT_EQ(after.at("devices").at(1).at("reason").as_string(), "Thiết bị cháy do sét");
  EXPECT_EQ(after.at("password_attested_by").as_string(), "");
  EXPECT_TRUE(after.at("accepted_at").is_null());
  EXPECT_EQ(life(), "BAO_TRI") << "it was in service";
  EXPECT_EQ(get(path + "/reference?light=NGAY").status, 404U) << "the pictures are of the device before";
  expect_refused(step("HOAT_DONG"), "xác nhận đã đổi mật khẩu của hãng", "the maker's password was changed");
  accept();
  EXPECT_EQ(step("HOAT_DONG").status, 200U);
  EXPECT_NE(audit_text().find("register.camera.swap"), std::string::npos);
}

TEST_P(CameraLifeRoutes, ASwapIsRefusedWithoutReasonOnAWrongDayOrWithAWrongMac) {
  const std::string swap = path + "/swap";
  EXPECT_EQ(post(swap, R"({"serial":"B"})").status, 422U) << "no reason";
  expect_refused(post(swap, R"({"serial":"B","reason":"hỏng"})"), "Thiết bị hiện tại được lắp ngày",
                 "The present device was installed on");
  days_later(2);
  EXPECT_EQ(post(swap, R"({"mac":"AA:BB","reason":"hỏng"})").status, 422U);
  expect_refused(post(swap, R"({"serial":"B","reason":"hỏng","day":"2099-01-01"})"), "Ngày này chưa tới",
                 "This day is still to come");
  EXPECT_EQ(shown().at("devices").as_array().size(), 1U);
  EXPECT_EQ(shown().at("device").at("serial").as_string(), "SN-0001");
}

TEST_P(CameraLifeRoutes, AcceptanceNeedsBothPicturesAndARightClock) {
  const std::string acceptance = path + "/acceptance";
  const HttpReply bare = post(acceptance, kAllGood);
  expect_refused(bare, "Nghiệm thu cần ảnh ban ngày đạt yêu cầu.", "Acceptance needs a good picture by day.");
  expect_refused(bare, "Nghiệm thu cần ảnh ban đêm đạt yêu cầu.", "Acceptance needs a good picture by night.");
  picture("NGAY");
  picture("DEM");
  const HttpReply unlooked = post(acceptance, "{}");
  expect_refused(unlooked, "Nghiệm thu cần ảnh ban đêm đạt yêu cầu.", "\"V11\"");
  expect_refused(unlooked, "Nghiệm thu cần đồng hồ camera đúng giờ.",
                 "Acceptance needs a camera whose clock is right.");
  expect_refused(post(acceptance, R"({"day_picture_good":true,"night_picture_good":true})"),
                 "Nghiệm thu cần đồng hồ camera đúng giờ.", "whose clock is right");
  EXPECT_TRUE(shown().at("accepted_at").is_null());
  EXPECT_EQ(post(acceptance, kAllGood).status, 200U);
  EXPECT_EQ(shown().at("accepted_by").as_string(), "Nguyễn Văn toan.quyen");
}

TEST_P(CameraLifeRoutes, ServiceNeedsAcceptanceSignPasswordAndMasksAndSaysAllThatIsMissing) {
  EXPECT_EQ(answer(request("PATCH", "/api/v1/sites/" + site,
                           R"({"surveyed":"2025-08-01","surveyed_by":"Tổ khảo sát","homes_visible":true})"))
                .status,
            200U);
  for (const char* to : {"KHAO_SAT", "DONG_THUAN"}) EXPECT_EQ(step(to).status, 200U) << to;
  expect_refused(step("PHE_DUYET"), "số và ngày quyết định", "number and day of the decision");
  expect_refused(step("HOAT_DONG"), "chỉ có thể sang: Phê duyệt", "only to: approved");
  EXPECT_EQ(step("PHE_DUYET", R"(,"decision_number":"7/QĐ-UBND","decision_day":"2025-08-02")").status, 200U);
  for (const char* to : {"LAP_DAT", "NGHIEM_THU"}) EXPECT_EQ(step(to).status, 200U) << to;
  const HttpReply bare = step("HOAT_DONG");
  expect_refused(bare, "nghiệm thu: ảnh ngày, ảnh đêm, giờ đúng", "acceptance: picture by day and by night");
  expect_refused(bare, "ảnh biển báo có camera", "a photo of the notice sign");
  expect_refused(bare, "xác nhận đã đổi mật khẩu của hãng", "the maker's password was changed");
  expect_refused(bare, "vùng che nhà dân", "privacy masks over homes");
  expect_refused(bare, "\"V11\"", "\"V13\"");
  accept();
  EXPECT_EQ(answer(request("PATCH", "/api/v1/sites/" + site, R"({"sign_photo":"anh/bien-bao.jpg"})")).status, 200U);
  expect_refused(step("HOAT_DONG"), "vùng che nhà dân", "\"V13\"");
  EXPECT_EQ(patch(R"({"masks_drawn":true})").status, 200U);
  EXPECT_EQ(step("HOAT_DONG").status, 200U);
  expect_refused(patch(R"({"masks_drawn":false})"), "không được bỏ vùng che", "its masks must stay");
}

TEST_P(CameraLifeRoutes, ACameraMovesToAnotherSiteAndMustBeAcceptedAnew) {
  put_in_service();
  const std::string other = make_site("Cầu Kim Sơn");
  const std::string body = R"({"site":")" + other + R"("})";
  expect_refused(patch(body), "chuyển sang bảo trì trước khi dời vị trí", "put it under repair before it is moved");
  EXPECT_EQ(step("BAO_TRI").status, 200U);
  EXPECT_EQ(patch(body).status, 200U);
  const boost::json::object after = shown();
  EXPECT_EQ(after.at("site").as_string(), other);
  EXPECT_TRUE(after.at("accepted_at").is_null());
  EXPECT_EQ(get(path + "/reference?light=DEM").status, 404U);
  expect_refused(step("HOAT_DONG"), "nghiệm thu: ảnh ngày", "acceptance: picture by day");
}

TEST_P(CameraLifeRoutes, ACameraDoesNotMoveOutOfReachNorToAClosedSite) {
  const std::string closed = make_site("Đã đóng");
  EXPECT_EQ(post("/api/v1/sites/" + closed + "/close", R"({"day":"2025-12-01"})").status, 200U);
  EXPECT_EQ(patch(R"({"site":")" + closed + R"("})").status, 422U);
  std::string far;
  const std::string own = session;
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  far = made("/api/v1/sites", R"({"name":"Chợ","area":")" + foreign.to_string() +
                                  R"(","outside_residential":true,"public_place":true,"public_basis":"1","opened":)"
                                  R"("2025-08-01"})");
  session = own;
  const HttpReply foreign_site = patch(R"({"site":")" + far + R"("})");
  const HttpReply no_site = patch(std::string(R"({"site":")") + kNobodysId + R"("})");
  EXPECT_EQ(foreign_site.status, 422U);
  EXPECT_EQ(*foreign_site.body, *no_site.body);
  EXPECT_EQ(shown().at("site").as_string(), site);
}

TEST_P(CameraLifeRoutes, ADuplicateIsMergedAndItsOpenTicketsGoAlong) {
  const std::string twin = make_camera(site, R"(,"id":"01932b6e-7a10-7c3e-9f00-0123456789ac")");
  const std::string ticket =
      made("/api/v1/tickets", R"({"subject_kind":"camera","subject":")" + camera + R"(","fault":"MAT_DIEN"})");
  EXPECT_EQ(post(path + "/merge", R"({"survivor":")" + twin + R"("})").status, 200U);
  EXPECT_EQ(shown().at("merged_into").as_string(), twin);
  EXPECT_EQ(json_of(get("/api/v1/tickets/" + ticket)).at("subject").as_string(), twin);
  EXPECT_EQ(json_of(get("/api/v1/register/cameras")).at("cameras").as_array().size(), 1U);
  EXPECT_EQ(json_of(get("/api/v1/eyes")).at("areas").at(0).at("total").at("registered").as_int64(), 1);
}

TEST_P(CameraLifeRoutes, AMergeIsRefusedIntoItselfTwiceAndOutOfReach) {
  const auto merge = [&](const std::string& into) {
    return post(path + "/merge", R"({"survivor":")" + into + R"("})");
  };
  expect_refused(merge(camera), "Chọn hai camera khác nhau", "Choose two different cameras");
  const std::string own = session;
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  const std::string far_site =
      made("/api/v1/sites", R"({"name":"Chợ","area":")" + foreign.to_string() +
                                R"(","outside_residential":true,"public_place":true,"public_basis":"1"})");
  const std::string far = make_camera(far_site);
  session = own;
  const HttpReply foreign_camera = merge(far), no_camera = merge(kNobodysId);
  EXPECT_EQ(foreign_camera.status, 422U);
  EXPECT_EQ(*foreign_camera.body, *no_camera.body);
  const std::string twin = make_camera(site);
  EXPECT_EQ(merge(twin).status, 200U);
  expect_refused(merge(twin), "chưa gộp vào camera nào", "have not been merged yet");
}

TEST_P(CameraLifeRoutes, AMergedCameraIsChangedNoMore) {
  const std::string twin = make_camera(site), other = make_site("Nơi khác");
  EXPECT_EQ(post(path + "/merge", R"({"survivor":")" + twin + R"("})").status, 200U);
  days_later(1);
  const auto gone = [](const HttpReply& reply) {
    expect_refused(reply, "đã gộp vào một camera khác", "was merged into another one");
  };
  gone(step("KHAO_SAT"));
  gone(post(path + "/swap", R"({"serial":"B","reason":"hỏng"})"));
  gone(post(path + "/password-attested", R"({"changed":true})"));
  gone(post(path + "/acceptance", kAllGood));
  gone(patch(R"({"name":"Tên khác"})"));
  gone(patch(R"({"site":")" + other + R"("})"));
  HttpRequest wanted = request("POST", path + "/reference?light=NGAY", "\xFF\xD8\xFF\xE0 picture \xFF\xD9");
  wanted.content_type = "image/jpeg";
  gone(answer(wanted));
}

TEST_P(CameraLifeRoutes, WhoReachesAnotherWardFindsNoneOfTheseDoors) {
  session = world->log_in(world->person("phuong.khac", test::all_roles(), foreign));
  EXPECT_EQ(post(path + "/swap", R"({"serial":"B","reason":"hỏng"})").status, 404U);
  EXPECT_EQ(post(path + "/acceptance", kAllGood).status, 404U);
  EXPECT_EQ(post(path + "/merge", R"({"survivor":")" + camera + R"("})").status, 404U);
  EXPECT_EQ(patch(R"({"name":"x"})").status, 404U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, CameraLifeRoutes, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, CameraLifeRoutes, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
