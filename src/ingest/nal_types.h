/// What the depacketisers must know about a NAL unit: its type, and whether a slice begins a picture.
/// Numbers  ITU-T H.264 (08/2021) table 7-1 and 7.4.1.2.3; ITU-T H.265 (08/2021) table 7-1 and 7.4.2.4.4.
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vonggac::ingest {

constexpr std::uint8_t h264_type(std::uint8_t header) { return header & 0x1FU; }
constexpr std::uint8_t h265_type(std::uint8_t header) { return (header >> 1) & 0x3FU; }

/// Of the header of a fragmentation unit: the same bits in RFC 6184 section 5.8 and RFC 7798 section 4.4.3.
constexpr std::uint8_t kFuStartBit = 0x80;
constexpr std::uint8_t kFuEndBit = 0x40;

/// The role of a NAL unit within its access unit.
enum class NalRole : std::uint8_t {
  kSlice,     ///< coded picture data
  kPrefix,    ///< parameter sets, delimiters, SEI: after a slice they begin the next access unit
  kTrailing,  ///< belongs to the access unit that is open: end of sequence, filler, suffix SEI
};

constexpr NalRole h264_role(std::uint8_t type) {
  if (type >= 1 && type <= 5) return NalRole::kSlice;
  if ((type >= 6 && type <= 9) || (type >= 14 && type <= 18)) return NalRole::kPrefix;
  return NalRole::kTrailing;
}
constexpr NalRole h265_role(std::uint8_t type) {
  if (type < 32) return NalRole::kSlice;
  if (type <= 35 || type == 39 || (type >= 41 && type <= 44)) return NalRole::kPrefix;
  return NalRole::kTrailing;
}
constexpr bool h264_is_parameter_set(std::uint8_t type) { return type == 7 || type == 8; }
constexpr bool h265_is_parameter_set(std::uint8_t type) { return type >= 32 && type <= 34; }
constexpr bool h264_is_key(std::uint8_t type) { return type == 5; }
constexpr bool h265_is_key(std::uint8_t type) { return type >= 16 && type <= 21; }

/// first_mb_in_slice == 0 (ue(v) "1") or first_slice_segment_in_pic_flag: in both the first bit after the header.
/// H.264 partitions B and C (3, 4) begin with a slice number and never begin a picture.
constexpr bool h264_begins_picture(std::uint8_t type, std::uint8_t byte_after_header) {
  return (type == 1 || type == 2 || type == 5) && (byte_after_header & 0x80U) != 0;
}
constexpr bool h265_begins_picture(std::uint8_t byte_after_header) { return (byte_after_header & 0x80U) != 0; }

}  // namespace vonggac::ingest
