/// A session on a SQLite file (WAL, foreign keys on). After harden() no statement can change the schema or reach
/// another file, whatever text it was made of.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "store/session.h"

struct sqlite3;
struct sqlite3_stmt;

namespace vonggac::store {

class SqliteSession final : public Session {
 public:
  struct Options {
    bool read_only = false;
    int busy_ms = 10'000;
  };
  static base::Result<std::unique_ptr<SqliteSession>> open(const std::string& path, const Options& options);
  ~SqliteSession() override;

  using Session::run;
  Engine engine() const override { return Engine::kSqlite; }
  base::Status visit(std::string_view sql, std::span<const Value> parameters, const Visitor& visit) override;
  base::Result<std::int64_t> run(std::string_view sql, std::span<const Value> parameters) override;
  base::Status run_many(std::string_view sql, std::span<const Parameters> rows) override;
  base::Status script(const std::string& sql) override;
  base::Status begin(Transaction kind) override;
  base::Status commit() override;
  void rollback() override;
  bool alive() const override { return true; }

  /// From now on: no DDL, no ATTACH, no PRAGMA.
  void harden();
  /// An intact copy of the file as it is now, while others go on writing.
  base::Status copy_to(const std::string& path);

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit SqliteSession(sqlite3* db) : db_(db) {}
  base::Status error(int code, std::string_view what) const;
  base::Result<sqlite3_stmt*> prepare(std::string_view sql);
  base::Status bind(sqlite3_stmt* statement, std::string_view sql, std::span<const Value> parameters);
  base::Status step_all(sqlite3_stmt* statement, std::string_view sql, const Visitor* visit);

  sqlite3* db_ = nullptr;
  std::map<std::string, Prepared, std::less<>> statements_;
};

}  // namespace vonggac::store
