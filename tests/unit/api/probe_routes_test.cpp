/// Probes over HTTP: whose they are, what of them is kept, what the register makes of them.
#include "register_fixture.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

constexpr const char* kProbe = "01932b6e-7a10-7c3e-9f00-0123456789ab";
const std::string kNotThere = R"({"ok":false,"error":{"kind":"not_found","message":"there is no such probe"}})";

std::string done_view(const std::string& device, const std::string& streams) {
  return R"({"ok":true,"probe":")" + std::string(kProbe) +
         R"(","state":"done","over":true,"text":{"vi":"","en":""},"device":)" + device +
         R"(,"findings":[],"streams":)" + streams + "}";
}
std::string stream(int n, int channel, const std::string& role) {
  return R"({"n":)" + std::to_string(n) + R"(,"channel":)" + std::to_string(channel) + R"(,"role":")" + role +
         R"(","streamed":true,"url":"rtsp://10.0.0.5:554/ch)" + std::to_string(channel) + role + R"("})";
}

class ProbeRoutes : public RegisterFixture {
 protected:
  std::string question(std::size_t i) const { return told.at(i); }
  json::object asked(std::size_t i) const { return json::parse(told.at(i)).as_object(); }
  /// The reply, with `core` answering and every question kept.
  HttpReply with_core(const HttpRequest& wanted, const std::function<std::string(const std::string&)>& core_says) {
    told.clear();
    return answer(wanted, [&](const std::string& text) {
      told.push_back(text);
      return core_says(text);
    });
  }
  /// Of which device it is, the register knows what `more` says.
  std::string bare_camera(const std::string& more = "") {
    return made("/api/v1/register/cameras",
                R"({"name":"Cổng chợ","ownership":"NGAN_SACH_XA","purpose":"AN_NINH","site":")" + make_site() + "\"" +
                    more + "}");
  }
  /// Connected by a probe whose device said this of itself.
  HttpReply connect(const std::string& camera, const std::string& device) {
    return with_core(
        request("POST", "/api/v1/register/cameras/" + camera + "/connection",
                std::string(R"({"probe":")") + kProbe + R"(","stream":0})"),
        [&](const std::string&) {
          return R"({"ok":true,"camera":{"url":"rtsp://10.0.0.5:554/ch1"},"measured":{"main":null,"sub":null,)"
                 R"("device":{)" +
                 device + "}}}";
        });
  }
  std::vector<std::string> told;
};

