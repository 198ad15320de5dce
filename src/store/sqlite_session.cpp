#include "store/sqlite_session.h"

#include <fmt/format.h>
#include <sqlite3.h>

namespace vonggac::store {
namespace {

/// More texts than that are made at run time, not written by us; then the cache is emptied.
constexpr std::size_t kMostStatements = 512;

int allow_data_only(void*, int action, const char* first, const char* second, const char*, const char*) {
  switch (action) {
    case SQLITE_SELECT:
    case SQLITE_READ:
    case SQLITE_INSERT:
    case SQLITE_UPDATE:
    case SQLITE_DELETE:
    case SQLITE_TRANSACTION:
    case SQLITE_SAVEPOINT:
    case SQLITE_RECURSIVE:
      return SQLITE_OK;
    case SQLITE_FUNCTION:
      return second != nullptr && std::string_view(second) == "load_extension" ? SQLITE_DENY : SQLITE_OK;
    case SQLITE_PRAGMA:  // reading the state of the file is no harm
      return first != nullptr && std::string_view(first) == "data_version" ? SQLITE_OK : SQLITE_DENY;
    default:
      return SQLITE_DENY;
  }
}

Value column_value(sqlite3_stmt* statement, int column) {
  switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
      return sqlite3_column_int64(statement, column);
    case SQLITE_FLOAT:
      return sqlite3_column_double(statement, column);
    case SQLITE_TEXT: {
      const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
      return std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
    }
    case SQLITE_BLOB: {
      const auto* data = static_cast<const std::uint8_t*>(sqlite3_column_blob(statement, column));
      return base::Bytes(data, data + sqlite3_column_bytes(statement, column));
    }
    default:
      return {};
  }
}

int bind_value(sqlite3_stmt* statement, int index, const Value& value) {
  struct Binder {
    sqlite3_stmt* statement;
    int index;
    int operator()(std::monostate) const { return sqlite3_bind_null(statement, index); }
    int operator()(std::int64_t v) const { return sqlite3_bind_int64(statement, index, v); }
    int operator()(double v) const { return sqlite3_bind_double(statement, index, v); }
    int operator()(const std::string& v) const {
      return sqlite3_bind_text64(statement, index, v.data(), v.size(), SQLITE_STATIC, SQLITE_UTF8);
    }
    int operator()(const base::Bytes& v) const {
      return sqlite3_bind_blob64(statement, index, v.empty() ? "" : static_cast<const void*>(v.data()), v.size(),
                                 SQLITE_STATIC);
    }
  };
  return std::visit(Binder{statement, index}, value.content());
}

/// Resets a statement whichever way its use ends.
class InUse {
 public:
  explicit InUse(sqlite3_stmt* statement) : statement_(statement) {}
  ~InUse() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  InUse(const InUse&) = delete;
  InUse& operator=(const InUse&) = delete;

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

void SqliteSession::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

base::Result<std::unique_ptr<SqliteSession>> SqliteSession::open(const std::string& path, const Options& options) {
  sqlite3* raw = nullptr;
  const int flags = options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<SqliteSession> session(new SqliteSession(raw));
  if (code != SQLITE_OK) return session->error(code, "open " + path);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, options.busy_ms);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // What people typed is precious: a commit is on the disk before anybody is told of it.
  if (!options.read_only) VG_TRY(session->script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL"));
  VG_TRY(session->script("PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8000"));
  return session;
}

SqliteSession::~SqliteSession() {
  statements_.clear();
  sqlite3_close_v2(db_);
}

base::Status SqliteSession::error(int code, std::string_view what) const {
  const std::string text = fmt::format("catalogue: {}: {}", what, sqlite3_errmsg(db_));
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::unavailable(text);
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
      return base::invalid_argument(text);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return base::data_loss(text + ". Restore the newest backup: vonggac db restore");
    case SQLITE_FULL:
      return base::no_space(text);
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_CANTOPEN:
      return base::permission_denied(text);
    default:
      return base::internal_error(text);
  }
}

base::Result<sqlite3_stmt*> SqliteSession::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) {
    // A visitor that runs the same text again would take the rows from under itself.
    if (sqlite3_stmt_busy(found->second.get()) == 0) return found->second.get();
    return base::internal_error(fmt::format("catalogue: a statement is used while it gives rows: {}", sql));
  }
  if (statements_.size() >= kMostStatements) statements_.clear();
  sqlite3_stmt* statement = nullptr;
  const char* rest = nullptr;
  const int code =
      sqlite3_prepare_v3(db_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &statement, &rest);
  Prepared prepared(statement);
  if (code != SQLITE_OK) return error(code, sql);
  const std::string_view left(rest, static_cast<std::size_t>(sql.data() + sql.size() - rest));
  if (statement == nullptr || left.find_first_not_of(" \n\t\r;") != std::string_view::npos) {
    return base::internal_error(fmt::format("catalogue: not one statement: {}", sql));
  }
  statements_.emplace(std::string(sql), std::move(prepared));
  return statement;
}

