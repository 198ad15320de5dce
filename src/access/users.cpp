#include "access/users.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <sodium.h>

#include "base/digest.h"

namespace vonggac::access {
namespace {

constexpr std::int64_t kIdleUs = 90LL * 24 * 3600 * 1'000'000;
constexpr std::size_t kSetupCodeLength = 12;
constexpr std::string_view kUserColumns =
    "id, login, name, password_hash, must_change, totp_secret, totp_last_step, suspended_reason, last_login_us";

User user_row(const store::Row& row) {
  User user;
  user.id = UserId{row.id(0)};
  user.login = row.text(1);
  user.name = row.text(2);
  user.password_hash = row.text(3);
  user.must_change = row.flag(4);
  if (!row.is_null(5)) user.totp_secret = row.bytes(5);
  user.totp_last_step = row.integer(6);
  user.suspended_reason = row.maybe_text(7);
  user.last_login = row.maybe_time(8);
  return user;
}

std::optional<User> first_user(const store::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional(user_row(rows[0]));
}

base::Status end_sessions(store::WriteSession& session, const UserId& id) {
  return session.run("delete from app_session where app_user = $1", {id}).error();
}

/// One row changed, told, sessions ended.
base::Status changed_user(store::WriteSession& session, const UserId& id, const base::Result<std::int64_t>& rows,
                          std::string_view topic) {
  if (!rows) return rows.error();
  if (*rows == 0) return base::not_found("there is no such user");
  VG_TRY(end_sessions(session, id));
  return session.tell(topic, id, "{}");
}

base::Bytes hash_of_code(std::string_view code) {
  std::string plain;
  for (const char c : code) {
    if (c != '-' && c != ' ') plain += static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  }
  const base::Sha256Digest digest = base::sha256(base::as_bytes(plain));
  return {digest.begin(), digest.end()};
}

base::Result<bool> anybody(store::Reader& session) {
  VG_ASSIGN(const store::Rows rows, session.query("select 1 from app_user limit 1"));
  return !rows.empty();
}

}  // namespace

std::optional<std::string> clean_login(std::string_view typed) {
  std::string login;
  for (const char c : typed) {
    const char low = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    const bool letter = (low >= 'a' && low <= 'z') || (low >= '0' && low <= '9');
    if (!letter && low != '.' && low != '-' && low != '_') return std::nullopt;
    login += low;
  }
  if (login.size() < 3 || login.size() > 40) return std::nullopt;
  return login;
}

base::Result<UserId> add_user(store::WriteSession& session, std::string_view login, std::string_view name,
                              std::string_view password_hash, bool must_change) {
  const std::optional<std::string> clean = clean_login(login);
  if (!clean) return base::invalid_argument("a login has 3 to 40 letters, digits, dots, hyphens or underscores");
  VG_ASSIGN(const std::optional<User> there, user_by_login(session, *clean));
  if (there) return base::invalid_argument("this login is taken: every person has an account of their own");
  const UserId id{session.new_id()};
  VG_TRY(session
             .run("insert into app_user (id, login, name, password_hash, must_change, totp_last_step, made_at_us) "
                  "values ($1, $2, $3, "
                  "$4, $5, 0, $6)",
                  {id, *clean, name, password_hash, must_change, session.now()})
             .error());
  VG_TRY(session.run("delete from setup_code").error());
  VG_TRY(session.tell("user.added", id, "{}"));
  return id;
}

base::Result<std::optional<User>> user_by_login(store::Reader& session, std::string_view login) {
  const std::optional<std::string> clean = clean_login(login);
  if (!clean) return std::optional<User>();
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from app_user where login = $1", kUserColumns), {*clean}));
  return first_user(rows);
}

base::Result<std::optional<User>> user_by_id(store::Reader& session, const UserId& id) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from app_user where id = $1", kUserColumns), {id}));
  return first_user(rows);
}

base::Result<std::vector<User>> list_users(store::Reader& session, std::string_view after_login, std::int64_t most) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from app_user where login > $1 order by login limit $2", kUserColumns),
                          {after_login, most}));
  std::vector<User> users;
  for (std::size_t i = 0; i < rows.size(); ++i) users.push_back(user_row(rows[i]));
  return users;
}

