/// Backups of the catalogue. A backup is one SQLite file with the same schema, whichever engine it was taken from, so
/// that it can be looked into anywhere and restored into either engine: also the way from SQLite to PostgreSQL.
/// It is taken from one snapshot while everything goes on, checked, and only then gets its name.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "store/migrations.h"
#include "store/store.h"

namespace vonggac::store {

struct BackupReport {
  std::string path;
  std::int64_t schema = 0;
  std::int64_t tables = 0, rows = 0;
};

/// kInvalidArgument: the file exists. kUnavailable: no schema yet.
base::Result<BackupReport> back_up(Store& store, std::span<const Migration> migrations, const base::Clock& clock,
                                   const std::string& path);
/// Into an empty database only (kInvalidArgument otherwise): nothing is ever overwritten. In one transaction.
base::Result<BackupReport> restore(Store& store, std::span<const Migration> migrations, const base::Clock& clock,
                                   const std::string& path);
/// What is wrong with the database: damaged pages, rows that point nowhere, missing numbers of the outbox. Empty:
/// nothing.
base::Result<std::vector<std::string>> check_store(Store& store, std::span<const Migration> migrations);

}  // namespace vonggac::store
