/// How index.db grows from version to version. Each step stands by itself: its own SQL and code, one after the other,
/// all in one transaction. A fresh index is made the same way, from the tables of version 1.
/// Flow     apply_index_schema() -> migrate_index()
/// Errors   as sqlite.h; the transaction is the caller's to roll back.
#pragma once

#include "base/result.h"

namespace vonggac::record {

class SqliteDb;

/// Runs the steps after `from_version`, and sets user_version.
base::Status migrate_index(SqliteDb& db, int from_version);

}  // namespace vonggac::record
