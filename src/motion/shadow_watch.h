/// Shadow mode: a second engine with other settings looks at the same pictures, while somebody tunes a camera. Nothing
/// it finds becomes an event; it costs nothing when nobody tunes. Flow     core's AnalyseShadow -> start() -> look()
/// with each picture -> ipc::MotionLive each second,
///          ipc::MotionCandidate (shadow) for what it followed -> ends at `until`
/// Threads  one thread at a time.
/// Owns     the second engine.
/// Units    capture times on the boot's monotonic clock, microseconds.
#pragma once

#include <cstdint>
#include <memory>

#include "motion/engine.h"
#include "motion/event_reporter.h"
#include "motion/zone_settings.h"

namespace vonggac::motion {

class ShadowWatch {
 public:
  static constexpr std::int64_t kLongestUs = 3'600'000'000;
  static constexpr std::int64_t kTellUs = 1'000'000;

  ShadowWatch(std::uint16_t slot, std::uint32_t generation, MessageSink sink);
  /// Begins, or goes on for longer; other settings begin anew.
  void start(const ipc::AnalyseShadow& wanted, base::MonoTime now);
  bool active() const { return engine_ != nullptr; }
  std::int64_t until_us() const { return until_us_; }
  /// `own` is what the camera's own engine made of this picture. Ends the watch when its time is over.
  void look(const Luma& picture, std::int64_t time_us, const EngineOutput& own);
  void stop();

 private:
  std::uint16_t slot_;
  std::uint32_t generation_;
  MessageSink sink_;
  std::unique_ptr<Engine> engine_;
  ipc::AnalyseShadow settings_;
  std::int64_t until_us_ = 0, told_us_ = 0;
  std::uint32_t own_events_ = 0, shadow_events_ = 0;
};

}  // namespace vonggac::motion
