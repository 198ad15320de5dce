#include "store/migrations.h"

#include <fmt/format.h>

#include "base/digest.h"

namespace vonggac::store {
namespace {

constexpr std::string_view kTable =
    "create table if not exists schema_migration (version bigint primary key, name text not null, "
    "sha256 text not null, applied_at_us bigint not null)";
/// Any number that nobody else takes: the first bytes of "vonggac". Taken before the transactions, whose snapshots
/// would else be older than what they wait for; it goes with the connection.
constexpr std::string_view kLock = "select pg_advisory_lock(8533483936345617)";

base::Result<bool> has_table(Reader& session) {
  const std::string_view sql = session.engine() == Engine::kSqlite
                                   ? "select 1 from sqlite_master where type = 'table' and name = 'schema_migration'"
                                   : "select 1 from pg_class where oid = to_regclass('schema_migration')";
  VG_ASSIGN(const Rows rows, session.query(sql));
  return !rows.empty();
}

const Migration* find_version(std::span<const Migration> migrations, std::int64_t version) {
  for (const Migration& m : migrations) {
    if (m.version == version) return &m;
  }
  return nullptr;
}

base::Status compare(const Row& row, std::span<const Migration> migrations, Engine engine) {
  const Migration* known = find_version(migrations, row.integer(0));
  if (known == nullptr) {
    return base::invalid_argument(fmt::format(
        "the catalogue has schema {}, this program knows up to {}: use the newer program (nothing was changed)",
        row.integer(0), migrations.empty() ? 0 : migrations.back().version));
  }
  if (row.text(1) != base::sha256_hex(migration_text(known->sql, engine))) {
    return base::invalid_argument(fmt::format(
        "step {} ({}) of the catalogue's schema is not the one it was made with: this program is not of the same line "
        "(nothing was changed)",
        known->version, known->name));
  }
  return {};
}

base::Status apply_step(Session& session, const Migration& step, base::WallTime now) {
  const std::string text = migration_text(step.sql, session.engine());
  VG_TRY(session.script(text));
  return session
      .run("insert into schema_migration (version, name, sha256, applied_at_us) values ($1, $2, $3, $4)",
           Parameters{step.version, step.name, base::sha256_hex(text), now})
      .error();
}

/// One step in one transaction, if it is still missing when our turn comes. Gives the version afterwards.
base::Result<std::int64_t> next_step(Session& session, std::span<const Migration> migrations, const base::Clock& clock,
                                     std::int64_t last) {
  VG_TRY(session.begin(Session::Transaction::kWrite));
  VG_TRY(session.script(std::string(kTable)));
  VG_ASSIGN(const MigrationState state, migration_state(session, migrations));
  if (state.applied >= last) {
    session.rollback();
    return state.applied;
  }
  const Migration* step = find_version(migrations, state.applied + 1);
  if (step == nullptr) return base::internal_error("catalogue: the steps of the schema have a hole");
  VG_TRY(apply_step(session, *step, clock.wall_now()));
  VG_TRY(session.commit());
  return step->version;
}

}  // namespace

std::string migration_text(std::string_view sql, Engine engine) {
  std::string text;
  bool wanted = true;
  while (!sql.empty()) {
    const std::size_t end = std::min(sql.find('\n'), sql.size() - 1);
    const std::string_view line = sql.substr(0, end + 1);
    sql.remove_prefix(end + 1);
    if (line.starts_with("-- @")) {
      const std::string_view mark = line.substr(4, line.find_last_not_of(" \n\r") - 3);
      wanted = mark == "both" || mark == engine_name(engine);
    } else if (wanted) {
      text += line;
    }
  }
  return text;
}

base::Result<MigrationState> migration_state(Reader& session, std::span<const Migration> migrations) {
  MigrationState state;
  state.known = migrations.empty() ? 0 : migrations.back().version;
  VG_ASSIGN(const bool there, has_table(session));
  if (there) {
    VG_ASSIGN(const Rows rows, session.query("select version, sha256 from schema_migration order by version"));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      VG_TRY(compare(rows[i], migrations, session.engine()));
      state.applied = rows[i].integer(0);
    }
  }
  for (const Migration& m : migrations) {
    if (m.version > state.applied) state.pending.push_back(fmt::format("{:04} {}", m.version, m.name));
  }
  return state;
}

base::Result<MigrationState> migrate(Store& store, std::span<const Migration> migrations, const base::Clock& clock,
                                     const std::function<base::Status()>& before_first, std::int64_t last) {
  if (last == 0 && !migrations.empty()) last = migrations.back().version;
  MigrationState before, after;
  const base::Status known = store.maintain([&](Session& session) -> base::Status {
    VG_ASSIGN(before, migration_state(session, migrations));
    return {};
  });
  VG_TRY(known);
  if (before.applied >= last) return before;
  if (before.applied > 0 && before_first) VG_TRY(before_first());
  const base::Status applied = store.maintain([&](Session& session) -> base::Status {
    if (session.engine() == Engine::kPostgres) VG_TRY(session.run(kLock, Parameters{}).error());
    for (std::int64_t version = 0; version < last;) {
      VG_ASSIGN(version, next_step(session, migrations, clock, last));
    }
    VG_ASSIGN(after, migration_state(session, migrations));
    return {};
  });
  VG_TRY(applied);
  return after;
}

}  // namespace vonggac::store
