/// Why somebody opens stored footage: said once, then valid for a while, for that person alone. Each opening is written
/// to the audit with these words.
/// Threads  within a transaction of room store.
/// Errors   kInvalidArgument: no words.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/users.h"
#include "store/store.h"

namespace vonggac::access {

inline constexpr base::Seconds kPurposeLife{8LL * 3600};
inline constexpr std::size_t kLeastPurposeLength = 5, kLongestPurposeLength = 500;

inline constexpr std::string_view kPurposeSchema = R"(
create table purpose (
  id bytea not null primary key,
  app_user bytea not null references app_user (id),
  words text not null,
  made_at_us bigint not null,
  ends_at_us bigint not null
);
create index purpose_user on purpose (app_user, ends_at_us);
)";

struct Purpose {
  base::Uuid id;
  std::string words;
  base::WallTime ends;
};

base::Result<Purpose> state_purpose(store::WriteSession& session, const UserId& user, std::string_view words);
/// Nullopt: not this person's, or over.
base::Result<std::optional<Purpose>> purpose_of(store::Reader& session, const UserId& user, const base::Uuid& id,
                                                base::WallTime now);

}  // namespace vonggac::access
