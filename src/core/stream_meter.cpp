#include "core/stream_meter.h"

#include <algorithm>

#include "media/video_format.h"

namespace vonggac::core {
namespace {
constexpr std::int64_t kSecondUs = 1'000'000;
}

void StreamMeter::on_parameters(const media::TrackParameters& parameters) {
  known_.codec = parameters.codec;
  if (const auto info = media::parse_video_format(parameters); info.has_value()) {
    known_.width = static_cast<int>(info->width);
    known_.height = static_cast<int>(info->height);
  }
}

void StreamMeter::on_unit(const media::AccessUnit& unit, base::MonoTime now, base::WallTime wall) {
  ++known_.frames;
  if (unit.damaged) ++known_.damaged_frames;
  known_.last_frame = wall;
  if (unit.key) {
    if (last_key_) known_.gop_seconds = static_cast<double>((unit.capture - *last_key_).count()) / kSecondUs;
    last_key_ = unit.capture;
  }
  const std::int64_t second = now.us / kSecondUs;
  if (window_.empty() || window_.back().second != second) {
    window_.push_back({second, 0, 0});
    while (window_.size() > kWindowSeconds + 1) window_.pop_front();
  }
  ++window_.back().frames;
  window_.back().bytes += unit.payload ? unit.payload->size() : 0;
}

MeterView StreamMeter::view(base::MonoTime now) const {
  MeterView view = known_;
  // Whole seconds only: the running one would show too little.
  const std::int64_t second = now.us / kSecondUs;
  std::uint64_t frames = 0;
  std::uint64_t bytes = 0;
  std::int64_t oldest = second;
  for (const Second& s : window_) {
    if (s.second >= second || s.second < second - static_cast<std::int64_t>(kWindowSeconds)) continue;
    frames += s.frames;
    bytes += s.bytes;
    oldest = std::min(oldest, s.second);
  }
  const auto seconds = static_cast<double>(std::max<std::int64_t>(second - oldest, 1));
  view.frames_per_second = static_cast<double>(frames) / seconds;
  view.bits_per_second = static_cast<double>(bytes) * 8 / seconds;
  return view;
}

}  // namespace vonggac::core
