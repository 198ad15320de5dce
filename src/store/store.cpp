#include "store/store.h"

#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "store/postgres_session.h"
#include "store/sqlite_session.h"

namespace vonggac::store {
namespace {

base::Result<std::unique_ptr<Session>> open_session(const StoreAddress& address, bool read_only, int wait_ms,
                                                    bool data_only) {
  if (address.engine == Engine::kPostgres) {
    VG_ASSIGN(std::unique_ptr<PostgresSession> session, PostgresSession::open(address.target));
    return std::unique_ptr<Session>(std::move(session));
  }
  VG_ASSIGN(std::unique_ptr<SqliteSession> session, SqliteSession::open(address.target, {read_only, wait_ms}));
  if (data_only) session->harden();
  return std::unique_ptr<Session>(std::move(session));
}

}  // namespace

base::Result<StoreAddress> StoreAddress::parse(std::string_view text) {
  for (const std::string_view scheme : {"postgresql://", "postgres://"}) {
    if (text.starts_with(scheme)) return StoreAddress{Engine::kPostgres, std::string(text)};
  }
  if (text.starts_with("sqlite:")) text.remove_prefix(7);
  if (text.empty() || text.find("://") != std::string_view::npos || text.find('\0') != std::string_view::npos) {
    return base::invalid_argument("the catalogue's address is sqlite:FILE or postgresql://HOST/DATABASE");
  }
  return StoreAddress{Engine::kSqlite, std::string(text)};
}

/// Connections that are opened when needed and kept.
class Store::Pool {
 public:
  Pool(const StoreAddress& address, bool read_only, std::size_t most, int wait_ms)
      : address_(address), read_only_(read_only), most_(most), wait_ms_(wait_ms) {}

  base::Result<std::unique_ptr<Session>> take() {
    std::unique_lock lock(mutex_);
    const bool free =
        freed_.wait_for(lock, std::chrono::milliseconds(wait_ms_), [this] { return !idle_.empty() || open_ < most_; });
    if (!free) return base::timed_out("catalogue: all connections are in use, try again");
    if (!idle_.empty()) {
      std::unique_ptr<Session> session = std::move(idle_.back());
      idle_.pop_back();
      return session;
    }
    ++open_;
    lock.unlock();
    base::Result<std::unique_ptr<Session>> session = open_session(address_, read_only_, wait_ms_, true);
    if (!session) forget();
    return session;
  }
  void give(std::unique_ptr<Session> session) {
    if (!session->alive()) return forget();
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(session));
    freed_.notify_one();
  }
  /// What is idle is closed, e.g. after the schema has changed.
  void close_idle() {
    const std::lock_guard lock(mutex_);
    open_ -= idle_.size();
    idle_.clear();
  }

 private:
  void forget() {
    const std::lock_guard lock(mutex_);
    --open_;
    freed_.notify_one();
  }

  const StoreAddress& address_;
  bool read_only_;
  std::size_t most_;
  int wait_ms_;
  std::mutex mutex_;
  std::condition_variable freed_;
  std::vector<std::unique_ptr<Session>> idle_;
  std::size_t open_ = 0;
};

Store::Store(StoreAddress address, const Options& options, const base::Clock& clock)
    : address_(std::move(address)), clock_(clock), wait_ms_(options.wait_ms) {
  const bool sqlite = address_.engine == Engine::kSqlite;
  readers_ = std::make_unique<Pool>(address_, sqlite, std::max<std::size_t>(options.readers, 1), options.wait_ms);
  writers_ = std::make_unique<Pool>(address_, false, 1, options.wait_ms);
}

Store::~Store() = default;

base::Result<std::unique_ptr<Store>> Store::open(const StoreAddress& address, const Options& options,
                                                 const base::Clock& clock) {
  std::unique_ptr<Store> store(new Store(address, options, clock));
  VG_ASSIGN(std::unique_ptr<Session> first, store->writers_->take());
  store->writers_->give(std::move(first));
  return store;
}

