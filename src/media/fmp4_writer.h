/// Writes fragmented MP4 (ISO/IEC 14496-12, 14496-15): pure functions from descriptions to bytes.
/// Flow     make_init_segment() once per parameter change; then per fragment make_moof() + make_mdat_header() +
/// payload. Threads  stateless. Errors   make_init_segment: kInvalidArgument when the video parameters cannot be read
/// or audio is not supported. Units    every track has a time scale of 90,000 a second; sizes in bytes. Source   brands
/// and box layouts: ISO/IEC 14496-12:2015; avcC/hvcC: 14496-15:2017; esds: 14496-14.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/units.h"
#include "media/access_unit.h"

namespace vonggac::media {

constexpr std::uint32_t kVideoTrackId = 1;
constexpr std::uint32_t kAudioTrackId = 2;

struct InitDescription {
  TrackParameters video;
  std::optional<TrackParameters> audio;
  base::WallTime creation;
};

/// `ftyp` + `moov`: track 1 video (avc1 or hvc1), track 2 audio (mp4a, ulaw or alaw) where given.
base::Result<base::Bytes> make_init_segment(const InitDescription& description);

struct FragmentSample {
  std::uint32_t size_bytes = 0;
  std::uint32_t duration_90k = 0;
  std::int32_t composition_offset_90k = 0;
  bool key = false;
  bool operator==(const FragmentSample&) const = default;
};

struct TrackFragment {
  std::uint32_t track_id = kVideoTrackId;
  std::uint64_t base_decode_time_90k = 0;
  std::vector<FragmentSample> samples;  ///< decode order
  bool operator==(const TrackFragment&) const = default;
};

/// A `moof` whose data offsets fit an `mdat` with an 8-byte header that follows at once and holds all samples of
/// tracks[0], then all of tracks[1]. The payload must stay below 2^31 bytes.
base::Bytes make_moof(std::uint32_t sequence, std::span<const TrackFragment> tracks);

/// 8 bytes, or 16 when the payload needs a 64-bit size (never for fragments, see make_moof).
base::Bytes make_mdat_header(std::uint64_t payload_bytes);

base::Bytes make_uuid_box(const std::array<std::uint8_t, 16>& type, base::ByteSpan payload);

/// moof + mdat with one sample, for a live viewer's Media Source buffer.
/// `decode_time_90k` rises from call to call; `composition_offset_90k` is pts minus decode time.
struct LiveFragmentTiming {
  std::uint64_t decode_time_90k = 0;
  std::uint32_t duration_90k = 0;
  std::int32_t composition_offset_90k = 0;
};
base::Bytes make_live_fragment(std::uint32_t sequence, const AccessUnit& unit, const LiveFragmentTiming& timing);

}  // namespace vonggac::media
