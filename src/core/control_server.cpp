#include "core/control_server.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"

namespace vonggac::core {
namespace {

constexpr std::size_t kMaxPeers = 16;

/// A Unix address holds 108 bytes; data directories may be longer. The open folder gives a short name.
base::Result<sockaddr_un> address_in(const base::UniqueFd& folder) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::snprintf(address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/control.sock", folder.get());
  return address;
}

bool is_allowed(int peer) {
  ucred credentials{};
  socklen_t size = sizeof credentials;
  if (getsockopt(peer, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return false;
  return credentials.uid == 0 || credentials.uid == geteuid();
}

}  // namespace

ControlServer::~ControlServer() {
  for (const auto& [fd, channel] : peers_) loop_.remove(fd);
  if (listener_.valid()) {
    loop_.remove(listener_.get());
    ::unlink(path_.c_str());
  }
}

base::Status ControlServer::start(const std::string& data_dir) {
  const std::string folder_path = data_dir + "/run";
  if (::mkdir(folder_path.c_str(), 0700) != 0 && errno != EEXIST) return base::from_errno(errno, "make " + folder_path);
  const base::UniqueFd folder(open(folder_path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW));
  if (!folder.valid()) return base::from_errno(errno, "open " + folder_path);
  path_ = folder_path + "/control.sock";
  ::unlink(path_.c_str());  // left by a service that was killed; the data directory's lock says there is no other
  listener_.reset(socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  VG_ASSIGN(const sockaddr_un address, address_in(folder));
  if (!listener_.valid() || bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::chmod(path_.c_str(), 0600) != 0 || listen(listener_.get(), 16) != 0) {
    return base::from_errno(errno, "make the control socket " + path_);
  }
  return loop_.add(listener_.get(), EPOLLIN, [this](std::uint32_t) { on_accept(); });
}

void ControlServer::on_accept() {
  base::UniqueFd peer(accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!peer.valid() || !is_allowed(peer.get()) || peers_.size() >= kMaxPeers) return;
  const int fd = peer.get();
  peers_[fd] = std::make_unique<ipc::Channel>(std::move(peer));
  if (!loop_.add(fd, EPOLLIN, [this, fd](std::uint32_t events) { on_peer(fd, events); }).ok()) peers_.erase(fd);
}

void ControlServer::on_peer(int fd, std::uint32_t events) {
  ipc::Channel& channel = *peers_.at(fd);
  if ((events & EPOLLOUT) != 0 && !channel.flush().ok()) {
    drop(fd);
    return;
  }
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    auto received = channel.receive();
    if (!received) {
      drop(fd);
      return;
    }
    for (const ipc::Received& item : *received) {
      const auto* request = std::get_if<ipc::ControlRequest>(&item.message);
      if (request == nullptr ||
          !channel.send(ipc::ControlReply{request->id, commands_.handle(request->json, Caller::kCommandLine)}).ok()) {
        drop(fd);
        return;
      }
    }
  }
  loop_.change(fd, channel.wants_write() ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void ControlServer::drop(int fd) {
  loop_.remove(fd);
  peers_.erase(fd);
}

}  // namespace vonggac::core
