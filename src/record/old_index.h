/// What a rebuild saves of the old index.db: rows that no media file holds. Best effort, table by table.
/// Threads  one thread at a time.
#pragma once

#include <string>

#include "record/rebuild.h"
#include "record/sqlite.h"

namespace vonggac::record {

/// The installation id the old index was made for; empty where it cannot be read.
std::string old_installation(const std::string& old_path);
/// Copies holds, motion events with their pictures, motion tables, gaps, policies and clock epochs into `fresh`.
void save_old_rows(SqliteDb& fresh, const std::string& old_path, RebuildReport& report);

}  // namespace vonggac::record
