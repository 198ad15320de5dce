/// RTP payloads of H.264 to access units: single NAL units, STAP-A, FU-A. Whatever packetization-mode the SDP says:
/// cameras declare 0 and send fragments. Interleaved kinds (STAP-B, MTAP, FU-B) are counted and left out.
/// Threads  one thread at a time.
/// Errors   see Depacketizer.
/// Numbers  RFC 6184 sections 5.2, 5.6 - 5.8.
#pragma once

#include "ingest/depacketizer.h"
#include "ingest/unit_assembler.h"

namespace vonggac::ingest {

class H264Depacketizer final : public Depacketizer {
 public:
  H264Depacketizer(std::uint32_t clock_rate_hz, std::size_t max_unit_bytes,
                   const std::map<std::string, std::string>& fmtp);
  void push(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival,
            std::vector<RawUnit>& out) override;
  void on_tick(base::MonoTime now, std::vector<RawUnit>& out) override;
  void restart(std::vector<RawUnit>& out) override;

 private:
  void on_payload(base::ByteSpan payload);
  void on_aggregate(base::ByteSpan units);
  void on_fragment(base::ByteSpan payload);
  void copy_stats();

  UnitAssembler assembler_;
};

}  // namespace vonggac::ingest
