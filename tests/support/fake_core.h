/// Stands in for core in front of a real web worker process: starts it the way core does (descriptors 3, 4 and 5),
/// sends its configuration, answers its questions and plays live units.
/// Threads  one thread of its own serves the channel; the functions set before start() run there.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "ipc/channel.h"

namespace vonggac::test {

class FakeCore {
 public:
  /// A question's JSON to the reply's JSON; nullopt leaves it unanswered.
  std::function<std::optional<std::string>(const std::string& json)> answer;
  std::function<void(const ipc::LiveSubscribe&)> on_subscribe;
  /// Called about every 20 ms.
  std::function<void()> on_tick;

  ~FakeCore() { stop(); }
  /// Binds 127.0.0.1:`port` (0: any), starts `program` with `descriptor_limit` (0: as ours), waits until it listens.
  bool start(const std::string& program, const std::string& data_dir, std::uint16_t port = 0,
             unsigned descriptor_limit = 0);
  void send(const ipc::Message& message);
  /// Closes the channel and waits for the worker; its exit code, or -1 for a signal.
  int stop();
  /// Waits for the worker without closing anything.
  int wait();
  std::uint16_t port() const { return port_; }
  int pid() const { return pid_; }
  /// What the worker said of its sandbox.
  std::string sandbox();

 private:
  void serve();
  void take(const ipc::Message& message);

  std::mutex mutex_;
  std::unique_ptr<ipc::Channel> channel_;
  std::string sandbox_;
  std::condition_variable ready_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
  std::uint16_t port_ = 0;
  int pid_ = -1;
};

}  // namespace vonggac::test
