/// Credentials that vendors put into the path or query of a camera address: found, and hidden in a copy for people.
/// Known forms (public address lists of camera vendors, and their manuals):
///   /user=U&password=P&channel=1&stream=0.sdp?       Xiongmai and its many brands; also with '_' instead of '&'
///   ?username=U&password=P   ?usr=U&pwd=P   ?loginuse=U&loginpas=P   ?auth=...   ?token=...
///   /0/U:P/main   /iphone/11?U:P&                    name and password in a segment or bare parameter
/// Threads  pure function. Errors none: what is not recognised is left as it is.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace vonggac::core {

/// ASCII only, whatever the locale: schemes, host names and query keys have no other letters.
constexpr char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

inline constexpr std::string_view kHiddenValue = "***";

struct TargetSecrets {
  std::string display_target;  ///< secret values replaced by kHiddenValue
  std::string username;        ///< percent-decoded where that is possible, else empty
  base::Secret password;
  bool found = false;
  bool holds_placeholder = false;  ///< a value was kHiddenValue already
};

/// `target` is path and query of an address, with its leading '/' or '?'.
TargetSecrets find_target_secrets(std::string_view target);

/// %XX decoded. Nothing if a % is not followed by two hex digits, or a control character comes out.
std::optional<std::string> percent_decode(std::string_view text);

}  // namespace vonggac::core
