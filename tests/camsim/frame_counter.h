/// The frame counter that camsim stamps into each access unit, so that loss can be counted at the other end.
/// Layout   One NAL unit just before the first VCL NAL unit of each access unit: H.264 nal_unit_type 6, H.265
///          prefix SEI (39). It holds one user_data_unregistered message (payload type 5, 32 bytes):
///            16 bytes  kFrameCounterUuid
///             8 bytes  counter, big-endian: access units this stream of the camera has sent since it started
///                      (not per client; the first is 0; a reboot does not restart it)
///             8 bytes  wall time of sending, microseconds since 1970 UTC, big-endian
///          then the stop byte 0x80; emulation prevention over the whole (H.264 7.3.1, D.1.7; H.265 7.3.1.1, D.2.7).
/// Threads  pure functions. Reading needs this header only.
/// Errors   nullopt: the NAL unit is not an SEI, or carries no counter of ours, or is cut short.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "media/access_unit.h"

namespace vonggac::camsim {

inline constexpr std::array<std::uint8_t, 16> kFrameCounterUuid = {0xa0, 0xec, 0x11, 0xc5, 0xa5, 0x93, 0x49, 0x74,
                                                                   0x90, 0xd5, 0xd3, 0xbb, 0x77, 0x81, 0x70, 0x80};

struct FrameCounter {
  std::uint64_t counter = 0;
  std::int64_t sent_wall_us = 0;
  bool operator==(const FrameCounter&) const = default;
};

/// The whole NAL unit, header included, ready for packetising.
base::Bytes make_frame_counter_nal(const FrameCounter& value, media::Codec codec);

namespace frame_counter_detail {
inline constexpr std::size_t kMessageBytes = 32;

/// Undoes emulation prevention on at most the first `max` bytes.
inline base::Bytes unescape(base::ByteSpan nal, std::size_t max) {
  base::Bytes out;
  int zeros = 0;
  for (std::size_t i = 0; i < nal.size() && out.size() < max; ++i) {
    if (zeros >= 2 && nal[i] == 3) {
      zeros = 0;
      continue;
    }
    zeros = nal[i] == 0 ? zeros + 1 : 0;
    out.push_back(nal[i]);
  }
  return out;
}

/// SEI payload type or size: bytes of 255 add up, the first other one ends it.
inline std::size_t read_sei_number(base::ByteReader& reader) {
  std::size_t value = 0;
  while (!reader.failed()) {
    const std::uint8_t byte = reader.u8();
    value += byte;
    if (byte != 0xff) break;
  }
  return value;
}
}  // namespace frame_counter_detail

/// `nal`: header and payload without start code or length. Looks at the first 4 KiB only.
inline std::optional<FrameCounter> read_frame_counter(base::ByteSpan nal, media::Codec codec) {
  const bool h265 = codec == media::Codec::kH265;
  const std::size_t header_bytes = h265 ? 2 : 1;
  if (nal.size() < header_bytes + 2) return std::nullopt;
  if (h265 ? ((nal[0] >> 1) & 0x3f) != 39 : (nal[0] & 0x1f) != 6) return std::nullopt;
  const base::Bytes payload = frame_counter_detail::unescape(nal.subspan(header_bytes), 4096);
  base::ByteReader reader(payload);
  while (reader.remaining() > 2) {
    const std::size_t type = frame_counter_detail::read_sei_number(reader);
    const base::ByteSpan message = reader.take(frame_counter_detail::read_sei_number(reader));
    if (reader.failed()) return std::nullopt;
    if (type != 5 || message.size() != frame_counter_detail::kMessageBytes) continue;
    if (!std::equal(kFrameCounterUuid.begin(), kFrameCounterUuid.end(), message.begin())) continue;
    base::ByteReader fields(message.subspan(kFrameCounterUuid.size()));
    return FrameCounter{.counter = fields.u64(), .sent_wall_us = fields.i64()};
  }
  return std::nullopt;
}

}  // namespace vonggac::camsim
