/// Builds RTP packets and NAL units for tests and runs them through a TrackReceiver.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "ingest/track_receiver.h"

namespace vonggac::testing {

using base::Bytes;

inline Bytes bytes_of(std::initializer_list<int> values) {
  Bytes out;
  for (const int value : values) out.push_back(static_cast<std::uint8_t>(value));
  return out;
}
inline Bytes join(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}
/// `count` bytes that never form a start code.
inline Bytes filling(std::size_t count, std::uint8_t seed = 0x51) {
  Bytes out(count);
  for (std::size_t i = 0; i < count; ++i) out[i] = static_cast<std::uint8_t>(0x10 + (seed + i * 7) % 0xE0);
  return out;
}

struct RtpFields {
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
  bool marker = false;
  std::uint8_t payload_type = 96;
  std::uint32_t ssrc = 0x1234'5678;
};
inline Bytes rtp(const RtpFields& fields, const Bytes& payload) {
  Bytes out;
  base::ByteWriter writer(out);
  writer.u8(0x80);
  writer.u8(static_cast<std::uint8_t>((fields.marker ? 0x80U : 0U) | fields.payload_type));
  writer.u16(fields.sequence);
  writer.u32(fields.timestamp);
  writer.u32(fields.ssrc);
  writer.raw(payload);
  return out;
}

namespace h264 {
inline Bytes sps(int id = 0, int variant = 0x1F) {
  // profile 66, constraints 0, level; then ue(id) and bits that only have to be there.
  Bytes nal = bytes_of({0x67, 0x42, 0x00, variant});
  nal.push_back(id == 0 ? 0x95 : 0x55);  // "1..." is ue 0, "010..." is ue 1
  nal.push_back(0xA8);
  return nal;
}
inline Bytes pps(int id = 0) { return bytes_of({0x68, id == 0 ? 0xCE : 0x4E, 0x3C, 0x80}); }
inline Bytes sei() { return bytes_of({0x06, 0x05, 0x02, 0xAA, 0xBB, 0x80}); }
inline Bytes aud() { return bytes_of({0x09, 0xF0}); }
/// first: the slice begins a picture.
inline Bytes slice(bool key, bool first = true, std::size_t size = 20, std::uint8_t seed = 0x33) {
  return join({bytes_of({key ? 0x65 : 0x41, first ? 0x88 : 0x48}), filling(size, seed)});
}
inline Bytes stap_a(std::initializer_list<Bytes> nals) {
  Bytes out = bytes_of({0x78});
  for (const Bytes& nal : nals) {
    base::ByteWriter(out).u16(static_cast<std::uint16_t>(nal.size()));
    out.insert(out.end(), nal.begin(), nal.end());
  }
  return out;
}
/// One FU-A packet with nal[from, to) (positions after the header byte are >= 1).
inline Bytes fu_a(const Bytes& nal, std::size_t from, std::size_t to, bool start, bool end, int reserved = 0) {
  Bytes out = bytes_of({(nal[0] & 0xE0) | 28, (start ? 0x80 : 0) | (end ? 0x40 : 0) | reserved | (nal[0] & 0x1F)});
  out.insert(out.end(), nal.begin() + static_cast<std::ptrdiff_t>(from), nal.begin() + static_cast<std::ptrdiff_t>(to));
  return out;
}
}  // namespace h264

namespace h265 {
inline Bytes header(int type) { return bytes_of({type << 1, 1}); }
inline Bytes vps() { return join({header(32), bytes_of({0x0C, 0x01, 0xFF, 0xFF})}); }
/// id 0, no sub-layers: 1 byte, 12 bytes of profile_tier_level, ue(0).
inline Bytes sps(int level = 93) {
  return join({header(33), bytes_of({0x01, 0x01, 0x60, 0x11, 0x22, 0x90, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, level}),
               bytes_of({0xA0, 0x03})});
}
inline Bytes pps() { return join({header(34), bytes_of({0xC1, 0x72, 0xB4})}); }
inline Bytes slice(int type, bool first = true, std::size_t size = 20) {
  return join({header(type), bytes_of({first ? 0xA0 : 0x20}), filling(size)});
}
inline Bytes aggregate(std::initializer_list<Bytes> nals, bool donl = false) {
  Bytes out = header(48);
  bool first = true;
  for (const Bytes& nal : nals) {
    if (donl) {
      if (first) base::ByteWriter(out).u16(7);
      if (!first) base::ByteWriter(out).u8(0);
    }
    first = false;
    base::ByteWriter(out).u16(static_cast<std::uint16_t>(nal.size()));
    out.insert(out.end(), nal.begin(), nal.end());
  }
  return out;
}
inline Bytes fu(const Bytes& nal, std::size_t from, std::size_t to, bool start, bool end, bool donl = false) {
  Bytes out = bytes_of({(49 << 1) | (nal[0] & 0x81), nal[1], (start ? 0x80 : 0) | (end ? 0x40 : 0) | (nal[0] >> 1)});
  if (donl && start) base::ByteWriter(out).u16(9);
  out.insert(out.end(), nal.begin() + static_cast<std::ptrdiff_t>(from), nal.begin() + static_cast<std::ptrdiff_t>(to));
  return out;
}
}  // namespace h265

/// NAL units of a payload with 4-byte lengths; empty if it does not parse to its very end.
inline std::vector<Bytes> nals_of(const media::AccessUnit& unit) {
  std::vector<Bytes> nals;
  base::ByteReader reader(*unit.payload);
  while (!reader.at_end()) {
    const base::ByteSpan nal = reader.take(reader.u32());
    if (reader.failed() || nal.empty()) return {};
    nals.emplace_back(nal.begin(), nal.end());
  }
  return nals;
}

/// A camera on the other end: numbers packets, keeps time, collects what comes out.
class Camera {
 public:
  explicit Camera(media::Codec codec, std::map<std::string, std::string> fmtp = {}, bool ordered = true,
                  std::size_t max_unit_bytes = 1U << 20) {
    ingest::TrackDescription track;
    track.codec = codec;
    track.kind = media::is_video(codec) ? media::TrackKind::kVideo : media::TrackKind::kAudio;
    track.fmtp = std::move(fmtp);
    if (codec == media::Codec::kAac) track.clock_rate_hz = 16'000;
    if (codec == media::Codec::kG711A || codec == media::Codec::kG711Mu) track.clock_rate_hz = 8'000;
    ingest::ReceiverLimits limits;
    limits.ordered_transport = ordered;
    limits.max_unit_bytes = max_unit_bytes;
    auto made = ingest::TrackReceiver::create(track, limits);
    if (made.has_value()) receiver_ = std::move(made).value();
    fields_.sequence = 1000;
    fields_.timestamp = 90'000;
  }
  /// Sends a packet with the next sequence number.
  void send(const Bytes& payload, bool marker = false) {
    fields_.marker = marker;
    send_raw(rtp(fields_, payload));
    ++fields_.sequence;
  }
  void send_raw(const Bytes& packet) {
    receiver_->on_rtp(packet, now_);
    receiver_->take_outputs(outputs_);
  }
  void lose(int packets = 1) { fields_.sequence = static_cast<std::uint16_t>(fields_.sequence + packets); }
  /// The next picture: 40 ms later in both clocks unless told otherwise.
  void next_picture(std::uint32_t ticks = 3600, std::int64_t us = 40'000) {
    fields_.timestamp += ticks;
    now_.us += us;
  }
  void pass(std::int64_t us) {
    now_.us += us;
    receiver_->on_tick(now_);
    receiver_->take_outputs(outputs_);
  }
  /// Flushes what waits for its successor.
  void finish() { pass(2'000'000); }
  /// Parameter sets and an IDR, then two more pictures, so that the marker is trusted.
  void warm_up() {
    send(join({h264::sps()}));
    send(h264::pps());
    for (int i = 0; i < 4; ++i) {
      send(h264::slice(i == 0), true);
      next_picture();
    }
    outputs_.clear();
  }

  RtpFields& fields() { return fields_; }
  base::MonoTime now() const { return now_; }
  ingest::TrackReceiver& receiver() { return *receiver_; }
  const ingest::ReceiverStats& stats() const { return receiver_->stats(); }
  std::vector<media::AccessUnit> units() const {
    std::vector<media::AccessUnit> units;
    for (const ingest::TrackOutput& output : outputs_) {
      if (output.unit) units.push_back(*output.unit);
    }
    return units;
  }
  std::vector<media::TrackParameters> parameters() const {
    std::vector<media::TrackParameters> all;
    for (const ingest::TrackOutput& output : outputs_) {
      if (output.parameters) all.push_back(*output.parameters);
    }
    return all;
  }
  const std::vector<ingest::TrackOutput>& outputs() const { return outputs_; }
  void forget() { outputs_.clear(); }

 private:
  RtpFields fields_;
  base::MonoTime now_{50'000'000};
  std::unique_ptr<ingest::TrackReceiver> receiver_;
  std::vector<ingest::TrackOutput> outputs_;
};

}  // namespace vonggac::testing
