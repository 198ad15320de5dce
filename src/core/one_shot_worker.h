/// A worker that does one thing for core and ends: a probe, or the pictures of one.
/// Flow     start() -> WorkerProcess -> messages to the callback, its end to the other
/// Threads  bound to core's main thread.
/// Owns     the process; it is killed with this.
/// Errors   start(): as WorkerProcess. A worker that breaks the framing is killed: the end follows.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/config.h"
#include "core/event_loop.h"
#include "core/worker_process.h"

namespace vonggac::core {

class OneShotWorker {
 public:
  using OnMessage = std::function<void(ipc::Received)>;
  using OnEnd = std::function<void()>;

  OneShotWorker(EventLoop& loop, OnMessage on_message, OnEnd on_end);
  ~OneShotWorker();
  OneShotWorker(const OneShotWorker&) = delete;
  OneShotWorker& operator=(const OneShotWorker&) = delete;

  base::Status start(ipc::WorkerKind kind, std::uint32_t index, const LogConfig& log);
  /// A worker that cannot be told is killed.
  void send(const ipc::Message& message, std::vector<base::UniqueFd> fds = {});
  /// Ends it now; on_end follows, on the loop, unless this goes first.
  void kill();
  bool running() const { return process_ != nullptr; }

 private:
  void on_control(std::uint32_t events);
  void on_exit();
  void update_interest();

  EventLoop& loop_;
  OnMessage on_message_;
  OnEnd on_end_;
  std::unique_ptr<WorkerProcess> process_;
  bool watching_output_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  ///< callbacks may destroy this
};

}  // namespace vonggac::core
