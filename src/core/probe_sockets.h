/// The connections of one probe. The device's address is resolved and checked once; from then on every connection, and
/// every UDP socket, goes to exactly that address, whatever the device or the worker says (NET-10, API-21).
/// Flow     worker's ProbeConnect -> connect() -> Connector (allow-list) -> ProbeSocket with the socket
/// Threads  bound to core's main thread.
/// Owns     attempts that are under way, pinned addresses, copies of UDP sockets until they are aimed.
/// Errors   told in the answer: kForbiddenAddress, kCameraUnreachable, kConnectionRefused.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/connector.h"
#include "core/probe_request.h"

namespace vonggac::core {

class ProbeSockets {
 public:
  using Send = std::function<void(const ipc::Message&, std::vector<base::UniqueFd>)>;
  static constexpr std::size_t kMaxConnections = 400;  ///< 64 channels with two streams, and what ONVIF needs

  ProbeSockets(Connector& connector, const ProbeRequest& request, const onvif::VendorTable& vendors, Send send);
  ~ProbeSockets();
  ProbeSockets(const ProbeSockets&) = delete;
  ProbeSockets& operator=(const ProbeSockets&) = delete;

  void connect(const ipc::ProbeConnect& wanted);
  void give_udp(const ipc::UdpRequest& request);
  void aim_udp(const ipc::UdpConnect& request);

 private:
  using UdpKey = std::pair<std::uint32_t, std::uint8_t>;  ///< connection, track
  bool allowed_port(std::uint16_t port) const;
  void begin(const ipc::ProbeConnect& wanted);
  void on_outcome(const ipc::ProbeConnect& wanted, ConnectOutcome outcome);
  void refuse(std::uint32_t connection, ipc::StreamReason reason, const char* detail);

  Connector& connector_;
  const ProbeRequest& request_;
  const onvif::VendorTable& vendors_;
  Send send_;
  std::string pinned_;  ///< the address as a literal, once it is known
  bool resolving_ = false;
  std::vector<ipc::ProbeConnect> waiting_;  ///< for pinned_
  std::map<std::uint32_t, std::uint64_t> attempts_;
  std::map<std::uint32_t, PinnedAddress> open_;
  std::map<UdpKey, std::array<base::UniqueFd, 2>> udp_;
  std::size_t asked_ = 0;
};

/// Outside of private, loopback and link-local networks.
bool is_public_address(const sockaddr_storage& address);

}  // namespace vonggac::core