TEST_P(ProbeRoutes, AProbeIsBegunForThePersonWhoAsksAndIsNoted) {
  const HttpReply reply =
      with_core(request("POST", "/api/v1/probes",
                        R"({"address":"10.0.0.5","user":"admin","password":"mat-khau-bi-mat","channels":16})"),
                [](const std::string&) {
                  return std::string(R"({"ok":true,"probe":")") + kProbe + R"(","address":"10.0.0.5"})";
                });
  EXPECT_EQ(reply.status, 202U) << *reply.body;
  EXPECT_EQ(json_of(reply).at("probe").as_string(), kProbe);
  EXPECT_EQ(asked(0).at("op").as_string(), "camera.probe");
  EXPECT_EQ(asked(0).at("by").as_string(), user.to_string());
  EXPECT_EQ(asked(0).at("password").as_string(), "mat-khau-bi-mat");
  EXPECT_EQ(asked(0).at("channels").as_int64(), 16);
  EXPECT_EQ(reply.body->find("bi-mat"), std::string::npos);
  EXPECT_EQ(audit_text().find("bi-mat"), std::string::npos);
  EXPECT_NE(audit_text().find("10.0.0.5"), std::string::npos) << "who looked at which camera";
}

TEST_P(ProbeRoutes, AProbeOfSomebodyElseIsAnsweredAsOneThatNeverWas) {
  for (const char* const method : {"GET", "DELETE"}) {
    const HttpReply reply = with_core(request(method, std::string("/api/v1/probes/") + kProbe),
                                      [](const std::string&) { return kNotThere; });
    EXPECT_EQ(reply.status, 404U);
    EXPECT_EQ(asked(0).at("by").as_string(), user.to_string()) << "core decides by the person";
  }
}

TEST_P(ProbeRoutes, WhatCoreRefusesIsSaidInBothLanguages) {
  const std::pair<const char*, const char*> fields[] = {{"port", "không phải cổng thường dùng của camera"},
                                                        {"address", "Địa chỉ không đúng"},
                                                        {"brand", "Hãng này không có trong danh sách"},
                                                        {"login", "Tên đăng nhập hoặc mật khẩu"},
                                                        {"channels", "Số kênh phải từ 1 đến 64"}};
  for (const auto& [field, sentence] : fields) {
    const HttpReply reply = with_core(request("POST", "/api/v1/probes", R"({"address":"x"})"), [&](const std::string&) {
      return std::string(R"({"ok":false,"error":{"kind":"invalid_argument","message":"any words","field":")") + field +
             "\"}}";
    });
    EXPECT_EQ(reply.status, 422U) << field;
    EXPECT_NE(reply.body->find(sentence), std::string::npos) << *reply.body;
  }
  EXPECT_EQ(post("/api/v1/probes", R"({"address":"10.0.0.5","shell":"x"})").status, 422U) << "an unknown field";
  EXPECT_EQ(post("/api/v1/probes", R"({"address":"10.0.0.5","channels":65})").status, 422U);
}

TEST_P(ProbeRoutes, CamerasOfTheRegisterThatMayBeTheSameAreOfferedWithinReach) {
  const std::string camera = make_camera(make_site());
  const auto core_says = [](const std::string&) { return done_view(R"({"serial":"sn-0001","mac":""})", "[]"); };
  const HttpRequest wanted = request("GET", std::string("/api/v1/probes/") + kProbe);
  const json::array found = json_of(with_core(wanted, core_says)).at("duplicates").as_array();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].at("id").as_string(), camera);
  EXPECT_FALSE(found[0].at("reasons").as_array().empty());
  const access::UserId elsewhere = world->person("phuong.khac", test::all_roles(), foreign);
  session = world->log_in(elsewhere);
  HttpRequest foreign_request = request("GET", std::string("/api/v1/probes/") + kProbe);
  EXPECT_TRUE(json_of(with_core(foreign_request, core_says)).at("duplicates").as_array().empty());
}

