/// RTP and RTCP packets of one track in, access units and decoder parameters out. No sockets, no clock of its own.
/// Flow     RTSP session (packets of one m= section) -> TrackReceiver -> shard, which takes the outputs after each
/// batch. Threads  one thread at a time. Owns     the reorder window, the unit being assembled and the finished outputs
/// until they are taken. Errors   only create() can fail; afterwards bad packets are dropped and counted, never
/// reported as errors. Units    pts in 90 kHz ticks on the session's own axis; capture and arrival on the monotonic
/// clock. Numbers  RTP is RFC 3550, H.264 RFC 6184, H.265 RFC 7798, AAC RFC 3640 and 6416, G.711 RFC 3551.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/units.h"
#include "media/access_unit.h"

namespace vonggac::ingest {

/// One m= section of the SDP, as the RTSP side understood it.
struct TrackDescription {
  media::TrackKind kind = media::TrackKind::kVideo;
  media::Codec codec = media::Codec::kNone;
  std::uint8_t payload_type = 96;
  std::uint32_t clock_rate_hz = 90'000;
  std::uint8_t channels = 0;
  std::map<std::string, std::string> fmtp;  ///< keys lower case, values as sent, trimmed
};

struct ReceiverLimits {
  std::size_t max_unit_bytes = 8U << 20;  ///< a larger access unit is cut short and marked damaged
  base::Micros reorder_wait{200'000};     ///< how long a missing packet is waited for (not on TCP)
  bool ordered_transport = true;          ///< TCP: packets come in the order sent
};

/// Exactly one of the two is set.
struct TrackOutput {
  std::optional<media::TrackParameters> parameters;
  std::optional<media::AccessUnit> unit;
};

struct ReceiverStats {
  std::uint64_t packets = 0;  ///< accepted RTP packets of this track
  std::uint64_t packets_lost = 0;
  std::uint64_t bytes = 0;  ///< RTP payload bytes of accepted packets
  std::uint64_t units = 0;
  std::uint64_t damaged_units = 0;
  std::uint64_t duplicate_packets = 0;
  std::int64_t camera_offset_us = 0;  ///< camera's wall clock minus ours; meaningful while offset_valid
  bool offset_valid = false;
  base::MonoTime last_media;  ///< arrival of the last RTP packet of this payload type that carried payload

  // For log lines and diagnosis.
  std::uint64_t late_packets = 0;             ///< came after their turn was given up
  std::uint64_t foreign_packets = 0;          ///< another payload type or SSRC, or no RTP at all
  std::uint64_t ignored_packets = 0;          ///< payloads that the depacketiser does not understand
  std::uint64_t units_before_parameters = 0;  ///< video dropped because no decoder could have used it
  std::uint64_t oversized_units = 0;
  std::uint64_t source_changes = 0;      ///< the camera's encoder restarted with another SSRC
  std::uint64_t timeline_jumps = 0;      ///< the 90 kHz axis was re-anchored
  std::uint64_t timestamp_outliers = 0;  ///< single timestamps that were not believed
  std::uint64_t rate_corrections = 0;    ///< the camera's timestamps run at a wrong rate
  std::int64_t rate_ppm = 0;             ///< present correction of that
  bool goodbye = false;                  ///< the camera sent RTCP BYE
};

class TrackReceiver {
 public:
  /// kInvalidArgument: a codec we do not depacketise, or a clock rate outside 1 kHz to 1 MHz.
  static base::Result<std::unique_ptr<TrackReceiver>> create(const TrackDescription& track,
                                                             const ReceiverLimits& limits);
  TrackReceiver(const TrackReceiver&) = delete;
  TrackReceiver& operator=(const TrackReceiver&) = delete;
  ~TrackReceiver();

  /// One RTP packet, borrowed for the call. RTCP that came on the RTP channel is recognised and not mistaken for RTP.
  void on_rtp(base::ByteSpan packet, base::MonoTime arrival);
  /// One compound RTCP packet. `wall_now` is our wall clock at `arrival`.
  void on_rtcp(base::ByteSpan compound, base::MonoTime arrival, base::WallTime wall_now);
  /// Call about every 50 ms: gives up on missing packets.
  void on_tick(base::MonoTime now);
  /// Appends the finished outputs in order and forgets them.
  void take_outputs(std::vector<TrackOutput>& out);
  /// Appends a compound RR + SDES; nothing when no packet has come yet.
  void receiver_report(base::MonoTime now, base::Bytes& out);
  const ReceiverStats& stats() const;

 private:
  struct Impl;
  explicit TrackReceiver(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace vonggac::ingest
