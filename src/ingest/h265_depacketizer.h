/// RTP payloads of H.265 to access units: single NAL units, AP, FU, with DONL where the SDP announces it.
/// Threads  one thread at a time.
/// Errors   see Depacketizer. PACI packets are counted and left out.
/// Numbers  RFC 7798 sections 4.4.1 - 4.4.4, 7.1 (sprop-max-don-diff).
#pragma once

#include "ingest/depacketizer.h"
#include "ingest/unit_assembler.h"

namespace vonggac::ingest {

class H265Depacketizer final : public Depacketizer {
 public:
  H265Depacketizer(std::uint32_t clock_rate_hz, std::size_t max_unit_bytes,
                   const std::map<std::string, std::string>& fmtp);
  void push(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival,
            std::vector<RawUnit>& out) override;
  void on_tick(base::MonoTime now, std::vector<RawUnit>& out) override;
  void restart(std::vector<RawUnit>& out) override;

 private:
  void on_payload(base::ByteSpan payload);
  void on_single(base::ByteSpan payload);
  void on_aggregate(base::ByteSpan units);
  void on_fragment(base::ByteSpan payload);
  void on_unknown();
  void copy_stats();

  UnitAssembler assembler_;
  bool order_numbers_ = false;  ///< DONL fields are present
};

}  // namespace vonggac::ingest
