#include "store/postgres_session.h"

#include <algorithm>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "store/postgres_values.h"

namespace vonggac::store {
namespace {

constexpr std::size_t kMostPrepared = 512;
/// What is on its way at once. Answers of 500 changes fit into the socket's buffer, so neither side waits for the
/// other.
constexpr std::size_t kMostLate = 500;

std::string without_line_end(const char* text) {
  std::string line = text == nullptr ? "" : text;
  while (!line.empty() && (line.back() == '\n' || line.back() == ' ')) line.pop_back();
  return line;
}

/// Parameters as libpq wants them; keeps the bytes they point to.
class Packed {
 public:
  base::Status add(const Value& value, std::uint32_t type) {
    VG_ASSIGN(std::string bytes, encode_value(value, type));
    bytes_.push_back(std::move(bytes));
    null_.push_back(value.is_null());
    return {};
  }
  int send(PGconn* connection, const std::string& name) {
    std::vector<const char*> data;
    std::vector<int> sizes, formats(bytes_.size(), 1);
    for (std::size_t i = 0; i < bytes_.size(); ++i) {
      data.push_back(null_[i] ? nullptr : bytes_[i].c_str());
      sizes.push_back(static_cast<int>(bytes_[i].size()));
    }
    return PQsendQueryPrepared(connection, name.c_str(), static_cast<int>(data.size()), data.data(), sizes.data(),
                               formats.data(), 1);
  }