TEST_P(ProbeRoutes, WhatAProbeMeasuredIsKeptWithTheCameraAndNoPasswordIsTyped) {
  const std::string camera = make_camera(make_site());
  const HttpReply reply = with_core(
      request("POST", "/api/v1/register/cameras/" + camera + "/connection",
              std::string(R"({"probe":")") + kProbe + R"(","stream":0,"sub_stream":1,"record":"motion"})"),
      [](const std::string& text) -> std::string {
        if (text.find("camera.set") != std::string::npos) return kNotThere;
        return R"({"ok":true,"id":"x","camera":{"url":"rtsp://10.0.0.5:554/ch1","sub_url":"rtsp://10.0.0.5:554/ch2"},)"
               R"("measured":{"main":{"codec":"h265","width":2560,"height":1440,"frames_per_second":12.5,"gop_s":null,)"
               R"("watched_s":20.1,"clock_offset_ms":-7200000,"transport":"udp"},)"
               R"("sub":{"codec":"h264","width":640,"height":360,"frames_per_second":10,"gop_s":2.0,"watched_s":3.1}}})";
      });
  ASSERT_EQ(reply.status, 200U) << *reply.body;
  EXPECT_EQ(asked(1).at("op").as_string(), "camera.add");
  EXPECT_EQ(asked(1).at("probe").as_string(), kProbe);
  EXPECT_EQ(asked(1).at("by").as_string(), user.to_string());
  EXPECT_FALSE(asked(1).contains("url"));
  const json::array streams = json_of(get("/api/v1/register/cameras/" + camera)).at("streams").as_array();
  ASSERT_EQ(streams.size(), 2U);
  const json::value& main = streams[0].at("role").at("code").as_string() == "CHINH" ? streams[0] : streams[1];
  EXPECT_EQ(main.at("codec").as_string(), "h265");
  EXPECT_EQ(main.at("width").as_int64(), 2560);
  EXPECT_EQ(main.at("gop_ms").as_int64(), 20'100) << "at least as long as it was watched";
  EXPECT_EQ(main.at("skew_ms").as_int64(), -7'200'000);
  EXPECT_EQ(main.at("transport").at("code").as_string(), "UDP");
}

TEST_P(ProbeRoutes, WhatTheRegisterLacksOfTheDeviceIsFilledIn) {
  const std::string camera = bare_camera(R"(,"serial":"SN-0001")");
  const HttpReply reply =
      connect(camera, R"("serial":"sn-0001","mac":"3c:ef:8c:01:02:03","model":"IPC-HFW1230",)"
                      R"("brand":"DAHUA","vendor_name":"Dahua, KBVision, Imou","firmware":"2.800.1",)"
                      R"("onvif_uuid":"urn:uuid:5F5A69C2-E0AE-504F-829B-000000000001")");
  ASSERT_EQ(reply.status, 200U) << *reply.body;
  EXPECT_EQ(reply.body->find("warnings"), std::string::npos) << *reply.body;
  const json::object shown = json_of(get("/api/v1/register/cameras/" + camera));
  const json::value& device = shown.at("device");
  EXPECT_EQ(device.at("brand").as_string(), "DAHUA") << "as the device says it";
  EXPECT_EQ(device.at("device_model").as_string(), "IPC-HFW1230");
  EXPECT_EQ(device.at("serial").as_string(), "SN-0001");
  EXPECT_EQ(device.at("mac").as_string(), "3C:EF:8C:01:02:03");
  EXPECT_EQ(device.at("onvif_uuid").as_string(), "5f5a69c2-e0ae-504f-829b-000000000001");
  EXPECT_EQ(device.at("firmware").as_string(), "2.800.1");
  EXPECT_EQ(shown.at("devices").as_array().size(), 1U) << "the same device, known better";
  EXPECT_EQ(shown.at("devices").at(0).at("device").at("mac").as_string(), "3C:EF:8C:01:02:03");
  (void)connect(camera, R"("serial":"SN-0001","model":"Other","firmware":"2.900.0")");
  const json::object again = json_of(get("/api/v1/register/cameras/" + camera));
  EXPECT_EQ(again.at("device").at("device_model").as_string(), "IPC-HFW1230") << "what stands there stays";
  EXPECT_EQ(again.at("device").at("firmware").as_string(), "2.900.0") << "firmware is what it is today";
}

TEST_P(ProbeRoutes, AnotherDeviceThanInTheRegisterIsToldAndWritesNothing) {
  const std::string camera = bare_camera(R"(,"serial":"SN-0001","mac":"3C:EF:8C:01:02:03")");
  for (const char* said : {R"("serial":"SN-9999","brand":"Dahua")", R"("mac":"3c:ef:8c:99:99:99","brand":"Dahua")"}) {
    const HttpReply reply = connect(camera, said);
    EXPECT_EQ(reply.status, 200U) << "it is connected all the same: " << *reply.body;
    EXPECT_NE(reply.body->find("Thiết bị khác với hồ sơ"), std::string::npos) << *reply.body;
    EXPECT_NE(reply.body->find("Another device than in the register"), std::string::npos) << *reply.body;
    const json::object shown = json_of(get("/api/v1/register/cameras/" + camera));
    EXPECT_EQ(shown.at("device").at("serial").as_string(), "SN-0001");
    EXPECT_EQ(shown.at("device").at("mac").as_string(), "3C:EF:8C:01:02:03");
    EXPECT_EQ(shown.at("device").at("brand").as_string(), "");
    EXPECT_EQ(shown.at("streams").as_array().size(), 1U);
  }
}

TEST_P(ProbeRoutes, NonsenseThatADeviceSaysOfItselfIsLeftOut) {
  const std::string camera = bare_camera();
  const HttpReply reply = connect(camera, R"("serial":")" + std::string(300, 'x') +
                                              R"(","mac":"00:00:00:00:00:00","onvif_uuid":"uuid","firmware":7)");
  EXPECT_EQ(reply.status, 200U) << *reply.body;
  const json::object shown = json_of(get("/api/v1/register/cameras/" + camera));
  EXPECT_EQ(shown.at("device").at("serial").as_string(), "");
  EXPECT_EQ(shown.at("device").at("mac").as_string(), "");
  EXPECT_EQ(shown.at("device").at("firmware").as_string(), "");
}

TEST_P(ProbeRoutes, AProbeThatIsGoneIsNoConnection) {
  const std::string camera = make_camera(make_site());
  const HttpReply reply = with_core(request("POST", "/api/v1/register/cameras/" + camera + "/connection",
                                            std::string(R"({"probe":")") + kProbe + R"("})"),
                                    [](const std::string&) { return kNotThere; });
  EXPECT_EQ(reply.status, 422U) << *reply.body;
  EXPECT_NE(reply.body->find("probe"), std::string::npos);
}

TEST_P(ProbeRoutes, AllChannelsOfARecorderAreRegisteredAndConnectedInOneStep) {
  const std::string site = make_site();
  const std::string recorder = made(
      "/api/v1/recorders", R"({"site":")" + site + R"(","brand":"KBVision","location":"phòng trực","channels":4})");
  const std::string view = done_view("{}", "[" + stream(0, 1, "main") + "," + stream(1, 1, "sub") + "," +
                                               stream(2, 2, "main") + "," + stream(3, 3, "main") + "]");
  const auto core_says = [&](const std::string& text) -> std::string {
    if (text.find("probe.view") != std::string::npos) return view;
    if (text.find("camera.set") != std::string::npos) return kNotThere;
    const std::int64_t channel = json::parse(text).at("channel").as_int64();
    if (channel == 2) return R"({"ok":false,"error":{"kind":"internal","message":"disk"}})";
    return R"({"ok":true,"id":"x","camera":{"url":"rtsp://10.0.0.9:554/ch)" + std::to_string(channel) +
           R"(","sub_url":null},"measured":{"main":{"codec":"h264","width":1920,"height":1080,"gop_s":2.0}}})";
  };
  const auto body = [&](const std::string& channels) {
    return std::string(R"({"probe":")") + kProbe + R"(","ownership":"NGAN_SACH_XA","purpose":"AN_NINH","channels":[)" +
           channels + "]}";
  };
  const auto channel = [&](int n) { return R"({"channel":)" + std::to_string(n) + R"(,"site":")" + site + "\"}"; };
  const std::string target = "/api/v1/recorders/" + recorder + "/channels/connect";
  HttpReply reply = with_core(request("POST", target, body(channel(4))), core_says);
  EXPECT_EQ(reply.status, 422U) << "a channel without pictures: " << *reply.body;
  reply = with_core(request("POST", target, body(channel(1) + "," + channel(2))), core_says);
  ASSERT_EQ(reply.status, 200U) << *reply.body;
  const json::array first = json_of(reply).at("channels").as_array();
  ASSERT_EQ(first.size(), 2U);
  EXPECT_TRUE(first[0].at("connected").as_bool());
  EXPECT_FALSE(first[1].at("connected").as_bool()) << "and says why";
  EXPECT_TRUE(first[1].at("trouble").is_object());
  const std::string id(first[0].at("id").as_string());
  const json::object shown = json_of(get("/api/v1/register/cameras/" + id));
  EXPECT_EQ(shown.at("recorder").as_string(), recorder);
  EXPECT_EQ(shown.at("channel").as_int64(), 1);
  EXPECT_EQ(shown.at("streams").at(0).at("gop_ms").as_int64(), 2'000);
  reply = with_core(request("POST", target, body(channel(1) + "," + channel(3))), core_says);
  EXPECT_EQ(json_of(reply).at("channels").at(0).at("id").as_string(), id) << "the same channel is the same camera";
}

