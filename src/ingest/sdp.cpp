#include "ingest/sdp.h"

#include <algorithm>

#include "ingest/rtsp_message.h"

namespace vonggac::ingest {
namespace {

using media::Codec;

constexpr std::size_t kMaxLines = 4096;
constexpr std::size_t kMaxFmtpValueChars = 16U << 10;
constexpr std::uint32_t kMinClockHz = 1'000;
constexpr std::uint32_t kMaxClockHz = 1'000'000;
constexpr std::uint8_t kPcmuType = 0;  // static payload types of RFC 3551 table 4
constexpr std::uint8_t kPcmaType = 8;

/// Next word of `text`, which is cut; blanks and tabs separate.
std::string_view take_word(std::string_view& text) {
  text = trim(text);
  const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end);
  return word;
}

/// A payload type, which may be followed directly by something else than a blank ("96;packetization-mode=1").
std::optional<std::uint8_t> take_payload_type(std::string_view& text) {
  text = trim(text);
  const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::int64_t number = parse_decimal(text.substr(0, end));
  if (number < 0 || number > 127) return std::nullopt;
  text.remove_prefix(end);
  return static_cast<std::uint8_t>(number);
}

/// "video 0 RTP/AVP 96 97"; a section whose formats are no numbers stays, without payload types.
void begin_section(std::string_view value, Sdp& sdp) {
  if (sdp.sections.size() >= kMaxSdpSections) return;
  SdpSection section;
  section.kind = lower_case(take_word(value));
  (void)take_word(value);  // the port: 0, or anything, means nothing before SETUP
  section.protocol = std::string(take_word(value));
  while (section.payload_types.size() < kMaxSdpFormats) {
    std::string_view word = take_word(value);
    if (word.empty()) break;
    const std::optional<std::uint8_t> payload_type = take_payload_type(word);
    if (payload_type && word.empty()) section.payload_types.push_back(*payload_type);
  }
  sdp.sections.push_back(std::move(section));
}

/// "96 H264/90000/1"
void read_rtpmap(std::string_view value, SdpSection& section) {
  const std::optional<std::uint8_t> payload_type = take_payload_type(value);
  if (!payload_type || section.rtpmaps.size() >= kMaxSdpFormats) return;
  value = trim(value);
  const std::size_t slash = std::min(value.find('/'), value.size());
  SdpRtpMap map;
  map.encoding = lower_case(trim(value.substr(0, slash)));
  value.remove_prefix(std::min(slash + 1, value.size()));
  const std::size_t second = std::min(value.find('/'), value.size());
  const std::int64_t rate = parse_decimal(value.substr(0, second));
  if (rate > 0) map.clock_rate_hz = static_cast<std::uint32_t>(rate);
  value.remove_prefix(std::min(second + 1, value.size()));
  const std::int64_t channels = parse_decimal(value);
  if (channels > 0 && channels <= 255) map.channels = static_cast<std::uint8_t>(channels);
  if (!map.encoding.empty()) section.rtpmaps.emplace(*payload_type, std::move(map));
}

/// "96 key=value; key=value;" - the value may hold '=' itself (Base64).
void read_fmtp(std::string_view value, SdpSection& section) {
  const std::optional<std::uint8_t> payload_type = take_payload_type(value);
  if (!payload_type || section.fmtps.size() >= kMaxSdpFormats) return;
  std::map<std::string, std::string>& parameters = section.fmtps[*payload_type];
  while (!value.empty() && parameters.size() < kMaxFmtpParameters) {
    const std::size_t end = std::min(value.find(';'), value.size());
    const std::string_view pair = trim(value.substr(0, end));
    value.remove_prefix(std::min(end + 1, value.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::string key = lower_case(trim(pair.substr(0, equals)));
    std::string_view text = trim(pair.substr(std::min(equals + 1, pair.size())));
    if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
    if (!key.empty() && text.size() <= kMaxFmtpValueChars) parameters.emplace(key, std::string(text));
  }
}

void read_attribute(std::string_view line, Sdp& sdp) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  const std::string_view name = trim(line.substr(0, colon));
  const std::string_view value = trim(line.substr(std::min(colon + 1, line.size())));
  SdpSection* section = sdp.sections.empty() ? nullptr : &sdp.sections.back();
  if (equal_no_case(name, "control")) {
    std::string& control = section != nullptr ? section->control : sdp.control;
    if (control.empty()) control = std::string(value);
  } else if (section == nullptr) {
    return;
  } else if (equal_no_case(name, "rtpmap")) {
    read_rtpmap(value, *section);
  } else if (equal_no_case(name, "fmtp")) {
    read_fmtp(value, *section);
  } else if (equal_no_case(name, "sendonly")) {
    section->send_only = true;
  }
}

Codec codec_of(std::string_view kind, std::string_view encoding) {
  if (kind == "video") {
    if (encoding == "h264" || encoding == "avc" || encoding == "h264-rcdo") return Codec::kH264;
    if (encoding == "h265" || encoding == "hevc") return Codec::kH265;
  } else if (kind == "audio") {
    if (encoding == "mpeg4-generic" || encoding == "aac") return Codec::kAac;
    if (encoding == "pcmu" || encoding == "g711u") return Codec::kG711Mu;
    if (encoding == "pcma" || encoding == "g711a") return Codec::kG711A;
  }
  return Codec::kNone;
}

/// A section without any rtpmap: by static payload type, or by parameters that only one codec has.
Codec guess_codec(std::string_view kind, std::uint8_t payload_type, const std::map<std::string, std::string>& fmtp) {
  if (kind == "audio") {
    if (payload_type == kPcmuType) return Codec::kG711Mu;
    if (payload_type == kPcmaType) return Codec::kG711A;
    return Codec::kNone;
  }
  if (kind != "video") return Codec::kNone;
  if (fmtp.count("sprop-vps") + fmtp.count("sprop-sps") > 0) return Codec::kH265;
  if (fmtp.count("sprop-parameter-sets") + fmtp.count("packetization-mode") > 0) return Codec::kH264;
  return Codec::kNone;
}

/// The entry for this payload type; or the only one there is, since cameras mix the numbers up.
template <typename Value>
const Value* entry_for(const std::map<std::uint8_t, Value>& entries, const SdpSection& section,
                       std::uint8_t payload_type) {
  if (const auto found = entries.find(payload_type); found != entries.end()) return &found->second;
  if (entries.size() == 1 && section.payload_types.size() == 1) return &entries.begin()->second;
  return nullptr;
}

std::uint32_t clock_rate(const SdpRtpMap* map, Codec codec) {
  const std::uint32_t usual_hz = media::is_video(codec) ? 90'000 : 8'000;
  if (map == nullptr || map->clock_rate_hz < kMinClockHz || map->clock_rate_hz > kMaxClockHz) return usual_hz;
  return map->clock_rate_hz;
}

std::optional<ChosenTrack> track_of(const SdpSection& section) {
  for (const std::uint8_t payload_type : section.payload_types) {
    const SdpRtpMap* map = entry_for(section.rtpmaps, section, payload_type);
    const auto* fmtp = entry_for(section.fmtps, section, payload_type);
    static const std::map<std::string, std::string> no_parameters;
    const Codec codec = map != nullptr
                            ? codec_of(section.kind, map->encoding)
                            : guess_codec(section.kind, payload_type, fmtp != nullptr ? *fmtp : no_parameters);
    if (codec == Codec::kNone) continue;
    ChosenTrack track;
    track.control = section.control;
    track.description.kind = media::is_video(codec) ? media::TrackKind::kVideo : media::TrackKind::kAudio;
    track.description.codec = codec;
    track.description.payload_type = payload_type;
    track.description.clock_rate_hz = clock_rate(map, codec);
    if (track.description.kind == media::TrackKind::kAudio) {
      track.description.channels = map != nullptr && map->channels > 0 ? map->channels : std::uint8_t{1};
    }
    if (fmtp != nullptr) track.description.fmtp = *fmtp;
    return track;
  }
  return std::nullopt;
}

/// SRTP needs keys that the recorder does not have; everything else ("RTP/AVP/TCP", "TCP/RTP/AVP", "RTP/AVPF") is RTP.
bool is_plain_rtp(std::string_view protocol) {
  const std::string lower = lower_case(protocol);
  return lower.find("savp") == std::string::npos && (lower.empty() || lower.find("rtp") != std::string::npos);
}

void note_codec(const SdpSection& section, std::string& seen) {
  for (const auto& [payload_type, map] : section.rtpmaps) {
    if (seen.size() > 60) return;
    if (!seen.empty()) seen += ", ";
    seen += printable(map.encoding, 20);
  }
  if (section.rtpmaps.empty() && !section.payload_types.empty()) {
    if (!seen.empty()) seen += ", ";
    seen +=
        section.payload_types.front() == 26 ? "jpeg" : "payload type " + std::to_string(section.payload_types.front());
  }
}

}  // namespace

base::Result<Sdp> parse_sdp(base::ByteSpan text) {
  Sdp sdp;
  std::string_view rest = base::as_text(text);
  // Line ends: CRLF, LF, CR alone; some cameras pad the body with NULs.
  constexpr std::string_view kLineEnds("\r\n\0", 3);
  for (std::size_t lines = 0; !rest.empty() && lines < kMaxLines; ++lines) {
    const std::size_t end = std::min(rest.find_first_of(kLineEnds), rest.size());
    const std::string_view line = trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    const std::size_t equals = line.find('=');
    if (equals == std::string_view::npos || trim(line.substr(0, equals)).size() != 1) continue;
    const std::string_view value = trim(line.substr(equals + 1));
    const char type = line.front();
    if (type == 'm') begin_section(value, sdp);
    if (type == 'a') read_attribute(value, sdp);
  }
  if (sdp.sections.empty()) return base::invalid_argument("the description names no media");
  return sdp;
}

TrackChoice choose_tracks(const Sdp& sdp) {
  TrackChoice choice;
  // A camera that calls its own video "sendonly" speaks from its own side: then audio marked so is no back channel.
  const bool says_sendonly_of_all =
      std::any_of(sdp.sections.begin(), sdp.sections.end(),
                  [](const SdpSection& section) { return section.kind == "video" && section.send_only; });
  for (const SdpSection& section : sdp.sections) {
    if (!is_plain_rtp(section.protocol)) continue;
    if (section.kind == "video" && !choice.video) {
      choice.video = track_of(section);
      if (!choice.video) note_codec(section, choice.video_codecs_seen);
    } else if (section.kind == "audio" && !choice.audio && (!section.send_only || says_sendonly_of_all)) {
      choice.audio = track_of(section);
    }
  }
  return choice;
}

}  // namespace vonggac::ingest
