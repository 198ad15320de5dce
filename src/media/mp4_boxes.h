/// The boxes that fragmented and progressive MP4 share: nesting, movie and track headers, sample entries.
/// Threads  stateless.
/// Errors   write_sample_entry: kInvalidArgument when the parameters cannot be read or are not supported.
/// Units    every time scale is 90,000 a second.
/// Source   ISO/IEC 14496-12:2015 section 8, 14496-15:2017 (avcC 5.3.3, hvcC 8.3.3), 14496-14 (esds), 14496-1 7.2.6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "base/units.h"
#include "media/access_unit.h"

namespace vonggac::media {

constexpr std::uint32_t kTimescale = 90'000;

constexpr std::uint32_t fourcc(const char (&name)[5]) {
  std::uint32_t code = 0;
  for (int i = 0; i < 4; ++i) code = (code << 8) | static_cast<std::uint8_t>(name[i]);
  return code;
}

/// An open box: its size is filled in when the scope ends, so the scope must end before the bytes are moved or
/// returned. The box must stay below 4 GiB.
class BoxScope {
 public:
  BoxScope(base::ByteWriter& writer, std::uint32_t type) : writer_(writer), start_(writer.size()) {
    writer.u32(0);
    writer.u32(type);
  }
  /// A full box, with version and flags.
  BoxScope(base::ByteWriter& writer, std::uint32_t type, std::uint8_t version, std::uint32_t flags)
      : BoxScope(writer, type) {
    writer.u8(version);
    writer.u24(flags);
  }
  ~BoxScope() { writer_.patch_u32(start_, static_cast<std::uint32_t>(writer_.size() - start_)); }
  BoxScope(const BoxScope&) = delete;
  BoxScope& operator=(const BoxScope&) = delete;

 private:
  base::ByteWriter& writer_;
  std::size_t start_;
};

/// What tkhd, mdhd and hdlr need of a track.
struct TrackHeader {
  std::uint32_t track_id = 1;
  bool video = true;
  std::uint32_t shown_width = 0, shown_height = 0;  ///< square pixels
  std::uint64_t movie_duration_90k = 0;             ///< as presented
  std::uint64_t media_duration_90k = 0;             ///< of all samples
  base::WallTime creation;
};

void write_movie_header(base::ByteWriter& writer, base::WallTime creation, std::uint64_t duration_90k,
                        std::uint32_t next_track_id);
void write_track_header(base::ByteWriter& writer, const TrackHeader& track);
/// mdhd, hdlr; the caller opens `mdia` around them.
void write_media_headers(base::ByteWriter& writer, const TrackHeader& track);
/// vmhd or smhd, dinf; the caller opens `minf` around them.
void write_media_information(base::ByteWriter& writer, bool video);

/// avc1, hvc1, mp4a, ulaw or alaw.
base::Status write_sample_entry(base::ByteWriter& writer, const TrackParameters& parameters);

struct PictureSize {
  std::uint32_t width = 0, height = 0;
};
/// The size on a screen with square pixels.
base::Result<PictureSize> shown_size(const TrackParameters& video);

}  // namespace vonggac::media
