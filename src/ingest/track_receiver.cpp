#include "ingest/track_receiver.h"

#include <utility>

#include "ingest/aac_depacketizer.h"
#include "ingest/camera_clock.h"
#include "ingest/g711_depacketizer.h"
#include "ingest/h264_depacketizer.h"
#include "ingest/h265_depacketizer.h"
#include "ingest/reception.h"
#include "ingest/reorder.h"
#include "ingest/rtcp.h"
#include "ingest/timeline.h"
#include "media/video_format.h"

namespace vonggac::ingest {
namespace {
constexpr std::uint32_t kLowestClockRate = 1'000;
constexpr std::uint32_t kHighestClockRate = 1'000'000;
constexpr std::size_t kSmallestUnitLimit = 1'024;
constexpr std::uint8_t kFirstDynamicType = 96;
constexpr std::uint32_t kOtherTypeRun = 32;  // packets in sequence before another payload type is believed
constexpr std::string_view kOwnCname = "vonggac";
constexpr std::uint32_t kOwnSsrcSalt = 0x5647'0001;  // differs from the camera's SSRC in every case
constexpr std::int64_t kPlausibleReportUs = 5'000'000;

base::Result<std::unique_ptr<Depacketizer>> make_depacketizer(const TrackDescription& track,
                                                              const ReceiverLimits& limits) {
  switch (track.codec) {
    case media::Codec::kH264:
      return std::unique_ptr<Depacketizer>(
          std::make_unique<H264Depacketizer>(track.clock_rate_hz, limits.max_unit_bytes, track.fmtp));
    case media::Codec::kH265:
      return std::unique_ptr<Depacketizer>(
          std::make_unique<H265Depacketizer>(track.clock_rate_hz, limits.max_unit_bytes, track.fmtp));
    case media::Codec::kAac: {
      VG_ASSIGN(auto made, AacDepacketizer::create(track.clock_rate_hz, track.channels, track.fmtp));
      return std::unique_ptr<Depacketizer>(std::move(made));
    }
    case media::Codec::kG711Mu:
    case media::Codec::kG711A:
      return std::unique_ptr<Depacketizer>(
          std::make_unique<G711Depacketizer>(track.codec, track.clock_rate_hz, track.channels));
    case media::Codec::kNone:
      break;
  }
  return base::invalid_argument("no depacketiser for this codec");
}

void declare_reordering(const media::TrackParameters& parameters, Timeline& timeline) {
  const auto format = media::parse_video_format(parameters);
  const std::uint32_t reorder = format ? format->max_reorder_frames.value_or(0) : 0;
  const bool paced = format && format->frame_rate && format->frame_rate->numerator > 0;
  const std::int64_t picture_us =
      paced ? std::int64_t{1'000'000} * format->frame_rate->denominator / format->frame_rate->numerator : 40'000;
  timeline.expect_reordering(reorder, picture_us);
}
}  // namespace

struct TrackReceiver::Impl {
  Impl(const TrackDescription& description, const ReceiverLimits& limits, std::unique_ptr<Depacketizer> made)
      : track(description),
        depacketizer(std::move(made)),
        reorder(limits.ordered_transport, limits.reorder_wait),
        timeline(description.clock_rate_hz),
        reception(description.clock_rate_hz) {}

  void on_rtp(base::ByteSpan bytes, base::MonoTime arrival);
  void on_rtcp(base::ByteSpan compound, base::MonoTime arrival, std::optional<base::WallTime> wall_now);
  void admit(const RtpPacket& packet, base::MonoTime arrival);
  bool accept_type(const RtpPacket& packet);
  bool accept_source(const RtpPacket& packet, base::MonoTime arrival);
  void change_source(const RtpPacket& packet);
  void deliver(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival);
  void drain(base::MonoTime now, bool force);
  void convert_units();
  void copy_stats();

  TrackDescription track;
  std::unique_ptr<Depacketizer> depacketizer;
  Reorder reorder;
  Timeline timeline;
  Reception reception;
  CameraClock camera_clock;
  ReceiverStats stats;
  std::vector<RawUnit> raw_units;
  std::vector<TrackOutput> outputs;

