/// Turns confirmed tracks into events: an event begins with the first one and ends when none has moved for a while.
/// Threads  one thread at a time.
/// Units    microseconds of the caller's axis.
#pragma once

#include <cstdint>
#include <string>

#include "motion/engine.h"

namespace vonggac::motion {

class EventLogic {
 public:
  static constexpr std::int64_t kQuietUs = 1'500'000;  ///< this long without movement ends an event,
  static constexpr double kQuietPictures = 1.6;        ///< and at least so many picture intervals

  /// Something confirmed moves in this picture; `since_us` says since when, `score` how surely.
  void moving(std::int64_t time_us, std::int64_t since_us, float score, const std::string& zone);
  /// Something confirmed is there and does not move: if the event ends, then because it came to rest.
  void resting() { resting_ = true; }
  /// Why the event that moving() begins with this picture begins.
  void began_by(ipc::MotionReason reason) { start_reason_ = begins_ ? reason : start_reason_; }
  /// Call once per picture after moving(): fills the event part of the output.
  void advance(std::int64_t time_us, std::int64_t interval_us, EngineOutput& out);
  void finish(EngineOutput& out, ipc::MotionReason why);
  bool active() const { return active_; }

 private:
  void close(EngineOutput& out, ipc::MotionReason why);

  bool active_ = false, begins_ = false;
  std::int64_t start_us_ = 0, last_us_ = 0;
  float score_ = 0;
  std::string zone_;
  ipc::MotionReason start_reason_ = ipc::MotionReason::kUnknown;
  bool resting_ = false;  ///< in this picture
};

}  // namespace vonggac::motion