base::Status SqliteSession::bind(sqlite3_stmt* statement, std::string_view sql, std::span<const Value> parameters) {
  // "$1" is a parameter by name to SQLite, numbered by where it comes first.
  int bound = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const int index = sqlite3_bind_parameter_index(statement, fmt::format("${}", i + 1).c_str());
    if (index == 0) return base::internal_error(fmt::format("catalogue: no ${} in: {}", i + 1, sql));
    if (const int code = bind_value(statement, index, parameters[i]); code != SQLITE_OK) return error(code, sql);
    ++bound;
  }
  if (bound != sqlite3_bind_parameter_count(statement)) {
    return base::internal_error(fmt::format("catalogue: {} parameters given to: {}", bound, sql));
  }
  return {};
}

base::Status SqliteSession::step_all(sqlite3_stmt* statement, std::string_view sql, const Visitor* visit) {
  std::vector<Value> row(static_cast<std::size_t>(sqlite3_column_count(statement)));
  while (true) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return error(code, sql);
    if (visit == nullptr) continue;
    for (std::size_t i = 0; i < row.size(); ++i) row[i] = column_value(statement, static_cast<int>(i));
    VG_TRY((*visit)(Row(row)));
  }
}

base::Status SqliteSession::visit(std::string_view sql, std::span<const Value> parameters, const Visitor& visit) {
  VG_ASSIGN(sqlite3_stmt * statement, prepare(sql));
  const InUse in_use(statement);
  VG_TRY(bind(statement, sql, parameters));
  return step_all(statement, sql, &visit);
}

base::Result<std::int64_t> SqliteSession::run(std::string_view sql, std::span<const Value> parameters) {
  VG_ASSIGN(sqlite3_stmt * statement, prepare(sql));
  const InUse in_use(statement);
  VG_TRY(bind(statement, sql, parameters));
  const std::int64_t before = sqlite3_total_changes64(db_);
  VG_TRY(step_all(statement, sql, nullptr));
  return sqlite3_total_changes64(db_) == before ? 0 : sqlite3_changes64(db_);
}

base::Status SqliteSession::run_many(std::string_view sql, std::span<const Parameters> rows) {
  VG_ASSIGN(sqlite3_stmt * statement, prepare(sql));
  for (const Parameters& parameters : rows) {
    const InUse in_use(statement);
    VG_TRY(bind(statement, sql, parameters));
    VG_TRY(step_all(statement, sql, nullptr));
  }
  return {};
}

base::Status SqliteSession::script(const std::string& sql) {
  const int code = sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? base::Status() : error(code, sql.substr(0, 200));
}

base::Status SqliteSession::begin(Transaction kind) {
  return script(kind == Transaction::kWrite ? "BEGIN IMMEDIATE" : "BEGIN");
}

base::Status SqliteSession::commit() { return script("COMMIT"); }

void SqliteSession::rollback() {
  if (sqlite3_get_autocommit(db_) == 0) sqlite3_exec(db_, "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteSession::harden() { sqlite3_set_authorizer(db_, allow_data_only, nullptr); }

base::Status SqliteSession::copy_to(const std::string& path) {
  const Parameters target{path};
  VG_ASSIGN(sqlite3_stmt * statement, prepare("VACUUM INTO $1"));
  const InUse in_use(statement);
  VG_TRY(bind(statement, "VACUUM INTO $1", target));
  return step_all(statement, "VACUUM INTO", nullptr);
}

}  // namespace vonggac::store
