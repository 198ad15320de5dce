/// Writes fragments to segment files: opens files, gives sequence numbers, hashes, links the chain, appends with one
/// vectored write. What was appended waits in the list of unsynced operations until a sync of the disk has succeeded.
/// Flow     WriteStage -> SegmentWriter -> disk; unsynced operations -> Committer
/// Threads  the calls that touch files: one thread at a time (WriteStage's lock). The unsynced list has a lock of its
///          own, which is never held during a disk call.
/// Owns     the open files; the payloads of unsynced fragments, so that they can be written again elsewhere.
/// Errors   write(): kNoSpace: the file is as before, try again later; others: the file is abandoned, a new attempt
///          opens a fresh one.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/digest.h"
#include "record/disk.h"
#include "record/index_ops.h"
#include "record/media_paths.h"
#include "record/write_job.h"

namespace vonggac::record {

/// Where a stream's chain stands.
struct ChainHead {
  std::uint64_t seq = 0;  ///< of the last fragment; 0 = none yet
  base::Sha256Digest record_sha256{};
};
using ChainHeads = std::map<StreamKey, ChainHead>;

class SegmentWriter {
 public:
  /// Borrows `disk`. `heads` as of the last acknowledged fragments, `next_segment_id` above all ids in use.
  SegmentWriter(Disk& disk, base::InstallationId installation, ChainHeads heads, std::int64_t next_segment_id);

  /// Writes a kFragment job.
  base::Status write(const WriteJob& job);
  /// Gives a job up: opens a gap with `cause`; the next fragment of the stream begins a new file.
  void drop(const WriteJob& job, GapCause cause, const std::string& detail);
  void seal(const StreamKey& stream);
  /// An operation that has its place among the fragments.
  void pass_on(IndexOp op) { add_unsynced(std::move(op), std::nullopt); }
  /// Ends every open file, so that retention can delete them; the next fragments open new ones.
  void seal_all();

  /// Copies the unsynced operations, oldest first, and says how many there are.
  std::size_t snapshot_unsynced(std::vector<IndexOp>& out) const;
  /// The first `count` are durable. Returns the payload bytes that need no RAM any more.
  std::uint64_t confirm_synced(std::size_t count);

  /// What a failed sync leaves behind.
  struct TakenBack {
    std::deque<WriteJob> jobs;       ///< fragments to write again, in order, attempts raised
    std::vector<WriteJob> lost;      ///< fragments whose payload had been given up
    std::vector<IndexOp> kept;       ///< operations that do not speak of files
    std::vector<SegmentFile> files;  ///< of segments no fragment of which was acknowledged
    std::uint64_t bytes = 0;         ///< payload of `jobs`
  };
  /// Takes back everything unsynced: closes all files, puts the chains back to `durable`.
  TakenBack take_back(const ChainHeads& durable);
  /// Frees payloads of unsynced fragments, oldest first, about that many bytes. Returns how many.
  std::uint64_t give_up_copies(std::uint64_t bytes);

  std::uint64_t media_bytes_written() const { return media_bytes_.load(std::memory_order_relaxed); }

 private:
  struct Stream {
    ChainHead head;
    std::shared_ptr<const SegmentPlan> plan;
    std::unique_ptr<MediaFile> file;
    SegmentFile name;
    std::int64_t segment_id = 0;
    std::uint64_t offset = 0;     ///< of the next fragment; 0 = nothing written yet
    std::uint32_t fragments = 0;  ///< in this file
    std::int64_t zero_90k = 0;    ///< of the plan's axis, at the first sample of this file
    base::Sha256Digest init_sha256{};
    std::int64_t last_start_us = 0;
    std::uint32_t last_epoch = 0;
    bool torn = false;  ///< the file may hold a piece of a failed append
    bool gap_open = false;
    GapCause gap_cause = GapCause::kUnknown;
  };
  struct Unsynced {
    IndexOp op;
    std::optional<WriteJob> job;  ///< of a fragment, while its payload is kept
    std::uint64_t bytes = 0;
  };
  struct Built {
    base::Bytes head;   ///< of a new file: init and segment header
    base::Bytes boxes;  ///< record, moof, mdat header
    FragmentEntry entry;
    base::Sha256Digest record_sha256{};
    std::uint64_t size_bytes = 0;  ///< of the fragment
  };

  base::Status open_file(Stream& stream, const WriteJob& job, std::int64_t start_us);
  Built build(Stream& stream, const WriteJob& job, std::int64_t start_us);
  /// What build() has hashed.
  base::Status append(Stream& stream, const Built& built);
  void note_written(Stream& stream, const WriteJob& job, const Built& built);
  void after_failure(Stream& stream, const base::Status& status);
  void finish_file(Stream& stream, std::uint32_t add_flags, std::optional<std::int64_t> next_start_us);
  void add_unsynced(IndexOp op, std::optional<WriteJob> job);

  Disk& disk_;
  const base::InstallationId installation_;
  std::map<StreamKey, Stream> streams_;
  std::int64_t next_segment_id_;
  base::Sha256 hasher_;
  std::vector<iovec> parts_;  ///< of the fragment that is being built and written
  std::atomic<std::uint64_t> media_bytes_{0};
  mutable std::mutex unsynced_mutex_;
  std::deque<Unsynced> unsynced_;
};

}  // namespace vonggac::record
