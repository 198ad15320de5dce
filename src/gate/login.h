/// Logging in: the brake, the password, the second factor, the session. The first administrator comes in with the setup
/// code. Passwords are computed outside transactions and at most two at a time (access/passwords.h).
/// Flow     typed -> log_in() -> token for the cookie, or a Refusal; each try is written to the audit.
/// Threads  any; a call computes for about 0.1 s and may wait for its turn: a pool of its own.
/// Errors   those of the store.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "access/login_brake.h"
#include "access/users.h"
#include "base/secret.h"
#include "gate/office.h"
#include "gate/refusal.h"

namespace vonggac::gate {

struct LoginForm {
  std::string login;
  base::Secret password;
  std::string code;     ///< of the second factor, if asked for
  std::string address;  ///< of the client
};

struct SetupForm {
  std::string code, login, name;
  base::Secret password;
  std::string address;
};

using LoginOutcome = std::variant<std::string, Refusal>;  ///< the session's token, or why not

class LoginDesk {
 public:
  explicit LoginDesk(Office& office) : office_(office) {}
  base::Result<LoginOutcome> log_in(const LoginForm& form);
  /// Nothing is tried from this address for a while: told without a place in the queue of those who log in.
  std::optional<Refusal> closed_to(const std::string& address);
  /// Makes the first administrator and logs them in. The code works once.
  base::Result<LoginOutcome> set_up(const SetupForm& form);
  base::Result<bool> setup_needed();
  /// The password of somebody who is logged in: to unlock, to change it. False: wrong (the brake counts it).
  base::Result<std::variant<bool, Refusal>> confirm(const access::UserId& user, const base::Secret& password,
                                                    const std::string& address);
  /// The same for their second factor, if they have one; the code is used up.
  base::Result<std::variant<bool, Refusal>> confirm_code(const access::UserId& user, const std::string& code,
                                                         const std::string& address);

 private:
  base::Result<LoginOutcome> admit_user(const access::User& user, const LoginForm& form, access::LoginTry& running);
  base::Result<LoginOutcome> refuse(const LoginForm& form, const std::optional<access::User>& user,
                                    access::LoginTry& running, const char* why);
  base::Result<std::optional<access::User>> user_of(const access::UserId& id);
  base::Status note_wrong(const access::User& user, const std::string& address, const char* why);

  Office& office_;
  access::LoginBrake brake_;
};

}  // namespace vonggac::gate
