#include "ingest/g711_depacketizer.h"

namespace vonggac::ingest {

G711Depacketizer::G711Depacketizer(media::Codec codec, std::uint32_t clock_rate_hz, std::uint8_t channels) {
  parameters_.codec = codec;
  parameters_.clock_rate_hz = clock_rate_hz;
  parameters_.channels = channels == 0 ? std::uint8_t{1} : channels;
}

void G711Depacketizer::push(const RtpPacket& packet, std::uint32_t, base::MonoTime arrival, std::vector<RawUnit>& out) {
  if (packet.payload.empty()) return;
  RawUnit unit;
  if (!parameters_sent_) {
    unit.parameters = std::make_unique<media::TrackParameters>(parameters_);
    parameters_sent_ = true;
  }
  unit.payload = buffers_.take(packet.payload.size());
  unit.payload->assign(packet.payload.begin(), packet.payload.end());
  unit.rtp_timestamp = packet.timestamp;
  const std::uint64_t samples = packet.payload.size() / parameters_.channels;
  unit.arrival = arrival - base::Micros(samples * 1'000'000 / parameters_.clock_rate_hz);
  out.push_back(std::move(unit));
}

}  // namespace vonggac::ingest
