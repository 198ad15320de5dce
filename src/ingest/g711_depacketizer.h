/// RTP payloads of G.711 (mu-law, A-law): each packet is one frame, as it came.
/// Threads  one thread at a time.
/// Numbers  RFC 3551 section 4.5.14: one byte per sample and channel.
#pragma once

#include "ingest/buffer_pool.h"
#include "ingest/depacketizer.h"

namespace vonggac::ingest {

class G711Depacketizer final : public Depacketizer {
 public:
  G711Depacketizer(media::Codec codec, std::uint32_t clock_rate_hz, std::uint8_t channels);
  void push(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival,
            std::vector<RawUnit>& out) override;
  void restart(std::vector<RawUnit>&) override {}

 private:
  media::TrackParameters parameters_;
  bool parameters_sent_ = false;
  BufferPool buffers_;
};

}  // namespace vonggac::ingest
