/// Reads the boxes of our own init segments back; strict: whatever make_init_segment() does not write is refused.
/// Threads  stateless; results copy what they need.
/// Errors   kDataLoss: malformed, or not of our making.
/// Source   ISO/IEC 14496-12 section 4.2 (boxes), 8.
#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "media/fmp4_writer.h"

namespace vonggac::media {

struct Box {
  std::uint32_t type = 0;
  base::ByteSpan body;
};

/// The next box of a run of boxes with 32-bit sizes; empty at the end or where the sizes make no sense (failed()).
class BoxReader {
 public:
  explicit BoxReader(base::ByteSpan bytes) : reader_(bytes) {}
  std::optional<Box> next();
  bool failed() const { return reader_.failed(); }

 private:
  base::ByteReader reader_;
};

/// The first box of this type among the direct children; not found: an empty optional.
std::optional<base::ByteSpan> find_box(base::ByteSpan parent, std::uint32_t type);

/// `bytes` = the body of `moov`.
base::Result<InitDescription> parse_movie(base::ByteSpan moov);

}  // namespace vonggac::media
