#include "camsim/timeline.h"

#include <cmath>

namespace vonggac::camsim {

void LoopTimeline::seek(std::int64_t offset_90k) {
  const std::int64_t within = offset_90k % track_->duration_90k;
  base_90k_ += offset_90k - within;
  index_ = 0;
  while (index_ < track_->frames.size() && track_->frames[index_].dts_90k < within) ++index_;
  if (index_ == track_->frames.size()) {
    index_ = 0;
    base_90k_ += track_->duration_90k;
  }
}

LoopTimeline::Position LoopTimeline::current() const {
  const VideoFrame& frame = track_->frames[index_];
  return {&frame, base_90k_ + frame.dts_90k, base_90k_ + frame.pts_90k};
}

void LoopTimeline::advance() {
  if (++index_ == track_->frames.size()) {
    index_ = 0;
    base_90k_ += track_->duration_90k;
  }
}

LoopTimeline::Position LoopTimeline::next_key() const {
  LoopTimeline ahead = *this;
  while (!ahead.current().frame->key) ahead.advance();  // ends: the first frame of a clip is a key frame
  return ahead.current();
}

std::int64_t PaceAxis::mono_us(std::int64_t media_90k) const {
  const double ticks = static_cast<double>(media_90k - media_90k_) / speed_;
  return mono_us_ + static_cast<std::int64_t>(std::llround(ticks * 100.0 / 9.0));
}

std::int64_t PaceAxis::timestamp(std::int64_t media_90k) const {
  return static_cast<std::int64_t>(std::llround(timestamp_ + static_cast<double>(media_90k - media_90k_) * scale_));
}

void PaceAxis::change(std::int64_t media_90k, double speed, double timestamp_scale) {
  const std::int64_t new_mono_us = mono_us(media_90k);
  timestamp_ += static_cast<double>(media_90k - media_90k_) * scale_;
  mono_us_ = new_mono_us;
  media_90k_ = media_90k;
  speed_ = speed;
  scale_ = timestamp_scale;
}

}  // namespace vonggac::camsim
