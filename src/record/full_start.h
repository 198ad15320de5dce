/// A start on a disk without a free byte, and without the reserve, which somebody else has filled: index.db cannot even
/// be opened, because its shared memory file finds no room. So the oldest footage goes first and its rows afterwards,
/// the only place with this order. A crash in between leaves rows without files, which check tells and retention ends.
/// Threads  at start only, before any thread of the recorder.
/// Errors   an index that cannot be read alone, or an unlink that fails, is returned; footage under a hold stays.
#pragma once

#include <string>
#include <vector>

#include "record/disk.h"
#include "record/retention.h"

namespace vonggac::record {

/// So little is free that a start cannot succeed.
bool is_full(Disk& disk);
/// Unlinks the oldest footage, as much as a start needs. Nobody else may have index.db open.
base::Result<std::vector<Retention::Candidate>> delete_oldest_unlisted(const std::string& index_path, Disk& disk);

}  // namespace vonggac::record
