#include "camsim/auth.h"

#include <fmt/format.h>

#include "base/digest.h"

namespace vonggac::camsim {
namespace {

constexpr char kRealm[] = "IP Camera";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string value_or_empty(const std::map<std::string, std::string>& map, const std::string& key) {
  const auto found = map.find(key);
  return found == map.end() ? std::string() : found->second;
}

}  // namespace

std::optional<AuthScheme> parse_auth_scheme(std::string_view name) {
  if (name == "none") return AuthScheme::kNone;
  if (name == "basic") return AuthScheme::kBasic;
  if (name == "digest") return AuthScheme::kDigest;
  if (name == "digest-sha256") return AuthScheme::kDigestSha256;
  if (name == "both") return AuthScheme::kBoth;
  return std::nullopt;
}

std::map<std::string, std::string> parse_auth_parameters(std::string_view text) {
  std::map<std::string, std::string> out;
  while (!text.empty()) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) break;
    std::string_view name = trimmed(text.substr(0, equals));
    while (!name.empty() && (name.front() == ',' || name.front() == ' ')) name.remove_prefix(1);
    text = trimmed(text.substr(equals + 1));
    std::size_t end = 0;
    if (!text.empty() && text.front() == '"') {
      end = text.find('"', 1);
      if (end == std::string_view::npos) break;
      out[to_lower(name)] = text.substr(1, end - 1);
      end = text.find(',', end);
    } else {
      end = text.find(',');
      out[to_lower(name)] = trimmed(text.substr(0, end));
    }
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string digest_response(const std::map<std::string, std::string>& p, std::string_view method,
                            const Credentials& credentials, bool use_sha256) {
  const auto hash = [&](const std::string& text) { return use_sha256 ? base::sha256_hex(text) : base::md5_hex(text); };
  const std::string nonce = value_or_empty(p, "nonce");
  const std::string secret = hash(credentials.user + ":" + value_or_empty(p, "realm") + ":" + credentials.password);
  const std::string request = hash(std::string(method) + ":" + value_or_empty(p, "uri"));
  const std::string qop = value_or_empty(p, "qop");
  if (qop.empty()) return hash(secret + ":" + nonce + ":" + request);
  return hash(fmt::format("{}:{}:{}:{}:{}:{}", secret, nonce, value_or_empty(p, "nc"), value_or_empty(p, "cnonce"), qop,
                          request));
}

std::string encode_base64(base::ByteSpan data) {
  std::string out;
  for (std::size_t i = 0; i < data.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(3, data.size() - i);
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k) group = (group << 8) | (k < left ? data[i + k] : 0u);
    for (std::size_t k = 0; k < 4; ++k) out.push_back(k <= left ? kBase64[(group >> (18 - 6 * k)) & 63] : '=');
  }
  return out;
}

std::optional<base::Bytes> decode_base64(std::string_view text) {
  base::Bytes out;
  std::uint32_t group = 0;
  int have_bits = 0;
  for (const char c : text) {
    if (c == '=') break;
    const std::size_t value = kBase64.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    group = (group << 6) | static_cast<std::uint32_t>(value);
    have_bits += 6;
    if (have_bits >= 8) {
      have_bits -= 8;
      out.push_back(static_cast<std::uint8_t>(group >> have_bits));
    }
  }
  return out;
}

void Authenticator::renew_nonce() { nonce_ = fmt::format("{:016x}{:016x}", random_(), random_()); }

bool Authenticator::basic_matches(const AuthPolicy& policy, std::string_view encoded) const {
  const auto decoded = decode_base64(trimmed(encoded));
  if (!decoded) return false;
  return base::as_text(*decoded) == policy.credentials.user + ":" + policy.credentials.password;
}

AuthVerdict Authenticator::check_digest(const AuthPolicy& policy, const RtspRequest& request,
                                        std::string_view parameters) {
  const auto given = parse_auth_parameters(parameters);
  if (policy.fault == AuthFault::kStale || value_or_empty(given, "nonce") != nonce_) return AuthVerdict::kStale;
  const bool use_sha256 = policy.scheme == AuthScheme::kDigestSha256;
  const std::string algorithm = to_lower(value_or_empty(given, "algorithm"));
  if (!algorithm.empty() && (algorithm == "sha-256") != use_sha256) return AuthVerdict::kRefused;
  if (value_or_empty(given, "username") != policy.credentials.user) return AuthVerdict::kRefused;
  if (value_or_empty(given, "realm") != kRealm || value_or_empty(given, "uri").empty()) return AuthVerdict::kRefused;
  const std::string wanted = digest_response(given, request.method, policy.credentials, use_sha256);
  return to_lower(value_or_empty(given, "response")) == wanted ? AuthVerdict::kAllowed : AuthVerdict::kRefused;
}

AuthVerdict Authenticator::check(const AuthPolicy& policy, const RtspRequest& request) {
  if (policy.scheme == AuthScheme::kNone && policy.fault == AuthFault::kNone) return AuthVerdict::kAllowed;
  const std::string_view header = request.header("authorization");
  if (header.empty()) return AuthVerdict::kNotTried;
  if (policy.fault == AuthFault::kWrong) return AuthVerdict::kRefused;
  const std::string scheme = to_lower(header.substr(0, header.find(' ')));
  const std::string_view rest = header.size() > scheme.size() ? header.substr(scheme.size() + 1) : std::string_view();
  const bool basic_offered = policy.scheme == AuthScheme::kBasic || policy.scheme == AuthScheme::kBoth;
  if (scheme == "basic") {
    return basic_offered && basic_matches(policy, rest) ? AuthVerdict::kAllowed : AuthVerdict::kRefused;
  }
  if (scheme == "digest" && policy.scheme != AuthScheme::kBasic) return check_digest(policy, request, rest);
  return AuthVerdict::kRefused;
}

std::vector<std::string> Authenticator::challenges(const AuthPolicy& policy, AuthVerdict verdict) {
  std::vector<std::string> out;
  const bool basic = policy.scheme == AuthScheme::kBasic || policy.scheme == AuthScheme::kBoth;
  if (policy.scheme != AuthScheme::kBasic) {
    if (nonce_.empty() || verdict == AuthVerdict::kStale) renew_nonce();
    std::string value = fmt::format("Digest realm=\"{}\", nonce=\"{}\"", kRealm, nonce_);
    if (policy.scheme == AuthScheme::kDigestSha256) value += ", algorithm=SHA-256";
    if (policy.offer_qop) value += ", qop=\"auth\"";
    value += verdict == AuthVerdict::kStale ? ", stale=\"TRUE\"" : ", stale=\"FALSE\"";
    out.push_back(std::move(value));
  }
  if (basic) out.push_back(fmt::format("Basic realm=\"{}\"", kRealm));
  return out;
}

}  // namespace vonggac::camsim
