/// Sessions of people who are logged in. The cookie holds a random token; the database holds its hash, so that a copy
/// of the database opens nothing. Threads  within a transaction of room store. Errors   kPermissionDenied with one
/// sentence for every kind of wrong login: nobody learns which accounts exist.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "access/users.h"
#include "base/secret.h"
#include "store/store.h"

namespace vonggac::access {

/// A session ends so long after its login whatever happens, and so long after it was last used. The duty wall is not
/// logged out but locked after kLockAfter (live pictures go on, everything else asks for the password).
inline constexpr base::Seconds kSessionLength{14 * 24 * 3600}, kSessionIdle{3 * 24 * 3600}, kLockAfter{15 * 60};

struct LoginSession {
  UserId user;
  base::WallTime made, seen, ends;
  bool locked = false;
  bool second_factor = false;
  std::string address;
};

/// A new session; gives the token for the cookie. Call after password and second factor were right: the token before
/// the login is never used again (session fixation).
base::Result<std::string> begin_session(store::WriteSession& session, const UserId& user, bool second_factor,
                                        std::string_view address);
/// Nullopt: unknown, ended, or the user was suspended. Changes nothing.
base::Result<std::optional<LoginSession>> session_of(store::Reader& session, std::string_view token,
                                                     base::WallTime now);
/// It was used; at most one write a minute for each.
base::Status touch_session(store::WriteSession& session, std::string_view token);
base::Status lock_session(store::WriteSession& session, std::string_view token, bool locked);
base::Status end_session(store::WriteSession& session, std::string_view token);
/// "Log out everywhere": all but the one with this token (empty: all).
base::Status end_other_sessions(store::WriteSession& session, const UserId& user, std::string_view token);
/// Rows of sessions that have ended. Gives how many.
base::Result<std::int64_t> sweep_sessions(store::WriteSession& session);

}  // namespace vonggac::access
