#include "cli/control_client.h"

#include <cstring>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "cli/command_line.h"
#include "core/data_files.h"
#include "support/temp_folder.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

/// Answers each question with the same text, like a service would.
class FakeService {
 public:
  FakeService(const std::string& data_dir, std::string reply) : reply_(std::move(reply)) {
    EXPECT_TRUE(core::make_folder(data_dir + "/run", 0750).ok());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = data_dir + "/run/control.sock";
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    listener_ = base::UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(listener_.get(), 4), 0);
    thread_ = std::thread([this] { serve_one(); });
  }
  ~FakeService() { thread_.join(); }
  FakeService(const FakeService&) = delete;
  FakeService& operator=(const FakeService&) = delete;
  std::string question;

 private:
  void serve_one() {
    ipc::Channel channel(base::UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    while (question.empty()) {
      pollfd entry{channel.fd(), POLLIN, 0};
      if (::poll(&entry, 1, 5'000) <= 0) return;
      base::Result<std::vector<ipc::Received>> received = channel.receive();
      if (!received) return;
      for (const ipc::Received& one : *received) {
        const auto& request = std::get<ipc::ControlRequest>(one.message);
        question = request.json;
        if (reply_.empty()) return;  // goes away without a word
        EXPECT_TRUE(channel.send(ipc::ControlReply{request.id + 1000, R"({"ok":true,"not":"yours"})"}).ok());
        EXPECT_TRUE(channel.send(ipc::ControlReply{request.id, reply_}).ok());
      }
    }
  }

  std::string reply_;
  base::UniqueFd listener_;
  std::thread thread_;
};

base::Result<json::object> ask(const std::string& data_dir, int timeout_ms = 5'000) {
  VG_ASSIGN(const std::unique_ptr<ControlClient> client, ControlClient::connect(data_dir));
  return client->request({{"op", "status"}}, timeout_ms);
}

TEST(ControlClient, GivesTheReplyToItsOwnQuestion) {
  const test::TempFolder folder;
  const FakeService service(folder.path(), R"({"ok":true,"answer":42})");
  const base::Result<json::object> reply = ask(folder.path());
  ASSERT_TRUE(reply.has_value()) << reply.error().message();
  EXPECT_EQ(*reply, (json::object{{"answer", 42}}));
  EXPECT_EQ(service.question, R"({"op":"status"})");
}

TEST(ControlClient, TurnsTheServicesErrorIntoAStatus) {
  const test::TempFolder folder;
  const FakeService service(folder.path(), R"({"ok":false,"error":{"kind":"not_found","message":"no such camera"}})");
  const base::Result<json::object> reply = ask(folder.path());
  ASSERT_FALSE(reply.has_value());
  EXPECT_EQ(reply.error().kind(), base::ErrorKind::kNotFound);
  EXPECT_EQ(reply.error().message(), "no such camera");
}

TEST(ControlClient, RefusesNonsense) {
  for (const char* text : {"[]", "{}", "not json", R"({"ok":1})"}) {
    const test::TempFolder folder;
    const FakeService service(folder.path(), text);
    EXPECT_EQ(ask(folder.path()).error().kind(), base::ErrorKind::kDataLoss) << text;
  }
}

TEST(ControlClient, SaysThatTheServiceWentAway) {
  const test::TempFolder folder;
  const FakeService service(folder.path(), "");
  EXPECT_EQ(ask(folder.path()).error().kind(), base::ErrorKind::kUnavailable);
}

TEST(ControlClient, SaysThatNoServiceRuns) {
  const test::TempFolder folder;
  EXPECT_EQ(ask(folder.path()).error().kind(), base::ErrorKind::kUnavailable);
  ASSERT_TRUE(core::make_folder(folder.file("run"), 0750).ok());
  EXPECT_EQ(ask(folder.path()).error().kind(), base::ErrorKind::kUnavailable);
}

TEST(ControlClient, ReachesDeepDirectories) {
  const test::TempFolder folder;
  const std::string deep = folder.file(std::string(100, 'a') + "/" + std::string(100, 'b'));
  ASSERT_TRUE(core::make_folder(deep, 0750).ok());
  // The fake can bind only short paths, so its folder is moved into the deep one.
  const FakeService service(folder.path(), R"({"ok":true})");
  ASSERT_EQ(::rename(folder.file("run").c_str(), (deep + "/run").c_str()), 0);
  EXPECT_TRUE(ask(deep).has_value());
}

TEST(ControlClient, KnowsEveryKindByName) {
  for (int i = 1; i <= static_cast<int>(base::ErrorKind::kInternal); ++i) {
    const auto kind = static_cast<base::ErrorKind>(i);
    EXPECT_EQ(error_kind_from_name(base::error_kind_name(kind)), kind);
  }
}

TEST(StatusCommand, ShowsCamerasInBothLanguages) {
  const std::string status = R"({"ok":true,"status":{"version":"0.1.0","uptime_s":3725,
      "disk":{"state":"ok","free_bytes":1500000000,"total_bytes":2000000000},
      "processes":[{"kind":"ingest","index":0,"restarts":2}],
      "cameras":[{"name":"Cổng\u001b[31m","state":"recording","stored_bytes":1234567,"motion_active":true,
        "message":{"vi":"Đang ghi","en":"Recording"},
        "streams":[{"codec":"h264","width":1920,"height":1080,"fps":15.0,"bits_per_second":2000000}]}]}})";
  for (const auto& [language, words] :
       {std::pair<std::string, std::vector<std::string>>{"en",
                                                         {"1 h 02 min", "recording", "Recording", "1.2 MB", "now"}},
        std::pair<std::string, std::vector<std::string>>{"vi", {"1 giờ 02 phút", "đang ghi", "Đang ghi", "bây giờ"}}}) {
    const test::TempFolder folder;
    const FakeService service(folder.path(), status);
    std::ostringstream out, err;
    EXPECT_EQ(run_command_line({"--lang", language, "status", "--data", folder.path()}, Entries{}, out, err),
              ExitCode::kOk);
    for (const std::string& word : words)
      EXPECT_NE(out.str().find(word), std::string::npos) << word << "\n" << out.str();
    EXPECT_NE(out.str().find("h264 1920x1080@15 2.0 Mbit/s"), std::string::npos) << out.str();
    EXPECT_EQ(out.str().find('\x1b'), std::string::npos);
  }
}

}  // namespace
}  // namespace vonggac::cli
