#include "camsim/control.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <boost/json/serialize.hpp>

namespace vonggac::camsim {

class ControlSocket::Peer final : public Reactor::Handler {
 public:
  Peer(ControlSocket& owner, base::UniqueFd fd) : owner_(owner), fd_(std::move(fd)) {}
  base::Status watch() { return owner_.world_.reactor().watch(fd_.get(), EPOLLIN, this); }

 private:
  void on_events(std::uint32_t) override {
    std::array<char, 4096> buffer;
    const ssize_t got = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return leave();
    input_.append(buffer.data(), static_cast<std::size_t>(got));
    std::size_t end = 0;
    while ((end = input_.find('\n')) != std::string::npos) {
      std::string reply = boost::json::serialize(run_command(owner_.world_, std::string_view(input_).substr(0, end)));
      input_.erase(0, end + 1);
      reply += '\n';
      // The peer waits for this line: a reply larger than the socket buffer is taken as it reads.
      for (std::size_t sent = 0; sent < reply.size();) {
        const ssize_t n = ::send(fd_.get(), reply.data() + sent, reply.size() - sent, MSG_NOSIGNAL);
        if (n <= 0) return leave();
        sent += static_cast<std::size_t>(n);
      }
    }
    if (input_.size() > kMaxLineBytes) leave();
  }

  void leave() {
    Reactor& reactor = owner_.world_.reactor();
    reactor.unwatch(fd_.get());
    reactor.defer([owner = &owner_, fd = fd_.get()] { owner->peers_.erase(fd); });
  }

  ControlSocket& owner_;
  base::UniqueFd fd_;
  std::string input_;
};

ControlSocket::ControlSocket(World& world, std::string path, base::UniqueFd fd)
    : world_(world), path_(std::move(path)), fd_(std::move(fd)) {}

ControlSocket::~ControlSocket() { ::unlink(path_.c_str()); }

base::Result<std::unique_ptr<ControlSocket>> ControlSocket::create(World& world, const std::string& path) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (path.size() >= sizeof name.sun_path) return base::invalid_argument("the control socket's path is too long");
  std::memcpy(name.sun_path, path.data(), path.size());
  base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return base::from_errno(errno, "socket");
  ::unlink(path.c_str());
  if (::bind(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) < 0 || ::listen(fd.get(), 16) < 0) {
    return base::from_errno(errno, "control socket " + path);
  }
  std::unique_ptr<ControlSocket> control(new ControlSocket(world, path, std::move(fd)));
  VG_TRY(world.reactor().watch(control->fd_.get(), EPOLLIN, control.get()));
  return control;
}

void ControlSocket::on_events(std::uint32_t) {
  // Blocking on purpose: a reply is one line, and whoever asks also reads it.
  base::UniqueFd fd(::accept4(fd_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!fd.valid()) return;
  const timeval limit{1, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  const int key = fd.get();
  auto peer = std::make_unique<Peer>(*this, std::move(fd));
  if (peer->watch().ok()) peers_[key] = std::move(peer);
}

}  // namespace vonggac::camsim
