/// Opens TCP connections to cameras for the ingest shards, which can open nothing themselves.
/// Flow     connect() -> resolve (literal at once, names by NameResolver) -> allow-list -> non-blocking
///          connect -> callback with the socket.
/// Threads  bound to the event loop's thread.
/// Owns     sockets until they are handed to the callback.
/// Errors   the callback gets a StreamReason and one sentence. An address outside the allow-list, or a name that
///          leads to this machine or a link-local address, is kForbiddenAddress (NET-10).
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>

#include <sys/socket.h>

#include "base/clock.h"
#include "base/unique_fd.h"
#include "core/event_loop.h"
#include "core/name_resolver.h"
#include "core/network_allow_list.h"
#include "ipc/messages.h"

namespace vonggac::core {

struct PinnedAddress {
  sockaddr_storage peer{};   ///< what was connected to: UDP goes there too, and nowhere else
  sockaddr_storage local{};  ///< our side of it, for binding UDP sockets
  socklen_t length = 0;
};

struct ConnectOutcome {
  base::UniqueFd socket;  ///< invalid on failure
  PinnedAddress address;
  ipc::StreamReason reason = ipc::StreamReason::kNone;
  std::string detail;
};

class Connector {
 public:
  using Callback = std::function<void(ConnectOutcome)>;

  /// `lookup` is getaddrinfo() but in tests.
  Connector(EventLoop& loop, const base::Clock& clock, const NetworkAllowList& allowed, std::uint32_t timeout_ms,
            NameResolver::Lookup lookup = NameResolver::system_lookup);
  ~Connector();
  /// The callback comes later, on the loop's thread, exactly once, unless cancel() comes first.
  std::uint64_t connect(const std::string& host, std::uint16_t port, Callback callback);
  void cancel(std::uint64_t attempt);
  /// Call every 100 ms or so: deadlines.
  void tick();

 private:
  struct Attempt {
    base::UniqueFd socket;
    PinnedAddress address;
    base::MonoTime deadline;
    Callback callback;
    std::string host;
    std::uint16_t port = 0;
  };
  void start_socket(std::uint64_t id, const sockaddr_storage& peer, socklen_t length, bool from_name);
  void on_ready(std::uint64_t id);
  void finish(std::uint64_t id, ipc::StreamReason reason, const std::string& detail);

  EventLoop& loop_;
  const base::Clock& clock_;
  const NetworkAllowList& allowed_;
  std::uint32_t timeout_ms_;
  std::uint64_t next_id_ = 1;
  std::unordered_map<std::uint64_t, Attempt> attempts_;
  NameResolver resolver_;
};

/// Two UDP sockets on an even port and the next one (RFC 3550 section 11), bound to the address we reach the camera
/// from. kUnavailable: no such pair was free.
base::Result<std::pair<base::UniqueFd, base::UniqueFd>> make_udp_pair(const PinnedAddress& address,
                                                                      std::uint16_t& rtp_port);
/// Connects a UDP socket to the camera's pinned address and this port, so that nothing else is heard or spoken to.
base::Status connect_udp(int socket, const PinnedAddress& address, std::uint16_t port);

}  // namespace vonggac::core
