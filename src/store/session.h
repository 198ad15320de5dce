/// One connection to the catalogue, on SQLite or PostgreSQL, with one text of SQL for both.
/// Flow     Store hands a session to a read or a write; the code in between sees no engine.
/// SQL      parameters are $1 ... $n, used as often as wanted. Both engines take: on conflict do update, returning,
/// with
///          recursive, coalesce, cast(sum(x) as bigint). Not: sum(bigint) uncast (numeric on PostgreSQL), ilike, now().
/// Threads  a session belongs to one thread at a time.
/// Errors   kUnavailable: busy, connection lost, a conflict with another transaction: try again. kInvalidArgument: a
///          constraint refuses it (the message names it). kNoSpace, kDataLoss, kPermissionDenied, kInternal as they
///          say.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/value.h"

namespace vonggac::store {

enum class Engine { kSqlite, kPostgres };
const char* engine_name(Engine engine);

/// What can be read within a read or a write.
class Reader {
 public:
  using Visitor = std::function<base::Status(const Row&)>;

  virtual ~Reader() = default;
  virtual Engine engine() const = 0;
  /// Calls `visit` for each row without keeping them. `visit` must not use the session; an error of it ends the query.
  virtual base::Status visit(std::string_view sql, std::span<const Value> parameters, const Visitor& visit) = 0;
  /// All rows at once.
  base::Result<Rows> query(std::string_view sql, const Parameters& parameters = {});
};

class Session : public Reader {
 public:
  /// For statements without an answer. Gives how many rows were changed.
  virtual base::Result<std::int64_t> run(std::string_view sql, std::span<const Value> parameters) = 0;
  /// A change of which nobody needs the count: on PostgreSQL its answer is waited for together with that of the next
  /// statement. What goes wrong with it is told by that one, or by commit().
  virtual base::Status run_later(std::string_view sql, std::span<const Value> parameters) {
    return run(sql, parameters).error();
  }
  /// The same statement for many rows of parameters; on PostgreSQL without waiting for each answer (pipeline).
  virtual base::Status run_many(std::string_view sql, std::span<const Parameters> rows) = 0;
  /// Statements without parameters, separated by semicolons; for schemas.
  virtual base::Status script(const std::string& sql) = 0;

  /// kRead: a snapshot that does not move. kWrite: as if no other writer were there (serializable).
  enum class Transaction { kRead, kWrite };
  virtual base::Status begin(Transaction kind) = 0;
  virtual base::Status commit() = 0;
  /// Never fails: what cannot be rolled back is a lost connection.
  virtual void rollback() = 0;
  /// False: the connection is gone, the session is of no more use.
  virtual bool alive() const = 0;

  base::Result<std::int64_t> run(std::string_view sql, const Parameters& parameters = {}) {
    return run(sql, std::span<const Value>(parameters));
  }
};

}  // namespace vonggac::store
