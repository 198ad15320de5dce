/// Cameras of an import looked at before they are registered, with the test in core's place.
#include "api/import_probes.h"

#include <map>

#include <fmt/format.h>

#include "link_fixture.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

const base::Uuid kImport = *base::Uuid::parse("01932b6e-7a10-7c3e-9f00-0123456789ab");

class ImportProbing : public LinkFixture {
 protected:
  static std::vector<intake::RowStream> streams(std::uint32_t count) {
    std::vector<intake::RowStream> rows;
    for (std::uint32_t n = 2; n < count + 2; ++n)
      rows.push_back({n, fmt::format("Camera {}", n), fmt::format("rtsp://10.0.0.{}/1", n)});
    return rows;
  }
  /// What core answers to a question; each probe is over when it is first looked at.
  std::string core_says(const json::object& question) {
    const std::string op(question.at("op").as_string());
    if (op == "camera.probe") {
      if (refuses_next > 0) {
        --refuses_next;
        return R"({"ok":false,"error":{"kind":"unavailable","message":"too many probes wait"}})";
      }
      begun.push_back(std::string(question.at("url").as_string()));
      const std::string id = fmt::format("01932b6e-7a10-7c3e-9f00-{:012}", begun.size());
      url_of[id] = begun.back();
      most_at_once = std::max(most_at_once, ++at_work);
      return R"({"ok":true,"probe":")" + id + R"(","address":"x"})";
    }
    const std::string url = url_of[std::string(question.at("probe").as_string())];
    if (op == "camera.probe.cancel") {
      --at_work;
      return R"({"ok":true})";
    }
    if (op == "camera.probe.still") return R"({"ok":true,"jpeg_base64":"/9j/4A=="})";
    if (stays_busy) return R"({"ok":true,"state":"running","over":false})";
    if (url == needs_login) {
      return R"({"ok":true,"state":"done","over":true,"device":{"brand":"Dahua"},"streams":[],)"
             R"("findings":[{"code":"needs_password","weight":"fault","vi":"Camera cần mật khẩu.",)"
             R"("en":"It needs a password."}]})";
    }
    if (url == dead) {
      return R"({"ok":true,"state":"failed","over":true,"error":{"code":"timed_out","vi":"Không trả lời.",)"
             R"("en":"No answer."}})";
    }
    return R"({"ok":true,"state":"done","over":true,"device":{"brand":"Dahua"},"findings":[],)"
           R"("streams":[{"n":1,"role":"sub","streamed":true,"still":true,"codec":"h264","width":640,"height":360},)"
           R"({"n":0,"role":"main","streamed":true,"still":true,"codec":"h264","width":1920,"height":1080,)"
           R"("frames_per_second":25}]})";
  }
  void turn() {
    clock.advance(ImportProbes::kLookEvery);
    probes.tick();
    for (int round = 0; round < 4; ++round) {
      for (const auto& question : sent<ipc::ControlRequest>()) {
        reply(ipc::ControlReply{question.id, core_says(json::parse(question.json).as_object())});
      }
    }
  }
  json::object told() const {
    const json::value value = probes.progress(kImport);
    return value.is_object() ? value.as_object() : json::object();
  }
  std::string state() const { return std::string(told().at("state").at("code").as_string()); }
  void run_to_its_end() {
    for (int i = 0; i < 200 && state() == "running"; ++i) turn();
  }
  json::object row_told(std::uint32_t row) const {
    return probes.sheet(kImport, row - 1, 1).at("stills").as_array().at(0).as_object();
  }

  std::vector<std::string> begun;
  std::map<std::string, std::string> url_of;
  std::string needs_login, dead;
  int at_work = 0, most_at_once = 0, refuses_next = 0;
  bool stays_busy = false;
  ImportProbes probes{clock, *link};
};

TEST_F(ImportProbing, LooksAtEachRowAFewAtATimeAndKeepsItsPicture) {
  ASSERT_TRUE(probes.begin(kImport, streams(10), nullptr).ok());
  EXPECT_EQ(state(), "running");
  run_to_its_end();
  EXPECT_EQ(state(), "done");
  EXPECT_EQ(told().at("over").as_int64(), 10);
  EXPECT_EQ(told().at("with_still").as_int64(), 10);
  EXPECT_EQ(begun.size(), 10U);
  EXPECT_LE(most_at_once, static_cast<int>(ImportProbes::kAtOnce));
  EXPECT_EQ(at_work, 0) << "core keeps nothing of it";
  ASSERT_NE(probes.still(kImport, 2), nullptr);
  EXPECT_EQ(probes.still(kImport, 2)->substr(0, 2), "\xff\xd8");
  EXPECT_EQ(probes.still(kImport, 99), nullptr);
  const json::object row = row_told(2);
  EXPECT_EQ(row.at("name").as_string(), "Camera 2");
  EXPECT_EQ(row.at("stream").at("width").as_int64(), 1920) << "of the main stream";
  EXPECT_TRUE(row.at("still").as_string().ends_with("/rows/2/still.jpg"));
}

