/// Answers to WWW-Authenticate (RFC 7617 Basic; RFC 2617 and 7616 Digest: MD5, SHA-256, both with -sess, qop auth).
/// Preference: Digest SHA-256, Digest MD5, Basic. A camera that ever offered Digest never gets the password as Basic.
/// Flow     401 -> on_challenge() -> kRetry -> authorization() for each request from then on
/// Threads  one thread at a time.
/// Owns     user name and password, the challenge in use.
/// Errors   none; the verdict says what to do. At most 3 authorised tries are made before a request is given up,
///          because cameras lock an account after a few wrong ones (CAM-13).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"

namespace vonggac::ingest {

enum class AuthScheme { kBasic, kDigest };
enum class DigestHash { kMd5, kSha256 };

/// One challenge of a WWW-Authenticate header.
struct AuthChallenge {
  AuthScheme scheme = AuthScheme::kBasic;
  DigestHash hash = DigestHash::kMd5;
  bool session_variant = false;  ///< "-sess"
  std::string algorithm;         ///< as sent; empty if absent, then it is not echoed
  std::string realm;
  std::string nonce;
  std::optional<std::string> opaque;
  bool qop_auth = false;
  bool stale = false;
};

/// Usable challenges in the order sent; one header value may hold several.
std::vector<AuthChallenge> parse_challenges(const std::vector<std::string>& header_values);

class Authenticator {
 public:
  using NonceMaker = std::function<std::string()>;
  enum class Verdict {
    kRetry,           ///< send the request again with authorization()
    kNoCredentials,   ///< the camera wants some and none are stored
    kNoUsableScheme,  ///< nothing offered that we can or may answer
    kRefused,         ///< the stored user name and password were answered and refused
  };

  Authenticator(std::string username, base::Secret password, NonceMaker make_cnonce = random_cnonce);

  /// A 401 with these WWW-Authenticate values, to a request that carried authorization() or not.
  Verdict on_challenge(const std::vector<std::string>& header_values, bool request_was_authorised);
  /// Any other answer than 401 to a request that carried authorization().
  void on_accepted();
  /// The camera closed after its challenge; the same challenge is answered on a new connection, where it may be stale.
  void on_new_connection() { fresh_connection_ = true; }

  bool has_challenge() const { return challenge_.has_value(); }
  bool credentials_tried() const { return credentials_tried_; }
  /// Value of the Authorization header; empty before the first challenge. Each call counts as one use of the nonce.
  std::string authorization(std::string_view method, std::string_view url);

  static std::string random_cnonce();  ///< 16 hex digits

 private:
  std::string basic() const;
  std::string digest(std::string_view method, std::string_view url);
  std::string hash_hex(const std::string& text) const;
  void adopt(AuthChallenge challenge);

  std::string username_;
  base::Secret password_;
  NonceMaker make_cnonce_;
  std::optional<AuthChallenge> challenge_;
  std::string cnonce_;
  std::uint32_t nonce_uses_ = 0;
  int refused_in_row_ = 0;
  bool nonce_worked_ = false;
  bool fresh_connection_ = false;
  bool digest_seen_ = false;
  bool credentials_tried_ = false;
};

}  // namespace vonggac::ingest
