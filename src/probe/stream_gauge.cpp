#include "probe/stream_gauge.h"

#include <algorithm>

#include "media/video_format.h"

namespace vonggac::probe {
namespace {

constexpr double kLongEnoughS = 0.9;  ///< below it a rate is a guess
constexpr std::size_t kMaxKeyTimes = 4096;

/// H.264 annex A, H.265 annex A: the profiles that cameras use.
const char* profile_name(const media::VideoFormat& format) {
  if (format.codec == media::Codec::kH265) {
    return format.profile_idc == 1   ? "Main"
           : format.profile_idc == 2 ? "Main 10"
           : format.profile_idc == 4 ? "RExt"
                                     : "";
  }
  switch (format.profile_idc) {
    case 66:
      return "Baseline";
    case 77:
      return "Main";
    case 88:
      return "Extended";
    case 100:
      return "High";
    case 110:
      return "High 10";
    case 122:
      return "High 4:2:2";
    default:
      return "";
  }
}

}  // namespace

void StreamGauge::take(const ipc::MediaParameters& message) {
  (message.track == media::TrackKind::kVideo ? video_ : audio_) = message.parameters;
}

void StreamGauge::take(const ipc::MediaUnit& message) {
  const media::AccessUnit& unit = message.unit;
  const std::size_t size = unit.payload ? unit.payload->size() : 0;
  bytes_ += size;
  if (unit.track != media::TrackKind::kVideo) return;
  const std::int64_t at = base::us_from_90k(unit.pts.ticks_90k);
  if (unit.discontinuity && frames_ > 0) {  // the axis began anew: what was measured before belongs to the old one
    key_times_.clear();
    frames_ = bytes_ = 0;
  }
  if (frames_ == 0) first_us_ = at;
  last_us_ = std::max(frames_ == 0 ? at : last_us_, at);
  ++frames_;
  if (!unit.key) return;
  if (key_times_.size() < kMaxKeyTimes) key_times_.push_back(at);
  if (!key_ && !unit.damaged && size > 0) key_ = unit;
}

void StreamGauge::take(const ipc::StreamStats& stats) {
  if (stats.offset_valid) offset_ms_ = stats.camera_offset_us / 1000;
}

double StreamGauge::watched_s() const { return frames_ < 2 ? 0 : static_cast<double>(last_us_ - first_us_) / 1e6; }

StreamReading StreamGauge::reading() const {
  StreamReading reading;
  reading.codec = video_.codec;
  reading.audio = audio_.codec;
  if (const auto format = media::parse_video_format(video_)) {
    reading.width = format->width;
    reading.height = format->height;
    reading.profile = profile_name(*format);
  }
  reading.watched_s = watched_s();
  reading.frames = frames_;
  reading.keys = key_times_.size();
  if (reading.watched_s >= kLongEnoughS) {
    reading.frames_per_second = static_cast<double>(frames_ - 1) / reading.watched_s;
    reading.bits_per_second = static_cast<double>(bytes_) * 8 / reading.watched_s;
  }
  for (std::size_t i = 1; i < key_times_.size(); ++i) {
    const double distance = static_cast<double>(key_times_[i] - key_times_[i - 1]) / 1e6;
    reading.gop_s = std::max(reading.gop_s.value_or(0), distance);
  }
  reading.clock_offset_ms = offset_ms_;
  return reading;
}

}  // namespace vonggac::probe
