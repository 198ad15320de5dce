/// The step that the write thread repeats: take the next job, write it, and decide what a failure means.
/// Flow     WriteQueue -> step() -> SegmentWriter
/// Threads  step() and the calls that interrupt it hold one lock, so jobs stay in order; state() is thread-safe.
/// Rules    no space: the job waits at the head of the queue while retention makes room, at most kMaxFullUs, then it
///          becomes a gap (kDiskFull). Another error: once more in a fresh file, then a gap (kDiskFailed); while the
///          disk fails, one fragment every kProbeUs is tried, the others become gaps at once.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "record/segment_writer.h"
#include "record/write_queue.h"

namespace vonggac::record {

enum class DiskState : std::uint8_t { kOk = 0, kFull = 1, kFailed = 2 };

class WriteStage {
 public:
  /// Borrows all. `need_space` asks retention for room; called without the lock held by others than step().
  WriteStage(const base::Clock& clock, WriteQueue& queue, SegmentWriter& writer, std::function<void()> need_space);

  enum class Outcome { kIdle, kDone, kWaitForSpace };
  Outcome step();

  /// Runs `body` between two jobs.
  void between_jobs(const std::function<void()>& body);
  void seal_all_files();
  /// A sync failed or succeeded: the disk's state follows.
  void on_sync(const base::Status& status);

  DiskState state() const { return state_.load(); }
  std::string detail() const;
  /// Since when step() is inside a disk call; 0 = it is not.
  std::int64_t busy_since_us() const { return busy_since_us_.load(); }
  std::uint64_t dropped_fragments() const { return dropped_.load(); }

  static constexpr std::int64_t kMaxFullUs = 5'000'000;
  static constexpr std::int64_t kProbeUs = 2'000'000;
  static constexpr int kMaxAttempts = 2;

 private:
  Outcome handle(WriteJob job);
  Outcome handle_failure(WriteJob job, const base::Status& status);
  void give_up(const WriteJob& job, GapCause cause, const std::string& detail);
  void put_back(WriteJob job);
  void set_state(DiskState state, const std::string& detail);

  const base::Clock& clock_;
  WriteQueue& queue_;
  SegmentWriter& writer_;
  const std::function<void()> need_space_;
  std::mutex order_mutex_;
  std::int64_t full_since_us_ = 0;  ///< 0 = the last write found room
  std::int64_t next_probe_us_ = 0;
  std::atomic<DiskState> state_{DiskState::kOk};
  std::atomic<bool> sync_failed_{false};
  std::atomic<std::int64_t> busy_since_us_{0};
  std::atomic<std::uint64_t> dropped_{0};
  mutable std::mutex detail_mutex_;
  std::string detail_;
};

}  // namespace vonggac::record
