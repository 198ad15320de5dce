/// A progressive MP4 ("faststart") that exists only as a plan: its head in memory, its body as slices of files that
/// hold the samples already. Export writes it out; the web serves byte ranges of it.
/// Flow     samples with places and times -> make_progressive_mp4() -> head + slices -> pieces_of(range) -> bytes.
/// Threads  stateless; a finished VirtualMp4 may be read from any thread.
/// Errors   kInvalidArgument: no samples, or parameters that cannot be written. kOutOfRange: beyond the caps.
/// Units    90 kHz ticks on each track's own axis, beginning with the decode time of its first sample = 0.
/// Source   ISO/IEC 14496-12 section 8.5 to 8.7 (sample tables), 8.6.6 (edit list).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "base/units.h"
#include "media/access_unit.h"

namespace vonggac::media {

constexpr std::size_t kMaxProgressiveSamples = 20'000'000;  ///< a week at 30 fps; the head is then 200 MB
/// The longest a sample may last: players read durations as signed 32-bit numbers (ffmpeg's mov.c does).
constexpr std::uint32_t kMaxSampleDuration90k = 0x7FFFFFFF;

struct ProgressiveSample {
  std::uint32_t source = 0;  ///< index of the caller's list of files
  std::uint64_t offset = 0;
  std::uint32_t size_bytes = 0;
  std::uint32_t duration_90k = 0;
  std::int32_t composition_offset_90k = 0;
  std::uint16_t description = 0;  ///< index into ProgressiveTrack::descriptions
  bool key = false;
};

struct ProgressiveTrack {
  std::vector<TrackParameters> descriptions;  ///< all of one codec; one sample entry each
  std::vector<ProgressiveSample> samples;     ///< decode order
  /// What is shown: composition times [start, start + duration) of this track's axis. Samples before the start are
  /// decoded but not shown.
  std::uint64_t presentation_start_90k = 0;
  std::uint64_t presentation_duration_90k = 0;
  std::uint64_t delay_90k = 0;  ///< this track begins so much after the movie
};

struct ProgressiveMovie {
  ProgressiveTrack video;
  std::optional<ProgressiveTrack> audio;
  base::WallTime creation;
};

struct BodySlice {
  std::uint64_t position = 0;  ///< in the virtual file
  std::uint32_t source = 0;
  std::uint64_t offset = 0;  ///< in the source
  std::uint64_t size_bytes = 0;
};

struct VirtualMp4 {
  base::Bytes head;  ///< ftyp, moov, mdat header
  std::vector<BodySlice> body;
  std::uint64_t total_bytes = 0;
};

base::Result<VirtualMp4> make_progressive_mp4(const ProgressiveMovie& movie);

/// A stretch of the virtual file: from the head (`in_head`, offset into head), or from a source.
struct FilePiece {
  bool in_head = false;
  std::uint32_t source = 0;
  std::uint64_t offset = 0;
  std::uint64_t size_bytes = 0;
};
/// The pieces that make up [position, position + size_bytes), cut to the end of the file.
std::vector<FilePiece> pieces_of(const VirtualMp4& file, std::uint64_t position, std::uint64_t size_bytes);

}  // namespace vonggac::media
