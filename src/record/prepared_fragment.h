/// What the route thread hands to the write thread: a fragment whose samples, times and segment are decided, its
/// payloads still shared with whoever else looks at the access units. Sequence number, hashes and boxes are added
/// when it is written, so that a fragment dropped for lack of a disk leaves no hole in the chain.
/// Owns     shared ownership of immutable payloads; nothing is copied until the kernel takes it.
/// Units    90 kHz ticks on the segment plan's axis (0 = its first sample) unless said otherwise.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "media/access_unit.h"
#include "media/fmp4_writer.h"

namespace vonggac::record {

/// One stream that has a hash chain and sequence numbers of its own.
struct StreamKey {
  base::CameraId camera;
  media::StreamRole role = media::StreamRole::kMain;
  auto operator<=>(const StreamKey&) const = default;
};

/// What all fragments of a segment share. A new plan begins a new file; the writer may split a plan over several
/// files when it has to (disk trouble, low space).
struct SegmentPlan {
  StreamKey stream;
  base::Bytes init;  ///< ftyp + moov
  std::int64_t parameters_id = 0;
  std::uint32_t init_generation = 0;
  media::Codec video_codec = media::Codec::kNone;
  media::Codec audio_codec = media::Codec::kNone;
  std::uint32_t epoch = 0;
  bool epoch_changed = false;  ///< the plan before was of another epoch
  std::optional<std::int64_t> camera_offset_us;
};

struct PreparedTrack {
  std::vector<media::FragmentSample> samples;  ///< decode order
  std::vector<media::SharedBytes> payloads;    ///< one per sample
  std::int64_t decode_start_90k = 0;
};

struct PreparedFragment {
  PreparedTrack video, audio;
  base::WallTime start;          ///< of the first presented video sample
  base::MediaTime camera_start;  ///< the same on the camera's own axis
  std::uint32_t duration_90k = 0;
  std::uint64_t payload_bytes = 0;
  bool key_start = false;
  bool damaged = false;
  bool discontinuity = false;

  base::WallTime end() const { return start + base::Micros(base::us_from_90k(duration_90k)); }
};

}  // namespace vonggac::record
