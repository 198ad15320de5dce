/// Passwords at rest: argon2id (RFC 9106, libsodium), 64 MiB and two passes, about 0.1 s of one core. At most two are
/// computed at once, so that a flood of logins takes neither the memory nor the processor of the recorder.
/// Threads  any; a call waits for its turn.
/// Errors   hash_password: kUnavailable: no memory for it now.
#pragma once

#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace vonggac::access {

inline constexpr std::size_t kLeastPasswordLength = 8, kLongestPasswordLength = 128;

/// Told once to the administrator, who tells it to the person; must be changed at the first login.
std::string make_one_time_password();
base::Result<std::string> hash_password(const base::Secret& password);
/// Takes as long for a hash that is no hash, so that time does not tell whether a user exists.
bool password_fits(const base::Secret& password, const std::string& hash);

/// What is wrong with a new password: nothing, or a sentence each in Vietnamese and English. No rule of composition
/// (NIST SP 800-63B section 5.1.1.2): length, not the login, not one of those everybody tries.
struct PasswordFault {
  std::string vi, en;
};
const PasswordFault* fault_of_password(const base::Secret& password, std::string_view login);

}  // namespace vonggac::access