TEST_P(ProbeRoutes, WhatAProbeOfARecorderFoundIsTheRecordersAndToldOnceWhereItIsAnother) {
  const std::string site = make_site();
  const std::string recorder =
      made("/api/v1/recorders", R"({"site":")" + site + R"(","location":"trực","channels":4})");
  std::string serial = "rec 77";
  const std::string view = done_view("{}", "[" + stream(0, 1, "main") + "," + stream(1, 2, "main") + "]");
  const auto core_says = [&](const std::string& text) -> std::string {
    if (text.find("probe.view") != std::string::npos) return view;
    if (text.find("camera.set") != std::string::npos) return kNotThere;
    return R"({"ok":true,"camera":{"url":"rtsp://10.0.0.9:554/a"},"measured":{"main":null,"sub":null,"device":)"
           R"({"brand":"KBVision","model":"KX-A8116N3","serial":")" +
           serial + R"(","mac":"3c:ef:8c:01:02:03"}}})";
  };
  const auto connect_both = [&] {
    const auto channel = [&](int n) { return R"({"channel":)" + std::to_string(n) + R"(,"site":")" + site + "\"}"; };
    return with_core(request("POST", "/api/v1/recorders/" + recorder + "/channels/connect",
                             std::string(R"({"probe":")") + kProbe +
                                 R"(","ownership":"NGAN_SACH_XA","purpose":"AN_NINH","channels":[)" + channel(1) + "," +
                                 channel(2) + "]}"),
                     core_says);
  };
  const HttpReply first = connect_both();
  ASSERT_EQ(first.status, 200U) << *first.body;
  EXPECT_EQ(first.body->find("Thiết bị khác"), std::string::npos) << *first.body;
  const json::object kept = json_of(get("/api/v1/recorders/" + recorder));
  EXPECT_EQ(kept.at("device_model").as_string(), "KX-A8116N3");
  EXPECT_EQ(kept.at("serial").as_string(), "REC77");
  const std::string camera(json_of(first).at("channels").at(0).at("id").as_string());
  EXPECT_EQ(json_of(get("/api/v1/register/cameras/" + camera)).at("device").at("mac").as_string(), "");
  serial = "rec 78";
  const HttpReply again = connect_both();
  ASSERT_EQ(again.status, 200U) << *again.body;
  const std::size_t told_at = again.body->find("Thiết bị khác với hồ sơ");
  ASSERT_NE(told_at, std::string::npos) << *again.body;
  EXPECT_EQ(again.body->find("Thiết bị khác với hồ sơ", told_at + 1), std::string::npos)
      << "once, not for each channel";
  EXPECT_EQ(json_of(get("/api/v1/recorders/" + recorder)).at("serial").as_string(), "REC77");
}

