#include "camsim/packet_out.h"

#include <algorithm>
#include <cerrno>

#include <sys/socket.h>

namespace vonggac::camsim {
namespace {

constexpr std::size_t kBatch = 64;
constexpr int kPortAttempts = 200;
constexpr int kSendBufferBytes = 4 * 1024 * 1024;

base::UniqueFd bind_udp(in_addr address, std::uint16_t port, std::uint16_t& bound_port) {
  base::UniqueFd fd(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr = address;
  name.sin_port = htons(port);
  socklen_t size = sizeof name;
  auto* raw = reinterpret_cast<sockaddr*>(&name);
  if (!fd.valid() || ::bind(fd.get(), raw, size) < 0 || ::getsockname(fd.get(), raw, &size) < 0) return {};
  ::setsockopt(fd.get(), SOL_SOCKET, SO_SNDBUF, &kSendBufferBytes, sizeof kSendBufferBytes);
  bound_port = ntohs(name.sin_port);
  return fd;
}

}  // namespace

base::Result<UdpPorts> UdpPorts::open(in_addr address) {
  for (int attempt = 0; attempt < kPortAttempts; ++attempt) {
    UdpPorts ports;
    ports.rtp_ = bind_udp(address, 0, ports.rtp_port_);
    if (!ports.rtp_.valid()) return base::from_errno(errno, "bind UDP");
    if (ports.rtp_port_ % 2 != 0) continue;
    std::uint16_t rtcp_port = 0;
    ports.rtcp_ = bind_udp(address, static_cast<std::uint16_t>(ports.rtp_port_ + 1), rtcp_port);
    if (ports.rtcp_.valid()) return ports;
  }
  return base::unavailable("no free pair of UDP ports");
}

bool UdpOut::send_unit(const WireUnit& unit) {
  std::array<mmsghdr, kBatch> messages{};
  std::array<iovec, kBatch> parts{};
  const auto& packets = unit.packets();
  for (std::size_t done = 0; done < packets.size();) {
    const std::size_t count = std::min(kBatch, packets.size() - done);
    for (std::size_t i = 0; i < count; ++i) {
      const base::ByteSpan rtp = unit.rtp(packets[done + i]);
      parts[i] = {const_cast<std::uint8_t*>(rtp.data()), rtp.size()};
      messages[i].msg_hdr = {};
      messages[i].msg_hdr.msg_name = &rtp_peer_;
      messages[i].msg_hdr.msg_namelen = sizeof rtp_peer_;
      messages[i].msg_hdr.msg_iov = &parts[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int sent = ::sendmmsg(ports_.rtp_fd(), messages.data(), static_cast<unsigned>(count), MSG_NOSIGNAL);
    if (sent < 0 && errno != ECONNREFUSED && errno != EINTR) return false;
    // ECONNREFUSED reports an ICMP answer to an earlier packet, perhaps of another receiver: go on.
    done += sent > 0 ? static_cast<std::size_t>(sent) : 0;
  }
  return true;
}

void UdpOut::send_packet(base::ByteSpan interleaved, bool rtcp) {
  const base::ByteSpan packet = interleaved.subspan(kInterleavedHeaderBytes);
  const sockaddr_in& peer = rtcp ? rtcp_peer_ : rtp_peer_;
  (void)::sendto(rtcp ? ports_.rtcp_fd() : ports_.rtp_fd(), packet.data(), packet.size(), MSG_NOSIGNAL,
                 reinterpret_cast<const sockaddr*>(&peer), sizeof peer);
}

}  // namespace vonggac::camsim
