/// Why somebody is not let in, as an HTTP status and a sentence in both languages. `code` is for programs.
/// Threads  plain values.
#pragma once

#include <string>
#include <string_view>

#include "catalogue/problems.h"

namespace vonggac::gate {

struct Refusal {
  unsigned status = 403;
  std::string_view code;  ///< "login_needed"
  catalogue::Sentence sentence;
  int retry_after_s = 0;
};

Refusal login_needed();
Refusal wrong_login();
Refusal too_many_tries(int wait_s);
Refusal second_factor_code_needed();
Refusal second_factor_must_be_set();
Refusal password_must_change();
Refusal locked_session();
Refusal not_allowed();
/// The same for what does not exist and for what is somebody else's.
Refusal not_there();
Refusal purpose_needed();
Refusal not_now(catalogue::Sentence why);

}  // namespace vonggac::gate
