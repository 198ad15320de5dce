/// What a receiver report says about one source: extended sequence number, losses, jitter.
/// Flow     TrackReceiver notes each packet as it arrives (before reordering) -> report().
/// Threads  one thread at a time.
/// Numbers  RFC 3550 appendix A.1 (cycles), A.3 (losses), A.8 (jitter), 6.4.1 (LSR, DLSR).
#pragma once

#include <cstdint>

#include "base/units.h"
#include "ingest/rtcp.h"

namespace vonggac::ingest {

class Reception {
 public:
  explicit Reception(std::uint32_t clock_rate_hz) : clock_rate_hz_(clock_rate_hz) {}
  /// A new source, or a restart of its sequence numbers.
  void restart(std::uint32_t ssrc, std::uint16_t sequence);
  void on_packet(std::uint16_t sequence, std::uint32_t timestamp, base::MonoTime arrival);
  void on_sender_report(std::uint64_t ntp, base::MonoTime arrival);
  bool started() const { return started_; }
  std::uint32_t ssrc() const { return ssrc_; }
  /// Closes the interval of "fraction lost".
  ReportBlock report(base::MonoTime now);

 private:
  std::uint32_t clock_rate_hz_;
  bool started_ = false;
  std::uint32_t ssrc_ = 0;
  std::uint32_t base_sequence_ = 0;
  std::uint64_t cycles_ = 0;  ///< already shifted by 16
  std::uint16_t highest_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t expected_before_ = 0;
  std::uint64_t received_before_ = 0;
  bool transit_known_ = false;
  std::uint32_t transit_ = 0;
  std::uint32_t jitter_times_16_ = 0;
  bool sr_seen_ = false;
  std::uint32_t last_sr_ = 0;
  base::MonoTime sr_arrival_;
};

}  // namespace vonggac::ingest
