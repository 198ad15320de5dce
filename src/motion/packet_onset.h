/// Stage 1 of the cascade: the sizes of P pictures alone tell that something began. Used only to wake the decoder
/// early, never to silence it: it is blind in scenes that never rest.
/// Two statistics, either of which suffices. The first: the mean size over half a second exceeds 1.35 times the 95th
/// percentile of the last minute asleep. The second: encoders spend their bits unevenly over a group of pictures, so
/// each picture is held against those at the same place of the groups before (logarithms, a slow mean), and the mean of
/// half a second against what such means usually are (median and median deviation of the last minute). On the public
/// clips with groups of 4 s this finds a third of the beginnings in their first 2.5 s for a sign in every 75th quiet
/// span of 2 s; the first statistic alone a sixth for one in 30.
/// Threads  one thread at a time.
/// Units    bytes, microseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace vonggac::motion {

/// kClear: decode from here on. kSlight: look at the next key picture, whenever the last one was.
enum class OnsetSign : std::uint8_t { kNone, kSlight, kClear };

class PacketOnset {
 public:
  /// Each picture once, in order; whether movement seems to begin. Times that do not rise are passed over.
  /// `asleep`: nothing was known to move.
  OnsetSign feed(std::size_t size_bytes, std::int64_t time_us, bool key = false, bool asleep = true);
  void clear();

 private:
  OnsetSign close_window(bool asleep);
  OnsetSign by_place(float mean);
  bool by_size(float mean_bytes);

  std::vector<float> usual_;      ///< logarithm of the size, by place after the key picture
  std::deque<float> means_;       ///< of the half seconds of the last minute: above what is usual at their places
  std::deque<float> mean_bytes_;  ///< of the half seconds of the last minute asleep
  std::vector<float> sorted_;
  std::size_t place_ = 0;
  std::int64_t since_us_ = 0;
  std::int64_t last_us_ = INT64_MIN / 2;  // half: differences of it must fit
  float sum_ = 0, sum_bytes_ = 0;
  int pictures_ = 0;
};

}  // namespace vonggac::motion
