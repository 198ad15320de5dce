/// Users are persons: no shared account, no default account. The first administrator is made with a one-time code that
/// the first start prints on the machine itself. Threads  within a transaction of room store; passwords are hashed
/// before it (passwords.h), it must stay short. Errors   kInvalidArgument: login taken or unfit; kNotFound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/ids.h"
#include "store/store.h"

namespace vonggac::access {

struct UserId : base::Uuid {};

inline constexpr std::string_view kUserSchema = R"(
create table app_user (
  id bytea not null primary key,
  login text not null unique,
  name text not null,
  password_hash text not null,
  must_change bigint not null,
  totp_secret bytea,
  totp_last_step bigint not null,
  suspended_reason text,
  made_at_us bigint not null,
  last_login_us bigint
);
create table setup_code (
  one bigint not null primary key check (one = 1),
  hash bytea not null,
  made_at_us bigint not null
);
create table user_grant (
  id bytea not null primary key,
  app_user bytea not null references app_user (id),
  role text not null,
  area bytea,
  valid_from_us bigint not null,
  valid_to_us bigint not null,
  given_by bytea,
  revoked_at_us bigint
);
create index user_grant_user on user_grant (app_user);
create table app_session (
  token_hash bytea not null primary key,
  app_user bytea not null references app_user (id),
  made_at_us bigint not null,
  seen_at_us bigint not null,
  ends_at_us bigint not null,
  locked bigint not null,
  second_factor bigint not null,
  address text not null
);
create index app_session_user on app_session (app_user);
)";

struct User {
  UserId id;
  std::string login, name;
  std::string password_hash;
  bool must_change = false;
  std::optional<base::Bytes> totp_secret;
  std::int64_t totp_last_step = 0;
  std::optional<std::string> suspended_reason;
  std::optional<base::WallTime> last_login;
};

/// Logins are compared without case; letters, digits, dot, hyphen, underscore, 3 to 40.
std::optional<std::string> clean_login(std::string_view typed);

base::Result<UserId> add_user(store::WriteSession& session, std::string_view login, std::string_view name,
                              std::string_view password_hash, bool must_change);
base::Result<std::optional<User>> user_by_login(store::Reader& session, std::string_view login);
base::Result<std::optional<User>> user_by_id(store::Reader& session, const UserId& id);
/// By login, after `after_login`, at most `most`.
base::Result<std::vector<User>> list_users(store::Reader& session, std::string_view after_login, std::int64_t most);
base::Status rename_user(store::WriteSession& session, const UserId& id, std::string_view name);
/// A password that somebody else set: must be changed at the next login. Ends all sessions of the user.
base::Status reset_password(store::WriteSession& session, const UserId& id, std::string_view password_hash);
/// Ends all sessions of the user.
base::Status set_password(store::WriteSession& session, const UserId& id, std::string_view password_hash);
/// No secret: the second factor is off. Ends all sessions.
base::Status set_totp(store::WriteSession& session, const UserId& id, const std::optional<base::Bytes>& secret);
/// A code was used; it and older ones are no longer taken.
base::Status note_totp_step(store::WriteSession& session, const UserId& id, std::int64_t step);
/// Ends all sessions. No reason: the user may log in again.
base::Status suspend(store::WriteSession& session, const UserId& id, const std::optional<std::string>& reason);
/// V32: who has not logged in for 90 days is suspended. Gives how many.
base::Result<std::int64_t> suspend_idle_users(store::WriteSession& session);

/// The one-time code of the first start; nothing once there is a user. A new one replaces the old one.
base::Result<std::optional<std::string>> make_setup_code(store::WriteSession& session);
/// True once, if the code is right and there is no user yet.
base::Result<bool> take_setup_code(store::WriteSession& session, std::string_view code);

}  // namespace vonggac::access
