#include "core/probe_sockets.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <unistd.h>

namespace vonggac::core {
namespace {

std::string literal_of(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
  }
  return text;
}

}  // namespace

bool is_public_address(const sockaddr_storage& address) {
  static const NetworkAllowList kPrivate;  // the defaults: private, loopback, unique local
  if (kPrivate.allows(reinterpret_cast<const sockaddr&>(address))) return false;
  if (address.ss_family == AF_INET) {
    const std::uint32_t v4 = ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr);
    return v4 >> 16 != 0xa9fe && v4 >> 22 != (0x64400000U >> 22);  // link-local; RFC 6598 of providers
  }
  return !IN6_IS_ADDR_LINKLOCAL(&reinterpret_cast<const sockaddr_in6&>(address).sin6_addr);
}

ProbeSockets::ProbeSockets(Connector& connector, const ProbeRequest& request, const onvif::VendorTable& vendors,
                           Send send)
    : connector_(connector), request_(request), vendors_(vendors), send_(std::move(send)) {
  if (request.where.kind != HostKind::kName) pinned_ = request.where.host;
}

ProbeSockets::~ProbeSockets() {
  for (const auto& [connection, attempt] : attempts_) connector_.cancel(attempt);
}

bool ProbeSockets::allowed_port(std::uint16_t port) const {
  return port != 0 && (port == request_.http_port || port == request_.rtsp_port || vendors_.allows_port(port));
}

void ProbeSockets::refuse(std::uint32_t connection, ipc::StreamReason reason, const char* detail) {
  send_(ipc::ProbeSocket{connection, reason, false, detail}, {});
}

void ProbeSockets::connect(const ipc::ProbeConnect& wanted) {
  if (!allowed_port(wanted.port)) {
    return refuse(wanted.connection, ipc::StreamReason::kConnectionRefused, "the port is not one of cameras");
  }
  if (++asked_ > kMaxConnections || attempts_.count(wanted.connection) != 0 || open_.count(wanted.connection) != 0) {
    return refuse(wanted.connection, ipc::StreamReason::kConnectionRefused, "too many connections in one probe");
  }
  if (pinned_.empty() && resolving_) {
    waiting_.push_back(wanted);
    return;
  }
  begin(wanted);
}

void ProbeSockets::begin(const ipc::ProbeConnect& wanted) {
  resolving_ = pinned_.empty();
  attempts_[wanted.connection] =
      connector_.connect(pinned_.empty() ? request_.where.host : pinned_, wanted.port,
                         [this, wanted](ConnectOutcome outcome) { on_outcome(wanted, std::move(outcome)); });
}

void ProbeSockets::on_outcome(const ipc::ProbeConnect& wanted, ConnectOutcome outcome) {
  attempts_.erase(wanted.connection);
  if (pinned_.empty() && outcome.address.length > 0) pinned_ = literal_of(outcome.address.peer);
  const bool is_public = outcome.address.length > 0 && is_public_address(outcome.address.peer);
  std::vector<base::UniqueFd> fds;
  if (outcome.reason == ipc::StreamReason::kNone) {
    open_[wanted.connection] = outcome.address;
    fds.push_back(std::move(outcome.socket));
  }
  send_(ipc::ProbeSocket{wanted.connection, outcome.reason, is_public, outcome.detail}, std::move(fds));
  if (!resolving_) return;
  resolving_ = false;
  std::vector<ipc::ProbeConnect> waiting = std::exchange(waiting_, {});
  for (const ipc::ProbeConnect& one : waiting) {
    if (!pinned_.empty()) {
      begin(one);
    } else {
      send_(ipc::ProbeSocket{one.connection, outcome.reason, false, outcome.detail}, {});
    }
  }
}

void ProbeSockets::give_udp(const ipc::UdpRequest& request) {
  const auto found = open_.find(request.generation);
  if (found == open_.end() || request.track > 1) return;
  std::uint16_t port = 0;
  auto pair = make_udp_pair(found->second, port);
  if (!pair) return;  // the worker's own deadline ends the attempt
  auto& ours = udp_[{request.generation, request.track}];
  ours[0].reset(dup(pair->first.get()));
  ours[1].reset(dup(pair->second.get()));
  std::vector<base::UniqueFd> fds;
  fds.push_back(std::move(pair->first));
  fds.push_back(std::move(pair->second));
  send_(ipc::UdpSockets{request.slot, request.generation, request.track, port, static_cast<std::uint16_t>(port + 1)},
        std::move(fds));
}

void ProbeSockets::aim_udp(const ipc::UdpConnect& request) {
  const auto address = open_.find(request.generation);
  const auto ours = udp_.find({request.generation, request.track});
  if (address == open_.end() || ours == udp_.end()) return;
  const base::Status rtp = connect_udp(ours->second[0].get(), address->second, request.server_rtp_port);
  const base::Status rtcp = connect_udp(ours->second[1].get(), address->second, request.server_rtcp_port);
  (void)rtp;  // one that is not aimed hears nothing, and the stream's own deadline ends it
  (void)rtcp;
  udp_.erase(ours);  // aimed once, not to be aimed elsewhere
}

}  // namespace vonggac::core
