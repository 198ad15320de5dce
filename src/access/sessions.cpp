#include "access/sessions.h"

#include <array>

#include <sodium.h>

#include "base/digest.h"

namespace vonggac::access {
namespace {

constexpr std::int64_t kTouchEveryUs = 60'000'000;

std::int64_t micros_of(base::Seconds seconds) { return base::Micros(seconds).count(); }

base::Bytes hash_of_token(std::string_view token) {
  const base::Sha256Digest digest = base::sha256(base::as_bytes(token));
  return {digest.begin(), digest.end()};
}

}  // namespace

base::Result<std::string> begin_session(store::WriteSession& session, const UserId& user, bool second_factor,
                                        std::string_view address) {
  std::array<std::uint8_t, 32> random{};
  randombytes_buf(random.data(), random.size());
  const std::string token = base::to_hex(random);
  VG_TRY(session
             .run("insert into app_session (token_hash, app_user, made_at_us, seen_at_us, ends_at_us, locked, "
                  "second_factor, address) "
                  "values ($1, $2, $3, $3, $4, 0, $5, $6)",
                  {hash_of_token(token), user, session.now(), session.now().us + micros_of(kSessionLength),
                   second_factor, address})
             .error());
  VG_TRY(session.run("update app_user set last_login_us = $2 where id = $1", {user, session.now()}).error());
  return token;
}

base::Result<std::optional<LoginSession>> session_of(store::Reader& session, std::string_view token,
                                                     base::WallTime now) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query(
          "select s.app_user, s.made_at_us, s.seen_at_us, s.ends_at_us, s.locked, s.second_factor, s.address from "
          "app_session s join app_user u on u.id = s.app_user where s.token_hash = $1 and u.suspended_reason is null",
          {hash_of_token(token)}));
  if (rows.empty()) return std::optional<LoginSession>();
  const store::Row row = rows[0];
  LoginSession found{UserId{row.id(0)}, row.time(1), row.time(2), row.time(3), row.flag(4), row.flag(5), row.text(6)};
  // A clock that jumped back must not make a session immortal: before its own login it is over as well.
  const bool over =
      now >= found.ends || now.us - found.seen.us >= micros_of(kSessionIdle) || now.us + kTouchEveryUs < found.made.us;
  if (over) return std::optional<LoginSession>();
  found.locked = found.locked || now.us - found.seen.us >= micros_of(kLockAfter);
  return std::optional<LoginSession>(std::move(found));
}

base::Status touch_session(store::WriteSession& session, std::string_view token) {
  return session
      .run("update app_session set seen_at_us = $2 where token_hash = $1 and seen_at_us < $3",
           {hash_of_token(token), session.now(), session.now().us - kTouchEveryUs})
      .error();
}

base::Status lock_session(store::WriteSession& session, std::string_view token, bool locked) {
  return session
      .run("update app_session set locked = $2, seen_at_us = $3 where token_hash = $1",
           {hash_of_token(token), locked, session.now()})
      .error();
}

base::Status end_session(store::WriteSession& session, std::string_view token) {
  return session.run("delete from app_session where token_hash = $1", {hash_of_token(token)}).error();
}

base::Status end_other_sessions(store::WriteSession& session, const UserId& user, std::string_view token) {
  return session.run("delete from app_session where app_user = $1 and token_hash <> $2", {user, hash_of_token(token)})
      .error();
}

base::Result<std::int64_t> sweep_sessions(store::WriteSession& session) {
  return session.run("delete from app_session where ends_at_us <= $1 or seen_at_us <= $2",
                     {session.now(), session.now().us - micros_of(kSessionIdle)});
}

}  // namespace vonggac::access
