/// Access units cut into RTP packets, ready for the wire: RFC 6184 (single NAL unit, STAP-A, FU-A), RFC 7798
/// (single, AP, FU), RFC 3640 AAC-hbr, G.711 (RFC 3551).
/// A unit is built once per stream. Each receiver then gets its sequence numbers, time stamp, SSRC and channel
/// patched into the very same bytes just before they are handed to the kernel: nothing is copied per receiver.
/// Threads  one thread at a time.
/// Units    sizes in bytes.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "media/access_unit.h"

namespace vonggac::camsim {

inline constexpr std::size_t kInterleavedHeaderBytes = 4;  ///< RFC 2326 10.12: '$', channel, length
inline constexpr std::size_t kRtpHeaderBytes = 12;

struct PacketFormat {
  std::uint8_t payload_type = 96;
  std::size_t max_payload_bytes = 1400;
  bool aggregate = false;        ///< leading parameter sets and SEI in one STAP-A / AP
  bool fu_reserved_bit = false;  ///< H.264: sets the reserved bit of FU headers (a real camera quirk)
  bool extension = false;        ///< RTP header extension, as ONVIF replay sends
  bool padding = false;          ///< four bytes of RTP padding
  bool no_marker = false;        ///< the marker bit is never set
};

/// One access unit as interleaved packets back to back.
class WireUnit {
 public:
  struct Packet {
    std::size_t offset;      ///< of the '$'
    std::size_t size_bytes;  ///< interleaved header included
  };
  void clear();
  bool empty() const { return packets_.empty(); }
  const std::vector<Packet>& packets() const { return packets_; }
  base::ByteSpan bytes() const { return bytes_; }
  /// The packet as it goes over TCP, and its RTP part as it goes over UDP.
  base::ByteSpan interleaved(const Packet& p) const { return base::ByteSpan(bytes_).subspan(p.offset, p.size_bytes); }
  base::ByteSpan rtp(const Packet& p) const { return interleaved(p).subspan(kInterleavedHeaderBytes); }

  /// Starts a packet and ends it; payload bytes are appended in between.
  void begin_packet(const PacketFormat& format);
  void append(base::ByteSpan payload) { bytes_.insert(bytes_.end(), payload.begin(), payload.end()); }
  void append(std::initializer_list<std::uint8_t> payload) { bytes_.insert(bytes_.end(), payload); }
  void end_packet(const PacketFormat& format, bool marker);

  /// Fills in one receiver's fields.
  struct Stamp {
    std::uint8_t channel = 0;
    std::uint16_t sequence = 0;  ///< of the first packet; the others follow
    std::uint32_t timestamp = 0;
    std::uint32_t ssrc = 0;
  };
  void patch(const Stamp& stamp);

 private:
  base::Bytes bytes_;
  std::vector<Packet> packets_;
};

/// Appends one access unit; the last packet carries the marker. NAL units must not be empty.
void packetise_video(media::Codec codec, std::span<const base::ByteSpan> nals, const PacketFormat& format,
                     WireUnit& out);
/// Appends one audio frame as one packet (marker: RFC 3640 complete unit; G.711 none).
void packetise_audio(media::Codec codec, base::ByteSpan frame, const PacketFormat& format, WireUnit& out);

}  // namespace vonggac::camsim
