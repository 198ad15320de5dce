#include "support/fake_core.h"

#include <array>
#include <chrono>
#include <variant>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

namespace vonggac::test {
namespace {

base::UniqueFd bound_socket(std::uint16_t wanted, std::uint16_t& port) {
  base::UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(wanted);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return {};
  socklen_t size = sizeof address;
  getsockname(fd.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port = ntohs(address.sin_port);
  return fd;
}

/// In the child: the three descriptors to their places, whatever numbers they have now.
void become_worker(const std::array<int, 3>& fds, const char* program, unsigned descriptor_limit) {
  std::array<int, 3> high{};
  for (std::size_t i = 0; i < fds.size(); ++i) high[i] = fcntl(fds[i], F_DUPFD, 100);
  for (std::size_t i = 0; i < fds.size(); ++i) dup2(high[i], static_cast<int>(3 + i));
  close_range(6, ~0U, 0);
  if (descriptor_limit > 0) {
    const rlimit limit{descriptor_limit, descriptor_limit};
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  execl(program, program, static_cast<char*>(nullptr));
  _exit(127);
}

}  // namespace

bool FakeCore::start(const std::string& program, const std::string& data_dir, std::uint16_t port,
                     unsigned descriptor_limit) {
  int ends[2] = {-1, -1};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return false;
  base::UniqueFd worker_end(ends[1]);
  channel_ = std::make_unique<ipc::Channel>(base::UniqueFd(ends[0]));
  const base::UniqueFd page(memfd_create("page", MFD_CLOEXEC));
  const base::UniqueFd listening = bound_socket(port, port_);
  if (!listening.valid() || ftruncate(page.get(), 4096) != 0) return false;
  pid_ = fork();
  if (pid_ == 0) become_worker({worker_end.get(), page.get(), listening.get()}, program.c_str(), descriptor_limit);
  if (pid_ < 0) return false;
  send(ipc::ControlReply{
      0, R"({"web_config":{"data_dir":")" + data_dir + R"(","listen":"127.0.0.1:)" + std::to_string(port_) + R"("}})"});
  thread_ = std::thread([this] { serve(); });
  std::unique_lock lock(mutex_);
  return ready_.wait_for(lock, std::chrono::seconds(10), [this] { return !sandbox_.empty(); });
}

void FakeCore::send(const ipc::Message& message) {
  const std::lock_guard lock(mutex_);
  if (channel_) (void)channel_->send(message);
}

std::string FakeCore::sandbox() {
  const std::lock_guard lock(mutex_);
  return sandbox_;
}

void FakeCore::serve() {
  while (!stopping_) {
    const bool wants_write = [this] {
      const std::lock_guard lock(mutex_);
      return channel_->wants_write();
    }();
    pollfd wait{channel_->fd(), static_cast<short>(POLLIN | (wants_write ? POLLOUT : 0)), 0};
    poll(&wait, 1, 20);
    base::Result<std::vector<ipc::Received>> messages = [this] {
      const std::lock_guard lock(mutex_);
      (void)channel_->flush();
      return channel_->receive();
    }();
    if (!messages) return;
    for (const ipc::Received& received : *messages) take(received.message);
    if (on_tick) on_tick();
  }
}

void FakeCore::take(const ipc::Message& message) {
  if (const auto* ready = std::get_if<ipc::WorkerReady>(&message)) {
    const std::lock_guard lock(mutex_);
    sandbox_ = ready->sandbox;
    ready_.notify_all();
  } else if (const auto* request = std::get_if<ipc::ControlRequest>(&message)) {
    const auto reply = answer ? answer(request->json) : std::nullopt;
    if (reply) send(ipc::ControlReply{request->id, *reply});
  } else if (const auto* subscribe = std::get_if<ipc::LiveSubscribe>(&message)) {
    if (on_subscribe) on_subscribe(*subscribe);
  }
}

int FakeCore::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
  {
    const std::lock_guard lock(mutex_);
    channel_.reset();
  }
  return wait();
}

int FakeCore::wait() {
  if (pid_ < 0) return -1;
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

}  // namespace vonggac::test
