#include "ipc/messages.h"

#include <type_traits>

#include "ipc/message_codec.h"

namespace vonggac::ipc {
namespace {

using base::ByteReader;
using base::Bytes;
using base::ByteSpan;
using base::ByteWriter;

constexpr std::size_t kMaxJsonBytes = kMaxControlBytes - 64;
constexpr std::size_t kMaxParameterNals = 32;
constexpr std::size_t kMaxParameterNalBytes = 64U << 10;
constexpr std::size_t kMaxZones = 64;
constexpr std::size_t kMaxZonePoints = 128;
constexpr std::size_t kMaxWatchHits = 16;
constexpr std::size_t kMaxJpegBytes = 1U << 20;
constexpr std::size_t kMaxLabels = 8;
constexpr std::size_t kMaxPluginOptions = 64;

// One function per structure; M is const for the writer and mutable for the reader.
template <typename A, typename M>
void parameter_nals(A& a, M& nals) {
  a.list(nals, kMaxParameterNals, [&](auto& nal) { a.bytes(nal, kMaxParameterNalBytes); });
}

template <typename A, typename M>
void track_parameters(A& a, M& p) {
  a.enumerator(p.codec, media::Codec::kG711A);
  parameter_nals(a, p.vps);
  parameter_nals(a, p.sps);
  parameter_nals(a, p.pps);
  a.bytes(p.audio_config, kMaxParameterNalBytes);
  a.value(p.clock_rate_hz);
  a.value(p.channels);
}

template <typename A, typename M>
void access_unit(A& a, M& u) {
  a.enumerator(u.track, media::TrackKind::kAudio);
  a.value(u.pts.ticks_90k);
  a.value(u.capture.us);
  a.value(u.key);
  a.value(u.damaged);
  a.value(u.loss_before);
  a.value(u.discontinuity);
  a.payload(u.payload);
}

template <typename A, typename M>
void slot_and_generation(A& a, M& m) {
  a.value(m.slot);
  a.value(m.generation);
}

template <typename A, typename M>
void point_list(A& a, M& points, std::size_t max) {
  a.list(points, max, [&](auto& point) {
    a.value(point.first);
    a.value(point.second);
  });
}

template <typename A, typename M>
void zone_list(A& a, M& zones) {
  a.list(zones, kMaxZones, [&](auto& zone) {
    a.text(zone.id, kMaxTextBytes);
    a.enumerator(zone.kind, ZoneKind::kPrivacy);
    point_list(a, zone.polygon.points, kMaxZonePoints);
  });
}

template <typename A, typename M>
void engine_view(A& a, M& v) {
  a.value(v.active);
  a.value(v.score);
  a.value(v.threshold_grey);
  a.value(v.foreground);
  a.value(v.things);
  a.enumerator(v.verdict, MotionVerdict::kLikeLight);
  a.value(v.pictures);
  a.value(v.pictures_needed);
  a.value(v.travel);
  a.value(v.travel_needed);
  a.value(v.events);
}

template <typename A>
void fields(A& a, std::conditional_t<A::kReading, StartStream, const StartStream>& m) {
  slot_and_generation(a, m);
  a.value(m.camera_slot);
  a.text(m.request_url, kMaxTextBytes);
  a.text(m.username, kMaxTextBytes);
  a.secret(m.password);
  a.enumerator(m.transport, Transport::kUdp);
  a.value(m.want_audio);
  a.value(m.watched);
  a.value(m.max_bits_per_second);
  a.value(m.max_frames_per_second);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, StopStream, const StopStream>& m) {
  slot_and_generation(a, m);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, SetWatched, const SetWatched>& m) {
  a.value(m.slot);
  a.value(m.watched);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, UdpSockets, const UdpSockets>& m) {
  slot_and_generation(a, m);
  a.value(m.track);
  a.value(m.rtp_port);
  a.value(m.rtcp_port);
}
template <typename A>
void fields(A& /*a*/, std::conditional_t<A::kReading, Shutdown, const Shutdown>& /*m*/) {}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, WorkerReady, const WorkerReady>& m) {
  a.enumerator(m.kind, WorkerKind::kStill);
  a.text(m.sandbox, kMaxTextBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, StreamStatus, const StreamStatus>& m) {
  slot_and_generation(a, m);
  a.enumerator(m.state, StreamState::kQuarantined);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, StreamEnded, const StreamEnded>& m) {
  slot_and_generation(a, m);
  a.enumerator(m.reason, StreamReason::kTransportRefused);
  a.text(m.detail, kMaxTextBytes);
  a.value(m.rtsp_status);
  a.value(m.media_seconds);
  a.value(m.credentials_tried);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, ReconnectNow, const ReconnectNow>& m) {
  slot_and_generation(a, m);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, UdpRequest, const UdpRequest>& m) {
  slot_and_generation(a, m);
  a.value(m.track);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, UdpConnect, const UdpConnect>& m) {
  slot_and_generation(a, m);
  a.value(m.track);
  a.value(m.server_rtp_port);
  a.value(m.server_rtcp_port);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, StreamStats, const StreamStats>& m) {
  slot_and_generation(a, m);
  a.value(m.packets);
  a.value(m.packets_lost);
  a.value(m.bytes);
  a.value(m.access_units);
  a.value(m.damaged_units);
  a.value(m.camera_offset_us);
  a.value(m.offset_valid);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, MediaParameters, const MediaParameters>& m) {
  slot_and_generation(a, m);
  a.enumerator(m.track, media::TrackKind::kAudio);
  track_parameters(a, m.parameters);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, MediaUnit, const MediaUnit>& m) {
  slot_and_generation(a, m);
  access_unit(a, m.unit);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, AnalyseCamera, const AnalyseCamera>& m) {
  slot_and_generation(a, m);
  a.value(m.sensitivity);
  zone_list(a, m.zones);
  a.value(m.key_frames_only);
  a.value(m.full_decode);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, AnalyseStop, const AnalyseStop>& m) {
  a.value(m.slot);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, SnapshotRequest, const SnapshotRequest>& m) {
  a.value(m.slot);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, MotionReport, const MotionReport>& m) {
  slot_and_generation(a, m);
  a.value(m.event);
  a.enumerator(m.phase, MotionPhase::kEnd);
  a.value(m.start.us);
  a.value(m.end.us);
  a.value(m.score);
  a.value(m.box_x);
  a.value(m.box_y);
  a.value(m.box_w);
  a.value(m.box_h);
  a.text(m.zone, kMaxTextBytes);
  a.list(m.watched, kMaxWatchHits, [&](auto& hit) {
    a.text(hit.zone, kMaxTextBytes);
    a.value(hit.first.us);
    a.value(hit.last.us);
  });
  a.enumerator(m.start_reason, MotionReason::kPictureChanged);
  a.enumerator(m.end_reason, MotionReason::kPictureChanged);
  a.bytes(m.thumbnail, kMaxJpegBytes);
  a.list(m.labels, kMaxLabels, [&](auto& label) {
    a.enumerator(label.object_class, media::ObjectClass::kOther);
    a.value(label.score);
  });
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, AnalyseWake, const AnalyseWake>& m) {
  slot_and_generation(a, m);
  a.value(m.until.us);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, AnalyseShadow, const AnalyseShadow>& m) {
  slot_and_generation(a, m);
  a.value(m.until.us);
  a.value(m.sensitivity);
  zone_list(a, m.zones);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, MotionCandidate, const MotionCandidate>& m) {
  slot_and_generation(a, m);
  a.value(m.shadow);
  a.value(m.start.us);
  a.value(m.end.us);
  a.enumerator(m.verdict, MotionVerdict::kLikeLight);
  a.value(m.fires_at);
  a.value(m.pictures);
  a.value(m.travel);
  a.value(m.straightness);
  a.value(m.area);
  a.value(m.contrast);
  a.value(m.brighter);
  a.value(m.score);
  a.value(m.box_x);
  a.value(m.box_y);
  a.value(m.box_w);
  a.value(m.box_h);
  point_list(a, m.feet.points, MotionCandidate::kMaxFeet);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, MotionLive, const MotionLive>& m) {
  slot_and_generation(a, m);
  a.value(m.time.us);
  engine_view(a, m.own);
  engine_view(a, m.shadow);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, MotionGrid, const MotionGrid>& m) {
  slot_and_generation(a, m);
  a.value(m.second.us);
  a.raw(m.cells);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, Snapshot, const Snapshot>& m) {
  slot_and_generation(a, m);
  a.value(m.capture.us);
  a.bytes(m.jpeg, kMaxJpegBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, AnalyseFailed, const AnalyseFailed>& m) {
  slot_and_generation(a, m);
  a.text(m.detail, kMaxTextBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, ControlRequest, const ControlRequest>& m) {
  a.value(m.id);
  a.text(m.json, kMaxJsonBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, ControlReply, const ControlReply>& m) {
  a.value(m.id);
  a.text(m.json, kMaxJsonBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, LiveSubscribe, const LiveSubscribe>& m) {
  a.value(m.subscription);
  a.raw(m.camera.bytes);
  a.enumerator(m.role, media::StreamRole::kSub);
  a.value(m.subscribe);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, LiveParameters, const LiveParameters>& m) {
  a.value(m.subscription);
  track_parameters(a, m.parameters);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, LiveUnit, const LiveUnit>& m) {
  a.value(m.subscription);
  access_unit(a, m.unit);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, LiveEnded, const LiveEnded>& m) {
  a.value(m.subscription);
  a.enumerator(m.reason, StreamReason::kTransportRefused);
  a.text(m.detail, kMaxTextBytes);
}

template <typename A>
void fields(A& a, std::conditional_t<A::kReading, AnalyseSetup, const AnalyseSetup>& m) {
  a.text(m.detector, kMaxTextBytes);
  a.text(m.classifier, kMaxTextBytes);
  a.text(m.plugin_directory, kMaxTextBytes);
  a.list(m.plugin_options, kMaxPluginOptions, [&](auto& option) { a.text(option, kMaxTextBytes); });
  a.value(m.hardware_decode);
  a.value(m.cpu_percent);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, AnalyseWatch, const AnalyseWatch>& m) {
  slot_and_generation(a, m);
  a.enumerator(m.level, AnalyseLevel::kShedKeys);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, AnalysePartReport, const AnalysePartReport>& m) {
  a.enumerator(m.part, AnalysePart::kHardwareDecode);
  a.enumerator(m.state, AnalysePartState::kFailed);
  a.text(m.name, kMaxTextBytes);
  a.text(m.version, kMaxTextBytes);
  a.text(m.detail, kMaxTextBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, TamperReport, const TamperReport>& m) {
  slot_and_generation(a, m);
  a.enumerator(m.kind, TamperKind::kFrozen);
  a.value(m.active);
  a.value(m.since.us);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, TamperView, const TamperView>& m) {
  slot_and_generation(a, m);
  a.value(m.active);
  a.bytes(m.view, TamperView::kMaxViewBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, TamperAccept, const TamperAccept>& m) {
  slot_and_generation(a, m);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, ProbeStart, const ProbeStart>& m) {
  a.text(m.settings, kMaxTextBytes);
  a.secret(m.request_url);
  a.text(m.username, kMaxTextBytes);
  a.secret(m.password);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, ProbeConnect, const ProbeConnect>& m) {
  a.value(m.connection);
  a.value(m.port);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, ProbeSocket, const ProbeSocket>& m) {
  a.value(m.connection);
  a.enumerator(m.reason, StreamReason::kTransportRefused);
  a.value(m.public_address);
  a.text(m.detail, kMaxTextBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, ProbeNews, const ProbeNews>& m) {
  a.value(m.finished);
  a.text(m.json, kMaxProbeNewsBytes);
}
template <typename A>
void fields(A& a, std::conditional_t<A::kReading, DiscoveryListen, const DiscoveryListen>& m) {
  a.value(m.milliseconds);
}

template <std::size_t I = 0>
base::Result<Message> decode_as(std::uint16_t type, ByteSpan body) {
  if constexpr (I == std::variant_size_v<Message>) {
    return base::invalid_argument("unknown message type " + std::to_string(type));
  } else {
    if (type != I) return decode_as<I + 1>(type, body);
    std::variant_alternative_t<I, Message> message;
    Reader reader(body);
    fields(reader, message);
    if (!reader.ok()) return base::invalid_argument("malformed message of type " + std::to_string(type));
    return Message(std::move(message));
  }
}

}  // namespace

void encode(const Message& message, Bytes& out) {
  ByteWriter(out).u16(static_cast<std::uint16_t>(message.index()));
  Writer writer(out);
  std::visit([&](const auto& m) { fields(writer, m); }, message);
}

base::Result<Message> decode(ByteSpan type_and_body) {
  ByteReader reader(type_and_body);
  const std::uint16_t type = reader.u16();
  if (reader.failed()) return base::invalid_argument("message without a type");
  return decode_as(type, reader.rest());
}

}  // namespace vonggac::ipc
