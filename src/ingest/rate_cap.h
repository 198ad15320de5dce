/// Caps on what one camera may send: bits and pictures per second over a sliding window of 2 s (CAM-15). One burst, as
/// after a stall of the network, is no offence: only an excess that lasts 2 s is.
/// Threads  one thread at a time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "base/units.h"

namespace vonggac::ingest {

constexpr std::uint32_t kDefaultMaxBitsPerSecond = 24'000'000;  ///< 4K cameras send up to 20 Mbit/s
constexpr std::uint32_t kDefaultMaxFramesPerSecond = 90;        ///< 60 and what a sender's clock may add

class RateCap {
 public:
  /// 0 = the defaults.
  RateCap(std::uint32_t max_bits_per_second, std::uint32_t max_frames_per_second);
  void add_bytes(std::size_t bytes) { current_.bytes += bytes; }
  void add_frames(std::size_t frames) { current_.frames += frames; }
  /// A sentence that names the excess once it has lasted 2 s; call at least every 0.5 s.
  std::optional<std::string> check(base::MonoTime now);

 private:
  struct Slice {
    std::uint64_t bytes = 0;
    std::uint64_t frames = 0;
    base::Micros length{0};  ///< a check that comes late makes it longer than kSliceLength
  };
  static constexpr std::size_t kSlices = 4;
  static constexpr base::Micros kSliceLength{500'000};
  static constexpr base::Micros kTolerated{2'000'000};

  double max_bits_per_s_, max_frames_per_s_;
  std::array<Slice, kSlices> window_{};
  std::size_t oldest_ = 0;
  Slice current_;
  std::optional<base::MonoTime> slice_start_;
  std::optional<base::MonoTime> over_since_;
};

}  // namespace vonggac::ingest
