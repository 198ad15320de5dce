// How each operation becomes statements; part of IndexWriter.
#include "base/log.h"
#include "record/index_columns.h"
#include "record/index_schema.h"
#include "record/index_writer.h"
#include "record/motion_scan.h"

namespace vonggac::record {
namespace {

/// A gap that changes its cause so soon has only now got its reason.
constexpr std::int64_t kRelabelUs = 2'000'000;

}  // namespace

base::Status IndexWriter::apply_op(const OpenSegment& op, std::int64_t) {
  const SegmentRow& row = op.row;
  Statement& sql = sql_.insert_segment;
  sql.bind(row.id).bind(row.stream.camera).bind(role_column(row.stream)).bind(row.file_us).bind(row.start_us);
  sql.bind(std::int64_t{row.flags}).bind(integer_column(row.init_bytes)).bind(integer_column(row.first_seq));
  sql.bind(std::int64_t{row.epoch});
  row.camera_offset_us ? sql.bind(*row.camera_offset_us) : sql.bind_null();
  sql.bind(static_cast<std::int64_t>(row.video_codec)).bind(static_cast<std::int64_t>(row.audio_codec));
  VG_TRY(sql.bind(row.parameters_id).run());
  // A row that contradicts another one must not stop all that come after it.
  if (db_.changes() == 0) {
    base::log::error("record", "{}: index.db has this file or sequence number already; run 'vonggac check'",
                     segment_path({row.stream.camera, row.file_us}));
  }
  FootageChange change;
  change.stream = row.stream;
  change.segments = 1;
  change.bytes = integer_column(row.init_bytes);
  change.start_us = row.start_us;
  changes_now_.push_back(change);
  return {};
}

base::Status IndexWriter::apply_op(const AddFragment& op, std::int64_t row_id) {
  const FragmentEntry& e = op.entry;
  Statement& sql = sql_.insert_tail;
  sql.bind(row_id).bind(op.segment).bind(integer_column(e.seq)).bind(integer_column(e.offset_bytes));
  sql.bind(std::int64_t{e.size_bytes}).bind(e.start_us).bind(e.media_start_90k).bind(std::int64_t{e.duration_90k});
  VG_TRY(sql.bind(std::int64_t{e.flags}).bind(base::ByteSpan(op.record_sha256)).run());
  const auto open = open_.find(op.segment);
  const std::int64_t epoch = open == open_.end() ? 0 : open->second.row.epoch;
  VG_TRY(sql_.end_gap_by_start.bind(op.stream.camera).bind(role_column(op.stream)).bind(e.start_us).bind(epoch).run());
  FootageChange change;
  change.stream = op.stream;
  change.fragments = 1;
  change.bytes = e.size_bytes;
  change.end_us = e.end_us();
  changes_now_.push_back(change);
  return {};
}

base::Status IndexWriter::apply_op(const SealSegment& op, std::int64_t) {
  const auto found = open_.find(op.segment);
  if (found == open_.end() || found->second.entries.empty()) return {};
  const OpenSegmentState& state = found->second;
  const FragmentEntry& last = state.entries.back();
  std::int64_t end_us = last.end_us();
  if (op.next_start_us) end_us = std::min(end_us, *op.next_start_us);
  end_us = std::max(end_us, last.start_us + 1);

  std::uint32_t flags = kSegmentSealed | op.add_flags;
  Statement& overlaps = sql_.motion_overlaps;
  overlaps.bind(op.stream.camera).bind(state.row.start_us).bind(end_us);
  VG_ASSIGN(const bool motion, overlaps.step());
  overlaps.reset();
  if (motion) flags |= kSegmentMotion;

  Statement& seal = sql_.seal_segment;
  seal.bind(end_us).bind(integer_column(state.size_bytes())).bind(std::int64_t{flags});
  seal.bind(integer_column(state.entries.size())).bind(base::ByteSpan(state.last_record_sha256)).bind(op.segment);
  VG_TRY(seal.run());
  const base::Bytes table = encode_fragment_table(state.entries);
  VG_TRY(sql_.insert_table.bind(op.segment).bind(base::ByteSpan(table)).run());
  Statement& head = sql_.put_chain_head;
  head.bind(op.stream.camera).bind(role_column(op.stream)).bind(integer_column(last.seq));
  VG_TRY(head.bind(base::ByteSpan(state.last_record_sha256)).run());
  VG_TRY(pack_motion(state, end_us));
  sealed_now_.push_back(op.segment);
  return {};
}

/// A second belongs to the segment that holds its middle.
base::Status IndexWriter::pack_motion(const OpenSegmentState& segment, std::int64_t end_us) {
  const auto found = grids_.find(segment.row.stream.camera);
  if (found == grids_.end()) return {};
  MotionSeconds seconds;
  for (const auto& [second, grid] : found->second) {
    const std::int64_t middle_us = second * 1'000'000 + 500'000;
    if (middle_us < segment.row.start_us || middle_us >= end_us) continue;
    seconds[second] = grid.cells;
    packed_now_.emplace_back(segment.row.stream.camera, second);
  }
  return seconds.empty() ? base::Status() : put_motion(segment.row.id, seconds);
}

base::Status IndexWriter::put_motion(std::int64_t segment, const MotionSeconds& seconds) {
  const base::Bytes blob = encode_motion_table(seconds);
  VG_TRY(sql_.put_motion_table.bind(segment).bind(base::ByteSpan(blob)).run());
  const MotionCells cells = moved_cells(seconds);
  return sql_.put_motion_summary.bind(segment).bind(base::ByteSpan(cells)).run();
}

base::Status IndexWriter::apply_op(const OpenGap& op, std::int64_t) {
  Statement& find = sql_.find_open_gap;
  find.bind(op.stream.camera).bind(role_column(op.stream));
  VG_ASSIGN(const bool open, find.step());
  if (open) {
    const std::int64_t id = find.integer(0), start_us = find.integer(1);
    const bool same_cause = find.integer(2) == static_cast<std::int64_t>(op.cause);
    find.reset();
    if (same_cause) return {};
    if (op.start_us - start_us < kRelabelUs) {
      return sql_.relabel_gap.bind(static_cast<std::int64_t>(op.cause))
          .bind(std::string_view(op.detail))
          .bind(id)
          .run();
    }
    VG_TRY(sql_.end_gap.bind(op.start_us).bind(id).run());
  }
  Statement& insert = sql_.insert_gap;
  insert.bind(op.stream.camera).bind(role_column(op.stream)).bind(op.start_us).bind_null();
  insert.bind(static_cast<std::int64_t>(op.cause)).bind(std::string_view(op.detail));
  return insert.bind(std::int64_t{op.epoch}).run();
}

base::Status IndexWriter::apply_op(const CloseGap& op, std::int64_t) {
  Statement& end = sql_.end_gap_by_start;
  return end.bind(op.stream.camera).bind(role_column(op.stream)).bind(op.end_us).bind(std::int64_t{op.epoch}).run();
}

base::Status IndexWriter::apply_op(const AddClosedGap& op, std::int64_t) {
  Statement& insert = sql_.insert_gap;
  insert.bind(op.gap.stream.camera).bind(role_column(op.gap.stream)).bind(op.gap.start_us).bind(op.end_us);
  insert.bind(static_cast<std::int64_t>(op.gap.cause)).bind(std::string_view(op.gap.detail));
  return insert.bind(std::int64_t{op.gap.epoch}).run();
}

base::Status IndexWriter::apply_op(const PutMotionEvent& op, std::int64_t row_id) {
  const MotionEvent& e = op.event;
  Statement& put = sql_.put_event;
  put.bind(row_id).bind(op.camera).bind(e.start.us).bind(e.end.us).bind(std::int64_t{e.ended ? 1 : 0});
  put.bind(double{e.score}).bind(double{e.box_x}).bind(double{e.box_y}).bind(double{e.box_w}).bind(double{e.box_h});
  put.bind(std::string_view(e.zone));
  put.bind(std::int64_t{e.start_reason}).bind(std::int64_t{e.end_reason});
  VG_TRY(put.bind(std::string_view(e.alarm)).bind(e.alarm.empty() ? 0 : e.alarm_at.us).run());
  if (!e.thumbnail.empty()) {
    VG_TRY(sql_.put_thumbnail.bind(row_id).bind(base::ByteSpan(e.thumbnail)).run());
  }
  for (const media::ObjectLabel& label : e.labels) {
    Statement& put_label = sql_.put_label;
    VG_TRY(put_label.bind(row_id).bind(static_cast<std::int64_t>(label.object_class)).bind(double{label.score}).run());
  }
  return sql_.mark_motion.bind(op.camera).bind(e.start.us).bind(e.end.us + 1).run();
}

base::Status IndexWriter::apply_op(const PutMotionGrid& op, std::int64_t row_id) {
  Statement& find = sql_.find_sealed_at;
  find.bind(op.camera).bind(op.second * 1'000'000 + 500'000);
  VG_ASSIGN(const bool late, find.step());
  if (!late) {
    const base::Bytes cells = encode_motion_cells(op.cells);
    return sql_.insert_grid.bind(row_id).bind(op.camera).bind(op.second).bind(base::ByteSpan(cells)).run();
  }
  const std::int64_t segment = find.integer(0);
  find.reset();
  MotionSeconds seconds;
  VG_ASSIGN(const bool has_table, sql_.get_motion_table.bind(segment).step());
  if (has_table) {
    base::Result<MotionSeconds> stored = decode_motion_table(sql_.get_motion_table.blob(0));
    if (stored) seconds = std::move(*stored);
    sql_.get_motion_table.reset();
  }
  seconds[op.second] = op.cells;
  packed_now_.emplace_back(op.camera, op.second);
  return put_motion(segment, seconds);
}

base::Status IndexWriter::apply_op(const PutTamper& op, std::int64_t) {
  const TamperChange& change = op.change;
  if (change.end != TamperEnd::kGoesOn) {
    Statement& end = sql_.end_tamper;
    end.bind(op.camera).bind(std::int64_t{change.kind}).bind(change.at.us);
    return end.bind(static_cast<std::int64_t>(change.end)).run();
  }
  return sql_.begin_tamper.bind(op.camera).bind(std::int64_t{change.kind}).bind(change.at.us).run();
}

base::Status IndexWriter::apply_op(const PutView& op, std::int64_t) {
  return sql_.put_view.bind(op.camera).bind(op.learned_us).bind(base::ByteSpan(op.view)).run();
}

base::Status IndexWriter::apply_op(const PutPolicy& op, std::int64_t) {
  Statement& put = sql_.put_policy;
  put.bind(op.stream.camera).bind(role_column(op.stream)).bind(std::int64_t{op.policy.retention_days});
  put.bind(integer_column(op.policy.retention_bytes));
  return put.bind(std::int64_t{op.policy.motion_retention_days}).run();
}

base::Status IndexWriter::apply_op(const AddEpoch& op, std::int64_t) {
  Statement& insert = sql_.insert_epoch;
  return insert.bind(std::int64_t{op.id}).bind(op.start_us).bind(op.step_us).bind(std::string_view(op.cause)).run();
}

base::Status IndexWriter::apply_op(const PutMeta& op, std::int64_t) {
  return sql_.put_meta.bind(std::string_view(op.key)).bind(op.value).run();
}

}  // namespace vonggac::record
