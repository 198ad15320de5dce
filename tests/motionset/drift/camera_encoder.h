/// Encodes luma pictures as a cheap camera would (H.264, no B-frames, fixed GOP and rate) and hands out access units,
/// one for each picture. Threads  one thread at a time; x264 works on the caller's. Errors   kUnavailable: this libav
/// has no H.264 encoder. Units    microseconds.
#pragma once

#include <memory>

#include <opencv2/core.hpp>

#include "base/result.h"
#include "media/access_unit.h"

namespace vonggac::drift {

struct CameraEncoding {
  cv::Size size;
  int pictures_per_s = 8, gop = 16, kbit_per_s = 150;
};

class CameraEncoder {
 public:
  static base::Result<std::unique_ptr<CameraEncoder>> create(const CameraEncoding& encoding);
  virtual ~CameraEncoder() = default;
  virtual base::Result<media::AccessUnit> encode(const cv::Mat& picture, std::int64_t time_us) = 0;
  virtual const media::TrackParameters& parameters() const = 0;
};

}  // namespace vonggac::drift
