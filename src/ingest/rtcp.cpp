#include "ingest/rtcp.h"

#include <algorithm>

namespace vonggac::ingest {
namespace {
constexpr std::uint8_t kSenderReport = 200;
constexpr std::uint8_t kReceiverReport = 201;
constexpr std::uint8_t kSourceDescription = 202;
constexpr std::uint8_t kGoodbye = 203;
constexpr std::uint8_t kSdesCname = 1;
constexpr std::size_t kReportBlockBytes = 24;
constexpr std::int32_t kMostLost = 0x7F'FFFF;
constexpr std::size_t kLongestCname = 255;

void read_sender_report(base::ByteReader& body, std::optional<std::uint32_t> wanted, RtcpSummary& summary) {
  SenderReport report;
  report.ssrc = body.u32();
  report.ntp = body.u64();
  report.rtp_timestamp = body.u32();
  report.packet_count = body.u32();
  report.octet_count = body.u32();
  if (body.failed()) {
    summary.malformed = true;
    return;
  }
  const bool wanted_one = wanted && report.ssrc == *wanted;
  if (!summary.sender_report || (wanted_one && summary.sender_report->ssrc != *wanted)) summary.sender_report = report;
}

void read_source_description(base::ByteReader& body, std::uint8_t chunks, RtcpSummary& summary) {
  for (std::uint8_t chunk = 0; chunk < chunks && body.remaining() >= 4; ++chunk) {
    const std::size_t start = body.position();
    body.skip(4);
    while (!body.at_end()) {
      const std::uint8_t type = body.u8();
      if (type == 0) break;
      const base::ByteSpan text = body.take(body.u8());
      if (body.failed()) {
        summary.malformed = true;
        return;
      }
      if (type == kSdesCname && summary.cname.empty()) summary.cname = base::as_text(text);
    }
    const std::size_t beyond = (body.position() - start) % 4;
    if (beyond != 0) body.skip(std::min(4 - beyond, body.remaining()));
  }
}

}  // namespace

RtcpSummary parse_rtcp(base::ByteSpan compound, std::optional<std::uint32_t> wanted_ssrc) {
  RtcpSummary summary;
  base::ByteReader reader(compound);
  while (reader.remaining() >= 4) {
    const std::uint8_t flags = reader.u8();
    const std::uint8_t type = reader.u8();
    const std::size_t body_bytes = std::size_t{reader.u16()} * 4;
    if ((flags & 0xC0U) != 0x80U || body_bytes > reader.remaining()) {
      summary.malformed = true;
      return summary;
    }
    base::ByteReader body(reader.take(body_bytes));
    const std::uint8_t count = flags & 0x1FU;
    ++summary.packets;
    if (type == kSenderReport) {
      read_sender_report(body, wanted_ssrc, summary);
    } else if (type == kReceiverReport) {
      body.skip(std::min<std::size_t>(4, body.remaining()));
    } else if (type == kSourceDescription) {
      read_source_description(body, count, summary);
    } else if (type == kGoodbye) {
      summary.goodbye = true;
    }
    if (type == kSenderReport || type == kReceiverReport) {
      summary.report_blocks +=
          static_cast<std::uint32_t>(std::min<std::size_t>(count, body.remaining() / kReportBlockBytes));
    }
  }
  return summary;
}

void write_receiver_report(std::uint32_t own_ssrc, const ReportBlock& block, std::string_view cname, base::Bytes& out) {
  base::ByteWriter writer(out);
  writer.u8(0x81);  // version 2, one block
  writer.u8(kReceiverReport);
  writer.u16(7);  // length in words, minus one
  writer.u32(own_ssrc);
  writer.u32(block.ssrc);
  writer.u8(block.fraction_lost);
  writer.u24(static_cast<std::uint32_t>(std::clamp(block.cumulative_lost, -kMostLost - 1, kMostLost)) & 0xFF'FFFFU);
  writer.u32(block.highest_sequence);
  writer.u32(block.jitter);
  writer.u32(block.last_sr);
  writer.u32(block.delay_since_sr);

  const std::string_view name = cname.substr(0, kLongestCname);
  const std::size_t text_bytes = 4 + 2 + name.size();        // SSRC, type and length, text
  const std::size_t chunk_bytes = (text_bytes / 4 + 1) * 4;  // at least one zero ends the list
  writer.u8(0x81);                                           // version 2, one chunk
  writer.u8(kSourceDescription);
  writer.u16(static_cast<std::uint16_t>(chunk_bytes / 4));
  writer.u32(own_ssrc);
  writer.u8(kSdesCname);
  writer.u8(static_cast<std::uint8_t>(name.size()));
  writer.text(name);
  for (std::size_t i = text_bytes; i < chunk_bytes; ++i) writer.u8(0);
}

}  // namespace vonggac::ingest
