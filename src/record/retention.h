/// Deletes footage: by age, by bytes per camera, and when the disk gets full. In this order: the row becomes a garbage
/// row (one transaction, which looks at holds once more) -> unlink -> sync of the folder -> the garbage row goes.
/// Flow     ledger and index -> mark -> disk -> index
/// Threads  step() on rec-retain; demand_space() and the figures are thread-safe.
/// Owns     a read-only connection to index.db.
/// Errors   a file that cannot be deleted stays garbage and is tried again; the rest goes on.
/// Units    bytes, wall microseconds.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "record/age_guard.h"
#include "record/disk.h"
#include "record/footage_ledger.h"
#include "record/index_writer.h"
#include "record/media_paths.h"
#include "record/recorder.h"

namespace vonggac::record {

class Retention {
 public:
  struct Parts {
    const base::Clock& clock;
    const RecorderConfig& config;
    Disk& disk;
    FootageLedger& ledger;
    AgeGuard& guard;
    std::function<base::Status(IndexCall)> call;   ///< runs in the writer's next transaction, waits for its commit
    std::function<void()> seal_open_files;         ///< so that they can be deleted
    std::function<std::uint64_t()> bytes_written;  ///< media bytes since the start
  };
  /// Opens its connection and fixes the state from which the ledger's base is counted.
  static base::Result<std::unique_ptr<Retention>> open(Parts parts, const std::string& index_path);

  /// One round. True: there is more to delete at once.
  bool step();
  /// The writer found no space: the next round deletes something whatever the disk says.
  void demand_space() { demanded_ = true; }

  std::uint64_t free_bytes() const { return free_bytes_.load(); }
  std::uint64_t total_bytes() const { return total_bytes_.load(); }
  std::uint64_t low_water_bytes() const { return low_water_bytes_.load(); }

  static constexpr int kBatch = 256;
  static constexpr std::int64_t kPolicyRoundUs = 30'000'000;

  /// A segment that may go.
  struct Candidate {
    std::int64_t id = 0;
    StreamKey stream;
    SegmentFile file;
    std::int64_t start_us = 0, end_us = 0;
    std::uint64_t size_bytes = 0;
  };
  struct Marked {
    std::vector<SegmentFile> files;
    std::vector<FootageChange> changes;
  };
  /// In the writer's transaction: turns the rows of what no hold protects into garbage rows.
  static base::Status mark(SqliteDb& db, const std::vector<Candidate>& candidates, const std::string& reason,
                           std::int64_t now_us, Marked& marked);

 private:
  struct Query {
    StreamKey stream;
    std::int64_t older_than_us = 0;         ///< segments that end before
    std::int64_t motion_older_than_us = 0;  ///< those with motion: that end before
    int limit = kBatch;
  };
  Retention(Parts parts, SqliteDb db) : parts_(std::move(parts)), db_(std::move(db)) {}
  base::Status load_policies();
  base::Status load_ledger();
  base::Status finish_garbage();
  void measure();
  base::Status delete_by_age(bool& more);
  base::Status delete_by_bytes(bool& more);
  base::Status delete_for_space(bool& more);
  base::Result<std::vector<Candidate>> find(const Query& query);
  base::Result<std::vector<Candidate>> oldest_of_all(bool spare_motion);
  base::Status remove(const std::vector<Candidate>& candidates, const char* reason);
  base::Status unlink_and_forget(const std::vector<SegmentFile>& files);
  base::Status prune_rows(const StreamKey& stream, std::int64_t before_us);
  void refresh_oldest(const StreamKey& stream);

  Parts parts_;
  SqliteDb db_;
  Statement find_;
  bool loaded_ = false;
  std::int64_t next_policy_us_ = 0, next_seal_us_ = 0;
  struct Sample {
    std::int64_t at_us = 0;
    std::uint64_t bytes = 0;
  };
  std::deque<Sample> ingest_;  ///< of the last ten minutes
  std::atomic<bool> demanded_{false};
  std::atomic<std::uint64_t> free_bytes_{0}, total_bytes_{0}, low_water_bytes_{0};
};

}  // namespace vonggac::record
