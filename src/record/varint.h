/// LEB128 variable-length integers, as the blobs of index.db use them. Signed values are zigzag coded.
/// Errors   get_*: a value that is cut off or longer than 64 bits makes the reader failed().
#pragma once

#include <cstdint>

#include "base/bytes.h"

namespace vonggac::record {

inline void put_varint(base::Bytes& out, std::uint64_t value) {
  while (value >= 0x80) {
    out.push_back(static_cast<std::uint8_t>(value | 0x80));
    value >>= 7;
  }
  out.push_back(static_cast<std::uint8_t>(value));
}

inline void put_signed(base::Bytes& out, std::int64_t value) {
  const std::uint64_t bits = static_cast<std::uint64_t>(value);
  put_varint(out, (bits << 1) ^ (value < 0 ? ~std::uint64_t{0} : 0));
}

inline std::uint64_t get_varint(base::ByteReader& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64; shift += 7) {
    const std::uint8_t byte = in.u8();
    if (in.failed() || (shift == 63 && byte > 1)) break;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if ((byte & 0x80) == 0) return value;
  }
  in.skip(in.remaining() + 1);  // marks the reader as failed
  return 0;
}

inline std::int64_t get_signed(base::ByteReader& in) {
  const std::uint64_t bits = get_varint(in);
  return static_cast<std::int64_t>((bits >> 1) ^ (~(bits & 1) + 1));
}

}  // namespace vonggac::record
