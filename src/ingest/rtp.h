/// Reads the fixed header of an RTP packet, its CSRC list, extension and padding.
/// Threads  plain functions and values.
/// Errors   nullopt for what is not RTP version 2 or is shorter than it says.
/// Numbers  RFC 3550 section 5.1; RFC 5761 section 4 for telling RTCP from RTP.
#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"

namespace vonggac::ingest {

struct RtpPacket {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  std::uint8_t payload_type = 0;
  bool marker = false;
  base::ByteSpan payload;  ///< without padding; borrows the packet; may be empty
};

std::optional<RtpPacket> parse_rtp(base::ByteSpan packet);

/// RTCP types 192..223 take the place of marker bit and payload type; some cameras send them on the RTP channel.
/// `payload_type` is the track's own, which wins if a camera really uses 64..95 with the marker bit.
bool looks_like_rtcp(base::ByteSpan packet, std::uint8_t payload_type);

}  // namespace vonggac::ingest
