#include "core/connector.h"

#include <cerrno>
#include <cstring>
#include <random>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

namespace vonggac::core {
namespace {

using ipc::StreamReason;

constexpr int kReceiveBufferBytes = 1 << 20;  // a 4K key frame arrives in one burst while we gather
constexpr int kUdpPairTries = 64;
constexpr std::uint16_t kFirstUdpPort = 20'000;
constexpr std::uint16_t kUdpPortPairs = 20'000;

bool parse_peer(const std::string& host, std::uint16_t port, sockaddr_storage& out, socklen_t& length) {
  auto* v4 = reinterpret_cast<sockaddr_in*>(&out);
  if (inet_pton(AF_INET, host.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    length = sizeof(sockaddr_in);
    return true;
  }
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&out);
  if (inet_pton(AF_INET6, host.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    length = sizeof(sockaddr_in6);
    return true;
  }
  return false;
}

/// Loopback and link-local: a name on a camera network has no business to lead there.
bool leads_to_this_machine(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    const std::uint32_t v4 = ntohl(reinterpret_cast<const sockaddr_in*>(&address)->sin_addr.s_addr);
    return v4 >> 24 == 127 || v4 >> 16 == 0xa9fe || v4 >> 24 == 0;
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6*>(&address)->sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&v6) || IN6_IS_ADDR_LINKLOCAL(&v6) || IN6_IS_ADDR_V4MAPPED(&v6);
}

StreamReason reason_of(int error_number) {
  return error_number == ECONNREFUSED ? StreamReason::kConnectionRefused : StreamReason::kCameraUnreachable;
}

void set_options(int socket) {
  const int one = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof kReceiveBufferBytes);
  // Gathered bytes wait in the socket: the shard times them by when they arrived, not by when it reads them.
  setsockopt(socket, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
}

void set_socket_port(sockaddr_storage& address, std::uint16_t port) {
  if (address.ss_family == AF_INET) reinterpret_cast<sockaddr_in*>(&address)->sin_port = htons(port);
  if (address.ss_family == AF_INET6) reinterpret_cast<sockaddr_in6*>(&address)->sin6_port = htons(port);
}

}  // namespace

Connector::Connector(EventLoop& loop, const base::Clock& clock, const NetworkAllowList& allowed,
                     std::uint32_t timeout_ms, NameResolver::Lookup lookup)
    : loop_(loop),
      clock_(clock),
      allowed_(allowed),
      timeout_ms_(timeout_ms),
      resolver_(loop, clock, std::move(lookup)) {}

Connector::~Connector() {
  for (auto& [id, attempt] : attempts_) {
    if (attempt.socket.valid()) loop_.remove(attempt.socket.get());
  }
}

std::uint64_t Connector::connect(const std::string& host, std::uint16_t port, Callback callback) {
  const std::uint64_t id = next_id_++;
  Attempt attempt;
  attempt.deadline = clock_.mono_now() + base::Millis(timeout_ms_);
  attempt.callback = std::move(callback);
  attempt.host = host;
  attempt.port = port;
  attempts_.emplace(id, std::move(attempt));
  sockaddr_storage peer{};
  socklen_t length = 0;
  if (parse_peer(host, port, peer, length)) {
    // Posted, so that the caller never sees its callback before connect() returned.
    loop_.post([this, id, peer, length] { start_socket(id, peer, length, false); });
    return id;
  }
  resolver_.resolve(host, port, attempts_.at(id).deadline, [this, id](const NameResolver::Answer& answer) {
    if (answer) {
      start_socket(id, answer->address, answer->length, true);
    } else {
      finish(id, StreamReason::kCameraUnreachable, answer.error().message());
    }
  });
  return id;
}

void Connector::start_socket(std::uint64_t id, const sockaddr_storage& peer, socklen_t length, bool from_name) {
  const auto found = attempts_.find(id);
  if (found == attempts_.end()) return;
  Attempt& attempt = found->second;
  const bool local_name = from_name && attempt.host != "localhost" && leads_to_this_machine(peer);
  if (local_name || !allowed_.allows(reinterpret_cast<const sockaddr&>(peer))) {
    finish(id, StreamReason::kForbiddenAddress,
           "the address is outside the camera networks (network.camera_networks in the configuration)");
    return;
  }
  attempt.socket.reset(::socket(peer.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!attempt.socket.valid()) {
    finish(id, StreamReason::kCameraUnreachable, std::string("no socket: ") + std::strerror(errno));
    return;
  }
  set_options(attempt.socket.get());
  attempt.address.peer = peer;
  attempt.address.length = length;
  if (::connect(attempt.socket.get(), reinterpret_cast<const sockaddr*>(&peer), length) != 0 && errno != EINPROGRESS) {
    const int error_number = errno;
    finish(id, reason_of(error_number), std::strerror(error_number));
    return;
  }
  const base::Status watched = loop_.add(attempt.socket.get(), EPOLLOUT, [this, id](std::uint32_t) { on_ready(id); });
  if (!watched.ok()) finish(id, StreamReason::kCameraUnreachable, watched.message());
}

void Connector::on_ready(std::uint64_t id) {
  const auto found = attempts_.find(id);
  if (found == attempts_.end()) return;
  int error_number = 0;
  socklen_t size = sizeof error_number;
  getsockopt(found->second.socket.get(), SOL_SOCKET, SO_ERROR, &error_number, &size);
  if (error_number != 0) {
    finish(id, reason_of(error_number), std::strerror(error_number));
    return;
  }
  socklen_t length = sizeof(sockaddr_storage);
  getsockname(found->second.socket.get(), reinterpret_cast<sockaddr*>(&found->second.address.local), &length);
  finish(id, StreamReason::kNone, "");
}

void Connector::finish(std::uint64_t id, StreamReason reason, const std::string& detail) {
  const auto found = attempts_.find(id);
  if (found == attempts_.end()) return;
  Attempt attempt = std::move(found->second);
  attempts_.erase(found);
  if (attempt.socket.valid()) loop_.remove(attempt.socket.get());
  if (reason != StreamReason::kNone) attempt.socket.reset();
  attempt.callback({std::move(attempt.socket), attempt.address, reason, detail});
}

void Connector::cancel(std::uint64_t attempt) {
  const auto found = attempts_.find(attempt);
  if (found == attempts_.end()) return;
  if (found->second.socket.valid()) loop_.remove(found->second.socket.get());
  attempts_.erase(found);
}

void Connector::tick() {
  const base::MonoTime now = clock_.mono_now();
  std::vector<std::uint64_t> late;
  for (const auto& [id, attempt] : attempts_) {
    if (now >= attempt.deadline) late.push_back(id);
  }
  for (const std::uint64_t id : late) {
    finish(id, StreamReason::kCameraUnreachable, "no answer within " + std::to_string(timeout_ms_ / 1000) + " s");
  }
}

base::Result<std::pair<base::UniqueFd, base::UniqueFd>> make_udp_pair(const PinnedAddress& address,
                                                                      std::uint16_t& rtp_port) {
  static thread_local std::minstd_rand random(std::random_device{}());
  for (int i = 0; i < kUdpPairTries; ++i) {
    const auto port = static_cast<std::uint16_t>(kFirstUdpPort + 2 * (random() % kUdpPortPairs / 2));
    base::UniqueFd pair[2];
    bool bound = true;
    for (std::uint16_t offset = 0; offset < 2 && bound; ++offset) {
      pair[offset].reset(::socket(address.local.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
      sockaddr_storage local = address.local;
      set_socket_port(local, static_cast<std::uint16_t>(port + offset));
      bound = pair[offset].valid() &&
              ::bind(pair[offset].get(), reinterpret_cast<const sockaddr*>(&local), address.length) == 0;
    }
    if (!bound) continue;
    // FORCE needs a privilege; without it the system's limit applies.
    if (setsockopt(pair[0].get(), SOL_SOCKET, SO_RCVBUFFORCE, &kReceiveBufferBytes, sizeof kReceiveBufferBytes) != 0) {
      setsockopt(pair[0].get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBufferBytes, sizeof kReceiveBufferBytes);
    }
    rtp_port = port;
    return std::make_pair(std::move(pair[0]), std::move(pair[1]));
  }
  return base::unavailable("no free pair of UDP ports");
}

base::Status connect_udp(int socket, const PinnedAddress& address, std::uint16_t port) {
  sockaddr_storage peer = address.peer;
  set_socket_port(peer, port);
  if (::connect(socket, reinterpret_cast<const sockaddr*>(&peer), address.length) != 0) {
    return base::from_errno(errno, "aim a UDP socket at the camera");
  }
  return {};
}

}  // namespace vonggac::core
