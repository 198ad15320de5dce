#include "ingest/h264_depacketizer.h"

#include <array>

#include "ingest/annex_b.h"
#include "ingest/nal_types.h"

namespace vonggac::ingest {
namespace {
constexpr std::uint8_t kFirstAggregate = 24;
constexpr std::uint8_t kStapA = 24;
constexpr std::uint8_t kFuA = 28;
}  // namespace

H264Depacketizer::H264Depacketizer(std::uint32_t clock_rate_hz, std::size_t max_unit_bytes,
                                   const std::map<std::string, std::string>& fmtp)
    : assembler_(media::Codec::kH264, clock_rate_hz, max_unit_bytes) {
  assembler_.parameter_sets().add_from_sdp(fmtp);
}

void H264Depacketizer::push(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival,
                            std::vector<RawUnit>& out) {
  assembler_.set_output(out);
  assembler_.begin_packet(packet.timestamp, lost_before, arrival);
  if (!packet.payload.empty()) on_payload(packet.payload);
  assembler_.end_packet(packet.marker);
  copy_stats();
}

void H264Depacketizer::on_payload(base::ByteSpan payload) {
  const std::uint8_t type = h264_type(payload[0]);
  if (leading_start_code(payload) > 0 || (type > 0 && type < kFirstAggregate)) {
    assembler_.whole_nal(payload);
  } else if (type == kStapA) {
    on_aggregate(payload.subspan(1));
  } else if (type == kFuA) {
    on_fragment(payload);
  } else {
    ++stats_.ignored_packets;
    assembler_.mark_damaged();
  }
}

void H264Depacketizer::on_aggregate(base::ByteSpan units) {
  base::ByteReader reader(units);
  while (reader.remaining() >= 2) {
    const base::ByteSpan nal = reader.take(reader.u16());
    if (reader.failed()) {
      ++stats_.ignored_packets;
      assembler_.mark_damaged();
      return;
    }
    if (!nal.empty() && h264_type(nal[0]) < kFirstAggregate) assembler_.whole_nal(nal);
  }
}

void H264Depacketizer::on_fragment(base::ByteSpan payload) {
  if (payload.size() < 2) return;
  const std::uint8_t fu_header = payload[1];  // S, E, reserved (ignored), type
  const base::ByteSpan bytes = payload.subspan(2);
  if ((fu_header & kFuStartBit) != 0) {
    const std::array<std::uint8_t, 1> header = {static_cast<std::uint8_t>((payload[0] & 0xE0U) | (fu_header & 0x1FU))};
    // An empty first fragment shows nothing of the slice; then it is taken for the beginning of a picture.
    assembler_.begin_nal(header, bytes.empty() ? kFuStartBit : bytes[0]);
  } else if (!assembler_.nal_open()) {
    ++stats_.ignored_packets;
    assembler_.mark_damaged();
    return;
  }
  assembler_.append(bytes);
  if ((fu_header & kFuEndBit) != 0) assembler_.end_nal(UnitAssembler::NalEnd::kWhole);
}

void H264Depacketizer::on_tick(base::MonoTime now, std::vector<RawUnit>& out) {
  assembler_.set_output(out);
  assembler_.on_tick(now);
}

void H264Depacketizer::restart(std::vector<RawUnit>& out) {
  assembler_.set_output(out);
  assembler_.flush();
}

void H264Depacketizer::copy_stats() {
  stats_.units_before_parameters = assembler_.units_before_parameters();
  stats_.oversized_units = assembler_.oversized_units();
}

}  // namespace vonggac::ingest
