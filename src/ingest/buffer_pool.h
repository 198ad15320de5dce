/// Buffers for access units, taken again once nobody else holds them: a steady stream then allocates nothing, and all
/// streams of a shard use the same few, which therefore stay in the processor's cache.
/// Threads  take() on one thread; the last holder may let go on any thread.
/// Owns     one reference to at most kKept buffers.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "base/bytes.h"

namespace vonggac::ingest {

class BufferPool {
 public:
  static BufferPool& of_this_thread() {
    static thread_local BufferPool pool;
    return pool;
  }
  /// An empty buffer. A new one reserves `expected_bytes`.
  std::shared_ptr<base::Bytes> take(std::size_t expected_bytes) {
    std::shared_ptr<base::Bytes> free;
    for (std::shared_ptr<base::Bytes>& kept : kept_) {
      if (!kept || kept.use_count() != 1) continue;
      // use_count() is a relaxed read: order our writes after the reads of whoever let go last.
      std::atomic_thread_fence(std::memory_order_acquire);
      if (kept->capacity() > kLargestKeptBytes) {
        kept.reset();
      } else if (!free) {
        kept->clear();
        free = kept;
      }
    }
    if (free) return free;
    auto fresh = std::make_shared<base::Bytes>();
    fresh->reserve(expected_bytes);
    kept_[next_] = fresh;
    next_ = (next_ + 1) % kKept;
    return fresh;
  }

 private:
  static constexpr std::size_t kKept = 4;
  static constexpr std::size_t kLargestKeptBytes = std::size_t{512} << 10;
  std::array<std::shared_ptr<base::Bytes>, kKept> kept_;
  std::size_t next_ = 0;
};

}  // namespace vonggac::ingest
