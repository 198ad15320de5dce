/// Who is calling: a person with a session, or a program with a token of theirs, and what they may do at this moment.
/// Flow     request -> identify() -> Caller -> admit() (admission.h).
/// Threads  within a read of room store; a Caller is a plain value, true at the moment it was read.
/// Errors   those of the store; an unknown or ended credential is no error but nobody.
#pragma once

#include <optional>
#include <string>

#include "access/grants.h"
#include "access/users.h"
#include "base/units.h"
#include "gate/refusal.h"
#include "store/store.h"

namespace vonggac::gate {

struct Credentials {
  std::string session;  ///< token of the cookie
  std::string token;    ///< of the Authorization header
  std::string address;  ///< of the client, for the audit and the brake
};

struct Caller {
  access::UserId user;
  std::string login, name;
  access::Authority authority;
  Credentials credentials;
  std::optional<base::Uuid> token;  ///< a program calls
  base::WallTime seen;              ///< when the session or token was last noted as used
  bool locked = false;
  bool must_change_password = false;
  bool must_set_second_factor = false;
};

base::Result<std::optional<Caller>> identify(store::Reader& session, const Credentials& credentials,
                                             base::WallTime now);
/// What keeps this caller from everything but putting it right; nothing: go on.
std::optional<Refusal> obstacle(const Caller& caller);
/// Notes that the session or the token was used; a write at most once a minute.
base::Status note_use(store::Store& store, const Caller& caller, base::WallTime now);

}  // namespace vonggac::gate
