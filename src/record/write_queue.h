/// The queue in front of the write thread. Bounded in bytes together with the fragments that are written but not yet
/// synced: when the budget runs over (the disk does not answer), first the copies kept for rewriting are given up,
/// then the oldest waiting fragments become kDropped markers, which the writer turns into gap rows.
/// Threads  thread-safe. push() never waits.
/// Units    bytes of payload.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>

#include "record/write_job.h"

namespace vonggac::record {

class WriteQueue {
 public:
  /// `give_up_copies` frees up to that many bytes of written but not yet synced fragments; says how many it freed.
  WriteQueue(std::uint64_t budget_bytes, std::function<std::uint64_t(std::uint64_t)> give_up_copies);

  void push(WriteJob job);
  /// In front of all others, in this order; for fragments that have to be written again.
  void push_front(std::deque<WriteJob> jobs);
  /// Sleeps until there is a job; false once close() was called and the queue is empty.
  bool wait();
  std::optional<WriteJob> try_pop();
  void close();

  /// A popped fragment counts against the budget until its bytes are released here.
  void release(std::uint64_t bytes);

  std::uint64_t queued_bytes() const;  ///< waiting, being written, or written and not yet synced
  std::uint64_t dropped_fragments() const;
  bool empty() const;

 private:
  std::optional<WriteJob> take_front();
  std::uint64_t drop_oldest_locked();

  const std::uint64_t budget_bytes_;
  const std::function<std::uint64_t(std::uint64_t)> give_up_copies_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<WriteJob> jobs_;
  std::size_t drop_cursor_ = 0;  ///< jobs before it hold no payload any more
  std::uint64_t queued_bytes_ = 0, retained_bytes_ = 0, dropped_ = 0;
  bool closed_ = false;
};

}  // namespace vonggac::record
