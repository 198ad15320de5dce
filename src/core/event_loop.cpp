#include "core/event_loop.h"

#include <array>
#include <cerrno>

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"

namespace vonggac::core {

base::Result<std::unique_ptr<EventLoop>> EventLoop::create() {
  std::unique_ptr<EventLoop> loop(new EventLoop);
  loop->epoll_.reset(epoll_create1(EPOLL_CLOEXEC));
  if (!loop->epoll_.valid()) return base::from_errno(errno, "make an event loop");
  loop->wake_.reset(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!loop->wake_.valid()) return base::from_errno(errno, "make an event loop's wake-up");
  EventLoop* self = loop.get();
  VG_TRY(loop->add(loop->wake_.get(), EPOLLIN, [self](std::uint32_t) {
    std::uint64_t count = 0;
    (void)!::read(self->wake_.get(), &count, sizeof count);
  }));
  return loop;
}

base::Status EventLoop::add(int fd, std::uint32_t events, Callback callback) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  const bool known = callbacks_.count(fd) != 0;
  if (epoll_ctl(epoll_.get(), known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event) != 0) {
    return base::from_errno(errno, "watch a descriptor");
  }
  callbacks_[fd] = std::make_shared<Callback>(std::move(callback));
  return {};
}

void EventLoop::change(int fd, std::uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  (void)epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void EventLoop::remove(int fd) {
  if (callbacks_.erase(fd) != 0) (void)epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

void EventLoop::post(Task task) {
  bool was_empty = false;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    was_empty = tasks_.empty();
    tasks_.push_back(std::move(task));
  }
  if (was_empty) {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
  }
}

void EventLoop::set_tick(int interval_ms, Task tick) {
  tick_ms_ = interval_ms;
  tick_ = std::move(tick);
}

void EventLoop::run_tasks() {
  std::vector<Task> tasks;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks.swap(tasks_);
  }
  for (Task& task : tasks) task();
}

void EventLoop::serve(int timeout_ms) {
  std::array<epoll_event, 128> events;
  const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms);
  for (int i = 0; i < count; ++i) {
    const auto& event = events[static_cast<std::size_t>(i)];
    const auto found = callbacks_.find(event.data.fd);
    if (found == callbacks_.end()) continue;  // removed by an earlier callback of this round
    const std::shared_ptr<Callback> keep = found->second;
    (*keep)(event.events);
  }
}

void EventLoop::run() {
  const base::SystemClock clock;
  base::MonoTime next_tick = clock.mono_now() + base::Millis(tick_ms_);
  while (true) {
    const std::int64_t wait_us = (next_tick - clock.mono_now()).count();
    serve(wait_us <= 0 ? 0 : static_cast<int>(wait_us / 1000 + 1));
    run_tasks();
    if (clock.mono_now() >= next_tick) {
      if (tick_) tick_();
      next_tick = clock.mono_now() + base::Millis(tick_ms_);
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stop_) return;
  }
}

void EventLoop::stop() {
  post([this] {
    const std::lock_guard<std::mutex> lock(mutex_);
    stop_ = true;
  });
}

void EventLoop::drain() { run_tasks(); }

}  // namespace vonggac::core
