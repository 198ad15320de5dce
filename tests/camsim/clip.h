/// One file's encoded frames in memory: what a camera plays.
/// Flow     load_clip() -> Clip -> LoopTimeline / VideoFeed / AudioFeed
/// Owns     the clip owns all bytes; frames are views into it. Immutable and shared after loading.
/// Errors   kNotFound, kInvalidArgument (no H.264/H.265 video, no key frame), kDataLoss (unreadable).
/// Units    video 90 kHz, rebased so that the first frame's dts is 0; audio in samples.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/access_unit.h"

namespace vonggac::camsim {

struct VideoFrame {
  std::int64_t dts_90k = 0;
  std::int64_t pts_90k = 0;
  bool key = false;
  std::vector<base::ByteSpan> nals;  ///< without lengths or start codes
};

struct ParameterSets {
  std::vector<base::Bytes> vps;  ///< H.265 only
  std::vector<base::Bytes> sps;
  std::vector<base::Bytes> pps;
  bool operator==(const ParameterSets&) const = default;
};

struct VideoTrack {
  media::Codec codec = media::Codec::kNone;
  ParameterSets sets;
  std::vector<VideoFrame> frames;  ///< decode order; the first is a key frame
  std::int64_t duration_90k = 0;   ///< one round of the loop
  std::int64_t reorder_90k = 0;    ///< largest pts - dts
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  double frame_rate = 0;
};

struct AudioTrack {
  media::Codec codec = media::Codec::kNone;  ///< kNone: no audio
  std::uint32_t sample_rate_hz = 0;
  std::uint32_t samples_per_frame = 0;
  std::uint8_t channels = 0;
  base::Bytes config;  ///< AAC: AudioSpecificConfig
  std::vector<base::Bytes> frames;
  bool present() const { return codec != media::Codec::kNone && !frames.empty(); }
};

class Clip {
 public:
  VideoTrack video;
  AudioTrack audio;
  std::vector<base::Bytes> storage;  ///< what video.frames point into

  Clip() = default;
  Clip(const Clip&) = delete;
  Clip& operator=(const Clip&) = delete;
};

/// Reads an MP4 or MOV file whole. G.711 is cut into frames of 20 ms.
base::Result<std::shared_ptr<const Clip>> load_clip(const std::string& path);

/// The NAL units of an access unit whose units stand after big-endian lengths of `length_bytes`.
std::vector<base::ByteSpan> split_length_prefixed(base::ByteSpan data, std::size_t length_bytes);

/// NAL unit kinds the simulator must tell apart, for both codecs.
bool is_vcl(base::ByteSpan nal, media::Codec codec);
bool is_parameter_set(base::ByteSpan nal, media::Codec codec);
bool is_access_unit_delimiter(base::ByteSpan nal, media::Codec codec);

}  // namespace vonggac::camsim
