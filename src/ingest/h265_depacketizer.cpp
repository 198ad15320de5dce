#include "ingest/h265_depacketizer.h"

#include <array>
#include <charconv>

#include "ingest/annex_b.h"
#include "ingest/nal_types.h"

namespace vonggac::ingest {
namespace {
constexpr std::uint8_t kAggregate = 48;
constexpr std::uint8_t kFragment = 49;
constexpr std::uint8_t kPaci = 50;
constexpr std::size_t kHeaderBytes = 2;
constexpr std::size_t kDonlBytes = 2;
constexpr std::size_t kDondBytes = 1;

bool announces_order_numbers(const std::map<std::string, std::string>& fmtp) {
  const auto found = fmtp.find("sprop-max-don-diff");
  if (found == fmtp.end()) return false;
  unsigned value = 0;
  const std::string& text = found->second;
  return std::from_chars(text.data(), text.data() + text.size(), value).ec == std::errc() && value > 0;
}
}  // namespace

H265Depacketizer::H265Depacketizer(std::uint32_t clock_rate_hz, std::size_t max_unit_bytes,
                                   const std::map<std::string, std::string>& fmtp)
    : assembler_(media::Codec::kH265, clock_rate_hz, max_unit_bytes), order_numbers_(announces_order_numbers(fmtp)) {
  assembler_.parameter_sets().add_from_sdp(fmtp);
}

void H265Depacketizer::push(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival,
                            std::vector<RawUnit>& out) {
  assembler_.set_output(out);
  assembler_.begin_packet(packet.timestamp, lost_before, arrival);
  if (packet.payload.size() >= kHeaderBytes) on_payload(packet.payload);
  assembler_.end_packet(packet.marker);
  copy_stats();
}

void H265Depacketizer::on_payload(base::ByteSpan payload) {
  const std::uint8_t type = h265_type(payload[0]);
  if (leading_start_code(payload) > 0) {
    assembler_.whole_nal(payload);
  } else if (type == kAggregate) {
    on_aggregate(payload.subspan(kHeaderBytes));
  } else if (type == kFragment) {
    on_fragment(payload);
  } else if (type >= kPaci) {
    on_unknown();
  } else {
    on_single(payload);
  }
}

void H265Depacketizer::on_single(base::ByteSpan payload) {
  if (!order_numbers_) {
    assembler_.whole_nal(payload);
    return;
  }
  if (payload.size() <= kHeaderBytes + kDonlBytes) return on_unknown();
  const base::ByteSpan body = payload.subspan(kHeaderBytes + kDonlBytes);
  assembler_.begin_nal(payload.first(kHeaderBytes), body[0]);
  assembler_.append(body);
  assembler_.end_nal(UnitAssembler::NalEnd::kWhole);
}

void H265Depacketizer::on_aggregate(base::ByteSpan units) {
  base::ByteReader reader(units);
  std::size_t order_bytes = order_numbers_ ? kDonlBytes : 0;
  while (reader.remaining() >= order_bytes + 2) {
    reader.skip(order_bytes);
    order_bytes = order_numbers_ ? kDondBytes : 0;
    const base::ByteSpan nal = reader.take(reader.u16());
    if (reader.failed()) return on_unknown();
    if (nal.size() >= kHeaderBytes && h265_type(nal[0]) < kAggregate) assembler_.whole_nal(nal);
  }
}

void H265Depacketizer::on_fragment(base::ByteSpan payload) {
  if (payload.size() < kHeaderBytes + 1) return;
  const std::uint8_t fu_header = payload[kHeaderBytes];
  base::ByteSpan bytes = payload.subspan(kHeaderBytes + 1);
  if ((fu_header & kFuStartBit) != 0) {
    if (order_numbers_) {
      if (bytes.size() < kDonlBytes) return on_unknown();
      bytes = bytes.subspan(kDonlBytes);
    }
    const std::array<std::uint8_t, kHeaderBytes> header = {
        static_cast<std::uint8_t>((payload[0] & 0x81U) | ((fu_header & 0x3FU) << 1)), payload[1]};
    // An empty first fragment shows nothing of the slice; then it is taken for the beginning of a picture.
    assembler_.begin_nal(header, bytes.empty() ? kFuStartBit : bytes[0]);
  } else if (!assembler_.nal_open()) {
    return on_unknown();
  }
  assembler_.append(bytes);
  if ((fu_header & kFuEndBit) != 0) assembler_.end_nal(UnitAssembler::NalEnd::kWhole);
}

void H265Depacketizer::on_unknown() {
  ++stats_.ignored_packets;
  assembler_.mark_damaged();
}

void H265Depacketizer::on_tick(base::MonoTime now, std::vector<RawUnit>& out) {
  assembler_.set_output(out);
  assembler_.on_tick(now);
}

void H265Depacketizer::restart(std::vector<RawUnit>& out) {
  assembler_.set_output(out);
  assembler_.flush();
}

void H265Depacketizer::copy_stats() {
  stats_.units_before_parameters = assembler_.units_before_parameters();
  stats_.oversized_units = assembler_.oversized_units();
}

}  // namespace vonggac::ingest
