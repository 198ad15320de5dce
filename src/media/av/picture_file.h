/// Pictures and video for people, written to files: colour copies of decoded pictures, PNG, and MP4 (H.264 where this
/// libav has an encoder for it, else MPEG-4). For `vonggac motion --explain`; the service itself encodes no video.
/// Flow     Picture -> to_rgb() -> somebody draws on it -> encode_png() | MovieWriter
/// Threads  one thread at a time.
/// Owns     MovieWriter: the file and its encoder. A file that was not finished has no index and does not play.
/// Errors   kPermissionDenied, kNotFound: the file cannot be made. kInternal: libav.
/// Units    RGB, 8 bits each, rows without padding; microseconds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/av/picture.h"

namespace vonggac::media::av {

struct RgbPicture {
  int width = 0, height = 0;
  std::vector<std::uint8_t> pixels;  ///< width * height * 3
};

/// Scaled to this width (even sides), never beyond twice the original.
base::Result<RgbPicture> to_rgb(const Picture& picture, int width_px);
base::Result<base::Bytes> encode_png(const RgbPicture& picture);

class MovieWriter {
 public:
  /// `size` of all pictures; even.
  static base::Result<std::unique_ptr<MovieWriter>> create(const std::string& path, int width_px, int height_px);
  virtual ~MovieWriter() = default;
  /// Times must rise.
  virtual base::Status write(const RgbPicture& picture, std::int64_t time_us) = 0;
  virtual base::Status finish() = 0;
};

}  // namespace vonggac::media::av
