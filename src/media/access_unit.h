/// The encoded unit everything downstream of ingest speaks of: one access unit of one track.
/// Owns   a share of the payload, which is immutable; nobody copies it once core has taken it in.
/// Units  pts on the stream's own 90 kHz axis; capture on this boot's monotonic clock.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/units.h"
#include "media/shared_bytes.h"

namespace vonggac::media {

enum class Codec : std::uint8_t { kNone = 0, kH264 = 1, kH265 = 2, kAac = 3, kG711Mu = 4, kG711A = 5 };
constexpr bool is_video(Codec c) { return c == Codec::kH264 || c == Codec::kH265; }
const char* codec_name(Codec codec);  ///< "h264", "h265", "aac", "pcmu", "pcma"

enum class StreamRole : std::uint8_t { kMain = 0, kSub = 1 };
/// Where a role stands in an array of both.
constexpr std::size_t index_of(StreamRole role) { return static_cast<std::size_t>(role); }
enum class TrackKind : std::uint8_t { kVideo = 0, kAudio = 1 };

/// What is needed to decode a track. Video: raw NAL units without start codes (several SPS/PPS allowed).
struct TrackParameters {
  Codec codec = Codec::kNone;
  std::vector<base::Bytes> vps;  ///< H.265 only
  std::vector<base::Bytes> sps;
  std::vector<base::Bytes> pps;
  base::Bytes audio_config;  ///< AAC: AudioSpecificConfig (ISO 14496-3); else empty
  std::uint32_t clock_rate_hz = 90'000;
  std::uint8_t channels = 0;  ///< audio
  bool operator==(const TrackParameters&) const = default;
};

struct AccessUnit {
  TrackKind track = TrackKind::kVideo;
  base::MediaTime pts;         ///< rises within a session but for reordered (B) pictures; 90 kHz also for audio
  base::MonoTime capture;      ///< best estimate of the moment of capture, drift-corrected against arrival
  bool key = false;            ///< video: IDR/CRA/BLA, decodable alone with the track parameters
  bool damaged = false;        ///< packets of it were lost
  bool loss_before = false;    ///< packets before it were lost: whole units may be missing between it and the last one
  bool discontinuity = false;  ///< the 90 kHz axis was re-anchored just before this unit
  /// Video: NAL units each after a 4-byte big-endian length, exactly the camera's NAL bytes. Audio: one frame.
  SharedBytes payload;
};

}  // namespace vonggac::media
