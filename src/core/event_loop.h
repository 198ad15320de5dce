/// One thread's epoll loop: descriptors with callbacks, one periodic tick, and tasks posted by other threads.
/// Flow     add()/post() -> run() -> callbacks on the loop's thread, in the order of arrival.
/// Threads  post() and stop() are thread-safe; everything else is bound to the thread that calls run().
/// Owns     the epoll descriptor and the wake-up eventfd; watched descriptors stay the caller's.
/// Errors   create() only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace vonggac::core {

class EventLoop {
 public:
  using Callback = std::function<void(std::uint32_t events)>;
  using Task = std::function<void()>;

  static base::Result<std::unique_ptr<EventLoop>> create();
  /// Watches fd for `events` (EPOLLIN, ...; level-triggered). An fd already watched gets the new callback.
  base::Status add(int fd, std::uint32_t events, Callback callback);
  void change(int fd, std::uint32_t events);
  /// Safe inside a callback, also for the descriptor that is being served.
  void remove(int fd);
  /// Runs `task` on the loop's thread soon. Thread-safe.
  void post(Task task);
  /// Calls `tick` about every `interval_ms` while running.
  void set_tick(int interval_ms, Task tick);
  void run();
  void stop();  ///< thread-safe
  /// Runs tasks posted so far; for the end of a thread, when run() has returned.
  void drain();

 private:
  EventLoop() = default;
  void run_tasks();
  void serve(int timeout_ms);

  base::UniqueFd epoll_;
  base::UniqueFd wake_;
  std::unordered_map<int, std::shared_ptr<Callback>> callbacks_;
  std::mutex mutex_;
  std::vector<Task> tasks_;
  bool stop_ = false;
  int tick_ms_ = 1000;
  Task tick_;
};

}  // namespace vonggac::core