TEST_F(ImportProbing, SaysWhatARowGetsWhoseCameraAsksForALogin) {
  needs_login = "rtsp://10.0.0.2/1";
  dead = "rtsp://10.0.0.3/1";
  ASSERT_TRUE(probes.begin(kImport, streams(3), nullptr).ok());
  run_to_its_end();
  EXPECT_EQ(told().at("needs_login").as_int64(), 1);
  EXPECT_EQ(told().at("failed").as_int64(), 1);
  const json::object row = row_told(2);
  EXPECT_TRUE(row.at("needs_login").as_bool());
  EXPECT_TRUE(row.at("still").is_null());
  EXPECT_NE(json::serialize(row).find("Tệp không mang mật khẩu"), std::string::npos);
  EXPECT_EQ(row_told(3).at("summary").at("vi").as_string(), "Không trả lời.");
}

TEST_F(ImportProbing, CancellingStopsWhatIsUnderWayAndKeepsWhatWasFound) {
  ASSERT_TRUE(probes.begin(kImport, streams(20), nullptr).ok());
  for (int i = 0; i < 4; ++i) turn();
  stays_busy = true;
  for (int i = 0; i < 2; ++i) turn();
  const std::int64_t over = told().at("over").as_int64();
  EXPECT_GT(over, 0);
  EXPECT_TRUE(probes.cancel(kImport));
  EXPECT_FALSE(probes.cancel(kImport)) << "it is over";
  const std::size_t before = begun.size();
  for (int i = 0; i < 3; ++i) turn();
  EXPECT_EQ(begun.size(), before);
  EXPECT_EQ(at_work, 0) << "core was told";
  EXPECT_EQ(state(), "cancelled");
  EXPECT_EQ(told().at("over").as_int64(), over);
}

TEST_F(ImportProbing, WaitsWhereCoreIsBusyWithOthers) {
  refuses_next = 2;
  ASSERT_TRUE(probes.begin(kImport, streams(2), nullptr).ok());
  turn();
  EXPECT_TRUE(begun.empty());
  run_to_its_end();
  EXPECT_EQ(begun.size(), 2U);
  EXPECT_EQ(told().at("with_still").as_int64(), 2);
}

TEST_F(ImportProbing, BegunAgainItGoesOnAndOnceOverItBeginsAnew) {
  ASSERT_TRUE(probes.begin(kImport, streams(5), nullptr).ok());
  turn();
  ASSERT_TRUE(probes.begin(kImport, streams(1), nullptr).ok());
  EXPECT_EQ(told().at("rows").to_number<int>(), 5) << "found again";
  run_to_its_end();
  ASSERT_TRUE(probes.begin(kImport, streams(1), nullptr).ok());
  EXPECT_EQ(told().at("rows").to_number<int>(), 1);
}

TEST_F(ImportProbing, KeepsBoundedWhatItKeeps) {
  EXPECT_EQ(probes.begin(kImport, streams(ImportProbes::kMostRows + 1), nullptr).kind(), base::ErrorKind::kOutOfRange);
  std::vector<base::Uuid> imports;
  for (std::size_t i = 0; i <= ImportProbes::kMostRuns; ++i) imports.push_back(base::Uuid::make_v7(clock));
  for (std::size_t i = 0; i < ImportProbes::kMostRuns; ++i)
    ASSERT_TRUE(probes.begin(imports[i], streams(1), nullptr).ok());
  EXPECT_EQ(probes.begin(imports.back(), streams(1), nullptr).kind(), base::ErrorKind::kUnavailable);
  for (int i = 0; i < 20; ++i) turn();
  EXPECT_TRUE(probes.begin(imports.back(), streams(1), nullptr).ok()) << "one that is over made room";
  for (int i = 0; i < 20; ++i) turn();
  clock.advance(ImportProbes::kKeptFor + base::Seconds(1));
  probes.tick();
  for (const base::Uuid& import : imports) EXPECT_TRUE(probes.progress(import).is_null()) << "forgotten after a while";
}

}  // namespace
}  // namespace vonggac::api
