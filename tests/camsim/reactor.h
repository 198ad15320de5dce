/// One thread's epoll loop with timers.
/// Threads  bound to the thread that calls run().
/// Owns     nothing but its own descriptors; handlers must unwatch before they go. A handler may be destroyed from
///          a task given to defer(), never from inside an event.
/// Errors   watch() returns what epoll_ctl says.
/// Units    monotonic microseconds; epoll wakes with 1 ms grain, so a task runs up to 1 ms late.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace vonggac::camsim {

class Reactor {
 public:
  using Task = std::function<void()>;
  class Handler {
   public:
    virtual ~Handler() = default;
    virtual void on_events(std::uint32_t events) = 0;
  };
  using Timers = std::multimap<std::int64_t, Task>;
  using TimerId = Timers::iterator;

  explicit Reactor(const base::Clock& clock);

  base::Status watch(int fd, std::uint32_t events, Handler* handler);
  void change(int fd, std::uint32_t events, Handler* handler);
  void unwatch(int fd);

  TimerId at(std::int64_t mono_us, Task task) { return timers_.emplace(mono_us, std::move(task)); }
  /// Only for a timer that has not fired.
  void cancel(TimerId id) { timers_.erase(id); }
  /// Runs after the current round of events.
  void defer(Task task) { deferred_.push_back(std::move(task)); }

  const base::Clock& clock() const { return clock_; }
  std::int64_t now_us() const { return clock_.mono_now().us; }
  std::int64_t wall_us() const { return clock_.wall_now().us; }

  void run();
  void stop() { stopped_ = true; }

 private:
  int timeout_ms() const;
  void run_due_timers();
  void run_deferred();

  const base::Clock& clock_;
  base::UniqueFd epoll_;
  Timers timers_;
  std::vector<Task> deferred_;
  bool stopped_ = false;
};

}  // namespace vonggac::camsim
