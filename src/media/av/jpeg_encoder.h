/// Writes a decoded picture as a small JPEG: thumbnails of events and snapshots of a camera.
/// Flow     Picture -> scaled by swscale -> libav's mjpeg at falling quality until it fits -> bytes
/// Threads  one thread at a time.
/// Owns     the codec context and scaler of the last size, reused while the size stays.
/// Errors   kNoSpace: does not fit into max_bytes even at the lowest quality and an eighth of the size. kInternal:
/// libav.
#pragma once

#include <cstddef>
#include <memory>

#include "base/bytes.h"
#include "base/result.h"
#include "media/av/picture.h"

namespace vonggac::media::av {

struct JpegLimits {
  int max_width_px = 320;  ///< never enlarged
  std::size_t max_bytes = 20'000;
};
constexpr JpegLimits kThumbnail{.max_width_px = 320, .max_bytes = 20'000};
constexpr JpegLimits kSnapshot{.max_width_px = 640, .max_bytes = 90'000};

class JpegEncoder {
 public:
  JpegEncoder();
  ~JpegEncoder();
  base::Result<base::Bytes> encode(const Picture& picture, JpegLimits limits);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace vonggac::media::av
