#include "camsim/packetiser.h"

#include <algorithm>

namespace vonggac::camsim {
namespace {

constexpr std::uint8_t kStapA = 24;
constexpr std::uint8_t kFuA = 28;
constexpr std::uint8_t kAp = 48;
constexpr std::uint8_t kFu = 49;
constexpr std::uint8_t kFuStart = 0x80;
constexpr std::uint8_t kFuEnd = 0x40;
constexpr std::uint8_t kFuReserved = 0x20;
constexpr std::uint8_t kMarker = 0x80;

void put_u16(std::uint8_t* at, std::size_t value) {
  at[0] = static_cast<std::uint8_t>(value >> 8);
  at[1] = static_cast<std::uint8_t>(value);
}
void put_u32(std::uint8_t* at, std::uint32_t value) {
  put_u16(at, value >> 16);
  put_u16(at + 2, value & 0xffff);
}

void add_single(base::ByteSpan nal, const PacketFormat& format, bool marker, WireUnit& out) {
  out.begin_packet(format);
  out.append(nal);
  out.end_packet(format, marker);
}

/// RFC 6184 5.8 and RFC 7798 4.4.3: same shape, one or two header bytes.
void add_fragments(media::Codec codec, base::ByteSpan nal, const PacketFormat& format, bool marker, WireUnit& out) {
  const bool h265 = codec == media::Codec::kH265;
  const std::size_t header_bytes = h265 ? 2 : 1;
  const auto type = static_cast<std::uint8_t>(h265 ? (nal[0] >> 1) & 0x3f : nal[0] & 0x1f);
  const std::size_t room = format.max_payload_bytes - header_bytes - 1;
  base::ByteSpan rest = nal.subspan(header_bytes);
  bool first = true;
  while (!rest.empty()) {
    const base::ByteSpan part = rest.first(std::min(room, rest.size()));
    rest = rest.subspan(part.size());
    std::uint8_t fu = type;
    if (first) fu = static_cast<std::uint8_t>(fu | kFuStart);
    if (rest.empty()) fu = static_cast<std::uint8_t>(fu | kFuEnd);
    if (format.fu_reserved_bit && !h265) fu = static_cast<std::uint8_t>(fu | kFuReserved);
    out.begin_packet(format);
    if (h265) {
      out.append({static_cast<std::uint8_t>((nal[0] & 0x81) | (kFu << 1)), nal[1], fu});
    } else {
      out.append({static_cast<std::uint8_t>((nal[0] & 0xe0) | kFuA), fu});
    }
    out.append(part);
    out.end_packet(format, marker && rest.empty());
    first = false;
  }
}

/// RFC 6184 5.7.1 and RFC 7798 4.4.2.
void add_aggregate(media::Codec codec, std::span<const base::ByteSpan> nals, const PacketFormat& format, bool marker,
                   WireUnit& out) {
  out.begin_packet(format);
  if (codec == media::Codec::kH265) {
    out.append({kAp << 1, 1});
  } else {
    std::uint8_t importance = 0;
    for (const base::ByteSpan nal : nals) importance = std::max<std::uint8_t>(importance, nal[0] & 0x60);
    out.append({static_cast<std::uint8_t>(importance | kStapA)});
  }
  for (const base::ByteSpan nal : nals) {
    out.append({static_cast<std::uint8_t>(nal.size() >> 8), static_cast<std::uint8_t>(nal.size())});
    out.append(nal);
  }
  out.end_packet(format, marker);
}

/// How many NAL units from the front fit into one aggregation packet.
std::size_t leading_that_fit(std::span<const base::ByteSpan> nals, std::size_t max_payload_bytes) {
  std::size_t size = 2;
  std::size_t count = 0;
  for (const base::ByteSpan nal : nals) {
    size += nal.size() + 2;
    if (size > max_payload_bytes) break;
    ++count;
  }
  return count;
}

}  // namespace

void WireUnit::clear() {
  bytes_.clear();
  packets_.clear();
}

void WireUnit::begin_packet(const PacketFormat& format) {
  packets_.push_back({bytes_.size(), 0});
  bytes_.resize(bytes_.size() + kInterleavedHeaderBytes + kRtpHeaderBytes);
  std::uint8_t* at = bytes_.data() + packets_.back().offset;
  at[0] = '$';
  at[4] = 0x80;  // version 2
  at[5] = format.payload_type;
  if (format.extension) {
    at[4] |= 0x10;
    append({0xab, 0xac, 0, 1, 0, 0, 0, 0});  // one 32-bit word of an ONVIF replay-like extension
  }
}

void WireUnit::end_packet(const PacketFormat& format, bool marker) {
  Packet& packet = packets_.back();
  if (format.padding) append({0, 0, 0, 4});
  std::uint8_t* at = bytes_.data() + packet.offset;
  if (format.padding) at[4] |= 0x20;
  if (marker && !format.no_marker) at[5] |= kMarker;
  packet.size_bytes = bytes_.size() - packet.offset;
  put_u16(at + 2, packet.size_bytes - kInterleavedHeaderBytes);
}

void WireUnit::patch(const Stamp& stamp) {
  std::uint16_t sequence = stamp.sequence;
  for (const Packet& packet : packets_) {
    std::uint8_t* at = bytes_.data() + packet.offset;
    at[1] = stamp.channel;
    put_u16(at + 6, sequence++);
    put_u32(at + 8, stamp.timestamp);
    put_u32(at + 12, stamp.ssrc);
  }
}

void packetise_video(media::Codec codec, std::span<const base::ByteSpan> nals, const PacketFormat& format,
                     WireUnit& out) {
  std::size_t next = 0;
  if (format.aggregate) {
    const std::size_t together = leading_that_fit(nals, format.max_payload_bytes);
    if (together >= 2) {
      add_aggregate(codec, nals.first(together), format, together == nals.size(), out);
      next = together;
    }
  }
  for (; next < nals.size(); ++next) {
    const bool last = next + 1 == nals.size();
    if (nals[next].size() <= format.max_payload_bytes) {
      add_single(nals[next], format, last, out);
    } else {
      add_fragments(codec, nals[next], format, last, out);
    }
  }
}

void packetise_audio(media::Codec codec, base::ByteSpan frame, const PacketFormat& format, WireUnit& out) {
  out.begin_packet(format);
  if (codec == media::Codec::kAac) {
    // AU-headers-length 16 bits; then size (13 bits) and index (3 bits, 0).
    out.append({0, 16, static_cast<std::uint8_t>(frame.size() >> 5), static_cast<std::uint8_t>(frame.size() << 3)});
  }
  out.append(frame);
  out.end_packet(format, codec == media::Codec::kAac);
}

}  // namespace vonggac::camsim