TEST_P(ProbeRoutes, ChannelsAreNotPutWhereAPersonMayNotWrite) {
  const std::string site = make_site();
  const std::string recorder =
      made("/api/v1/recorders", R"({"site":")" + site + R"(","location":"phòng trực","channels":4})");
  const auto core_says = [&](const std::string&) { return done_view("{}", "[" + stream(0, 1, "main") + "]"); };
  const HttpReply reply = with_core(
      request("POST", "/api/v1/recorders/" + recorder + "/channels/connect",
              std::string(R"({"probe":")") + kProbe + R"(","channels":[{"channel":1,"site":")" + kProbe + "\"}]}"),
      core_says);
  EXPECT_EQ(reply.status, 422U) << *reply.body;
}

TEST_P(ProbeRoutes, AStillIsAPictureOfThePersonsOwnProbe) {
  const HttpReply reply = with_core(request("GET", std::string("/api/v1/probes/") + kProbe + "/still.jpg?stream=2"),
                                    [](const std::string&) { return R"({"ok":true,"jpeg_base64":"/9j/"})"; });
  EXPECT_EQ(reply.status, 200U);
  EXPECT_EQ(reply.content_type, "image/jpeg");
  EXPECT_EQ(asked(0).at("stream").as_int64(), 2);
  EXPECT_EQ(answer(request("GET", std::string("/api/v1/probes/") + kProbe + "/still.jpg")).status, 400U);
}

INSTANTIATE_TEST_SUITE_P(sqlite, ProbeRoutes, testing::Values(store::Engine::kSqlite));
INSTANTIATE_TEST_SUITE_P(postgresql, ProbeRoutes, testing::Values(store::Engine::kPostgres));

}  // namespace
}  // namespace vonggac::api
