#include "camsim/rtcp.h"

namespace vonggac::camsim {

std::uint64_t ntp_from_wall(base::WallTime t) {
  // Whole seconds towards minus infinity, so that moments before 1970 work too.
  std::int64_t seconds = t.us / 1'000'000;
  std::int64_t rest_us = t.us % 1'000'000;
  if (rest_us < 0) {
    rest_us += 1'000'000;
    --seconds;
  }
  const std::uint64_t ntp_seconds = (static_cast<std::uint64_t>(seconds) + kNtpUnixOffset_s) & 0xffff'ffffu;
  return (ntp_seconds << 32) | ((static_cast<std::uint64_t>(rest_us) << 32) / 1'000'000);
}

base::Bytes make_sender_report(const SenderReport& report) {
  base::Bytes out;
  base::ByteWriter writer(out);
  writer.u8(0x80);
  writer.u8(200);  // SR
  writer.u16(6);   // length in words, less one
  writer.u32(report.ssrc);
  writer.u64(report.ntp);
  writer.u32(report.rtp_timestamp);
  writer.u32(report.packets);
  writer.u32(report.octets);
  writer.u8(0x81);
  writer.u8(202);  // SDES, one chunk
  writer.u16(4);
  writer.u32(report.ssrc);
  writer.u8(1);  // CNAME
  writer.u8(6);
  writer.text("camera");
  writer.u32(0);  // end of items and padding to the word
  return out;
}

}  // namespace vonggac::camsim
