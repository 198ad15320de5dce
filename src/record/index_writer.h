/// The one writer of index.db: collects operations and applies them in one transaction. What does not reach the disk
/// (locked, full, I/O error) stays collected and is tried again with the next commit.
/// Flow     Committer -> take() -> commit() -> visible to readers
/// Threads  bound to rec-sync (before the threads start: to the one that creates the recorder).
/// Owns     the writing connection; a mirror of the open segments, so that sealing needs no reading.
/// Errors   commit(): as sqlite.h. Nothing is lost by a failed commit.
/// Units    wall microseconds UTC; bytes.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "record/index_ops.h"
#include "record/index_statements.h"
#include "record/segment_writer.h"

namespace vonggac::record {

/// A segment without its seal, as far as it is durable.
struct OpenSegmentState {
  SegmentRow row;
  std::vector<FragmentEntry> entries;
  base::Sha256Digest last_record_sha256{};
  std::int64_t first_tail_id = 0;
  bool sealing = false;  ///< its SealSegment is collected
  std::uint64_t size_bytes() const {
    return entries.empty() ? 0 : entries.back().offset_bytes + entries.back().size_bytes;
  }
};

/// A change of stored footage that has become visible.
struct FootageChange {
  StreamKey stream;
  std::int64_t bytes = 0;  ///< stored more (or less)
  std::int64_t segments = 0;
  std::int64_t fragments = 0;
  std::int64_t end_us = 0;    ///< of the newest fragment; 0 = unchanged
  std::int64_t start_us = 0;  ///< of the first fragment of a new segment; 0 = none
};

/// Work that another thread wants done inside the next transaction, after the collected operations.
using IndexCall = std::function<base::Status(SqliteDb&)>;

class IndexWriter {
 public:
  /// Opens or creates index.db and reads what was left open.
  static base::Result<std::unique_ptr<IndexWriter>> open(const std::string& path);

  void take(IndexOp op);
  /// One transaction with everything collected, then `calls`. A call that fails takes the transaction with it.
  base::Status commit(const std::vector<IndexCall>& calls, std::vector<FootageChange>& changes);
  bool has_pending() const { return !pending_.empty(); }
  /// Deletes dead rows of the tails in the next commit; cheap to ask for about once a minute.
  void request_tail_cleaning() { clean_tails_ = true; }

  const std::map<std::int64_t, OpenSegmentState>& open_segments() const { return open_; }
  /// A SealSegment operation for every open segment not yet being sealed.
  std::vector<SealSegment> seals_for_open(std::uint32_t add_flags) const;
  /// Keeps only the first `count` fragments of an open segment; forgets it when there are none. For the repair.
  void shorten_open(std::int64_t id, std::size_t count, const base::Sha256Digest& last_record_sha256);
  const ChainHeads& chain_heads() const { return heads_; }
  std::int64_t next_segment_id() const { return next_segment_id_; }
  SqliteDb& db() { return db_; }
  /// The installation id the index was made for; empty in a fresh one.
  base::Result<std::string> installation();
  /// A recorder has started on this index before.
  base::Result<bool> has_recorded();
  base::Status put_installation(const std::string& id);
  std::uint64_t forgotten_operations() const { return forgotten_; }

 private:
  struct Pending {
    IndexOp op;
    std::int64_t row_id = 0;  ///< of the tail or event row, where one is inserted
  };
  struct OpenEvent {
    std::int64_t row_id = 0;
    std::int64_t written_until_us = 0;
    std::size_t labels_written = 0;
    bool alarm_written = false, pictured = false;
    base::Bytes better;  ///< a thumbnail that came between two writings
  };

  explicit IndexWriter(SqliteDb db) : db_(std::move(db)) {}
  base::Status load();
  base::Status load_open_segments();
  base::Status load_motion();
  bool take_event(PutMotionEvent& put, std::int64_t& row_id);
  base::Status apply_all(const std::vector<IndexCall>& calls);
  base::Status pack_motion(const OpenSegmentState& segment, std::int64_t end_us);
  base::Status put_motion(std::int64_t segment, const MotionSeconds& seconds);
  base::Status apply_op(const OpenSegment& op, std::int64_t row_id);
  base::Status apply_op(const AddFragment& op, std::int64_t row_id);
  base::Status apply_op(const SealSegment& op, std::int64_t row_id);
  base::Status apply_op(const OpenGap& op, std::int64_t row_id);
  base::Status apply_op(const CloseGap& op, std::int64_t row_id);
  base::Status apply_op(const AddClosedGap& op, std::int64_t row_id);
  base::Status apply_op(const PutMotionEvent& op, std::int64_t row_id);
  base::Status apply_op(const PutMotionGrid& op, std::int64_t row_id);
  base::Status apply_op(const PutTamper& op, std::int64_t row_id);
  base::Status apply_op(const PutView& op, std::int64_t row_id);
  base::Status apply_op(const PutPolicy& op, std::int64_t row_id);
  base::Status apply_op(const AddEpoch& op, std::int64_t row_id);
  base::Status apply_op(const PutMeta& op, std::int64_t row_id);
  base::Status clean_tails();
  void after_commit();

  SqliteDb db_;
  IndexStatements sql_;
  std::deque<Pending> pending_;
  std::map<std::int64_t, OpenSegmentState> open_;
  // Effects of the transaction under way; they count once it is committed.
  std::vector<std::int64_t> sealed_now_;
  std::vector<std::pair<base::CameraId, std::int64_t>> packed_now_;  ///< seconds that went into a motion_table
  std::vector<FootageChange> changes_now_;
  ChainHeads heads_;  ///< of collected fragments
  std::map<std::pair<base::CameraId, std::uint64_t>, OpenEvent> events_;
  struct Grid {
    std::int64_t row_id = 0;
    MotionCells cells{};
  };
  std::map<base::CameraId, std::map<std::int64_t, Grid>> grids_;  ///< by second; not yet in a motion_table
  std::int64_t next_segment_id_ = 1, next_tail_id_ = 1, next_event_id_ = 1, next_grid_id_ = 1;
  std::uint64_t forgotten_ = 0;
  bool clean_tails_ = false;
};

}  // namespace vonggac::record
