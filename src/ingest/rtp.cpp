#include "ingest/rtp.h"

namespace vonggac::ingest {
namespace {
constexpr std::size_t kFixedHeaderBytes = 12;
constexpr std::uint8_t kVersionMask = 0xC0;
constexpr std::uint8_t kVersionTwo = 0x80;
constexpr std::uint8_t kPaddingBit = 0x20;
constexpr std::uint8_t kExtensionBit = 0x10;
constexpr std::uint8_t kRtcpFirst = 192;
constexpr std::uint8_t kRtcpLast = 223;
}  // namespace

std::optional<RtpPacket> parse_rtp(base::ByteSpan packet) {
  if (packet.size() < kFixedHeaderBytes || (packet[0] & kVersionMask) != kVersionTwo) return std::nullopt;
  base::ByteReader reader(packet);
  const std::uint8_t flags = reader.u8();
  const std::uint8_t marker_and_type = reader.u8();
  RtpPacket result;
  result.marker = (marker_and_type & 0x80U) != 0;
  result.payload_type = marker_and_type & 0x7FU;
  result.sequence = reader.u16();
  result.timestamp = reader.u32();
  result.ssrc = reader.u32();
  reader.skip(std::size_t{flags & 0x0FU} * 4);
  if ((flags & kExtensionBit) != 0) {
    reader.skip(2);  // profile: nothing in it is needed (ONVIF replay puts wall time there)
    reader.skip(std::size_t{reader.u16()} * 4);
  }
  if (reader.failed()) return std::nullopt;
  result.payload = reader.rest();
  if ((flags & kPaddingBit) != 0 && !result.payload.empty()) {
    // A count of 0 is not allowed, but is sent by encoders that set the bit for nothing: then there is no padding.
    const std::size_t padding = result.payload.back();
    if (padding > result.payload.size()) return std::nullopt;
    result.payload = result.payload.first(result.payload.size() - padding);
  }
  return result;
}

bool looks_like_rtcp(base::ByteSpan packet, std::uint8_t payload_type) {
  if (packet.size() < 8 || (packet[0] & kVersionMask) != kVersionTwo) return false;
  if ((packet[1] & 0x7FU) == payload_type) return false;
  return packet[1] >= kRtcpFirst && packet[1] <= kRtcpLast;
}

}  // namespace vonggac::ingest
