/// A part of a decoded picture in colour, for object classifiers.
/// Flow     Picture -> crop_rgb() -> motion::ObjectLabeller -> classifier
/// Threads  pure function.
/// Errors   kInvalidArgument: the part is empty, or the picture has a format that cannot be cut. kNoSpace: no memory.
/// Units    the part in 0..1 of the picture; pixels.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/av/picture.h"

namespace vonggac::media::av {

struct PicturePart {
  float x = 0, y = 0, w = 1, h = 1;
};
struct RgbCrop {
  int width_px = 0, height_px = 0;
  base::Bytes rgb;  ///< three bytes a pixel, rows without padding
};

/// What sticks out of the picture is cut off; shrunk if a side is longer than `max_side_px`, never enlarged.
base::Result<RgbCrop> crop_rgb(const Picture& picture, const PicturePart& part, int max_side_px);

}  // namespace vonggac::media::av
