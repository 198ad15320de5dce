/// Stage 1 of the cascade: the sizes of P pictures alone tell that something began. Used only to wake the decoder
/// early, never to silence it: it is blind in scenes that never rest. Fires when the mean size over half a second
/// exceeds 1.35 times the 95th percentile of the last minute (measured: the three walk-ins of a known clip in CBR, VBR
/// and H.265, no false one; 0.01 % of a core). Threads  one thread at a time. Units    bytes, microseconds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace vonggac::motion {

class PacketOnset {
 public:
  /// A P picture of this size at this time; true when movement seems to begin.
  bool feed(std::size_t size_bytes, std::int64_t time_us);
  void clear();

 private:
  float usual_bytes();

  std::deque<float> means_;  ///< of the half seconds of the last minute
  std::vector<float> sorted_;
  std::int64_t since_us_ = 0, last_us_ = 0;
  double sum_bytes_ = 0;
  int pictures_ = 0;
};

}  // namespace vonggac::motion