base::Status Store::read(const std::function<base::Status(Reader&)>& work) {
  VG_ASSIGN(std::unique_ptr<Session> session, readers_->take());
  base::Status status = session->begin(Session::Transaction::kRead);
  if (status.ok()) status = work(*session);
  session->rollback();  // nothing was changed
  readers_->give(std::move(session));
  return status;
}

base::Status Store::write(const std::function<base::Status(WriteSession&)>& work) {
  return write_until_kept(work, false);
}

base::Status Store::write_quietly(const std::function<base::Status(WriteSession&)>& work) {
  return write_until_kept(work, true);
}

base::Status Store::write_until_kept(const std::function<base::Status(WriteSession&)>& work, bool quietly) {
  base::Status status;
  const base::MonoTime last_start = clock_.mono_now() + base::Millis(wait_ms_);
  for (int n = 0; n < kMostAttempts && (n == 0 || clock_.mono_now() < last_start); ++n) {
    if (n > 0) std::this_thread::sleep_for(std::chrono::milliseconds(2 << n));
    status = attempt(work, quietly);
    if (status.kind() != base::ErrorKind::kUnavailable) return status;
  }
  return status;
}

base::Status Store::attempt(const std::function<base::Status(WriteSession&)>& work, bool quietly) {
  VG_ASSIGN(std::unique_ptr<Session> session, writers_->take());
  base::Status status = session->begin(Session::Transaction::kWrite);
  // One writer at a time as on SQLite, so that outbox numbers have no holes; before anything is read, else the snapshot
  // is old.
  const bool lock = status.ok() && !quietly && engine() == Engine::kPostgres;
  if (lock) status = session->script("LOCK TABLE outbox IN EXCLUSIVE MODE");
  if (status.ok()) {
    WriteSession write(*session, clock_);
    status = work(write);
    if (status.ok() && write.changed() && !write.told() && !quietly) {
      status = base::internal_error("catalogue: a change without an outbox row was not kept");
    }
    if (status.ok()) status = write.finish();
  }
  if (status.ok()) status = session->commit();
  if (!status.ok()) session->rollback();
  writers_->give(std::move(session));
  return status;
}

base::Status Store::maintain(const std::function<base::Status(Session&)>& work) {
  VG_ASSIGN(std::unique_ptr<Session> held, writers_->take());  // nobody of this process writes meanwhile
  base::Result<std::unique_ptr<Session>> session = open_session(address_, false, 60'000, false);
  const base::Status status = session ? work(**session) : session.error();
  if (session) (*session)->rollback();  // of what was left open
  readers_->close_idle();
  writers_->give(std::move(held));
  return status;
}

base::Result<std::int64_t> WriteSession::run(std::string_view sql, const Parameters& parameters) {
  VG_ASSIGN(const std::int64_t rows, session_.run(sql, std::span<const Value>(parameters)));
  changed_ = changed_ || rows > 0;
  return rows;
}

base::Result<std::int64_t> WriteSession::run_aside(std::string_view sql, const Parameters& parameters) {
  return session_.run(sql, std::span<const Value>(parameters));
}

base::Status WriteSession::run_many(std::string_view sql, std::span<const Parameters> rows) {
  if (rows.empty()) return {};
  changed_ = true;
  return session_.run_many(sql, rows);
}

base::Status WriteSession::run_later(std::string_view sql, const Parameters& parameters) {
  changed_ = true;
  return session_.run_later(sql, std::span<const Value>(parameters));
}

base::Status WriteSession::tell(std::string_view topic, const base::Uuid& subject, std::string_view json) {
  told_.push_back({nullptr, now_, topic, subject, json});
  return {};
}

base::Status WriteSession::finish() {
  if (told_.empty()) return {};
  const auto count = static_cast<std::int64_t>(told_.size());
  VG_ASSIGN(const Rows last,
            session_.query("update node set outbox_seq = outbox_seq + $1 returning outbox_seq", {count}));
  if (last.empty()) return base::internal_error("catalogue: the table node is empty");
  std::int64_t seq = last[0].integer(0) - count;
  for (Parameters& one : told_) one[0] = ++seq;
  return session_.run_many("insert into outbox (seq, at_us, topic, subject, body) values ($1, $2, $3, $4, $5)", told_);
}

}  // namespace vonggac::store
