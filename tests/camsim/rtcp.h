/// RTCP sender reports (RFC 3550 6.4.1) with an SDES CNAME, as cameras send them.
/// Threads  pure functions.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/units.h"

namespace vonggac::camsim {

inline constexpr std::uint64_t kNtpUnixOffset_s = 2'208'988'800;  ///< 1900 to 1970

struct SenderReport {
  std::uint32_t ssrc = 0;
  std::uint64_t ntp = 0;  ///< 32.32 fixed point seconds since 1900
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
};

/// Modulo 2^32 seconds, so that 2036-02-07 and later wrap (RFC 5905 6).
std::uint64_t ntp_from_wall(base::WallTime t);
/// Compound packet SR + SDES, without the interleaved header.
base::Bytes make_sender_report(const SenderReport& report);

}  // namespace vonggac::camsim
