/// Privacy masks: paints parts of a decoded picture over before anybody looks at it, all planes, whatever the format.
/// Flow     Decoder -> PictureMask::paint() -> motion, snapshots, thumbnails, classifier crops
/// Threads  one thread at a time.
/// Owns     the rows to paint for the last picture size.
/// Errors   kInvalidArgument: a pixel format whose samples cannot be addressed; the picture must then not be shown.
///          kNoSpace: no memory for a copy.
/// Units    polygons in 0..1 of the picture.
#pragma once

#include <utility>
#include <vector>

#include "base/result.h"
#include "media/av/picture.h"

namespace vonggac::media::av {

class PictureMask {
 public:
  using Outline = std::vector<std::pair<float, float>>;
  /// Outlines with less than three points, or points that are no numbers, are left out. Where an outline crosses
  /// itself everything it encloses is painted.
  explicit PictureMask(std::vector<Outline> outlines);
  bool empty() const { return outlines_.empty(); }
  /// Paints every pixel black that an outline touches. Decoders go on to predict from the pictures they have given
  /// out, so a picture that its decoder still holds is copied first.
  base::Status paint(Picture& picture);

 private:
  struct Span {
    int row = 0, first = 0, end = 0;  ///< luma pixels
  };
  void prepare(int width, int height);

  std::vector<Outline> outlines_;
  std::vector<Span> spans_;
  int width_ = 0, height_ = 0;
};

}  // namespace vonggac::media::av
