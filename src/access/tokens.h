/// API tokens: what a person lets a program do in their name. A token never allows more than its owner may at that
/// moment, and ends with the owner's account. The database holds its hash.
/// Threads  within a transaction of room store.
/// Errors   kInvalidArgument: no name, an end that is past or more than a year away, actions that the table of actions
///          does not have. kNotFound.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/roles.h"
#include "access/users.h"
#include "store/store.h"

namespace vonggac::access {

inline constexpr base::Seconds kLongestTokenLife{366LL * 24 * 3600};
inline constexpr std::string_view kTokenPrefix = "vgt_";

inline constexpr std::string_view kTokenSchema = R"(
create table api_token (
  id bytea not null primary key,
  app_user bytea not null references app_user (id),
  name text not null,
  token_hash bytea not null unique,
  actions bigint not null,
  made_at_us bigint not null,
  ends_at_us bigint not null,
  used_at_us bigint,
  revoked_at_us bigint
);
create index api_token_user on api_token (app_user);
)";

struct ApiToken {
  base::Uuid id;
  UserId user;
  std::string name;
  Actions actions = 0;
  base::WallTime made, ends;
  std::optional<base::WallTime> used;
};

struct NewToken {
  base::Uuid id;
  std::string token;  ///< told once
};

base::Result<NewToken> make_token(store::WriteSession& session, const UserId& user, std::string_view name,
                                  Actions actions, base::WallTime ends);
/// Nullopt: unknown, ended, revoked, or its owner was suspended.
base::Result<std::optional<ApiToken>> token_of(store::Reader& session, std::string_view token, base::WallTime now);
base::Result<std::vector<ApiToken>> tokens_of(store::Reader& session, const UserId& user, base::WallTime now);
/// At most one write a minute for each.
base::Status touch_token(store::WriteSession& session, const base::Uuid& id);
/// kNotFound also for a token of somebody else.
base::Status revoke_token(store::WriteSession& session, const UserId& user, const base::Uuid& id);

}  // namespace vonggac::access
