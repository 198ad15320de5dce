/// Owners of cameras who have an account: which person logs in for which party, and what is theirs.
/// Flow     officer links -> owner_account -> Object.owner (objects_people.h), lists of the owner's own things.
/// Threads  within a transaction of room store.
/// Errors   those of the store.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "store/store.h"

namespace vonggac::gate {

/// Needs the steps of users and of people. A party has one account; a person may act for several parties.
inline constexpr std::string_view kOwnerAccountSchema = R"(
create table owner_account (
  party bytea not null primary key references party (id) deferrable initially deferred,
  app_user bytea not null references app_user (id) deferrable initially deferred,
  made_at_us bigint not null
);
create index owner_account_user on owner_account (app_user);
)";

/// Another account than before replaces it.
base::Status link_owner_account(store::WriteSession& session, const base::Uuid& party, const base::Uuid& user);
base::Result<std::optional<base::Uuid>> account_of_party(store::Reader& session, const base::Uuid& party);

struct OwnCamera {
  base::CameraId id;
  std::string name, code;
};
/// Cameras whose owner this person is, or about which a party of theirs gave the newest agreement.
base::Result<std::vector<OwnCamera>> cameras_of_owner(store::Reader& session, const base::Uuid& user);

}  // namespace vonggac::gate
