#include "motion/event_logic.h"

#include <algorithm>
#include <utility>

namespace vonggac::motion {

void EventLogic::moving(std::int64_t time_us, std::int64_t since_us, float score, const std::string& zone) {
  if (!active_) {
    active_ = begins_ = true;
    start_us_ = since_us;
    score_ = 0;
    zone_ = zone;
  }
  start_us_ = std::min(start_us_, since_us);
  last_us_ = time_us;
  if (score > score_) {
    score_ = score;
    if (!zone.empty()) zone_ = zone;
  }
}

void EventLogic::advance(std::int64_t time_us, std::int64_t interval_us, EngineOutput& out) {
  out.event_started = begins_;
  begins_ = false;
  const auto quiet_us =
      std::max(kQuietUs, static_cast<std::int64_t>(kQuietPictures * static_cast<double>(interval_us)));
  if (active_ && time_us - last_us_ > quiet_us) {
    close(out, std::exchange(resting_, false) ? ipc::MotionReason::kCameToRest : ipc::MotionReason::kNothingMoves);
    return;
  }
  resting_ = false;
  out.event_active = active_;
  if (!active_) return;
  out.event_start_us = start_us_;
  out.event_end_us = last_us_;
  out.score = score_;
  out.zone = zone_;
  out.start_reason = start_reason_;
}

void EventLogic::finish(EngineOutput& out, ipc::MotionReason why) {
  if (active_) close(out, why);
}

void EventLogic::close(EngineOutput& out, ipc::MotionReason why) {
  out.start_reason = start_reason_;
  out.end_reason = why;
  out.event_ended = true;
  out.event_active = false;
  out.event_start_us = start_us_;
  out.event_end_us = last_us_;
  out.score = score_;
  out.zone = zone_;
  active_ = begins_ = false;
}

}  // namespace vonggac::motion
