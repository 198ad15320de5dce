/// The catalogue's database: connections, transactions, the outbox. SQLite is one writer and several readers on one
/// file; PostgreSQL is a pool.
/// Flow     room catalogue/access/... -> Store::read / Store::write -> Session -> SQLite or PostgreSQL
/// Threads  any; a call takes a connection for as long as it lasts. On SQLite writers wait for each other.
/// Errors   those of Session; kTimedOut: no connection became free in time.
///
/// A write that changes rows and tells nobody is refused (kInternal): every change has an outbox row in the same
/// transaction, so that what other machines, feeds and logs see is what was kept. What is no change of the register
/// (sessions, counters) is written by write_quietly().
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "store/session.h"

namespace vonggac::store {

/// "sqlite:FILE" (or a plain path) or "postgresql://...".
struct StoreAddress {
  Engine engine = Engine::kSqlite;
  std::string target;
  static base::Result<StoreAddress> parse(std::string_view text);
};

/// A write under way.
class WriteSession final : public Reader {
 public:
  WriteSession(Session& session, const base::Clock& clock) : session_(session), clock_(clock) {}
  Engine engine() const override { return session_.engine(); }
  base::Status visit(std::string_view sql, std::span<const Value> parameters, const Visitor& visit) override {
    return session_.visit(sql, parameters, visit);
  }
  base::WallTime now() const { return now_; }
  base::Uuid new_id() const { return base::Uuid::make_v7(clock_); }
  /// How many rows changed.
  base::Result<std::int64_t> run(std::string_view sql, const Parameters& parameters = {});
  /// For changes behind which a tell() comes and of which nobody needs the count. An error of it may be told by a later
  /// call only, or by the end of the write; nothing is kept then.
  base::Status run_later(std::string_view sql, const Parameters& parameters);
  base::Status run_many(std::string_view sql, std::span<const Parameters> rows);
  /// For books kept beside the register (the audit, kept replies): no change that the outbox must tell of.
  base::Result<std::int64_t> run_aside(std::string_view sql, const Parameters& parameters = {});
  /// What happened, for the outbox: `topic` like "camera.changed", the thing it happened to, details as a JSON object.
  /// The rows are numbered and written at the end of the write, all at once: one number a write is counted up, not one
  /// a row (PostgreSQL keeps every version of the counter until the commit, and looks at each of them).
  base::Status tell(std::string_view topic, const base::Uuid& subject, std::string_view json);
  /// Writes what was told. By Store, before it keeps the write.
  base::Status finish();
  bool changed() const { return changed_; }
  bool told() const { return !told_.empty(); }

 private:
  Session& session_;
  const base::Clock& clock_;
  base::WallTime now_ = clock_.wall_now();
  bool changed_ = false;
  std::vector<Parameters> told_;
};

class Store {
 public:
  struct Options {
    std::size_t readers = 4;  ///< PostgreSQL: connections in all, readers + 1
    int wait_ms = 10'000;     ///< for a free connection, for a lock; no write is begun again after it
  };
  /// Opens one connection at once, so that a wrong address is told here. Applies no schema (migrations.h).
  static base::Result<std::unique_ptr<Store>> open(const StoreAddress& address, const Options& options,
                                                   const base::Clock& clock);
  ~Store();

  Engine engine() const { return address_.engine; }
  const StoreAddress& address() const { return address_; }
  /// Runs on one unmoving snapshot.
  base::Status read(const std::function<base::Status(Reader&)>& work);
  /// Runs in a transaction, as if alone; kept if `work` gives ok, else undone. After a conflict it is run again, so
  /// `work` must change nothing outside the database.
  base::Status write(const std::function<base::Status(WriteSession&)>& work);
  base::Status write_quietly(const std::function<base::Status(WriteSession&)>& work);
  /// A connection that may change the schema, alone with it; for migrations and restoring.
  base::Status maintain(const std::function<base::Status(Session&)>& work);

  static constexpr int kMostAttempts = 8;

 private:
  class Pool;
  Store(StoreAddress address, const Options& options, const base::Clock& clock);
  base::Status attempt(const std::function<base::Status(WriteSession&)>& work, bool quietly);
  base::Status write_until_kept(const std::function<base::Status(WriteSession&)>& work, bool quietly);

  StoreAddress address_;
  const base::Clock& clock_;
  int wait_ms_;
  std::unique_ptr<Pool> readers_, writers_;
};

}  // namespace vonggac::store
