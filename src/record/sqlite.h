/// A thin skin over SQLite for index.db: owns connection and statements, turns codes into Status.
/// Threads  a connection and its statements belong to one thread at a time.
/// Errors   kUnavailable: locked by another connection; kDataLoss: damaged or not a database; kNoSpace: disk full;
///          kPermissionDenied: read-only or cannot be opened; kInternal: the rest (I/O errors among them).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/ids.h"
#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace vonggac::record {

/// `code` is what an sqlite3_ function gave; the connection's message is added.
base::Status sqlite_status(sqlite3* db, int code, std::string_view what);

class SqliteDb {
 public:
  /// kAlone: reads without shared memory file, where there is no room for one; nobody else may have it open.
  enum class Access { kReadOnly, kWrite, kAlone };
  /// Applies or checks the schema of index.db (index_schema.h). `busy_ms`: how long a call waits for a lock.
  static base::Result<SqliteDb> open_index(const std::string& path, Access access, int busy_ms);
  SqliteDb() = default;
  SqliteDb(SqliteDb&& other) noexcept;
  SqliteDb& operator=(SqliteDb&& other) noexcept;
  ~SqliteDb();
  sqlite3* get() const { return db_; }
  base::Status run(const char* sql);
  std::int64_t changes() const;

 private:
  explicit SqliteDb(sqlite3* db) : db_(db) {}
  sqlite3* db_ = nullptr;
};

/// A prepared statement. Bind in order, then run() or step() until false; both leave it ready for the next use.
class Statement {
 public:
  Statement() = default;
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;
  ~Statement();
  static base::Result<Statement> prepare(const SqliteDb& db, std::string_view sql);

  Statement& bind(std::int64_t value);
  Statement& bind(double value);
  Statement& bind(std::string_view text);
  Statement& bind(base::ByteSpan blob);  ///< borrowed until the next reset
  Statement& bind(const base::Uuid& id);
  Statement& bind_null();

  /// For statements without rows.
  base::Status run();
  /// True: a row is there to be read. False: no more rows; the statement is reset.
  base::Result<bool> step();
  void reset();

  std::int64_t integer(int column) const;
  double real(int column) const;
  bool is_null(int column) const;
  /// Always well-formed UTF-8: bytes that a damaged disk has changed become U+FFFD.
  std::string text(int column) const;
  base::ByteSpan blob(int column) const;    ///< valid until the next step or reset
  base::CameraId camera(int column) const;  ///< nil for anything but 16 bytes

 private:
  sqlite3* db_ = nullptr;
  sqlite3_stmt* statement_ = nullptr;
  int next_parameter_ = 1;
};

}  // namespace vonggac::record
