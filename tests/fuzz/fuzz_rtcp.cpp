// Reads the input as compound RTCP packets, alone and through a receiver that has seen media.
#include <cstdlib>

#include "ingest/rtcp.h"
#include "ingest/track_receiver.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace vonggac;
  const base::ByteSpan compound(data, size);
  const ingest::RtcpSummary summary = ingest::parse_rtcp(compound, 0x600DU);
  if (summary.packets > size / 4 || summary.cname.size() > 255) std::abort();
  if (!summary.cname.empty()) {
    const auto* begin = reinterpret_cast<const std::uint8_t*>(summary.cname.data());
    if (begin < data || begin + summary.cname.size() > data + size) std::abort();
  }

  ingest::TrackDescription track;
  track.codec = media::Codec::kG711A;
  track.clock_rate_hz = 8'000;
  auto receiver = std::move(ingest::TrackReceiver::create(track, {})).value();
  const base::Bytes packet = {0x80, 96, 0, 1, 0, 0, 0, 9, 0, 0, 0x60, 0x0D, 1, 2, 3, 4};
  base::MonoTime now{1'000'000'000};
  receiver->on_rtp(packet, now);
  const base::WallTime wall{1'790'000'000'000'000};
  // The same report several times, cut at two places: the median and the doubts have something to do.
  receiver->on_rtcp(compound, now, wall);
  receiver->on_rtcp(compound.first(size / 2), now + base::Seconds(5), wall + base::Seconds(5));
  receiver->on_rtcp(compound.subspan(size / 2), now + base::Seconds(10), wall + base::Seconds(10));
  base::Bytes report;
  receiver->receiver_report(now + base::Seconds(11), report);
  if (report.size() != 52) std::abort();
  const ingest::RtcpSummary own = ingest::parse_rtcp(report, std::nullopt);
  if (own.malformed || own.cname != "vonggac" || own.report_blocks != 1) std::abort();
  return 0;
}
