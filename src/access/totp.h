/// Second factor: time-based one-time codes (RFC 6238: SHA-1, 30 s, six digits), as every authenticator app makes them.
/// Threads  pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/units.h"

namespace vonggac::access {

inline constexpr std::int64_t kTotpStepS = 30;

/// 20 random bytes.
base::Bytes make_totp_secret();
/// For the QR code: otpauth://totp/ISSUER:ACCOUNT?secret=...&issuer=...
std::string totp_uri(base::ByteSpan secret, std::string_view issuer, std::string_view account);
/// The code of a step; steps are counted from 1970.
std::string totp_code(base::ByteSpan secret, std::int64_t step);
/// The step whose code was typed: the present one or its neighbours, and later than `last_used_step`, so that no code
/// is taken twice and a clock that was set back opens nothing again. Nullopt: wrong.
std::optional<std::int64_t> totp_step_of(base::ByteSpan secret, std::string_view typed, base::WallTime now,
                                         std::int64_t last_used_step);

}  // namespace vonggac::access
