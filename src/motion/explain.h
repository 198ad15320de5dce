/// What the engine saw in a file and why it decided so, as pictures for a person who tunes a camera: a contact sheet
/// (PNG) of the moments that matter, or the whole file as a video (MP4), with boxes, scores and reasons. Flow
/// motion_command -> take() with each picture and the engine's output -> finish() writes the file Threads  one. Owns
/// the tiles of the sheet (at most kMaxTiles) or the open video. Errors   create: kInvalidArgument: neither .png nor
/// .mp4. Others as media/av/picture_file.h. Units    microseconds since the beginning of the file.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "media/av/picture.h"
#include "motion/engine.h"

namespace vonggac::motion {

class Explainer {
 public:
  static constexpr std::size_t kMaxTiles = 96;
  static base::Result<std::unique_ptr<Explainer>> create(const std::string& path);
  virtual ~Explainer() = default;
  virtual base::Status take(const media::av::Picture& picture, const EngineOutput& output) = 0;
  /// `last` is what the engine said at the end of the file.
  virtual base::Status finish(const EngineOutput& last) = 0;
};

}  // namespace vonggac::motion
