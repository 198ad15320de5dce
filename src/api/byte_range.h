/// The Range header of one request (RFC 9110 section 14): one range only; what is not understood is ignored, as the
/// specification asks.
/// Threads  stateless.
#pragma once

#include <cstdint>
#include <string_view>

namespace vonggac::api {

enum class RangeKind { kWhole, kPart, kUnsatisfiable };
struct RangeAnswer {
  RangeKind kind = RangeKind::kWhole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;  ///< of what is to be sent
};

/// `size_bytes` is that of the whole body. Several ranges in one header count as not understood.
RangeAnswer parse_range(std::string_view header, std::uint64_t size_bytes);

}  // namespace vonggac::api
