#include "ingest/aac_depacketizer.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace vonggac::ingest {
namespace {
std::optional<unsigned> number_at(const std::map<std::string, std::string>& fmtp, const char* key) {
  const auto found = fmtp.find(key);
  if (found == fmtp.end()) return std::nullopt;
  unsigned value = 0;
  const std::string& text = found->second;
  if (std::from_chars(text.data(), text.data() + text.size(), value).ec != std::errc()) return std::nullopt;
  return value;
}

/// A frame that begins with an ADTS header whose length field agrees with what is there: without the header.
base::ByteSpan without_adts(base::ByteSpan frame) {
  if (frame.size() < 8 || frame[0] != 0xFF || (frame[1] & 0xF6U) != 0xF0) return frame;
  const std::size_t length = (std::size_t{frame[3] & 3U} << 11) | (std::size_t{frame[4]} << 3) | (frame[5] >> 5);
  const std::size_t header = (frame[1] & 1U) != 0 ? 7 : 9;
  if (length != frame.size() || length <= header) return frame;
  return frame.subspan(header);
}
}  // namespace

base::Result<AacDepacketizer::Layout> AacDepacketizer::layout_of(const std::map<std::string, std::string>& fmtp) {
  Layout layout;
  const auto mode = fmtp.find("mode");
  const bool generic = mode != fmtp.end() || fmtp.contains("sizelength");
  layout.latm = !generic && (fmtp.contains("cpresent") || fmtp.contains("object"));
  if (mode != fmtp.end() && (mode->second == "AAC-lbr" || mode->second == "aac-lbr")) {
    layout.size_bits = 6;
    layout.index_bits = layout.index_delta_bits = 2;
  }
  layout.size_bits = number_at(fmtp, "sizelength").value_or(layout.size_bits);
  layout.index_bits = number_at(fmtp, "indexlength").value_or(layout.index_bits);
  layout.index_delta_bits = number_at(fmtp, "indexdeltalength").value_or(layout.index_delta_bits);
  if (layout.size_bits == 0 || layout.size_bits > 24 || layout.index_bits > 16 || layout.index_delta_bits > 16) {
    return base::invalid_argument("AAC: the SDP's field lengths (sizelength, indexlength) are out of range");
  }
  for (const char* unsupported :
       {"ctsdeltalength", "dtsdeltalength", "randomaccessindication", "streamstateindication"}) {
    if (number_at(fmtp, unsupported).value_or(0) != 0) {
      return base::invalid_argument(std::string("AAC: the SDP asks for ") + unsupported + ", which is not supported");
    }
  }
  return layout;
}

base::Result<std::unique_ptr<AacDepacketizer>> AacDepacketizer::create(std::uint32_t clock_rate_hz,
                                                                       std::uint8_t channels,
                                                                       const std::map<std::string, std::string>& fmtp) {
  std::unique_ptr<AacDepacketizer> made(new AacDepacketizer());
  VG_ASSIGN(made->layout_, layout_of(fmtp));
  const auto found = fmtp.find("config");
  base::Bytes config = found == fmtp.end() ? base::Bytes() : decode_hex(found->second);
  if (made->layout_.latm) config = aac_config_of_latm(config).value_or(base::Bytes());
  const std::optional<AacConfig> parsed = parse_aac_config(config);
  if (!parsed) return base::invalid_argument("AAC: the SDP has no usable config");
  made->parameters_.codec = media::Codec::kAac;
  made->parameters_.clock_rate_hz = clock_rate_hz;
  made->parameters_.channels = parsed->channels != 0 ? parsed->channels : channels;
  made->parameters_.audio_config = std::move(config);
  // RTP may count the output samples of SBR (two per core sample) while the configuration names the core's rate.
  const std::uint64_t ticks = std::uint64_t{parsed->frame_samples} * clock_rate_hz / parsed->sample_rate_hz;
  made->frame_ticks_ = static_cast<std::uint32_t>(std::clamp<std::uint64_t>(ticks, 1, clock_rate_hz));
  return made;
}

void AacDepacketizer::push(const RtpPacket& packet, std::uint32_t lost_before, base::MonoTime arrival,
                           std::vector<RawUnit>& out) {
  if (lost_before > 0 || (fragment_open_ && packet.timestamp != fragment_timestamp_)) drop_fragment();
  if (packet.payload.empty()) return;
  if (layout_.latm) {
    on_latm(packet, arrival, out);
  } else {
    on_generic(packet, arrival, out);
  }
}

