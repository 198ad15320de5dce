#include "media/access_unit.h"

namespace vonggac::media {

const char* codec_name(Codec codec) {
  switch (codec) {
    case Codec::kNone:
      return "none";
    case Codec::kH264:
      return "h264";
    case Codec::kH265:
      return "h265";
    case Codec::kAac:
      return "aac";
    case Codec::kG711Mu:
      return "pcmu";
    case Codec::kG711A:
      return "pcma";
  }
  return "unknown";
}

}  // namespace vonggac::media
