/// The SDP of a stream (RFC 4566; RFC 6184 8.2, RFC 7798 7.2, RFC 3640 4.1), with the lies the verb `sprop` and the
/// quirks ask for. Threads  pure functions.
#pragma once

#include <string>

#include "camsim/clip.h"
#include "camsim/quirks.h"

namespace vonggac::camsim {

inline constexpr std::uint8_t kVideoPayloadType = 96;
/// 0 and 8 are static (RFC 3551); AAC is dynamic.
constexpr std::uint8_t audio_payload_type(media::Codec codec) {
  if (codec == media::Codec::kG711Mu) return 0;
  return codec == media::Codec::kG711A ? 8 : 97;
}

enum class SpropMode { kNormal, kSdpOnly, kInBandOnly, kWrong, kRotated };

struct SdpInput {
  const VideoTrack* video = nullptr;
  const AudioTrack* audio = nullptr;         ///< null: no audio
  const ParameterSets* described = nullptr;  ///< what the SDP claims; usually video->sets
  SpropMode sprop = SpropMode::kNormal;
  std::string address;       ///< of the server, for o=
  std::string connection;    ///< for c=
  std::string control_base;  ///< empty: relative controls; else "rtsp://host/path/"
  double declared_frame_rate = 0;
  QuirkSet quirks;
};

std::string make_sdp(const SdpInput& input);

}  // namespace vonggac::camsim
