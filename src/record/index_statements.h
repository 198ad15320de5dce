/// The prepared statements of the index writer, each with its SQL.
/// Threads  as the connection they belong to.
#pragma once

#include "record/sqlite.h"

namespace vonggac::record {

struct IndexStatements {
  Statement begin, commit, rollback;
  Statement insert_segment, insert_tail, seal_segment, insert_table, put_chain_head;
  Statement motion_overlaps, mark_motion, find_sealed_at, get_motion_table, put_motion_table, put_motion_summary,
      insert_grid;
  Statement find_open_gap, relabel_gap, end_gap, end_gap_by_start, insert_gap;
  Statement put_event, put_thumbnail, put_label;
  Statement begin_tamper, end_tamper, put_view;
  Statement put_policy, insert_epoch, put_meta;
  Statement clean_fragment_tail, clean_motion_tail;

  static base::Result<IndexStatements> prepare(const SqliteDb& db);
};

}  // namespace vonggac::record
