#include "media/video_format.h"

#include <algorithm>

#include <fmt/format.h>

#include "media/h264_parameters.h"
#include "media/h265_parameters.h"
#include "media/nal_units.h"
#include "media/video_usability.h"

namespace vonggac::media {
namespace {

base::Status check_counts(const TrackParameters& p) {
  if (p.sps.empty() || p.pps.empty()) return base::invalid_argument("video parameters without SPS or PPS");
  if (std::max({p.vps.size(), p.sps.size(), p.pps.size()}) > kMaxParameterSets) {
    return base::invalid_argument("too many parameter sets");
  }
  return base::Status::ok_status();
}

base::Result<VideoFormat> parse_h264(const TrackParameters& p) {
  for (const base::Bytes& nal : p.pps) {
    if (auto pps = parse_h264_pps(nal); !pps) return pps.error();
  }
  std::optional<VideoFormat> format;
  for (const base::Bytes& nal : p.sps) {
    VG_ASSIGN(const H264Sps sps, parse_h264_sps(nal));
    if (!format) format = video_format_of(sps);
  }
  return *format;
}

base::Result<VideoFormat> parse_h265(const TrackParameters& p) {
  if (p.vps.empty()) return base::invalid_argument("H.265 parameters without VPS");
  std::optional<FrameRate> vps_rate;
  for (const base::Bytes& nal : p.vps) {
    VG_ASSIGN(const H265Vps vps, parse_h265_vps(nal));
    if (!vps_rate) vps_rate = vps.frame_rate;
  }
  for (const base::Bytes& nal : p.pps) {
    if (auto pps = parse_h265_pps(nal); !pps) return pps.error();
  }
  std::optional<VideoFormat> format;
  for (const base::Bytes& nal : p.sps) {
    VG_ASSIGN(const H265Sps sps, parse_h265_sps(nal));
    if (!format) format = video_format_of(sps);
  }
  if (!format->frame_rate) format->frame_rate = vps_rate;
  return *format;
}

/// The NAL unit without header and trailing zeros: nal_ref_idc and padding do not change a set.
bool same_body(Codec codec, const base::Bytes& a, const base::Bytes& b) {
  const base::ByteSpan body_a = without_trailing_zeros(a);
  const base::ByteSpan body_b = without_trailing_zeros(b);
  const std::size_t header = nal_header_bytes(codec);
  if (body_a.size() < header || body_b.size() < header) return body_a.size() == body_b.size();
  return std::equal(body_a.begin() + static_cast<std::ptrdiff_t>(header), body_a.end(),
                    body_b.begin() + static_cast<std::ptrdiff_t>(header), body_b.end());
}

bool same_sps(Codec codec, const base::Bytes& a, const base::Bytes& b) {
  if (same_body(codec, a, b)) return true;
  if (codec == Codec::kH264) {
    const auto x = parse_h264_sps(a);
    const auto y = parse_h264_sps(b);
    return x && y && x->core_bits == y->core_bits && same_pictures(x->vui, y->vui);
  }
  const auto x = parse_h265_sps(a);
  const auto y = parse_h265_sps(b);
  return x && y && x->core_bits == y->core_bits && x->tail_bits == y->tail_bits && same_pictures(x->vui, y->vui);
}

bool same_vps(Codec codec, const base::Bytes& a, const base::Bytes& b) {
  if (same_body(codec, a, b)) return true;
  const auto x = parse_h265_vps(a);
  const auto y = parse_h265_vps(b);
  return x && y && x->core_bits == y->core_bits;
}

using SameSet = bool (*)(Codec, const base::Bytes&, const base::Bytes&);

bool contains_all(Codec codec, const std::vector<base::Bytes>& whole, const std::vector<base::Bytes>& part,
                  SameSet same) {
  return std::all_of(part.begin(), part.end(), [&](const base::Bytes& wanted) {
    return std::any_of(whole.begin(), whole.end(), [&](const base::Bytes& set) { return same(codec, set, wanted); });
  });
}

bool same_sets(Codec codec, const std::vector<base::Bytes>& a, const std::vector<base::Bytes>& b, SameSet same) {
  // Beyond the cap the pairwise comparison could be made expensive; such parameters are refused elsewhere.
  if (a.size() > kMaxParameterSets || b.size() > kMaxParameterSets) return a == b;
  return contains_all(codec, a, b, same) && contains_all(codec, b, a, same);
}

std::uint32_t reverse_bits(std::uint32_t value) {
  std::uint32_t reversed = 0;
  for (int i = 0; i < 32; ++i, value >>= 1) reversed = (reversed << 1) | (value & 1);
  return reversed;
}

std::string h265_codec_string(const VideoFormat& f) {
  std::string text = "hvc1.";
  if (f.profile_space != 0) text.push_back(static_cast<char>('A' + f.profile_space - 1));
  text += fmt::format("{}.{:X}.{}{}", f.profile_idc, reverse_bits(f.profile_compatibility_flags),
                      f.high_tier ? 'H' : 'L', f.level_idc);
  std::uint64_t flags = f.constraint_flags;
  for (int i = 0; i < 6 && flags != 0; ++i) {
    text += fmt::format(".{:X}", (flags >> 40) & 0xFF);
    flags = (flags << 8) & 0xFFFFFFFFFFFFULL;
  }
  return text;
}

}  // namespace

base::Result<VideoFormat> parse_video_format(const TrackParameters& parameters) {
  if (!is_video(parameters.codec)) return base::invalid_argument("not a video track");
  VG_TRY(check_counts(parameters));
  return parameters.codec == Codec::kH264 ? parse_h264(parameters) : parse_h265(parameters);
}

bool semantically_equal(const TrackParameters& a, const TrackParameters& b) {
  if (a == b) return true;
  if (a.codec != b.codec || !is_video(a.codec)) return false;
  return same_sets(a.codec, a.sps, b.sps, same_sps) && same_sets(a.codec, a.pps, b.pps, same_body) &&
         same_sets(a.codec, a.vps, b.vps, same_vps);
}

base::Result<std::string> codec_string(const TrackParameters& parameters) {
  switch (parameters.codec) {
    case Codec::kH264: {
      VG_ASSIGN(const VideoFormat f, parse_video_format(parameters));
      return fmt::format("avc1.{:02x}{:02x}{:02x}", f.profile_idc, f.compatibility, f.level_idc);
    }
    case Codec::kH265: {
      VG_ASSIGN(const VideoFormat f, parse_video_format(parameters));
      return h265_codec_string(f);
    }
    case Codec::kAac: {
      // Object type: the first five bits of AudioSpecificConfig; 31 escapes to types cameras do not send.
      if (parameters.audio_config.size() < 2) return base::invalid_argument("AAC without AudioSpecificConfig");
      return fmt::format("mp4a.40.{}", parameters.audio_config[0] >> 3);
    }
    case Codec::kG711Mu:
      return std::string("ulaw");
    case Codec::kG711A:
      return std::string("alaw");
    case Codec::kNone:
      break;
  }
  return base::invalid_argument("no codec");
}

}  // namespace vonggac::media
