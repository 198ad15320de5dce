#include "store/backup.h"

#include <cerrno>
#include <cstdio>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/sqlite_session.h"

namespace vonggac::store {
namespace {

constexpr std::size_t kRowsAtOnce = 1000;

bool is_there(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0;
}

/// Tables of a backup file, all that people's data lies in.
base::Result<std::vector<std::string>> tables_of(Reader& file) {
  VG_ASSIGN(const Rows rows,
            file.query("select name from sqlite_master where type = 'table' and name not like 'sqlite_%' "
                       "and name <> 'schema_migration' order by name"));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.size(); ++i) names.push_back(rows[i].text(0));
  return names;
}

/// "\"a\", \"b\"" and "$1, $2": names come from our own schema; quoted as some are words of SQL.
struct Columns {
  std::string names, places;
};
base::Result<Columns> columns_of(Reader& file, const std::string& table) {
  VG_ASSIGN(const Rows rows, file.query("select name from pragma_table_info($1) order by cid", {table}));
  Columns columns;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string_view comma = i == 0 ? "" : ", ";
    columns.names += fmt::format("{}\"{}\"", comma, rows[i].text(0));
    columns.places += fmt::format("{}${}", comma, i + 1);
  }
  return columns;
}

/// All rows of a table from one database into the other. Gives how many.
base::Result<std::int64_t> copy_table(Reader& from, Session& to, const std::string& table, const Columns& columns) {
  const std::string insert = fmt::format("insert into \"{}\" ({}) values ({})", table, columns.names, columns.places);
  std::vector<Parameters> waiting;
  std::int64_t count = 0;
  const auto flush = [&]() -> base::Status {
    count += static_cast<std::int64_t>(waiting.size());
    const base::Status status = to.run_many(insert, waiting);
    waiting.clear();
    return status;
  };
  const Reader::Visitor take = [&](const Row& row) -> base::Status {
    Parameters values;
    for (std::size_t i = 0; i < row.size(); ++i) values.push_back(row[i]);
    waiting.push_back(std::move(values));
    return waiting.size() >= kRowsAtOnce ? flush() : base::Status();
  };
  VG_TRY(from.visit(fmt::format("select {} from \"{}\"", columns.names, table), std::span<const Value>(), take));
  VG_TRY(flush());
  return count;
}

base::Status copy_all(Reader& from, Session& to, Reader& file, BackupReport& report) {
  VG_ASSIGN(const std::vector<std::string> tables, tables_of(file));
  for (const std::string& table : tables) {
    VG_ASSIGN(const Columns columns, columns_of(file, table));
    // What the steps of the schema have put there comes again from the source.
    VG_TRY(to.run(fmt::format("delete from \"{}\"", table), Parameters{}).error());
    VG_ASSIGN(const std::int64_t rows, copy_table(from, to, table, columns));
    ++report.tables;
    report.rows += rows;
  }
  return {};
}

base::Status check_file(SqliteSession& file) {
  VG_ASSIGN(const Rows rows, file.query("PRAGMA integrity_check(5)"));
  if (rows.size() == 1 && rows[0].text(0) == "ok") return {};
  return base::data_loss("the backup is damaged: " + (rows.empty() ? std::string("unreadable") : rows[0].text(0)));
}

base::Status count_rows(Reader& file, BackupReport& report) {
  VG_ASSIGN(const std::vector<std::string> tables, tables_of(file));
  report.tables = static_cast<std::int64_t>(tables.size());
  for (const std::string& table : tables) {
    VG_ASSIGN(const Rows rows, file.query(fmt::format("select count(*) from \"{}\"", table)));
    report.rows += rows[0].integer(0);
  }
  return {};
}

/// PostgreSQL: the same steps make the same schema in a file, then the rows of one snapshot follow.
base::Status fill_from_server(Store& store, std::span<const Migration> migrations, const base::Clock& clock,
                              const std::string& path, BackupReport& report) {
  VG_ASSIGN(const std::unique_ptr<Store> made, Store::open({Engine::kSqlite, path}, {}, clock));
  return store.read([&](Reader& from) -> base::Status {
    VG_ASSIGN(const MigrationState state, migration_state(from, migrations));
    VG_TRY(migrate(*made, migrations, clock, nullptr, state.applied).error());
    return made->maintain([&](Session& to) -> base::Status {
      VG_TRY(to.begin(Session::Transaction::kWrite));
      VG_TRY(to.script("PRAGMA defer_foreign_keys = ON"));
      report = BackupReport{};
      VG_TRY(copy_all(from, to, to, report));
      VG_TRY(to.commit());
      return to.script("PRAGMA journal_mode = DELETE");  // one file, complete in itself
    });
  });
}

