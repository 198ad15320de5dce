/// RTCP as a receiver needs it: reads compound packets (SR, RR, SDES, BYE), writes RR + SDES.
/// Threads  plain functions and values.
/// Errors   reading stops at the first malformed packet and keeps what was understood before it.
/// Numbers  RFC 3550 section 6. A lone packet without the compulsory SR/RR in front is accepted.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"

namespace vonggac::ingest {

struct SenderReport {
  std::uint32_t ssrc = 0;
  std::uint64_t ntp = 0;  ///< 32.32 seconds since 1900, as sent
  std::uint32_t rtp_timestamp = 0;
  std::uint32_t packet_count = 0;
  std::uint32_t octet_count = 0;
};

struct RtcpSummary {
  std::optional<SenderReport> sender_report;  ///< the first one for the wanted SSRC, else the first one
  std::string_view cname;                     ///< borrows the packet; empty if none
  bool goodbye = false;
  std::uint32_t report_blocks = 0;  ///< about streams we would have sent; counted only
  std::uint32_t packets = 0;        ///< understood parts of the compound packet
  bool malformed = false;           ///< the rest was given up
};

/// `wanted_ssrc` picks among several sender reports; nullopt takes the first.
RtcpSummary parse_rtcp(base::ByteSpan compound, std::optional<std::uint32_t> wanted_ssrc);

/// One report block (RFC 3550 section 6.4.1).
struct ReportBlock {
  std::uint32_t ssrc = 0;
  std::uint8_t fraction_lost = 0;    ///< of 256, since the last report
  std::int32_t cumulative_lost = 0;  ///< 24 bit signed on the wire, clamped
  std::uint32_t highest_sequence = 0;
  std::uint32_t jitter = 0;          ///< RTP ticks
  std::uint32_t last_sr = 0;         ///< middle 32 bits of its NTP time
  std::uint32_t delay_since_sr = 0;  ///< 1/65536 s
};

/// Appends RR with one block and SDES with CNAME.
void write_receiver_report(std::uint32_t own_ssrc, const ReportBlock& block, std::string_view cname, base::Bytes& out);

}  // namespace vonggac::ingest
