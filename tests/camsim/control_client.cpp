#include "camsim/control_client.h"

#include <array>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include "base/unique_fd.h"

namespace vonggac::camsim {

base::Result<std::string> ask_control(const std::string& socket_path, const std::string& line) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  if (socket_path.size() >= sizeof name.sun_path) return base::invalid_argument("the socket's path is too long");
  std::memcpy(name.sun_path, socket_path.data(), socket_path.size());
  const base::UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const timeval limit{10, 0};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof name) < 0) {
    return base::unavailable(socket_path + ": " + std::strerror(errno));
  }
  const std::string out = line + "\n";
  if (::send(fd.get(), out.data(), out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out.size())) {
    return base::unavailable("camsim went away");
  }
  std::string reply;
  std::array<char, 4096> buffer;
  while (!reply.ends_with('\n')) {
    const ssize_t got = ::recv(fd.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return base::timed_out("camsim did not answer");
    reply.append(buffer.data(), static_cast<std::size_t>(got));
  }
  reply.pop_back();
  return reply;
}

}  // namespace vonggac::camsim
