/// NAL units of H.264 and H.265: types, iteration over length-prefixed payloads, RBSP extraction, SEI messages.
/// Threads  stateless; the readers borrow the bytes they are given.
/// Errors   a damaged payload ends the iteration and sets damaged(); what came before stays usable.
/// Source   H.264 table 7-1, H.265 table 7-1, section 7.3.2.3 (SEI), 7.4.1 (emulation prevention).
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "media/access_unit.h"

namespace vonggac::media {

namespace h264 {
enum NalType : std::uint8_t {
  kNonIdrSlice = 1,
  kPartitionA = 2,
  kIdrSlice = 5,
  kSei = 6,
  kSps = 7,
  kPps = 8,
  kAccessUnitDelimiter = 9,
  kEndOfSequence = 10,
  kEndOfStream = 11,
  kFiller = 12,
};
inline std::uint8_t nal_type(base::ByteSpan nal) { return nal.empty() ? 0 : nal[0] & 0x1F; }
}  // namespace h264

namespace h265 {
enum NalType : std::uint8_t {
  kTrailN = 0,
  kTrailR = 1,
  kBlaWLp = 16,
  kIdrWRadl = 19,
  kIdrNLp = 20,
  kCra = 21,
  kReservedIrap23 = 23,
  kLastVcl = 31,
  kVps = 32,
  kSps = 33,
  kPps = 34,
  kAccessUnitDelimiter = 35,
  kPrefixSei = 39,
  kSuffixSei = 40,
};
inline std::uint8_t nal_type(base::ByteSpan nal) { return nal.empty() ? 0 : (nal[0] >> 1) & 0x3F; }
}  // namespace h265

/// Bytes of the NAL unit header: 1 for H.264, 2 for H.265.
constexpr std::size_t nal_header_bytes(Codec codec) { return codec == Codec::kH265 ? 2 : 1; }
bool is_slice(Codec codec, base::ByteSpan nal);
/// IDR (H.264); IDR, CRA or BLA (H.265).
bool is_random_access(Codec codec, base::ByteSpan nal);
bool is_parameter_set(Codec codec, base::ByteSpan nal);
bool is_sei(Codec codec, base::ByteSpan nal);

/// Walks a payload of NAL units, each after a 4-byte big-endian length. Empty NAL units are skipped.
class LengthPrefixedNals {
 public:
  static constexpr std::size_t kMaxNals = 4096;  ///< per access unit; 8192x8192 in one slice per row needs 512

  explicit LengthPrefixedNals(base::ByteSpan payload) : reader_(payload) {}
  /// False at the end, or where the bytes stop making sense.
  bool next(base::ByteSpan& nal);
  bool damaged() const { return damaged_; }

 private:
  base::ByteReader reader_;
  std::size_t count_ = 0;
  bool damaged_ = false;
};

/// The RBSP: `nal` without its emulation prevention bytes, header included; at most `max_bytes` of it.
base::Bytes remove_emulation_prevention(base::ByteSpan nal, std::size_t max_bytes);
/// `nal` without the zero bytes that may trail it (cabac_zero_words, trailing_zero_8bits).
base::ByteSpan without_trailing_zeros(base::ByteSpan nal);

struct SeiMessage {
  std::uint32_t type = 0;
  base::ByteSpan payload;  ///< into the RBSP
};
constexpr std::uint32_t kSeiUserDataUnregistered = 5;  ///< 16-byte UUID, then free bytes

/// The messages of a SEI NAL unit's RBSP (header included); at most 64, the rest is left out.
std::vector<SeiMessage> sei_messages(Codec codec, base::ByteSpan rbsp);

}  // namespace vonggac::media
