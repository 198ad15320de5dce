/// The step that the sync thread repeats: make what was appended durable, then visible.
/// Flow     SegmentWriter's unsynced operations -> syncfs -> one index transaction -> acknowledged.
///          Operations of other threads (gaps, events, policies) and calls (retention, holds) join the transaction.
/// Threads  flush(): rec-sync only; submit(), call() and the figures: thread-safe.
/// Errors   a failed sync is never retried as success: files are abandoned, fragments written again from RAM.
///          A failed transaction is retried with the next flush; the media are durable already.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "record/disk.h"
#include "record/index_writer.h"
#include "record/segment_writer.h"
#include "record/write_queue.h"
#include "record/write_stage.h"

namespace vonggac::record {

class Committer {
 public:
  struct Parts {
    const base::Clock& clock;
    Disk& disk;
    WriteQueue& queue;
    WriteStage& stage;
    SegmentWriter& writer;
    IndexWriter& index;
  };
  /// Called on rec-sync.
  struct Hooks {
    std::function<void(const std::vector<FootageChange>&)> on_visible;  ///< what a commit has made visible
    std::function<void()> on_index_full;                                ///< the index found no space
  };
  Committer(Parts parts, Hooks hooks);

  void submit(IndexOp op);
  /// Runs `body` in the next transaction and waits for its commit, at most `timeout_us`.
  /// kUnavailable: the index was locked or the time ran out (the body may still run later then).
  base::Status call(IndexCall body, std::int64_t timeout_us);

  /// One round: sync, then the transaction. The status of the transaction; of the sync if that failed.
  base::Status flush();
  /// The transaction only, for calls that should not wait for the next round.
  base::Status serve_calls();
  enum class Wake { kFlush, kCalls, kStop };
  /// Sleeps until a round is due or somebody calls or stop().
  Wake wait();
  void stop();
  /// The next round comes soon, unless the disk is slow: something has begun that should be safe early.
  void hasten();
  /// How long to wait between rounds: rises when syncs take more than a fifth of it.
  void set_interval(std::int64_t base_us, std::int64_t max_us);

  std::int64_t interval_us() const { return interval_us_.load(); }
  std::int64_t last_sync_us() const { return last_sync_us_.load(); }
  std::int64_t busy_since_us() const { return busy_since_us_.load(); }
  bool index_locked() const { return index_locked_.load(); }
  /// Why the index takes no rows, for another reason than a lock; empty: it does. The footage itself is safe.
  std::string index_trouble() const;
  std::uint64_t acknowledged() const { return acknowledged_.load(); }
  std::uint64_t lost_fragments() const { return lost_.load(); }  ///< failed to sync and could not be written again

 private:
  struct Call {
    IndexCall body;
    std::promise<base::Status> done;
  };
  base::Status make_durable();
  base::Status sync_disk(const std::vector<IndexOp>& ops);
  base::Status sync_one_by_one(const std::vector<IndexOp>& ops);
  void after_failed_sync(const base::Status& status);
  base::Status make_visible();
  base::Status commit(std::vector<Call> calls);
  void note_index(const base::Status& status);
  void adapt_interval(std::int64_t sync_took_us);

  Parts parts_;
  const Hooks hooks_;
  ChainHeads durable_heads_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::vector<IndexOp> inbox_;
  std::vector<Call> calls_;
  bool stopping_ = false;
  std::string index_trouble_;

  std::atomic<std::int64_t> interval_us_{1'000'000};
  std::int64_t interval_base_us_ = 1'000'000, interval_max_us_ = 10'000'000;
  std::int64_t last_cleaning_us_ = 0, last_alive_us_ = 0;
  std::chrono::steady_clock::time_point next_round_;
  bool moved_ = false;       ///< next_round_ was, by hasten()
  bool one_by_one_ = false;  ///< syncfs is not supported
  std::atomic<std::int64_t> last_sync_us_{0}, busy_since_us_{0};
  std::atomic<bool> index_locked_{false};
  std::atomic<std::uint64_t> acknowledged_{0}, lost_{0};
};

}  // namespace vonggac::record
