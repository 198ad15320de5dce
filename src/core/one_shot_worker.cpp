#include "core/one_shot_worker.h"

#include <sys/epoll.h>

#include "base/log.h"

namespace vonggac::core {

OneShotWorker::OneShotWorker(EventLoop& loop, OnMessage on_message, OnEnd on_end)
    : loop_(loop), on_message_(std::move(on_message)), on_end_(std::move(on_end)) {}

OneShotWorker::~OneShotWorker() {
  *alive_ = false;
  if (!process_) return;
  loop_.remove(process_->control().fd());
  loop_.remove(process_->pid_fd());
}

base::Status OneShotWorker::start(ipc::WorkerKind kind, std::uint32_t index, const LogConfig& log) {
  WorkerSpec spec;
  spec.kind = kind;
  spec.index = index;
  VG_ASSIGN(process_, WorkerProcess::spawn(spec, base::log_level_name(log.level), base::log_format_name(log.format)));
  VG_TRY(loop_.add(process_->control().fd(), EPOLLIN, [this](std::uint32_t events) { on_control(events); }));
  return loop_.add(process_->pid_fd(), EPOLLIN, [this](std::uint32_t) { on_exit(); });
}

void OneShotWorker::send(const ipc::Message& message, std::vector<base::UniqueFd> fds) {
  if (!process_) return;
  if (!process_->control().send(message, std::move(fds)).ok()) return process_->kill_now();
  update_interest();
}

void OneShotWorker::kill() {
  if (process_) process_->kill_now();
}

void OneShotWorker::update_interest() {
  const bool wants = process_->control().wants_write();
  if (wants == watching_output_) return;
  watching_output_ = wants;
  loop_.change(process_->control().fd(), wants ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void OneShotWorker::on_control(std::uint32_t events) {
  if ((events & EPOLLOUT) != 0) {
    if (!process_->control().flush().ok()) process_->kill_now();
    update_interest();
  }
  auto received = process_->control().receive();
  if (!received) {
    if (received.error().kind() == base::ErrorKind::kUnavailable) return loop_.remove(process_->control().fd());
    base::log::warning("core", "a worker is ended: {}", received.error().message());
    return process_->kill_now();
  }
  const std::shared_ptr<bool> alive = alive_;
  for (ipc::Received& one : *received) {
    on_message_(std::move(one));
    if (!*alive) return;
  }
}

void OneShotWorker::on_exit() {
  // What it said last may still lie in the socket.
  const std::shared_ptr<bool> alive = alive_;
  on_control(EPOLLIN);
  if (!*alive || !process_) return;
  (void)process_->reap();
  loop_.remove(process_->control().fd());
  loop_.remove(process_->pid_fd());
  process_.reset();
  on_end_();
}

}  // namespace vonggac::core
