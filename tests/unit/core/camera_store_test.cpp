#include "core/camera_store.h"

#include <gtest/gtest.h>

#include "core/camera_file.h"
#include "core/data_files.h"
#include "core/schedule_text.h"
#include "support/hand_clock.h"
#include "support/temp_folder.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

class CameraStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<CameraStore> open() {
    base::Result<std::unique_ptr<CameraStore>> store = CameraStore::open(folder_.path(), clock_, 0);
    EXPECT_TRUE(store.has_value()) << store.error().message();
    return store ? std::move(store).value() : nullptr;
  }
  json::object request(const std::string& text) const { return json::parse(text).as_object(); }
  std::string file_text() const { return *read_file(folder_.file("cameras.json"), 1U << 20); }

  test::TempFolder folder_;
  test::HandClock clock_;
};

TEST_F(CameraStoreTest, KeepsACameraOverARestart) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"Cổng chùa","url":"rtsp://admin:hush@192.168.1.10:8554/main",
      "sub_url":"rtsp://192.168.1.10:8554/sub","record":"continuous","retention_days":14,
      "schedule":"* 00:00-24:00 motion","zones":[{"id":"z1","ignore":true,"points":[[0,0],[0.3,0],[0.3,1]]}]})"));
  ASSERT_TRUE(id.has_value()) << id.error().message();
  const json::object before = to_json(*store->find(*id));
  store.reset();
  store = open();
  ASSERT_NE(store->find(*id), nullptr);
  EXPECT_EQ(to_json(*store->find(*id)), before);
  EXPECT_EQ(store->find(*id)->created_at, clock_.wall);
  EXPECT_EQ(store->find(*id)->policy.schedule,
            parse_schedule("* 00:00-24:00 motion", record::RecordMode::kContinuous).value());
  const auto access = store->access(*id, media::StreamRole::kMain);
  ASSERT_TRUE(access.has_value()) << access.error().message();
  EXPECT_EQ(access->host, "192.168.1.10");
  EXPECT_EQ(access->port, 8554);
  EXPECT_EQ(access->username, "admin");
  EXPECT_EQ(access->password.reveal(), "hush");
  EXPECT_EQ(access->request_url.reveal(), "rtsp://192.168.1.10:8554/main");
}