void AacDepacketizer::restart(std::vector<RawUnit>&) { drop_fragment(); }

void AacDepacketizer::drop_fragment() {
  if (fragment_open_) ++stats_.ignored_packets;
  fragment_open_ = false;
  fragment_.clear();
}

/// False: it does not fit; the frame is given up.
bool AacDepacketizer::gather_fragment(base::ByteSpan bytes, std::uint32_t timestamp) {
  if (!fragment_open_) fragment_.clear();
  fragment_open_ = true;
  fragment_timestamp_ = timestamp;
  if (fragment_.size() + bytes.size() > kMostFrameBytes) {
    drop_fragment();
    return false;
  }
  fragment_.insert(fragment_.end(), bytes.begin(), bytes.end());
  return true;
}

/// AU sizes from the AU header section; 0 if it cannot be read or frames are interleaved (never seen from cameras).
std::size_t AacDepacketizer::read_sizes(base::ByteReader& reader, Sizes& sizes) const {
  const std::size_t header_bits = reader.u16();
  BitReader headers(reader.take((header_bits + 7) / 8), BitReader::Source::kPlain);
  if (reader.failed()) return 0;
  std::size_t count = 0;
  for (std::size_t used = 0; count < kMostFrames; ++count) {
    const unsigned index_bits = count == 0 ? layout_.index_bits : layout_.index_delta_bits;
    used += layout_.size_bits + index_bits;
    if (used > header_bits) break;
    sizes[count] = headers.bits(layout_.size_bits);
    if (headers.bits(index_bits) != 0) return 0;
  }
  return count;
}

void AacDepacketizer::on_generic(const RtpPacket& packet, base::MonoTime arrival, std::vector<RawUnit>& out) {
  base::ByteReader reader(packet.payload);
  Sizes sizes{};
  const std::size_t count = read_sizes(reader, sizes);
  if (count == 0) {
    ++stats_.ignored_packets;
    return;
  }
  if (count == 1 && (fragment_open_ || sizes[0] > reader.remaining())) {
    // Each fragment repeats the size of the whole frame.
    if (!gather_fragment(reader.rest(), packet.timestamp) || fragment_.size() < sizes[0]) return;
    fragment_open_ = false;
    emit(base::ByteSpan(fragment_).first(sizes[0]), packet.timestamp, arrival - playing_time(1), out);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const base::ByteSpan frame = reader.take(sizes[i]);
    if (reader.failed()) {
      ++stats_.ignored_packets;
      return;
    }
    const auto offset = static_cast<std::uint32_t>(i) * frame_ticks_;
    emit(frame, packet.timestamp + offset, arrival - playing_time(count - i), out);
  }
}

base::Micros AacDepacketizer::playing_time(std::size_t frames) const {
  return base::Micros(frames * frame_ticks_ * 1'000'000 / parameters_.clock_rate_hz);
}

void AacDepacketizer::on_latm(const RtpPacket& packet, base::MonoTime arrival, std::vector<RawUnit>& out) {
  if (!gather_fragment(packet.payload, packet.timestamp) || !packet.marker) return;
  fragment_open_ = false;
  base::ByteReader reader(fragment_);
  std::size_t size = 0;  // PayloadLengthInfo: 255, 255, ..., rest
  for (std::uint8_t part = 255; part == 255;) {
    part = reader.u8();
    size += part;
  }
  const base::ByteSpan frame = reader.take(size);
  if (reader.failed()) {
    ++stats_.ignored_packets;
    return;
  }
  emit(frame, packet.timestamp, arrival - playing_time(1), out);
}

void AacDepacketizer::emit(base::ByteSpan frame, std::uint32_t timestamp, base::MonoTime arrival,
                           std::vector<RawUnit>& out) {
  frame = without_adts(frame);
  if (frame.empty() || frame.size() > kMostFrameBytes) return;
  RawUnit unit;
  if (!parameters_sent_) {
    unit.parameters = std::make_unique<media::TrackParameters>(parameters_);
    parameters_sent_ = true;
  }
  unit.payload = buffers_.take(frame.size());
  unit.payload->assign(frame.begin(), frame.end());
  unit.rtp_timestamp = timestamp;
  unit.arrival = arrival;
  out.push_back(std::move(unit));
}

}  // namespace vonggac::ingest