base::Status write_backup(Store& store, std::span<const Migration> migrations, const base::Clock& clock,
                          const std::string& part, BackupReport& report) {
  if (store.engine() == Engine::kPostgres) return fill_from_server(store, migrations, clock, part, report);
  VG_ASSIGN(const std::unique_ptr<SqliteSession> session, SqliteSession::open(store.address().target, {true, 60'000}));
  return session->copy_to(part);
}

}  // namespace

base::Result<BackupReport> back_up(Store& store, std::span<const Migration> migrations, const base::Clock& clock,
                                   const std::string& path) {
  if (is_there(path)) return base::invalid_argument(path + " exists: give a name that is free");
  MigrationState state;
  const base::Status seen = store.read([&](Reader& session) -> base::Status {
    VG_ASSIGN(state, migration_state(session, migrations));
    return {};
  });
  VG_TRY(seen);
  if (state.applied == 0) return base::unavailable("the catalogue is empty: there is nothing to back up");
  const std::string part = path + ".part";
  ::unlink(part.c_str());
  BackupReport report;
  base::Status status = write_backup(store, migrations, clock, part, report);
  if (status.ok()) {
    base::Result<std::unique_ptr<SqliteSession>> file = SqliteSession::open(part, {true, 1000});
    status = file ? check_file(**file) : file.error();
    report = BackupReport{path, state.applied, 0, 0};
    if (status.ok()) status = count_rows(**file, report);
  }
  if (status.ok() && ::rename(part.c_str(), path.c_str()) != 0) status = base::from_errno(errno, "rename " + part);
  if (!status.ok()) {
    ::unlink(part.c_str());
    return status;
  }
  return report;
}

base::Result<BackupReport> restore(Store& store, std::span<const Migration> migrations, const base::Clock& clock,
                                   const std::string& path) {
  if (!is_there(path)) return base::not_found("there is no " + path);
  VG_ASSIGN(const std::unique_ptr<SqliteSession> file, SqliteSession::open(path, {true, 1000}));
  VG_TRY(check_file(*file));
  VG_ASSIGN(const MigrationState source, migration_state(*file, migrations));
  if (source.applied == 0) return base::invalid_argument(path + " is no backup of a catalogue");
  MigrationState target;
  const base::Status compared = store.maintain([&](Session& session) -> base::Status {
    VG_ASSIGN(target, migration_state(session, migrations));
    return {};
  });
  VG_TRY(compared);
  if (target.applied != 0) {
    return base::invalid_argument(
        "the catalogue is not empty: restore into a new file or database, nothing is overwritten");
  }
  VG_TRY(migrate(store, migrations, clock, nullptr, source.applied).error());
  BackupReport report{path, source.applied, 0, 0};
  const base::Status copied = store.maintain([&](Session& to) -> base::Status {
    VG_TRY(to.begin(Session::Transaction::kWrite));
    const bool sqlite = to.engine() == Engine::kSqlite;
    VG_TRY(to.script(sqlite ? "PRAGMA defer_foreign_keys = ON" : "SET CONSTRAINTS ALL DEFERRED"));
    VG_TRY(copy_all(*file, to, *file, report));
    return to.commit();
  });
  VG_TRY(copied);
  VG_TRY(migrate(store, migrations, clock, nullptr).error());
  return report;
}

base::Result<std::vector<std::string>> check_store(Store& store, std::span<const Migration> migrations) {
  std::vector<std::string> found;
  const base::Status looked = store.maintain([&](Session& session) -> base::Status {
    VG_TRY(migration_state(session, migrations).error());
    if (session.engine() == Engine::kSqlite) {
      VG_ASSIGN(const Rows pages, session.query("PRAGMA integrity_check(20)"));
      for (std::size_t i = 0; i < pages.size(); ++i) {
        if (pages[i].text(0) != "ok") found.push_back(pages[i].text(0));
      }
      VG_ASSIGN(const Rows keys, session.query("PRAGMA foreign_key_check"));
      for (std::size_t i = 0; i < keys.size(); ++i) {
        found.push_back(
            fmt::format("a row of {} points to a row of {} that is not there", keys[i].text(0), keys[i].text(2)));
      }
    }
    VG_ASSIGN(const Rows outbox,
              session.query("select coalesce(max(seq) - min(seq) + 1, 0) - count(*), coalesce(max(seq), 0), "
                            "(select outbox_seq from node) from outbox"));
    if (outbox[0].integer(0) != 0)
      found.push_back(fmt::format("{} rows of the outbox are missing", outbox[0].integer(0)));
    if (outbox[0].integer(1) > outbox[0].integer(2)) found.push_back("the outbox is ahead of its own counter");
    return {};
  });
  VG_TRY(looked);
  return found;
}

}  // namespace vonggac::store
