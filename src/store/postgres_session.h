/// A session on PostgreSQL (15 or newer) through libpq. Statements are prepared once per connection; the server says of
/// which type each parameter is, and values travel in binary.
/// Pipeline while changes are put off (run_later), the connection is in libpq's pipeline mode; the next statement that
///          has an answer travels behind them, so that both cost one round trip.
/// Errors   a lost connection is kUnavailable and alive() turns false: the pool opens another one. A conflict with
///          another transaction (SQLSTATE 40001, 40P01) is kUnavailable as well.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/session.h"

extern "C" {
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
}

namespace vonggac::store {

class PostgresSession final : public Session {
 public:
  /// `url`: a libpq connection string or postgresql:// URL; several hosts are tried until one takes writes.
  static base::Result<std::unique_ptr<PostgresSession>> open(const std::string& url);
  ~PostgresSession() override;

  using Session::run;
  Engine engine() const override { return Engine::kPostgres; }
  base::Status visit(std::string_view sql, std::span<const Value> parameters, const Visitor& visit) override;
  base::Result<std::int64_t> run(std::string_view sql, std::span<const Value> parameters) override;
  base::Status run_later(std::string_view sql, std::span<const Value> parameters) override;
  base::Status run_many(std::string_view sql, std::span<const Parameters> rows) override;
  base::Status script(const std::string& sql) override;
  base::Status begin(Transaction kind) override;
  base::Status commit() override;
  void rollback() override;
  bool alive() const override;

 private:
  struct Clear {
    void operator()(PGresult* result) const;
  };
  using Answer = std::unique_ptr<PGresult, Clear>;
  struct Prepared {
    std::string name;
    std::vector<std::uint32_t> types;  ///< OIDs of the parameters
  };

  explicit PostgresSession(PGconn* connection) : connection_(connection) {}
  base::Status error(const PGresult* result, std::string_view what) const;
  base::Result<const Prepared*> prepare(std::string_view sql);
  base::Status send(const Prepared& prepared, std::string_view sql, std::span<const Value> parameters);
  base::Status take_rows(std::string_view sql, const Visitor& visit);
  base::Status take_late();
  base::Status settle(std::string_view sql = "pipeline", Answer* own = nullptr);
  Answer next() const;
  void drain() const;

  PGconn* connection_ = nullptr;
  std::size_t late_ = 0;  ///< changes sent whose answers are still to be taken
  std::map<std::string, Prepared, std::less<>> statements_;
};

}  // namespace vonggac::store
