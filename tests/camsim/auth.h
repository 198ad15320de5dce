/// Server side of RTSP authentication: Basic (RFC 7617) and Digest with MD5 or SHA-256, with or without qop (RFC 7616).
/// Threads  one thread at a time.
/// Errors   a malformed Authorization header is a refused one.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "camsim/rtsp_message.h"

namespace vonggac::camsim {

enum class AuthScheme { kNone, kBasic, kDigest, kDigestSha256, kBoth };
std::optional<AuthScheme> parse_auth_scheme(std::string_view name);

struct Credentials {
  std::string user;
  std::string password;
};

/// The verb `auth`.
enum class AuthFault { kNone, kWrong, kStale };

struct AuthPolicy {
  AuthScheme scheme = AuthScheme::kNone;
  Credentials credentials;
  AuthFault fault = AuthFault::kNone;
  bool offer_qop = false;
};

enum class AuthVerdict { kAllowed, kNotTried, kRefused, kStale };

/// One connection's nonce and its judgement.
class Authenticator {
 public:
  explicit Authenticator(std::uint64_t seed) : random_(seed) {}
  AuthVerdict check(const AuthPolicy& policy, const RtspRequest& request);
  /// The WWW-Authenticate values of a 401, with a fresh nonce where the last one was refused as stale.
  std::vector<std::string> challenges(const AuthPolicy& policy, AuthVerdict verdict);

 private:
  bool basic_matches(const AuthPolicy& policy, std::string_view encoded) const;
  AuthVerdict check_digest(const AuthPolicy& policy, const RtspRequest& request, std::string_view parameters);
  void renew_nonce();

  std::mt19937_64 random_;
  std::string nonce_;
};

/// `response` of a Digest answer. `p` holds the parameters of the Authorization header, names in lower case.
std::string digest_response(const std::map<std::string, std::string>& p, std::string_view method,
                            const Credentials& credentials, bool use_sha256);
/// name=value and name="value" lists.
std::map<std::string, std::string> parse_auth_parameters(std::string_view text);
std::string encode_base64(base::ByteSpan data);
std::optional<base::Bytes> decode_base64(std::string_view text);

}  // namespace vonggac::camsim