  /// The first packet of another SSRC, kept until a second one proves that it is the new source.
  struct Stranger {
    RtpPacket packet;
    base::MonoTime arrival;
    base::Bytes payload;
  };
  std::optional<Stranger> stranger;
  std::uint8_t other_type = 0;
  std::uint16_t other_sequence = 0;
  std::uint32_t other_type_run = 0;
};

void TrackReceiver::Impl::on_rtp(base::ByteSpan bytes, base::MonoTime arrival) {
  if (looks_like_rtcp(bytes, track.payload_type)) {
    on_rtcp(bytes, arrival, std::nullopt);
    return;
  }
  const std::optional<RtpPacket> packet = parse_rtp(bytes);
  if (!packet || !accept_type(*packet)) {
    ++stats.foreign_packets;
    return;
  }
  if (accept_source(*packet, arrival)) admit(*packet, arrival);
  convert_units();
}

/// An SDP may announce one dynamic type and the camera send another: if nothing else ever came, that is the track.
bool TrackReceiver::Impl::accept_type(const RtpPacket& packet) {
  if (packet.payload_type == track.payload_type) return true;
  if (reception.started() || packet.payload_type < kFirstDynamicType) return false;
  const bool goes_on =
      packet.payload_type == other_type && packet.sequence == static_cast<std::uint16_t>(other_sequence + 1);
  other_type_run = goes_on ? other_type_run + 1 : 1;
  other_type = packet.payload_type;
  other_sequence = packet.sequence;
  if (other_type_run < kOtherTypeRun) return false;
  track.payload_type = packet.payload_type;
  return true;
}

bool TrackReceiver::Impl::accept_source(const RtpPacket& packet, base::MonoTime arrival) {
  if (!reception.started()) {
    reception.restart(packet.ssrc, packet.sequence);
    return true;
  }
  if (packet.ssrc == reception.ssrc()) {
    stranger.reset();
    return true;
  }
  const bool proven = stranger && stranger->packet.ssrc == packet.ssrc &&
                      static_cast<std::uint16_t>(stranger->packet.sequence + 1) == packet.sequence;
  if (proven) {
    Stranger first = std::move(*stranger);
    first.packet.payload = first.payload;
    stranger.reset();
    change_source(first.packet);
    admit(first.packet, first.arrival);
    return true;
  }
  ++stats.foreign_packets;
  if (!stranger) stranger.emplace();
  stranger->packet = packet;
  stranger->arrival = arrival;
  stranger->payload.assign(packet.payload.begin(), packet.payload.end());
  return false;
}

void TrackReceiver::Impl::change_source(const RtpPacket& packet) {
  drain(base::MonoTime{}, true);
  depacketizer->restart(raw_units);
  convert_units();
  reorder.reset();
  timeline.restart();
  camera_clock.restart();
  reception.restart(packet.ssrc, packet.sequence);
  ++stats.source_changes;
}

void TrackReceiver::Impl::admit(const RtpPacket& packet, base::MonoTime arrival) {
  ++stats.packets;
  stats.bytes += packet.payload.size();
  if (!packet.payload.empty()) stats.last_media = arrival;
  reception.on_packet(packet.sequence, packet.timestamp, arrival);
  std::uint32_t lost_before = 0;
  Reorder::Verdict verdict = reorder.push(packet, arrival, lost_before);
  if (verdict == Reorder::Verdict::kFull) {
    drain(arrival, true);
    verdict = reorder.push(packet, arrival, lost_before);
  }
  if (verdict == Reorder::Verdict::kDeliver) deliver(packet, lost_before, arrival);
  if (verdict == Reorder::Verdict::kDuplicate) ++stats.duplicate_packets;
  if (verdict == Reorder::Verdict::kLate) ++stats.late_packets;
  if (reorder.holds_any()) drain(arrival, false);
}

void TrackReceiver::Impl::drain(base::MonoTime now, bool force) {
  while (const auto released = reorder.next(now, force)) {
    deliver(released->packet, released->lost_before, released->arrival);
  }
}

void TrackReceiver::Impl::deliver(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival) {
  stats.packets_lost += lost_before;
  depacketizer->push(packet, lost_before, arrival, raw_units);
}

void TrackReceiver::Impl::convert_units() {
  if (raw_units.empty()) return;
  for (RawUnit& raw : raw_units) {
    if (raw.parameters) {
      if (media::is_video(raw.parameters->codec)) {
        declare_reordering(*raw.parameters, timeline);
      }
      TrackOutput& output = outputs.emplace_back();
      output.parameters = std::move(*raw.parameters);
    }
    const Timeline::Place place = timeline.place(raw.rtp_timestamp, raw.arrival);
    TrackOutput& output = outputs.emplace_back();
    media::AccessUnit& unit = output.unit.emplace();
    unit.track = track.kind;
    unit.pts = place.pts;
    unit.capture = place.capture;
    unit.key = raw.key;
    unit.damaged = raw.damaged;
    unit.loss_before = raw.loss_before;
    unit.discontinuity = place.discontinuity;
    unit.payload = std::move(raw.payload);
    ++stats.units;
    if (raw.damaged) ++stats.damaged_units;
  }
  raw_units.clear();
}

void TrackReceiver::Impl::on_rtcp(base::ByteSpan compound, base::MonoTime arrival,
                                  std::optional<base::WallTime> wall_now) {
  std::optional<std::uint32_t> wanted;
  if (reception.started()) wanted = reception.ssrc();
  const RtcpSummary summary = parse_rtcp(compound, wanted);
  if (summary.goodbye) stats.goodbye = true;
  if (!summary.sender_report) return;
  const SenderReport& report = *summary.sender_report;
  // Some cameras report under an SSRC that no packet of theirs has; with one source per track it can only be that.
  reception.on_sender_report(report.ntp, arrival);
  if (!wall_now) return;
  base::MonoTime reported = timeline.locate(report.rtp_timestamp).value_or(arrival);
  const std::int64_t age_us = (arrival - reported).count();
  if (age_us > kPlausibleReportUs || age_us < -kPlausibleReportUs) reported = arrival;
  camera_clock.on_sender_report(report.ntp, *wall_now - (arrival - reported));
}

void TrackReceiver::Impl::copy_stats() {
  const DepacketizerStats& depacketized = depacketizer->stats();
  stats.ignored_packets = depacketized.ignored_packets;
  stats.units_before_parameters = depacketized.units_before_parameters;
  stats.oversized_units = depacketized.oversized_units;
  const TimelineStats& times = timeline.stats();
  stats.timeline_jumps = times.jumps;
  stats.timestamp_outliers = times.outliers;
  stats.rate_corrections = times.rate_corrections;
  stats.rate_ppm = times.rate_ppm;
  stats.camera_offset_us = camera_clock.offset_us();
  stats.offset_valid = camera_clock.valid();
}

base::Result<std::unique_ptr<TrackReceiver>> TrackReceiver::create(const TrackDescription& track,
                                                                   const ReceiverLimits& limits) {
  if (track.clock_rate_hz < kLowestClockRate || track.clock_rate_hz > kHighestClockRate) {
    return base::invalid_argument("the track's clock rate is out of range");
  }
  if (limits.max_unit_bytes < kSmallestUnitLimit) return base::invalid_argument("max_unit_bytes is too small");
  VG_ASSIGN(auto depacketizer, make_depacketizer(track, limits));
  return std::unique_ptr<TrackReceiver>(
      new TrackReceiver(std::make_unique<Impl>(track, limits, std::move(depacketizer))));
}

TrackReceiver::TrackReceiver(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
TrackReceiver::~TrackReceiver() = default;

void TrackReceiver::on_rtp(base::ByteSpan packet, base::MonoTime arrival) { impl_->on_rtp(packet, arrival); }

void TrackReceiver::on_rtcp(base::ByteSpan compound, base::MonoTime arrival, base::WallTime wall_now) {
  impl_->on_rtcp(compound, arrival, wall_now);
}

void TrackReceiver::on_tick(base::MonoTime now) {
  if (impl_->reorder.holds_any()) impl_->drain(now, false);
  impl_->depacketizer->on_tick(now, impl_->raw_units);
  impl_->convert_units();
}

void TrackReceiver::take_outputs(std::vector<TrackOutput>& out) {
  if (impl_->outputs.empty()) return;
  out.insert(out.end(), std::make_move_iterator(impl_->outputs.begin()), std::make_move_iterator(impl_->outputs.end()));
  impl_->outputs.clear();
}

void TrackReceiver::receiver_report(base::MonoTime now, base::Bytes& out) {
  if (!impl_->reception.started()) return;
  write_receiver_report(impl_->reception.ssrc() ^ kOwnSsrcSalt, impl_->reception.report(now), kOwnCname, out);
}

const ReceiverStats& TrackReceiver::stats() const {
  impl_->copy_stats();
  return impl_->stats;
}

}  // namespace vonggac::ingest
