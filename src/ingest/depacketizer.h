/// What turns the RTP payloads of one codec into access units that still carry RTP time.
/// Flow     Reorder -> Depacketizer (one per codec) -> RawUnit -> Timeline -> media::AccessUnit.
/// Threads  one thread at a time.
/// Errors   none: what cannot be understood is dropped, counted and, for video, marks the unit damaged.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/units.h"
#include "ingest/rtp.h"
#include "media/access_unit.h"

namespace vonggac::ingest {

struct RawUnit {
  std::unique_ptr<media::TrackParameters> parameters;  ///< new ones that hold from this unit on, or null
  std::shared_ptr<base::Bytes> payload;                ///< null: parameters only
  std::uint32_t rtp_timestamp = 0;
  base::MonoTime arrival;  ///< of the first packet; audio: less the playing time of the packet's rest, as it was
                           ///< sent when its last sample was there
  bool key = false;
  bool damaged = false;
  bool loss_before = false;  ///< a whole unit may be missing before it
};

struct DepacketizerStats {
  std::uint64_t ignored_packets = 0;          ///< kinds of packets and payloads that are not understood
  std::uint64_t units_before_parameters = 0;  ///< video that nobody could decode
  std::uint64_t oversized_units = 0;
};

class Depacketizer {
 public:
  virtual ~Depacketizer() = default;
  /// Packets in order; `lost_before` are missing between the last one and this one.
  virtual void push(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival,
                    std::vector<RawUnit>& out) = 0;
  /// Finishes a unit that has been complete for long but whose end no packet has shown.
  virtual void on_tick(base::MonoTime, std::vector<RawUnit>&) {}
  /// A new source begins: finishes or drops what is open.
  virtual void restart(std::vector<RawUnit>& out) = 0;
  const DepacketizerStats& stats() const { return stats_; }

 protected:
  DepacketizerStats stats_;
};

}  // namespace vonggac::ingest
