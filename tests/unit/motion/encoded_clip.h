/// Encodes painted pictures into camera-like access units in memory (libx264/libx265 through libav): no B pictures, a
/// fixed GOP, length-prefixed NAL units.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "media/access_unit.h"
#include "unit/motion/painted_scene.h"

namespace vonggac::test {

struct ClipShape {
  int width = 320, height = 180, fps = 10, gop = 20;
  media::Codec codec = media::Codec::kH264;
};

struct EncodedClip {
  media::TrackParameters parameters;
  std::vector<media::AccessUnit> units;  ///< capture time: picture number / fps
  base::Bytes annex_b;                   ///< the same as a raw stream
};

/// Empty units: this libav has no encoder for the codec.
EncodedClip encode_clip(const ClipShape& shape, int pictures, const std::function<Painting(int)>& paint);

}  // namespace vonggac::test
