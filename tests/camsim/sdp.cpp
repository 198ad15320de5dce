#include "camsim/sdp.h"

#include <fmt/format.h>

#include "base/digest.h"
#include "camsim/auth.h"

namespace vonggac::camsim {
namespace {

std::string base64_list(const std::vector<base::Bytes>& sets) {
  std::string out;
  for (const base::Bytes& set : sets) {
    if (!out.empty()) out += ',';
    out += encode_base64(set);
  }
  return out;
}

std::string h264_format(const SdpInput& in) {
  const ParameterSets& sets = *in.described;
  std::string out;
  if (!has(in.quirks, Quirk::kNoPacketizationMode)) out += "packetization-mode=1;";
  if (in.sprop == SpropMode::kInBandOnly || sets.sps.empty() || sets.sps.front().size() < 4) return out;
  out += "profile-level-id=" + base::to_hex(base::ByteSpan(sets.sps.front()).subspan(1, 3)) + ";";
  const bool rotated = in.sprop == SpropMode::kRotated;
  const std::string first = base64_list(rotated ? sets.pps : sets.sps);
  const std::string second = base64_list(rotated ? sets.sps : sets.pps);
  return out + "sprop-parameter-sets=" + first + "," + second + ";";
}

std::string h265_format(const SdpInput& in) {
  if (in.sprop == SpropMode::kInBandOnly) return "";
  const ParameterSets& sets = *in.described;
  if (in.sprop == SpropMode::kRotated) {
    return fmt::format("sprop-vps={};sprop-sps={};sprop-pps={};", base64_list(sets.sps), base64_list(sets.pps),
                       base64_list(sets.vps));
  }
  return fmt::format("sprop-vps={};sprop-sps={};sprop-pps={};", base64_list(sets.vps), base64_list(sets.sps),
                     base64_list(sets.pps));
}

std::string finish_format(std::string parameters, const QuirkSet& quirks) {
  if (!has(quirks, Quirk::kTrailingSemicolon) && !parameters.empty()) parameters.pop_back();
  return parameters;
}

void add_video(const SdpInput& in, std::vector<std::string>& lines) {
  const bool h265 = in.video->codec == media::Codec::kH265;
  const int type = kVideoPayloadType;
  lines.push_back(fmt::format("m=video 0 RTP/AVP {}", type));
  lines.push_back(fmt::format("a=rtpmap:{} {}/90000", type, h265 ? "H265" : "H264"));
  const std::string format = finish_format(h265 ? h265_format(in) : h264_format(in), in.quirks);
  if (!format.empty()) lines.push_back(fmt::format("a=fmtp:{} {}", type, format));
  if (in.declared_frame_rate > 0) lines.push_back(fmt::format("a=framerate:{:g}", in.declared_frame_rate));
  lines.push_back(fmt::format("a=control:{}trackID=0", in.control_base));
  lines.push_back("a=recvonly");
}

void add_audio(const SdpInput& in, std::vector<std::string>& lines) {
  const AudioTrack& audio = *in.audio;
  const int type = audio_payload_type(audio.codec);
  lines.push_back(fmt::format("m=audio 0 RTP/AVP {}", type));
  if (audio.codec == media::Codec::kAac) {
    lines.push_back(fmt::format("a=rtpmap:{} MPEG4-GENERIC/{}/{}", type, audio.sample_rate_hz, audio.channels));
    const std::string format =
        "streamtype=5;profile-level-id=1;mode=AAC-hbr;sizelength=13;indexlength=3;"
        "indexdeltalength=3;config=" +
        base::to_hex(audio.config) + ";";
    lines.push_back(fmt::format("a=fmtp:{} {}", type, finish_format(format, in.quirks)));
  } else {
    const char* name = audio.codec == media::Codec::kG711A ? "PCMA" : "PCMU";
    lines.push_back(fmt::format("a=rtpmap:{} {}/{}/{}", type, name, audio.sample_rate_hz, audio.channels));
  }
  lines.push_back(fmt::format("a=control:{}trackID=1", in.control_base));
  lines.push_back("a=recvonly");
}

}  // namespace

std::string make_sdp(const SdpInput& in) {
  std::vector<std::string> lines = {"v=0"};
  if (!has(in.quirks, Quirk::kNoOriginLine)) lines.push_back("o=- 1 1 IN IP4 " + in.address);
  lines.push_back("s=Media Presentation");
  lines.push_back("c=IN IP4 " + in.connection);
  lines.push_back("t=0 0");
  if (!has(in.quirks, Quirk::kNoSessionControl)) lines.push_back("a=control:*");
  lines.push_back("a=range:npt=0-");
  add_video(in, lines);
  if (in.audio != nullptr) add_audio(in, lines);
  std::string out;
  for (const std::string& line : lines) {
    out += line;
    out += has(in.quirks, Quirk::kSdpLfOnly) ? "\n" : "\r\n";
  }
  if (has(in.quirks, Quirk::kSdpTrailingNul)) out.push_back('\0');
  return out;
}

}  // namespace vonggac::camsim
