/// Follows the lower envelope of transport delay: arrival time minus media time, whose minimum is what a packet
/// needs when nothing holds it up. Tells a camera clock that runs at another rate from a network that got slower.
/// Threads  one thread at a time.
/// Units    Q16: 1/65536 of a 90 kHz tick; see timeline.h.
/// Numbers  buckets of 0.5 s and 32 s of them: long enough to bridge a congested while, short enough that 200 ppm
///          of drift make 6 ms.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace vonggac::ingest {

constexpr std::int64_t kQ16Second = std::int64_t{90'000} << 16;
constexpr std::int64_t q16_ms(std::int64_t ms) { return ms * (kQ16Second / 1000); }

class DelayFilter {
 public:
  /// True: a bucket was closed, so drift() may say something new.
  bool add(std::int64_t arrival_q, std::int64_t delay_q);
  void clear();
  /// Least delay of the last 32 s.
  std::int64_t lowest() const;
  /// Least delay of the last 0.5 to 1 s.
  std::int64_t lowest_lately() const;

  std::size_t closed_buckets() const { return closed_count_; }

  struct Drift {
    std::int64_t delay_change_q = 0;
    std::int64_t arrival_span_q = 0;
    std::int64_t last_delay_q = 0;
  };
  /// How the envelope moved over the last `buckets` closed buckets, if it moved more than `threshold_q` and along a
  /// straight line: those in between may be off it by a quarter of the change, but for a few late ones. Clocks run
  /// straight; queues, stalls and the bursts after them do not.
  std::optional<Drift> drift(std::size_t buckets, std::int64_t threshold_q) const;

 private:
  static constexpr std::size_t kBuckets = 64;
  struct Bucket {
    std::int64_t arrival_q = 0;  ///< of the least delayed packet
    std::int64_t delay_q = 0;
  };
  /// The i-th closed bucket before the present one, 0 = newest.
  const Bucket& back(std::size_t i) const { return closed_[(closed_count_ - 1 - i) % kBuckets]; }
  std::size_t available() const { return closed_count_ < kBuckets ? closed_count_ : kBuckets; }
  Bucket least_of(std::size_t first_back, std::size_t count) const;
  void close();

  std::array<Bucket, kBuckets> closed_{};
  std::size_t closed_count_ = 0;
  std::int64_t lowest_closed_q_ = 0;
  bool open_ = false;
  std::int64_t open_since_q_ = 0;
  Bucket current_;
};

}  // namespace vonggac::ingest
