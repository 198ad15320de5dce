#include "camsim/reactor.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <sys/epoll.h>

namespace vonggac::camsim {

Reactor::Reactor(const base::Clock& clock) : clock_(clock), epoll_(epoll_create1(EPOLL_CLOEXEC)) {}

base::Status Reactor::watch(int fd, std::uint32_t events, Handler* handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = handler;
  if (epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) < 0) return base::from_errno(errno, "epoll_ctl");
  return {};
}

void Reactor::change(int fd, std::uint32_t events, Handler* handler) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = handler;
  epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
}

void Reactor::unwatch(int fd) { epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr); }

int Reactor::timeout_ms() const {
  if (!deferred_.empty()) return 0;
  if (timers_.empty()) return -1;
  const std::int64_t left_us = timers_.begin()->first - now_us();
  return left_us <= 0 ? 0 : static_cast<int>(std::min<std::int64_t>((left_us + 999) / 1000, 60'000));
}

void Reactor::run_due_timers() {
  const std::int64_t now = now_us();
  while (!timers_.empty() && timers_.begin()->first <= now) {
    auto node = timers_.extract(timers_.begin());
    node.mapped()();
  }
}

void Reactor::run_deferred() {
  while (!deferred_.empty()) {
    for (const Task& task : std::exchange(deferred_, {})) task();
  }
}

void Reactor::run() {
  std::array<epoll_event, 256> events;
  while (!stopped_) {
    const int count = epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), timeout_ms());
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      static_cast<Handler*>(event.data.ptr)->on_events(event.events);
    }
    run_due_timers();
    run_deferred();
  }
}

}  // namespace vonggac::camsim