TEST_F(CameraStoreTest, TakesTheIdThatTheRegisterHasGivenOnce) {
  auto store = open();
  const base::CameraId given{*base::Uuid::parse("01932b6e-7a10-7c3e-9f00-0123456789ab")};
  const json::object wanted = request(R"({"name":"a","url":"rtsp://10.0.0.1/1","user":"eve","password":"hush"})");
  const auto id = store->add(wanted, given);
  ASSERT_TRUE(id.has_value()) << id.error().message();
  EXPECT_EQ(*id, given);
  const auto access = store->access(given, media::StreamRole::kMain);
  ASSERT_TRUE(access.has_value());
  EXPECT_EQ(access->password.reveal(), "hush");
  EXPECT_EQ(store->add(wanted, given).error().kind(), base::ErrorKind::kInvalidArgument);
  EXPECT_EQ(store->cameras().size(), 1U);
}

TEST_F(CameraStoreTest, WritesNoSecretIntoTheFileOrTheJson) {
  auto store = open();
  const auto id = store->add(request(
      R"({"name":"a","url":"rtsp://10.0.0.1/user=admin&password=TOPSECRET&channel=1&stream=0.sdp?",
          "sub_url":"rtsp://bob:TOPSECRET@10.0.0.1/sub","user":"eve","password":"TOPSECRET"})"));
  ASSERT_TRUE(id.has_value()) << id.error().message();
  EXPECT_EQ(file_text().find("TOPSECRET"), std::string::npos);
  EXPECT_EQ(json::serialize(to_json(*store->find(*id))).find("TOPSECRET"), std::string::npos);
  EXPECT_EQ(json::serialize(to_json(*store->find(*id))).find("sealed"), std::string::npos);
  EXPECT_EQ(store->access(*id, media::StreamRole::kMain)->request_url.reveal(),
            "rtsp://10.0.0.1:554/user=admin&password=TOPSECRET&channel=1&stream=0.sdp?");
}

TEST_F(CameraStoreTest, GivesTheSubStreamTheMainCredentialsUnlessItHasItsOwn) {
  auto store = open();
  const auto shared = store->add(
      request(R"({"name":"a","url":"rtsp://10.0.0.1/m","sub_url":"rtsp://10.0.0.1/s","user":"u","password":"p"})"));
  const auto own =
      store->add(request(R"({"name":"b","url":"rtsp://u:p@10.0.0.1/m","sub_url":"rtsp://v:q@10.0.0.1/s"})"));
  ASSERT_TRUE(shared.has_value() && own.has_value());
  EXPECT_EQ(store->access(*shared, media::StreamRole::kSub)->password.reveal(), "p");
  EXPECT_EQ(store->access(*own, media::StreamRole::kSub)->username, "v");
  EXPECT_EQ(store->access(*own, media::StreamRole::kSub)->password.reveal(), "q");
  ASSERT_TRUE(store->set(*own, request(R"({"sub_user":""})")).ok());
  EXPECT_EQ(store->access(*own, media::StreamRole::kSub)->password.reveal(), "p");
}

TEST_F(CameraStoreTest, ExplicitCredentialsWinOverThoseInTheAddress) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://u:p@10.0.0.1/m","user":"v","password":"q"})"));
  ASSERT_TRUE(id.has_value());
  EXPECT_EQ(store->access(*id, media::StreamRole::kMain)->username, "v");
  EXPECT_EQ(store->access(*id, media::StreamRole::kMain)->password.reveal(), "q");
}

TEST_F(CameraStoreTest, ChangesOnlyWhatIsAsked) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://u:p@10.0.0.1/m","retention_days":7})"));
  ASSERT_TRUE(store->set(*id, request(R"({"url":"rtsp://10.0.0.1/other","record":"off"})")).ok());
  EXPECT_EQ(store->find(*id)->policy.retention_days, 7);
  EXPECT_EQ(store->find(*id)->policy.mode, record::RecordMode::kOff);
  EXPECT_EQ(store->find(*id)->main.display_url, "rtsp://10.0.0.1/other");
  EXPECT_EQ(store->access(*id, media::StreamRole::kMain)->password.reveal(), "p");
}

TEST_F(CameraStoreTest, SendsAStoredPasswordToNoOtherHostOrPort) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://u:p@10.0.0.1/m","sub_url":"rtsp://10.0.0.1/s"})"));
  const std::string before = file_text();
  for (const char* change : {R"({"url":"rtsp://10.0.0.2/m"})", R"({"url":"rtsp://10.0.0.1:8554/m"})",
                             R"({"url":"rtsp://10.0.0.2/m","user":"v"})", R"({"sub_url":"rtsp://10.0.0.2/s"})",
                             R"({"sub_url":"rtsp://10.0.0.1:555/s","record":"off"})"}) {
    const base::Status refused = store->set(*id, request(change));
    EXPECT_EQ(refused.kind(), base::ErrorKind::kInvalidArgument) << change;
    EXPECT_NE(refused.message().find("password"), std::string::npos) << refused.message();
  }
  EXPECT_EQ(file_text(), before);
}

TEST_F(CameraStoreTest, FollowsAMovedCameraWithThePasswordGivenAgain) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://u:p@10.0.0.1/m"})"));
  EXPECT_TRUE(store->set(*id, request(R"({"url":"rtsp://10.0.0.2/m","user":"u","password":"p"})")).ok());
  EXPECT_TRUE(store->set(*id, request(R"({"url":"rtsp://10.0.0.3/m","password":"p"})")).ok());
  EXPECT_TRUE(store->set(*id, request(R"({"url":"rtsp://u:p@10.0.0.4/m"})")).ok());
  EXPECT_EQ(store->access(*id, media::StreamRole::kMain)->password.reveal(), "p");
  EXPECT_TRUE(store->set(*id, request(R"({"sub_url":"rtsp://10.0.0.4/s"})")).ok());
  EXPECT_TRUE(store->set(*id, request(R"({"sub_url":"rtsp://v:q@10.0.0.5/s"})")).ok());
  EXPECT_TRUE(store->set(*id, request(R"({"url":"rtsp://10.0.0.6/m","user":""})")).ok());
  EXPECT_TRUE(store->access(*id, media::StreamRole::kMain)->password.empty());
  EXPECT_EQ(store->access(*id, media::StreamRole::kSub)->password.reveal(), "q");
}

TEST_F(CameraStoreTest, TheMainPasswordDoesNotReachASubStreamElsewhereByADetour) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://u:p@10.0.0.1/m","sub_url":"rtsp://10.0.0.1/s"})"));
  ASSERT_TRUE(store->set(*id, request(R"({"sub_url":"rtsp://x:y@10.0.0.66/s"})")).ok());
  EXPECT_FALSE(store->set(*id, request(R"({"sub_user":""})")).ok());
  EXPECT_EQ(store->access(*id, media::StreamRole::kSub)->password.reveal(), "y");
  EXPECT_TRUE(store->set(*id, request(R"({"sub_url":"rtsp://10.0.0.1/s","sub_user":""})")).ok());
  EXPECT_EQ(store->access(*id, media::StreamRole::kSub)->password.reveal(), "p");
}

TEST_F(CameraStoreTest, TakesItsOwnDisplayAddressBackUnchanged) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://10.0.0.1/user=u&password=hush&channel=1"})"));
  const std::string shown = store->find(*id)->main.display_url;
  ASSERT_TRUE(store->set(*id, json::object{{"url", shown}, {"name", "b"}}).ok());
  EXPECT_EQ(store->access(*id, media::StreamRole::kMain)->request_url.reveal(),
            "rtsp://10.0.0.1:554/user=u&password=hush&channel=1");
  EXPECT_FALSE(store->set(*id, json::object{{"url", "rtsp://10.0.0.9/user=***&password=***&channel=1"}}).ok());
}

TEST_F(CameraStoreTest, ARefusedChangeChangesNothing) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://10.0.0.1/m"})"));
  const std::string before = file_text();
  for (const char* change :
       {R"({"name":""})",
        R"({"name":"x","url":"http://10.0.0.1/"})",
        R"({"pre_roll_s":31})",
        R"({"pre_roll_s":0.5})",
        R"({"post_roll_s":601})",
        R"({"post_roll_s":-1})",
        R"({"retention_days":3651})",
        R"({"retention_days":1.5})",
        R"({"retention_gb":-1})",
        R"({"sensitivity":0})",
        R"({"sensitivity":10})",
        R"({"audio":"yes"})",
        R"({"record":"sometimes"})",
        R"({"record":1})",
        R"({"transport":"http"})",
        R"({"schedule":"nonsense"})",
        R"({"unknown":1})",
        R"({"zones":{}})",
        R"({"zones":[{"id":"a","points":[[0,0],[1,1]]}]})",
        R"({"zones":[{"id":"a","points":[[0,0],[1,1],[0,1.1]]}]})",
        R"({"zones":[{"points":[[0,0],[1,1],[0,1]]}]})",
        R"({"zones":[{"id":"a","points":[[0,0],[1,1],[0]]}]})",
        R"({"zones":[{"id":"a","x":1,"points":[[0,0],[1,1],[0,1]]}]})",
        R"({"zones":[{"id":"a","points":[[0,0],[1,1],[0,1]]},{"id":"a","points":[[0,0],[1,1],[0,1]]}]})",
        R"({"user":"a:b"})",
        R"({"password":"p"})",
        R"({"password":"a\nb","user":"u"})",
        R"({"sub_user":"u"})",
        R"({"name":5})",
        R"({"url":null})",
        R"({"retention_gb":1e999})"}) {
    EXPECT_FALSE(store->set(*id, request(change)).ok()) << change;
    EXPECT_EQ(file_text(), before) << change;
  }
}

TEST_F(CameraStoreTest, ErrorsNameTheField) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://10.0.0.1/m"})"));
  EXPECT_NE(store->set(*id, request(R"({"pre_roll_s":31})")).message().find("pre_roll_s"), std::string::npos);
  EXPECT_NE(store->set(*id, request(R"({"sub_url":"x"})")).message().find("sub_url"), std::string::npos);
  EXPECT_NE(store->add(request(R"({"name":"a"})")).error().message().find("url"), std::string::npos);
  EXPECT_NE(store->add(request(R"({"url":"rtsp://10.0.0.1/"})")).error().message().find("name"), std::string::npos);
}

TEST_F(CameraStoreTest, AModeChangeReachesTheUncoveredHoursOfTheSchedule) {
  auto store = open();
  const auto id =
      store->add(request(R"({"name":"a","url":"rtsp://10.0.0.1/m","schedule":"mon 00:00-01:00 continuous"})"));
  EXPECT_EQ((*store->find(*id)->policy.schedule)[5], record::RecordMode::kMotion);
  ASSERT_TRUE(store->set(*id, request(R"({"record":"off"})")).ok());
  EXPECT_EQ((*store->find(*id)->policy.schedule)[5], record::RecordMode::kOff);
  EXPECT_EQ((*store->find(*id)->policy.schedule)[1], record::RecordMode::kContinuous);
  ASSERT_TRUE(store->set(*id, request(R"({"schedule":null})")).ok());
  EXPECT_FALSE(store->find(*id)->policy.schedule.has_value());
}

TEST_F(CameraStoreTest, RemembersTheTransportUntilTheCameraMoves) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://10.0.0.1/m"})"));
  ASSERT_TRUE(store->remember_transport(*id, media::StreamRole::kMain, ipc::Transport::kUdp).ok());
  EXPECT_EQ(store->remember_transport(*id, media::StreamRole::kSub, ipc::Transport::kUdp).kind(),
            base::ErrorKind::kNotFound);
  store.reset();
  store = open();
  EXPECT_EQ(store->find(*id)->main.remembered_transport, ipc::Transport::kUdp);
  ASSERT_TRUE(store->set(*id, request(R"({"url":"rtsp://10.0.0.1/other"})")).ok());
  EXPECT_EQ(store->find(*id)->main.remembered_transport, ipc::Transport::kUdp);
  ASSERT_TRUE(store->set(*id, request(R"({"url":"rtsp://10.0.0.2/m"})")).ok());
  EXPECT_FALSE(store->find(*id)->main.remembered_transport.has_value());
}

TEST_F(CameraStoreTest, RemovesACameraAndASubStream) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://10.0.0.1/m","sub_url":"rtsp://x:y@10.0.0.1/s"})"));
  ASSERT_TRUE(store->set(*id, request(R"({"sub_url":null})")).ok());
  EXPECT_EQ(store->access(*id, media::StreamRole::kSub).error().kind(), base::ErrorKind::kNotFound);
  ASSERT_TRUE(store->remove(*id).ok());
  EXPECT_EQ(store->find(*id), nullptr);
  EXPECT_EQ(store->remove(*id).kind(), base::ErrorKind::kNotFound);
}

TEST_F(CameraStoreTest, IsOpenInOneProcessAtATime) {
  const auto store = open();
  EXPECT_EQ(CameraStore::open(folder_.path(), clock_, 0).error().kind(), base::ErrorKind::kUnavailable);
}

TEST_F(CameraStoreTest, RefusesAMovedSecret) {
  auto store = open();
  const auto a = store->add(request(R"({"name":"a","url":"rtsp://u:first@10.0.0.1/m"})"));
  const auto b = store->add(request(R"({"name":"b","url":"rtsp://u:second@10.0.0.2/m"})"));
  const std::string sealed_a = store->find(*a)->credentials.sealed_password;
  const std::string sealed_b = store->find(*b)->credentials.sealed_password;
  store.reset();
  std::string text = file_text();
  text.replace(text.find(sealed_b), sealed_b.size(), sealed_a);
  ASSERT_TRUE(write_file_atomically(folder_.file("cameras.json"), text, 0640).ok());
  store = open();
  EXPECT_EQ(store->access(*b, media::StreamRole::kMain).error().kind(), base::ErrorKind::kDataLoss);
}

TEST_F(CameraStoreTest, LimitsTheNumberOfCameras) {
  auto store = open();
  const auto id = store->add(request(R"({"name":"a","url":"rtsp://10.0.0.1/m"})"));
  std::vector<CameraConfig> many(kMaxCameras, *store->find(*id));
  for (CameraConfig& camera : many) camera.id = base::CameraId{base::Uuid::make_v7(clock_)};
  store.reset();
  ASSERT_TRUE(write_file_atomically(folder_.file("cameras.json"), cameras_to_text(many), 0640).ok());
  store = open();
  EXPECT_EQ(store->add(request(R"({"name":"b","url":"rtsp://10.0.0.1/m"})")).error().kind(),
            base::ErrorKind::kOutOfRange);
}

class CameraFileTest : public CameraStoreTest {
 protected:
  /// The error of reading the file of one camera with `from` replaced by `to`.
  std::string error_after(const std::string& from, const std::string& to) {
    auto store = open();
    if (store->cameras().empty()) {
      EXPECT_TRUE(store->add(request(R"({"name":"a","url":"rtsp://u:p@10.0.0.1/m"})")).has_value());
    }
    std::string text = cameras_to_text(store->cameras());
    const std::size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    const auto read = cameras_from_text(text, "cameras.json");
    return read ? std::string("no error") : read.error().message();
  }
};

TEST_F(CameraFileTest, RefusesUnknownKeysAndSaysWhere) {
  EXPECT_EQ(error_after("\"host\"", "\"hosst\"").rfind("cameras.json.cameras[0].main.hosst", 0), 0U);
  EXPECT_NE(error_after("\"paused\"", "\"pausd\"").find("pausd"), std::string::npos);
  EXPECT_NE(error_after("\"version\":1", "\"version\":1,\"x\":1").find("cameras.json.x"), std::string::npos);
}

TEST_F(CameraFileTest, RefusesMissingAndWrongValues) {
  EXPECT_NE(error_after("\"port\":554", "\"port\":0").find("cameras[0].main.port"), std::string::npos);
  EXPECT_NE(error_after("\"sub\":null,", "").find("cameras[0].sub"), std::string::npos);
  EXPECT_NE(error_after("\"name\":\"a\"", "\"name\":\"\"").find("cameras[0].name"), std::string::npos);
  EXPECT_NE(error_after("\"sensitivity\":5", "\"sensitivity\":50").find("sensitivity"), std::string::npos);
  EXPECT_NE(error_after("\"remembered_transport\":null", "\"remembered_transport\":\"ip\"").find("tcp"),
            std::string::npos);
}

TEST_F(CameraFileTest, ReportsBrokenJsonWithLineAndColumn) {
  EXPECT_EQ(error_after("\n]}", "\n]").rfind("cameras.json:4:", 0), 0U) << error_after("\n]}", "\n]");
  EXPECT_EQ(error_after("{\"id\"", "{id\"").rfind("cameras.json:2:2", 0), 0U) << error_after("{\"id\"", "{id\"");
  EXPECT_NE(error_after("\n]}", "\n]} x"), "no error");
}

TEST_F(CameraFileTest, RefusesAFileOfALaterVersion) {
  EXPECT_NE(error_after("\"version\":1", "\"version\":2").find("later version"), std::string::npos);
}

TEST(CameraName, IsPrintableText) {
  for (const char* name : {"a", "Cổng trường Nguyễn Trãi – số 3", "門", "x y"})
    EXPECT_TRUE(check_camera_name(name).ok()) << name;
  for (const std::string& name :
       {std::string(), std::string(" a"), std::string("a "), std::string("a\nb"), std::string("a\x1b[31m"),
        std::string("\xff"), std::string("\xc0\xaf"), std::string("\xed\xa0\x80"),
        std::string("a\xe2\x80\xae"
                    "b"),
        std::string("\xe2\x80\x8b"), std::string(81, 'a'), std::string("a\0b", 3), std::string("\xc3")}) {
    EXPECT_FALSE(check_camera_name(name).ok()) << name;
  }
  std::string eighty;
  for (int i = 0; i < 80; ++i) eighty += "ế";
  EXPECT_TRUE(check_camera_name(eighty).ok());
}

}  // namespace
}  // namespace vonggac::core
