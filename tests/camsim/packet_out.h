/// Where a track's packets leave: interleaved on the RTSP connection, or as datagrams from the shared port pair.
/// Threads  bound to the reactor's thread.
/// Errors   a packet the kernel refuses is lost, as on a real network.
#pragma once

#include <array>
#include <cstdint>

#include <netinet/in.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "camsim/packetiser.h"
#include "camsim/tcp_pipe.h"

namespace vonggac::camsim {

class PacketOut {
 public:
  virtual ~PacketOut() = default;
  /// The channel byte for RTP or RTCP packets (TCP).
  virtual std::uint8_t channel(bool rtcp) const = 0;
  /// Whole unit, patched. False: dropped.
  virtual bool send_unit(const WireUnit& unit) = 0;
  /// One packet with its interleaved header.
  virtual void send_packet(base::ByteSpan interleaved, bool rtcp) = 0;
  virtual bool is_stream() const = 0;
};

class TcpOut final : public PacketOut {
 public:
  TcpOut(TcpPipe& pipe, std::uint8_t rtp_channel, std::uint8_t rtcp_channel)
      : pipe_(pipe), channels_{rtp_channel, rtcp_channel} {}
  std::uint8_t channel(bool rtcp) const override { return channels_[rtcp ? 1 : 0]; }
  bool send_unit(const WireUnit& unit) override { return pipe_.send_media(unit.bytes()); }
  void send_packet(base::ByteSpan interleaved, bool) override { (void)pipe_.send_media(interleaved); }
  bool is_stream() const override { return true; }

 private:
  TcpPipe& pipe_;
  std::array<std::uint8_t, 2> channels_;
};

/// One RTP and one RTCP socket for all UDP sessions of the simulator.
class UdpPorts {
 public:
  /// Binds an even port and the next one on `address`. kUnavailable if there is no free pair.
  static base::Result<UdpPorts> open(in_addr address);
  int rtp_fd() const { return rtp_.get(); }
  int rtcp_fd() const { return rtcp_.get(); }
  std::uint16_t rtp_port() const { return rtp_port_; }

 private:
  base::UniqueFd rtp_;
  base::UniqueFd rtcp_;
  std::uint16_t rtp_port_ = 0;
};

class UdpOut final : public PacketOut {
 public:
  UdpOut(const UdpPorts& ports, sockaddr_in rtp_peer, sockaddr_in rtcp_peer)
      : ports_(ports), rtp_peer_(rtp_peer), rtcp_peer_(rtcp_peer) {}
  std::uint8_t channel(bool rtcp) const override { return rtcp ? 1 : 0; }
  bool send_unit(const WireUnit& unit) override;
  void send_packet(base::ByteSpan interleaved, bool rtcp) override;
  bool is_stream() const override { return false; }

 private:
  const UdpPorts& ports_;
  sockaddr_in rtp_peer_;
  sockaddr_in rtcp_peer_;
};

}  // namespace vonggac::camsim