 private:
  std::vector<std::string> bytes_;
  std::vector<bool> null_;
};

base::Status visit_rows(const PGresult* answer, const Session::Visitor& visit) {
  const int columns = PQnfields(answer);
  std::vector<Value> row(static_cast<std::size_t>(columns));
  for (int r = 0; r < PQntuples(answer); ++r) {
    for (int c = 0; c < columns; ++c) {
      Value& value = row[static_cast<std::size_t>(c)];
      value = Value();
      if (PQgetisnull(answer, r, c) != 0) continue;
      const base::ByteSpan bytes(reinterpret_cast<const std::uint8_t*>(PQgetvalue(answer, r, c)),
                                 static_cast<std::size_t>(PQgetlength(answer, r, c)));
      VG_ASSIGN(value, decode_value(bytes, PQftype(answer, c)));
    }
    VG_TRY(visit(Row(row)));
  }
  return {};
}

std::int64_t changed_rows(PGresult* answer) {
  const std::string count = PQcmdTuples(answer);
  return count.empty() ? 0 : std::stoll(count);
}

}  // namespace

void PostgresSession::Clear::operator()(PGresult* result) const { PQclear(result); }

base::Result<std::unique_ptr<PostgresSession>> PostgresSession::open(const std::string& url) {
  const char* const keywords[] = {"dbname",           "connect_timeout",      "client_encoding",
                                  "application_name", "target_session_attrs", nullptr};
  const char* const values[] = {url.c_str(), "10", "UTF8", "vonggac", "read-write", nullptr};
  std::unique_ptr<PostgresSession> session(new PostgresSession(PQconnectdbParams(keywords, values, 1)));
  if (session->connection_ == nullptr) return base::internal_error("catalogue: no memory for a connection");
  if (!session->alive()) {
    return base::unavailable("catalogue: " + without_line_end(PQerrorMessage(session->connection_)));
  }
  if (PQserverVersion(session->connection_) < 150000) {
    return base::invalid_argument("catalogue: PostgreSQL 15 or newer is needed");
  }
  PQsetNoticeProcessor(
      session->connection_, [](void*, const char*) {}, nullptr);
  // Statements are short: compiling one takes the server longer (20 ms) than running it.
  VG_TRY(session->script("SET timezone TO 'UTC'; SET idle_in_transaction_session_timeout TO '60s'; SET jit TO off"));
  return session;
}

PostgresSession::~PostgresSession() { PQfinish(connection_); }

bool PostgresSession::alive() const { return PQstatus(connection_) == CONNECTION_OK; }

base::Status PostgresSession::error(const PGresult* result, std::string_view what) const {
  const char* raw = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string state = raw == nullptr ? "" : raw;
  const char* message = result == nullptr ? PQerrorMessage(connection_) : PQresultErrorMessage(result);
  const std::string text = fmt::format("catalogue: {}: {}", what.substr(0, 200), without_line_end(message));
  const std::string group = state.substr(0, 2);
  if (state.empty() || group == "08" || group == "57" || state == "25006") return base::unavailable(text);
  if (group == "40" || state == "55P03" || state == "53300") return base::unavailable(text);
  if (group == "23" || group == "22") return base::invalid_argument(text);
  if (state == "53100" || state == "53200") return base::no_space(text);
  if (group == "28" || state == "42501") return base::permission_denied(text);
  if (group == "XX" || state == "58030") return base::data_loss(text);
  return base::internal_error(text);
}

base::Result<const PostgresSession::Prepared*> PostgresSession::prepare(std::string_view sql) {
  if (const auto found = statements_.find(sql); found != statements_.end()) return &found->second;
  VG_TRY(settle());
  if (statements_.size() >= kMostPrepared) {
    VG_TRY(script("DEALLOCATE ALL"));
    statements_.clear();
  }
  Prepared prepared{fmt::format("s{}", statements_.size()), {}};
  const std::string text(sql);
  const Answer made(PQprepare(connection_, prepared.name.c_str(), text.c_str(), 0, nullptr));
  if (PQresultStatus(made.get()) != PGRES_COMMAND_OK) return error(made.get(), sql);
  const Answer described(PQdescribePrepared(connection_, prepared.name.c_str()));
  if (PQresultStatus(described.get()) != PGRES_COMMAND_OK) return error(described.get(), sql);
  for (int i = 0; i < PQnparams(described.get()); ++i) prepared.types.push_back(PQparamtype(described.get(), i));
  return &statements_.emplace(text, std::move(prepared)).first->second;
}

base::Status PostgresSession::send(const Prepared& prepared, std::string_view sql, std::span<const Value> parameters) {
  if (parameters.size() != prepared.types.size()) {
    return base::internal_error(fmt::format("catalogue: {} parameters given to: {}", parameters.size(), sql));
  }
  Packed packed;
  for (std::size_t i = 0; i < parameters.size(); ++i) VG_TRY(packed.add(parameters[i], prepared.types[i]));
  if (packed.send(connection_, prepared.name) != 1) return error(nullptr, sql);
  return {};
}

PostgresSession::Answer PostgresSession::next() const { return Answer(PQgetResult(connection_)); }

/// Takes and drops what is left of an answer, so that the connection can be used again.
void PostgresSession::drain() const {
  while (const Answer left = next()) {
    if (PQresultStatus(left.get()) == PGRES_FATAL_ERROR && !alive()) return;
  }
}

base::Status PostgresSession::take_rows(std::string_view sql, const Visitor& visit) {
  base::Status result;
  while (const Answer answer = next()) {
    const ExecStatusType status = PQresultStatus(answer.get());
    if (status == PGRES_SINGLE_TUPLE && result.ok()) {
      result = visit_rows(answer.get(), visit);
    } else if (status != PGRES_SINGLE_TUPLE && status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      if (result.ok()) result = error(answer.get(), sql);
      if (!alive()) return result;
    }
  }
  return result;
}

base::Status PostgresSession::visit(std::string_view sql, std::span<const Value> parameters, const Visitor& visit) {
  VG_ASSIGN(const Prepared* prepared, prepare(sql));
  VG_TRY(send(*prepared, sql, parameters));
  if (late_ > 0) {
    Answer answer;
    VG_TRY(settle(sql, &answer));
    return visit_rows(answer.get(), visit);
  }
  PQsetSingleRowMode(connection_);
  return take_rows(sql, visit);
}

base::Result<std::int64_t> PostgresSession::run(std::string_view sql, std::span<const Value> parameters) {
  VG_ASSIGN(const Prepared* prepared, prepare(sql));
  VG_TRY(send(*prepared, sql, parameters));
  if (late_ > 0) {
    Answer behind;
    VG_TRY(settle(sql, &behind));
    return changed_rows(behind.get());
  }
  const Answer answer = next();
  const ExecStatusType status = PQresultStatus(answer.get());
  const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  const base::Status failed = good ? base::Status() : error(answer.get(), sql);
  const std::int64_t changed = good ? changed_rows(answer.get()) : 0;
  drain();
  if (!failed.ok()) return failed;
  return changed;
}

base::Status PostgresSession::run_later(std::string_view sql, std::span<const Value> parameters) {
  VG_ASSIGN(const Prepared* prepared, prepare(sql));
  if (late_ == 0 && PQenterPipelineMode(connection_) != 1) return error(nullptr, sql);
  ++late_;  // settle() leaves the mode also where nothing could be sent
  if (const base::Status sent = send(*prepared, sql, parameters); !sent.ok()) {
    --late_;
    const base::Status before = settle();
    return before.ok() ? sent : before;
  }
  return late_ < kMostLate ? base::Status() : settle();
}

/// Takes the answers of the changes that were put off: the first that failed is what is told. After a failure the
/// server skips what is behind it.
base::Status PostgresSession::take_late() {
  base::Status result;
  for (; late_ > 0; --late_) {
    const Answer answer = next();
    const ExecStatusType status = PQresultStatus(answer.get());
    const bool good = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_PIPELINE_ABORTED;
    if (!good && result.ok()) result = error(answer.get(), "a change");
    if (!alive()) return result.ok() ? error(nullptr, "a change") : result;
    drain();
  }
  return result;
}

/// Waits for what was put off, and leaves the pipeline. `own`: the statement `sql` was sent behind it, whose answer is
/// taken too; not row by row, as within a write nobody reads much.
base::Status PostgresSession::settle(std::string_view sql, Answer* own) {
  if (PQpipelineStatus(connection_) == PQ_PIPELINE_OFF) return {};
  if (PQpipelineSync(connection_) != 1) return error(nullptr, sql);
  base::Status result = take_late();
  if (!alive()) return result;
  if (own != nullptr) {
    *own = next();
    const ExecStatusType status = PQresultStatus(own->get());
    if (result.ok() && status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) result = error(own->get(), sql);
    drain();
  }
  const Answer synchronised = next();
  if (PQresultStatus(synchronised.get()) != PGRES_PIPELINE_SYNC && result.ok()) result = error(synchronised.get(), sql);
  PQexitPipelineMode(connection_);
  return result;
}

base::Status PostgresSession::run_many(std::string_view sql, std::span<const Parameters> rows) {
  for (const Parameters& row : rows) VG_TRY(run_later(sql, std::span<const Value>(row)));
  return settle();
}

base::Status PostgresSession::script(const std::string& sql) {
  VG_TRY(settle());
  const Answer answer(PQexec(connection_, sql.c_str()));
  const ExecStatusType status = PQresultStatus(answer.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY) return {};
  return error(answer.get(), sql);
}

base::Status PostgresSession::begin(Transaction kind) {
  // A write runs the same short statements again and again, along their keys: planned once, not for each set of
  // parameters, which took half of the server's time in an import. Such a plan is kept, also one that was made when the
  // server knew nothing of a table yet; without joins by hashing and reading whole tables it stays a good one (65 ms a
  // camera otherwise while the first 100,000 are registered).
  return script(kind == Transaction::kWrite
                    ? "BEGIN ISOLATION LEVEL SERIALIZABLE; SET LOCAL plan_cache_mode TO force_generic_plan; SET LOCAL "
                      "enable_seqscan TO off; SET LOCAL enable_hashjoin TO off; SET LOCAL enable_mergejoin TO off"
                    : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

base::Status PostgresSession::commit() {
  VG_TRY(settle());
  const Answer answer(PQexec(connection_, "COMMIT"));
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) return error(answer.get(), "COMMIT");
  // A transaction that had failed is rolled back by COMMIT, without an error.
  if (std::string_view(PQcmdStatus(answer.get())) != "COMMIT") {
    return base::internal_error("catalogue: a statement of this transaction had failed, so nothing of it was kept");
  }
  return {};
}

void PostgresSession::rollback() {
  const base::Status ignored = settle();
  static_cast<void>(ignored);
  if (PQtransactionStatus(connection_) != PQTRANS_IDLE) Answer(PQexec(connection_, "ROLLBACK"));
}

}  // namespace vonggac::store
