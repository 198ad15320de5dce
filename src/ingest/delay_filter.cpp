#include "ingest/delay_filter.h"

#include <algorithm>
#include <cstdlib>

namespace vonggac::ingest {
namespace {
constexpr std::int64_t kBucketQ = kQ16Second / 2;
constexpr std::int64_t kLongestHoleQ = 3 * kBucketQ;
constexpr double kLargestDeviation = 0.25;
constexpr std::size_t kHeldUpShare = 5;  // one bucket in five may be late as a whole
}  // namespace

bool DelayFilter::add(std::int64_t arrival_q, std::int64_t delay_q) {
  bool closed = false;
  if (open_ && arrival_q - open_since_q_ >= kBucketQ) {
    close();
    closed = true;
  }
  if (!open_) {
    open_ = true;
    open_since_q_ = arrival_q;
    current_ = {arrival_q, delay_q};
  } else if (delay_q < current_.delay_q) {
    current_ = {arrival_q, delay_q};
  }
  return closed;
}

void DelayFilter::close() {
  open_ = false;
  closed_[closed_count_ % kBuckets] = current_;
  ++closed_count_;
  lowest_closed_q_ = least_of(0, available()).delay_q;
}

void DelayFilter::clear() {
  closed_count_ = 0;
  open_ = false;
}

std::int64_t DelayFilter::lowest() const {
  if (closed_count_ == 0) return current_.delay_q;
  return open_ ? std::min(lowest_closed_q_, current_.delay_q) : lowest_closed_q_;
}

std::int64_t DelayFilter::lowest_lately() const {
  if (closed_count_ == 0) return current_.delay_q;
  return open_ ? std::min(back(0).delay_q, current_.delay_q) : back(0).delay_q;
}

DelayFilter::Bucket DelayFilter::least_of(std::size_t first_back, std::size_t count) const {
  Bucket least = back(first_back);
  for (std::size_t i = 1; i < count; ++i) {
    if (back(first_back + i).delay_q < least.delay_q) least = back(first_back + i);
  }
  return least;
}

std::optional<DelayFilter::Drift> DelayFilter::drift(std::size_t buckets, std::int64_t threshold_q) const {
  // Points are the least of several buckets where there are many, so that jitter does not look like drift.
  const std::size_t group = buckets / 16 + 1;
  if (available() < buckets + group) return std::nullopt;
  const Bucket newest = least_of(0, group);
  const Bucket oldest = least_of(buckets, group);
  const std::int64_t change = newest.delay_q - oldest.delay_q;
  const std::int64_t span = newest.arrival_q - oldest.arrival_q;
  if (std::abs(change) <= threshold_q || span <= 0) return std::nullopt;
  const double slope = static_cast<double>(change) / static_cast<double>(span);
  const double most_off = kLargestDeviation * std::abs(static_cast<double>(change));
  std::size_t held_up = 0;
  for (std::size_t i = 1; i < buckets; ++i) {
    const Bucket& between = back(i);
    // Across a silence, the delay jumps by just its length: that looks like a line and is none.
    if (back(i - 1).arrival_q - between.arrival_q > kLongestHoleQ) return std::nullopt;
    const double on_line = slope * static_cast<double>(between.arrival_q - oldest.arrival_q);
    const double off = static_cast<double>(between.delay_q - oldest.delay_q) - on_line;
    if (off < -most_off || (off > most_off && ++held_up > buckets / kHeldUpShare)) return std::nullopt;
  }
  return Drift{change, span, newest.delay_q};
}

}  // namespace vonggac::ingest
