/// Writes fragments to segment files: opens files, gives sequence numbers, hashes, links the chain, appends with one
/// vectored write. What was appended waits in the list of unsynced operations until a sync of the disk has succeeded.
/// Flow     WriteQueue -> SegmentWriter -> disk; unsynced operations -> Committer
/// Threads  write() and the other file calls: one thread at a time by an inner lock, so that rec-sync may interrupt
///          between two writes; the unsynced list has a lock of its own and never waits for the disk.
/// Owns     the open files; the payloads of unsynced fragments, so that they can be written again elsewhere.
/// Errors   write(): kNoSpace: nothing is lost, try again; others: the file is abandoned, try again in a fresh one.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/digest.h"
#include "record/disk.h"
#include "record/index_ops.h"
#include "record/write_job.h"

namespace vonggac::record {

/// Where a stream's chain stands.
struct ChainHead {
  std::uint64_t seq = 0;  ///< of the last fragment; 0 = none
  base::Sha256Digest record_sha256{};
};
using ChainHeads = std::map<StreamKey, ChainHead>;

class SegmentWriter {
 public:
  /// Borrows `disk`. `heads` as of the last acknowledged fragments, `next_segment_id` above all ids in use.
  SegmentWriter(Disk& disk, base::InstallationId installation, ChainHeads heads, std::int64_t next_segment_id);

  /// Writes a kFragment job.
  base::Status write(const WriteJob& job);
  /// Gives the job up: a gap row with `cause`; the next fragment of the stream begins a new segment.
  void drop(const WriteJob& job, GapCause cause, const std::string& detail);
  void seal(const StreamKey& stream);
  /// Ends every open segment, so that retention can delete them; the next fragments open new ones.
  void seal_all();

  /// Copies the unsynced operations, oldest first, and says how many there are.
  std::size_t snapshot_unsynced(std::vector<IndexOp>& out) const;
  /// The first `count` are durable. Returns the payload bytes that need no RAM any more.
  std::uint64_t confirm_synced(std::size_t count);
  /// A sync failed: everything unsynced is taken back. Fragments that are still in RAM come out as jobs (attempts
  /// raised), in order; files are abandoned; the chains go back to `durable`. Operations that are not about files
  /// come out in `kept`. `lost` gets the jobs whose payload is gone.
  struct TakenBack {
    std::deque<WriteJob> jobs;
    std::vector<WriteJob> lost;
    std::vector<IndexOp> kept;
    std::vector<SegmentFileRef> never_acknowledged;
  };
  TakenBack take_back(const ChainHeads& durable);
  /// Frees payloads of unsynced fragments, oldest first. Returns the bytes.
  std::uint64_t give_up_copies(std::uint64_t bytes);

  std::uint64_t media_bytes_written() const { return media_bytes_.load(std::memory_order_relaxed); }
};

}  // namespace vonggac::record