base::Status rename_user(store::WriteSession& session, const UserId& id, std::string_view name) {
  VG_ASSIGN(const std::int64_t rows, session.run("update app_user set name = $2 where id = $1", {id, name}));
  return rows == 0 ? base::not_found("there is no such user") : session.tell("user.renamed", id, "{}");
}

base::Status reset_password(store::WriteSession& session, const UserId& id, std::string_view password_hash) {
  const auto rows =
      session.run("update app_user set password_hash = $2, must_change = 1 where id = $1", {id, password_hash});
  return changed_user(session, id, rows, "user.password");
}

base::Status set_password(store::WriteSession& session, const UserId& id, std::string_view password_hash) {
  const auto rows =
      session.run("update app_user set password_hash = $2, must_change = 0 where id = $1", {id, password_hash});
  return changed_user(session, id, rows, "user.password");
}

base::Status set_totp(store::WriteSession& session, const UserId& id, const std::optional<base::Bytes>& secret) {
  const auto rows = session.run("update app_user set totp_secret = $2, totp_last_step = 0 where id = $1", {id, secret});
  return changed_user(session, id, rows, "user.second_factor");
}

base::Status note_totp_step(store::WriteSession& session, const UserId& id, std::int64_t step) {
  VG_ASSIGN(const std::int64_t rows,
            session.run("update app_user set totp_last_step = $2 where id = $1 and totp_last_step < $2", {id, step}));
  return rows == 1 ? base::Status() : base::permission_denied("this code was used already");
}

base::Status suspend(store::WriteSession& session, const UserId& id, const std::optional<std::string>& reason) {
  const auto rows = session.run("update app_user set suspended_reason = $2 where id = $1", {id, reason});
  return changed_user(session, id, rows, reason ? "user.suspended" : "user.resumed");
}

base::Result<std::int64_t> suspend_idle_users(store::WriteSession& session) {
  VG_ASSIGN(const store::Rows idle,
            session.query(
                "select id from app_user where suspended_reason is null and coalesce(last_login_us, made_at_us) < $1",
                {session.now().us - kIdleUs}));
  for (std::size_t i = 0; i < idle.size(); ++i) {
    VG_TRY(suspend(session, UserId{idle[i].id(0)}, std::string("90 ngày không đăng nhập / no login for 90 days")));
  }
  return static_cast<std::int64_t>(idle.size());
}

base::Result<std::optional<std::string>> make_setup_code(store::WriteSession& session) {
  VG_ASSIGN(const bool there, anybody(session));
  if (there) return std::optional<std::string>();
  // Without letters and digits that look alike.
  constexpr std::string_view kAlphabet = "ABCDEFGHJKMNPQRSTUVWXYZ23456789";
  std::string code;
  for (std::size_t i = 0; i < kSetupCodeLength; ++i) {
    if (i > 0 && i % 4 == 0) code += '-';
    code += kAlphabet[randombytes_uniform(static_cast<std::uint32_t>(kAlphabet.size()))];
  }
  VG_TRY(session
             .run("insert into setup_code (one, hash, made_at_us) values (1, $1, $2) on conflict (one) do update set "
                  "hash = "
                  "excluded.hash, made_at_us = excluded.made_at_us",
                  {hash_of_code(code), session.now()})
             .error());
  return std::optional<std::string>(std::move(code));
}

base::Result<bool> take_setup_code(store::WriteSession& session, std::string_view code) {
  VG_ASSIGN(const bool there, anybody(session));
  VG_ASSIGN(const store::Rows rows, session.query("select hash from setup_code"));
  if (there || rows.empty()) return false;
  const base::Bytes typed = hash_of_code(code), kept = rows[0].bytes(0);
  if (typed.size() != kept.size() || sodium_memcmp(typed.data(), kept.data(), kept.size()) != 0) return false;
  VG_TRY(session.run("delete from setup_code").error());
  return true;
}

}  // namespace vonggac::access
