#include "ingest/rate_cap.h"

#include <algorithm>

#include <fmt/format.h>

namespace vonggac::ingest {
namespace {
constexpr double kWindowSeconds = 2;
}

RateCap::RateCap(std::uint32_t max_bits_per_second, std::uint32_t max_frames_per_second)
    : max_bits_per_s_(max_bits_per_second != 0 ? max_bits_per_second : kDefaultMaxBitsPerSecond),
      max_frames_per_s_(max_frames_per_second != 0 ? max_frames_per_second : kDefaultMaxFramesPerSecond) {}

std::optional<std::string> RateCap::check(base::MonoTime now) {
  if (!slice_start_) slice_start_ = now;
  if (now - *slice_start_ < kSliceLength) return std::nullopt;
  current_.length = now - *slice_start_;
  window_[oldest_] = current_;
  oldest_ = (oldest_ + 1) % kSlices;
  current_ = {};
  slice_start_ = now;
  Slice sum;
  for (const Slice& slice : window_) {
    sum.bytes += slice.bytes;
    sum.frames += slice.frames;
    sum.length = sum.length + slice.length;
  }
  // In the first seconds the window is not full yet.
  const double seconds = std::max(kWindowSeconds, static_cast<double>(sum.length.count()) * 1e-6);
  const double bits_per_s = static_cast<double>(sum.bytes) * 8 / seconds;
  const double frames_per_s = static_cast<double>(sum.frames) / seconds;
  if (bits_per_s <= max_bits_per_s_ && frames_per_s <= max_frames_per_s_) {
    over_since_.reset();
    return std::nullopt;
  }
  if (!over_since_) over_since_ = now;
  if (now - *over_since_ < kTolerated) return std::nullopt;
  if (bits_per_s > max_bits_per_s_) {
    return fmt::format("The camera sends {:.1f} Mbit/s, more than the {:.1f} allowed for it.", bits_per_s / 1e6,
                       max_bits_per_s_ / 1e6);
  }
  return fmt::format("The camera sends {:.0f} pictures per second, more than the {:.0f} allowed for it.", frames_per_s,
                     max_frames_per_s_);
}

}  // namespace vonggac::ingest
