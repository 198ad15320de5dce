#include "plugins/gstreamer/picture_watch.h"

#include <algorithm>

namespace vonggac::vgmotion {

Noticed PictureWatch::look(const motion::Luma& luma, std::int64_t time_us) {
  last_us_ = time_us;
  if (!sampler_.take(time_us)) return {};
  return notice(engine_->look(luma, time_us), time_us);
}

Noticed PictureWatch::finish() { return notice(engine_->finish(), last_us_); }

Noticed PictureWatch::notice(const motion::EngineOutput& output, std::int64_t time_us) {
  Noticed out;
  out.looked = true;
  out.ended = output.event_ended && open_;
  out.started = output.event_started;
  if (out.ended) {
    out.begin_us = output.event_start_us;
    out.alarm_us = alarm_us_;
    out.end_us = std::max(alarm_us_, output.event_end_us);
    out.score = best_score_;
    open_ = false;
  }
  if (out.started) {
    open_ = true;
    alarm_us_ = time_us;
    best_score_ = 0;
  }
  if (!open_) {
    out.zone = output.zone;
    return out;
  }
  best_score_ = std::max(best_score_, output.score);
  out.boxes = output.boxes;
  out.zone = output.zone;
  out.begin_us = output.event_start_us;
  out.alarm_us = alarm_us_;
  out.end_us = std::max(alarm_us_, output.event_end_us);
  out.score = best_score_;
  return out;
}

}  // namespace vonggac::vgmotion
