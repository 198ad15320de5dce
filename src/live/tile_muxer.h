/// One viewer tile's stream as fragmented MP4 for Media Source Extensions: an init segment per parameter change, then
/// one fragment per picture without looking ahead (no frame of delay).
/// Flow     set_parameters() -> LiveInit; fragment() -> LiveFragment, whose payload is the camera's, not copied.
/// Threads  one thread at a time.
/// Errors   set_parameters: kInvalidArgument when the parameter sets cannot be read or it is not video.
/// Units    90 kHz ticks. The axis begins at 0 with the first picture of the tile and never goes back: dropped
///          pictures, pauses and re-anchored cameras leave no hole in it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "media/access_unit.h"

namespace vonggac::live {

struct LiveInit {
  std::string codecs;  ///< for MediaSource.isTypeSupported('video/mp4; codecs="..."')
  media::Codec codec = media::Codec::kNone;
  std::uint32_t width = 0, height = 0;
  base::Bytes bytes;  ///< ftyp + moov
};
struct LiveFragment {
  base::Bytes head;            ///< moof and the mdat header
  media::SharedBytes payload;  ///< goes right after it
  bool key = false;
};

class TileMuxer {
 public:
  base::Result<LiveInit> set_parameters(const media::TrackParameters& parameters);
  /// `cut_before`: pictures between the last one and this are missing on purpose.
  LiveFragment fragment(const media::AccessUnit& unit, bool cut_before);

 private:
  std::uint32_t sequence_ = 0;
  std::optional<std::int64_t> last_pts_;  ///< highest so far, of the stream's axis
  std::int64_t last_decode_ = 0;          ///< on the tile's axis
  std::int64_t axis_offset_ = 0;          ///< tile's axis = pts + offset
  std::uint32_t last_duration_ = 6'000;   ///< 1/15 s until two pictures are known
};

}  // namespace vonggac::live
