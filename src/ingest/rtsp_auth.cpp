#include "ingest/rtsp_auth.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>
#include <sys/random.h>

#include "base/base64.h"
#include "base/digest.h"
#include "ingest/rtsp_message.h"

namespace vonggac::ingest {
namespace {

constexpr int kMaxRefusedInRow = 3;
constexpr std::size_t kMaxChallenges = 8;
constexpr std::size_t kMaxParameters = 32;

/// Inside a quoted-string: RFC 7230 section 3.2.6. Line breaks cannot be there, whatever the user name holds.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out.push_back('\\');
    if (c != '\r' && c != '\n') out.push_back(c);
  }
  return out.append("\"");
}

class ChallengeScanner {
 public:
  explicit ChallengeScanner(std::string_view text) : text_(text) {}

  void skip(std::string_view chars) { at_ = std::min(text_.find_first_not_of(chars, at_), text_.size()); }
  bool done() const { return at_ >= text_.size(); }
  char peek() const { return done() ? '\0' : text_[at_]; }
  void next() { ++at_; }
  std::string token() {
    const std::size_t end = std::min(text_.find_first_of(" \t,=\"", at_), text_.size());
    const std::size_t begin = std::exchange(at_, end);
    return std::string(text_.substr(begin, end - begin));
  }
  std::string value() {
    if (peek() != '"') {
      const std::size_t end = std::min(text_.find_first_of(" \t,", at_), text_.size());
      const std::size_t begin = std::exchange(at_, end);
      return std::string(text_.substr(begin, end - begin));
    }
    std::string out;
    for (next(); !done() && peek() != '"'; next()) {
      if (peek() == '\\' && at_ + 1 < text_.size()) next();
      out.push_back(peek());
    }
    if (!done()) next();
    return out;
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

struct RawChallenge {
  std::string scheme;
  std::vector<std::pair<std::string, std::string>> parameters;  ///< names in lower case

  const std::string* find(std::string_view name) const {
    for (const auto& [key, value] : parameters) {
      if (key == name) return &value;
    }
    return nullptr;
  }
};

std::vector<RawChallenge> split_challenges(std::string_view header_value) {
  std::vector<RawChallenge> challenges;
  ChallengeScanner scanner(header_value);
  while (true) {
    scanner.skip(" \t,");
    if (scanner.done()) return challenges;
    std::string word = scanner.token();
    scanner.skip(" \t");
    if (scanner.peek() == '=') {
      scanner.next();
      scanner.skip(" \t");
      std::string value = scanner.value();
      if (!challenges.empty() && challenges.back().parameters.size() < kMaxParameters) {
        challenges.back().parameters.emplace_back(lower_case(word), std::move(value));
      }
    } else if (!word.empty()) {
      if (challenges.size() >= kMaxChallenges) return challenges;
      challenges.push_back({lower_case(word), {}});
    } else {
      scanner.next();  // a stray quote
    }
  }
}

bool list_has(std::string_view list, std::string_view wanted) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (equal_no_case(trim(list.substr(0, comma)), wanted)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

std::optional<AuthChallenge> digest_challenge(const RawChallenge& raw) {
  const std::string* nonce = raw.find("nonce");
  if (nonce == nullptr) return std::nullopt;
  AuthChallenge challenge;
  challenge.scheme = AuthScheme::kDigest;
  challenge.nonce = *nonce;
  if (const std::string* realm = raw.find("realm")) challenge.realm = *realm;
  if (const std::string* opaque = raw.find("opaque")) challenge.opaque = *opaque;
  if (const std::string* stale = raw.find("stale")) challenge.stale = equal_no_case(*stale, "true");
  if (const std::string* algorithm = raw.find("algorithm")) {
    challenge.algorithm = *algorithm;
    std::string name = lower_case(*algorithm);
    if (name.size() > 5 && name.substr(name.size() - 5) == "-sess") {
      challenge.session_variant = true;
      name.resize(name.size() - 5);
    }
    if (name == "sha-256" || name == "sha256") {
      challenge.hash = DigestHash::kSha256;
    } else if (!name.empty() && name != "md5") {
      return std::nullopt;
    }
  }
  if (const std::string* qop = raw.find("qop"); qop != nullptr && !qop->empty()) {
    challenge.qop_auth = list_has(*qop, "auth");
    if (!challenge.qop_auth) return std::nullopt;  // auth-int alone
  }
  return challenge;
}

/// Also one that cannot be answered: it still says that the camera needs no password in clear.
bool offers_digest(const std::vector<std::string>& header_values) {
  for (const std::string& value : header_values) {
    for (const RawChallenge& raw : split_challenges(value)) {
      if (raw.scheme == "digest") return true;
    }
  }
  return false;
}

int preference(const AuthChallenge& challenge) {
  if (challenge.scheme == AuthScheme::kBasic) return 0;
  return challenge.hash == DigestHash::kSha256 ? 2 : 1;
}

}  // namespace

std::vector<AuthChallenge> parse_challenges(const std::vector<std::string>& header_values) {
  std::vector<AuthChallenge> challenges;
  for (const std::string& value : header_values) {
    for (const RawChallenge& raw : split_challenges(value)) {
      if (raw.scheme == "digest") {
        if (std::optional<AuthChallenge> digest = digest_challenge(raw)) challenges.push_back(std::move(*digest));
      } else if (raw.scheme == "basic") {
        challenges.emplace_back();
      }
    }
  }
  return challenges;
}

Authenticator::Authenticator(std::string username, base::Secret password, NonceMaker make_cnonce)
    : username_(std::move(username)), password_(std::move(password)), make_cnonce_(std::move(make_cnonce)) {}

Authenticator::Verdict Authenticator::on_challenge(const std::vector<std::string>& header_values,
                                                   bool request_was_authorised) {
  const bool answered = challenge_.has_value() && request_was_authorised;
  if (answered) {
    credentials_tried_ = true;
    ++refused_in_row_;
  }
  if (username_.empty() && password_.empty()) return Verdict::kNoCredentials;
  const std::vector<AuthChallenge> offered = parse_challenges(header_values);
  const AuthChallenge* best = nullptr;
  digest_seen_ = digest_seen_ || offers_digest(header_values);
  for (const AuthChallenge& challenge : offered) {
    if (best == nullptr || preference(challenge) > preference(*best)) best = &challenge;
  }
  const bool usable = best != nullptr && (best->scheme == AuthScheme::kDigest || !digest_seen_);
  if (!answered) {
    if (!usable) return Verdict::kNoUsableScheme;
    adopt(*best);
    return Verdict::kRetry;
  }
  // An answered challenge was not accepted: worth another try only if it may have been the nonce, not the password.
  const bool nonce_expired = usable && best->scheme == AuthScheme::kDigest && best->nonce != challenge_->nonce &&
                             (best->stale || nonce_worked_ || fresh_connection_);
  if (!nonce_expired || refused_in_row_ >= kMaxRefusedInRow) return Verdict::kRefused;
  adopt(*best);
  return Verdict::kRetry;
}

void Authenticator::on_accepted() {
  refused_in_row_ = 0;
  nonce_worked_ = true;
  credentials_tried_ = false;
}

void Authenticator::adopt(AuthChallenge challenge) {
  challenge_ = std::move(challenge);
  // One cnonce for the life of the nonce: "-sess" hashes it into the key once (RFC 7616 section 3.4.2).
  cnonce_ = challenge_->qop_auth || challenge_->session_variant ? make_cnonce_() : std::string();
  nonce_uses_ = 0;
  nonce_worked_ = false;
  fresh_connection_ = false;
}

std::string Authenticator::authorization(std::string_view method, std::string_view url) {
  if (!challenge_) return {};
  return challenge_->scheme == AuthScheme::kBasic ? basic() : digest(method, url);
}

std::string Authenticator::basic() const {
  return "Basic " + base::to_base64(base::as_bytes(username_ + ":" + password_.reveal()));
}

std::string Authenticator::hash_hex(const std::string& text) const {
  return challenge_->hash == DigestHash::kSha256 ? base::sha256_hex(text) : base::md5_hex(text);
}

/// The order of the parameters is the one of live555 and FFmpeg, with "response" last if there is a qop: cameras exist
/// that fail on others (Dahua, Lilin); algorithm, qop and nc are bare words (Amcrest refuses them quoted).
std::string Authenticator::digest(std::string_view method, std::string_view url) {
  const AuthChallenge& c = *challenge_;
  ++nonce_uses_;
  std::string secret = hash_hex(username_ + ":" + c.realm + ":" + password_.reveal());
  if (c.session_variant) secret = hash_hex(secret + ":" + c.nonce + ":" + cnonce_);
  const std::string request = hash_hex(std::string(method) + ":" + std::string(url));
  const std::string count = fmt::format("{:08x}", nonce_uses_);
  const std::string middle = c.qop_auth ? c.nonce + ":" + count + ":" + cnonce_ + ":auth" : c.nonce;
  const std::string response = hash_hex(secret + ":" + middle + ":" + request);
  std::string out = "Digest username=" + quoted(username_) + ", realm=" + quoted(c.realm) +
                    ", nonce=" + quoted(c.nonce) + ", uri=" + quoted(url);
  if (!c.algorithm.empty()) {
    const std::string_view name = c.hash == DigestHash::kSha256 ? "SHA-256" : "MD5";
    out.append(", algorithm=").append(name).append(c.session_variant ? "-sess" : "");
  }
  if (c.opaque) out += ", opaque=" + quoted(*c.opaque);
  if (c.qop_auth) out += ", qop=auth, nc=" + count;
  if (!cnonce_.empty()) out += ", cnonce=" + quoted(cnonce_);
  return out + ", response=\"" + response + "\"";
}

std::string Authenticator::random_cnonce() {
  std::array<std::uint8_t, 8> bytes{};
  // Eight bytes never block or come short once the kernel's generator is seeded, which it is long before any camera.
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) return "0000000000000001";
  return base::to_hex(bytes);
}

}  // namespace vonggac::ingest
