/// The schema, step by step, forward only. A step is one SQL text for both engines, with sections for one of them where
/// it must differ:   -- @sqlite ... -- @both ... -- @postgresql ...
/// Each step runs in a transaction of its own with its row in schema_migration, so that a process killed at any moment
/// leaves the schema before or after it. A step that was changed after it had been applied, and a schema newer than
/// this program, are refused with nothing touched.
/// Threads  migrate() waits for another process that migrates.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace vonggac::store {

struct Migration {
  std::int64_t version = 0;  ///< 1, 2, ... without holes
  std::string_view name;
  std::string_view sql;
};

struct MigrationState {
  std::int64_t applied = 0;  ///< version of the database; 0: empty
  std::int64_t known = 0;    ///< newest version of this program
  std::vector<std::string> pending;
};

/// The part of a step that is for this engine.
std::string migration_text(std::string_view sql, Engine engine);
/// kInvalidArgument: a newer schema, or a step that was changed after it was applied.
base::Result<MigrationState> migration_state(Reader& session, std::span<const Migration> migrations);
/// Applies what is missing, up to version `last` (0: all). `before_first` runs once before the first step, if the
/// database has a schema already and steps are missing: the place for a backup. Its failure stops everything.
base::Result<MigrationState> migrate(Store& store, std::span<const Migration> migrations, const base::Clock& clock,
                                     const std::function<base::Status()>& before_first, std::int64_t last = 0);

}  // namespace vonggac::store
