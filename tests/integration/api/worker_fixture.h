/// A web worker process in front of a fake core that knows one camera.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "raw_http.h"
#include "support/fake_core.h"
#include "support/register_world.h"

namespace vonggac::test {

inline constexpr const char* kCamera = "01932b6e-7a10-7c3e-9f00-0123456789ab";

struct WorkerFixture : testing::Test {
  void SetUp() override {
    core.answer = [this](const std::string& json) -> std::optional<std::string> {
      if (silent) return std::nullopt;
      if (json.find("\"status\"") != std::string::npos) {
        return R"({"ok":true,"status":{"version":"0.1.0","cameras":[{"id":"x","url":"rtsp://10.0.0.9/"}]}})";
      }
      if (json.find("snapshot") != std::string::npos) {
        return R"({"ok":true,"jpeg_base64":"/9j/","taken_at":"2026-11-21T07:00:00Z"})";
      }
      return R"({"ok":false,"error":{"kind":"not_found","message":"none"}})";
    };
    core.on_subscribe = [this](const ipc::LiveSubscribe& message) {
      const std::lock_guard lock(mutex);
      subscription = message;
      ++subscriptions;
      changed.notify_all();
    };
    begin(0);
  }
  virtual void begin(unsigned descriptor_limit) {
    ASSERT_TRUE(core.start(VONGGAC_WEB_WORKER, world.folder(), 0, descriptor_limit));
  }

  std::string request(const std::string& target, const std::string& more = "", const std::string& method = "GET") {
    return method + " " + target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(core.port()) +
           "\r\nAuthorization: Bearer " + token + "\r\n" + more + "\r\n";
  }
  RawClient::Answer get(const std::string& target, const std::string& more = "", const std::string& method = "GET") {
    RawClient client(core.port());
    client.send(request(target, more, method));
    return client.read_answer(method == "HEAD");
  }
  /// The newest live subscription, once there were so many (0 subscription number if they do not come).
  ipc::LiveSubscribe wait_for_subscriptions(int count) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, std::chrono::seconds(5), [&] { return subscriptions >= count; });
    return subscriptions >= count ? subscription : ipc::LiveSubscribe{};
  }

  base::SystemClock clock;
  RegisterWorld world{clock};
  /// Of somebody who may do everything.
  access::UserId user = world.person("toan.quyen", all_roles());
  std::string token = world.token_of(user, access::all_actions());
  std::atomic<bool> silent{false};  ///< core answers nothing
  FakeCore core;
  std::mutex mutex;
  std::condition_variable changed;
  ipc::LiveSubscribe subscription;
  int subscriptions = 0;
};

}  // namespace vonggac::test
