#include "ingest/rate_cap.h"

#include <fmt/format.h>

namespace vonggac::ingest {
namespace {
constexpr std::uint64_t kWindowSeconds = 2;
}

RateCap::RateCap(std::uint32_t max_bits_per_second, std::uint32_t max_frames_per_second)
    : max_bits_(kWindowSeconds * (max_bits_per_second != 0 ? max_bits_per_second : kDefaultMaxBitsPerSecond)),
      max_frames_(kWindowSeconds * (max_frames_per_second != 0 ? max_frames_per_second : kDefaultMaxFramesPerSecond)) {}

std::optional<std::string> RateCap::check(base::MonoTime now) {
  if (!slice_start_) slice_start_ = now;
  if (now - *slice_start_ < kSliceLength) return std::nullopt;
  window_[oldest_] = current_;
  oldest_ = (oldest_ + 1) % kSlices;
  current_ = {};
  slice_start_ = now;
  Slice sum;
  for (const Slice& slice : window_) {
    sum.bytes += slice.bytes;
    sum.frames += slice.frames;
  }
  if (sum.bytes * 8 <= max_bits_ && sum.frames <= max_frames_) {
    over_since_.reset();
    return std::nullopt;
  }
  if (!over_since_) over_since_ = now;
  if (now - *over_since_ < kTolerated) return std::nullopt;
  if (sum.bytes * 8 > max_bits_) {
    return fmt::format("The camera sends {:.1f} Mbit/s, more than the {:.1f} allowed for it.",
                       static_cast<double>(sum.bytes) * 8 / kWindowSeconds / 1e6,
                       static_cast<double>(max_bits_) / kWindowSeconds / 1e6);
  }
  return fmt::format("The camera sends {} pictures per second, more than the {} allowed for it.",
                     sum.frames / kWindowSeconds, max_frames_ / kWindowSeconds);
}

}  // namespace vonggac::ingest
