/// Puts the safe findings of check() right. Nothing that could be footage is ever deleted: rows follow the files.
///   missing_file   the row goes; a gap row says that the file is missing
///   short_file     the row is cut to what is there; a gap row for the rest
///   long_file      whole fragments that continue the chain are taken in; what is left is cut
///   orphan_file    taken in where every hash is right and no row has its sequence numbers
/// All else is left and stays a problem: hash_mismatch, foreign_file, special_file, row_overlap, ...
/// Threads  one thread at a time, only while no service runs (the caller holds the lock).
/// Errors   the index only; a file that cannot be changed stays a problem.
#pragma once

#include <string>

#include "base/ids.h"
#include "record/check.h"
#include "record/disk.h"
#include "record/segment_files.h"

namespace vonggac::record {

struct RepairContext {
  std::string data_dir;
  Disk& disk;
  const SegmentFiles& files;
  base::InstallationId installation;
};
base::Status repair_findings(const RepairContext& context, CheckReport& report);

}  // namespace vonggac::record
