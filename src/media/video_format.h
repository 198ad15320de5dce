/// What the parameter sets of a video track say about its pictures, for H.264 and H.265 alike.
/// Flow     TrackParameters (raw NAL units) -> parse_video_format() -> sizes for MP4 boxes, codec strings, the UI.
/// Threads  stateless.
/// Errors   kInvalidArgument: a set is missing, malformed, or beyond the caps below.
/// Source   H.264 and H.265 section 7.3.2, annex E; codec strings RFC 6381 section 3.3 and ISO/IEC 14496-15 annex E.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "media/access_unit.h"

namespace vonggac::media {

constexpr std::uint32_t kMaxPictureSide = 8192;
constexpr std::size_t kMaxParameterSetBytes = 4096;  ///< real ones stay below 200
constexpr std::size_t kMaxParameterSets = 32;        ///< of each kind in one track

struct FrameRate {
  std::uint32_t numerator = 0, denominator = 1;
  bool operator==(const FrameRate&) const = default;
};
struct SampleAspect {
  std::uint32_t width = 1, height = 1;
  bool operator==(const SampleAspect&) const = default;
};
struct Colour {
  std::uint8_t primaries = 2, transfer = 2, matrix = 2;  ///< 2 = unspecified (H.273)
  bool full_range = false;
  bool operator==(const Colour&) const = default;
};

/// Annex E fields; what a truncated or absent VUI does not say stays empty.
struct VideoUsability {
  std::optional<SampleAspect> sample_aspect;
  std::optional<Colour> colour;
  std::optional<FrameRate> frame_rate;
  std::optional<std::uint32_t> max_reorder_frames;
  std::optional<std::uint32_t> max_buffered_frames;
  bool truncated = false;
};

struct VideoFormat {
  Codec codec = Codec::kNone;
  std::uint8_t profile_idc = 0;
  std::uint8_t compatibility = 0;  ///< H.264: constraint_set flags
  std::uint8_t level_idc = 0;
  std::uint8_t profile_space = 0;                 ///< H.265
  bool high_tier = false;                         ///< H.265
  std::uint32_t profile_compatibility_flags = 0;  ///< H.265
  std::uint64_t constraint_flags = 0;             ///< H.265, 48 bits
  std::uint32_t width = 0, height = 0;            ///< shown (cropped)
  std::uint32_t coded_width = 0, coded_height = 0;
  std::uint8_t chroma_format_idc = 1;
  std::uint8_t bit_depth_luma = 8, bit_depth_chroma = 8;
  std::optional<FrameRate> frame_rate;
  std::optional<std::uint32_t> max_reorder_frames;
  std::optional<SampleAspect> sample_aspect;
  std::optional<Colour> colour;
  bool operator==(const VideoFormat&) const = default;
};

/// By the first SPS of the track; every parameter set of it must be readable.
base::Result<VideoFormat> parse_video_format(const TrackParameters& parameters);

/// True where one decoder configuration serves both: the same sets up to order, repetition, NAL reference bits,
/// trailing zeros and the VUI's timing (frame rate, HRD, picture structure), which some cameras flip on every GOP.
/// Sets that cannot be read are compared byte by byte. Audio: plain equality.
bool semantically_equal(const TrackParameters& a, const TrackParameters& b);

/// "avc1.64001f", "hvc1.1.6.L93.B0", "mp4a.40.2", "ulaw", "alaw"; for MediaSource.isTypeSupported.
base::Result<std::string> codec_string(const TrackParameters& parameters);

}  // namespace vonggac::media
