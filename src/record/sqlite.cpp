#include "record/sqlite.h"

#include <algorithm>
#include <utility>

#include <sqlite3.h>

#include "record/index_schema.h"

namespace vonggac::record {

base::Status sqlite_status(sqlite3* db, int code, std::string_view what) {
  const std::string text = "index.db: " + std::string(what) + ": " + sqlite3_errmsg(db);
  switch (code & 0xff) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return base::unavailable(text);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return base::data_loss(text + ". Run 'vonggac rebuild' to make it anew from the media");
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

base::Result<SqliteDb> SqliteDb::open_index(const std::string& path, Access access, int busy_ms) {
  int flags = SQLITE_OPEN_READONLY;
  if (access == Access::kWrite) flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  if (access == Access::kAlone)
    flags = SQLITE_OPEN_READWRITE;  // an exclusive lock needs it; the schema check forbids writing
  sqlite3* raw = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &raw, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  SqliteDb db(raw);
  if (code != SQLITE_OK) return sqlite_status(raw, code, "open " + path);
  sqlite3_busy_timeout(raw, busy_ms);
  if (access == Access::kAlone) VG_TRY(db.run("PRAGMA locking_mode = EXCLUSIVE"));
  VG_TRY(access == Access::kWrite ? apply_index_schema(raw) : check_index_schema(raw));
  return db;
}

SqliteDb::SqliteDb(SqliteDb&& other) noexcept : db_(std::exchange(other.db_, nullptr)) {}

SqliteDb& SqliteDb::operator=(SqliteDb&& other) noexcept {
  std::swap(db_, other.db_);
  return *this;
}

SqliteDb::~SqliteDb() { sqlite3_close_v2(db_); }

base::Status SqliteDb::run(const char* sql) {
  const int code = sqlite3_exec(db_, sql, nullptr, nullptr, nullptr);
  return code == SQLITE_OK ? base::Status() : sqlite_status(db_, code, sql);
}

std::int64_t SqliteDb::changes() const { return sqlite3_changes64(db_); }

Statement::Statement(Statement&& other) noexcept
    : db_(std::exchange(other.db_, nullptr)), statement_(std::exchange(other.statement_, nullptr)) {}

Statement& Statement::operator=(Statement&& other) noexcept {
  std::swap(db_, other.db_);
  std::swap(statement_, other.statement_);
  return *this;
}

Statement::~Statement() { sqlite3_finalize(statement_); }

base::Result<Statement> Statement::prepare(const SqliteDb& db, std::string_view sql) {
  Statement statement;
  statement.db_ = db.get();
  const int code = sqlite3_prepare_v3(db.get(), sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                      &statement.statement_, nullptr);
  if (code != SQLITE_OK) return sqlite_status(db.get(), code, sql);
  return statement;
}

// Binding fails only for a wrong parameter number (our bug) or without memory; step() would then say so.
Statement& Statement::bind(std::int64_t value) {
  sqlite3_bind_int64(statement_, next_parameter_++, value);
  return *this;
}

Statement& Statement::bind(double value) {
  sqlite3_bind_double(statement_, next_parameter_++, value);
  return *this;
}

Statement& Statement::bind(std::string_view text) {
  sqlite3_bind_text(statement_, next_parameter_++, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind(base::ByteSpan blob) {
  const void* data = blob.empty() ? "" : static_cast<const void*>(blob.data());
  sqlite3_bind_blob64(statement_, next_parameter_++, data, blob.size(), SQLITE_STATIC);
  return *this;
}

Statement& Statement::bind(const base::Uuid& id) {
  sqlite3_bind_blob64(statement_, next_parameter_++, id.bytes.data(), id.bytes.size(), SQLITE_TRANSIENT);
  return *this;
}

Statement& Statement::bind_null() {
  sqlite3_bind_null(statement_, next_parameter_++);
  return *this;
}

base::Status Statement::run() {
  base::Result<bool> row = step();
  while (row && *row) row = step();
  return row ? base::Status() : row.error();
}

base::Result<bool> Statement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  const base::Status status = code == SQLITE_DONE ? base::Status() : sqlite_status(db_, code, sqlite3_sql(statement_));
  reset();
  if (!status.ok()) return status;
  return false;
}

void Statement::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_parameter_ = 1;
}

std::int64_t Statement::integer(int column) const { return sqlite3_column_int64(statement_, column); }
double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }
bool Statement::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

namespace {

/// Length of the well-formed UTF-8 character at the start of `text`; 0 where there is none.
std::size_t character_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return 0;
  }
  const bool overlong = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xF0 && byte(1) < 0x90);
  const bool outside = (first == 0xED && byte(1) > 0x9F) || (first == 0xF4 && byte(1) > 0x8F);
  return overlong || outside ? 0 : length;
}

}  // namespace

std::string Statement::text(int column) const {
  const unsigned char* data = sqlite3_column_text(statement_, column);
  if (data == nullptr) return {};
  std::string_view rest(reinterpret_cast<const char*>(data),
                        static_cast<std::size_t>(sqlite3_column_bytes(statement_, column)));
  std::string text;
  while (!rest.empty()) {
    const std::size_t length = character_length(rest);
    text += length == 0 ? std::string_view("\xEF\xBF\xBD") : rest.substr(0, length);
    rest.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

base::ByteSpan Statement::blob(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  return {static_cast<const std::uint8_t*>(data), static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

base::CameraId Statement::camera(int column) const {
  base::CameraId id;
  const base::ByteSpan bytes = blob(column);
  if (bytes.size() == id.bytes.size()) std::copy(bytes.begin(), bytes.end(), id.bytes.begin());
  return id;
}

}  // namespace vonggac::record
