/// The engine behind vgmotion, without GStreamer: pictures with their times in, what a message should say out. Looks at
/// the same pictures in the same way as `vonggac motion`, so both find the same events.
/// Flow     vgmotion -> look() -> Noticed -> element messages and region-of-interest metadata
/// Threads  one thread at a time.
/// Owns     the engine.
/// Units    stream time in microseconds; boxes 0..1 of the picture.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "motion/engine.h"
#include "motion/frame_sampler.h"

namespace vonggac::vgmotion {

struct Noticed {
  bool looked = false;  ///< false: the engine did not need this picture
  bool started = false, ended = false;
  std::int64_t begin_us = 0;  ///< since when it moved
  std::int64_t alarm_us = 0;  ///< the picture with which it was sure
  std::int64_t end_us = 0;    ///< when it last moved
  float score = 0;            ///< of the event so far, or of the one that ended
  std::string zone;
  std::vector<motion::MovingBox> boxes;  ///< in this picture
};

class PictureWatch {
 public:
  explicit PictureWatch(const motion::EngineSettings& settings) : engine_(motion::Engine::create(settings)) {}
  void set_settings(const motion::EngineSettings& settings) { engine_->set_settings(settings); }
  /// What OpenCV throws goes through.
  Noticed look(const motion::Luma& luma, std::int64_t time_us);
  /// End of stream: an open event ends.
  Noticed finish();

 private:
  Noticed notice(const motion::EngineOutput& output, std::int64_t time_us);

  std::unique_ptr<motion::Engine> engine_;
  motion::FrameSampler sampler_;
  std::int64_t alarm_us_ = 0, last_us_ = 0;
  float best_score_ = 0;
  bool open_ = false;
};

}  // namespace vonggac::vgmotion
