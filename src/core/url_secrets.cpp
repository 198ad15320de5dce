#include "core/url_secrets.h"

#include <algorithm>
#include <array>

#include "core/camera_url.h"

namespace vonggac::core {
namespace {

enum class Meaning { kUser, kPassword, kToken, kStructure };

struct KnownKey {
  std::string_view name;
  Meaning meaning;
};

/// kStructure: not secret, but it ends the value before it in a Xiongmai path.
constexpr std::array kKnownKeys{
    KnownKey{"user", Meaning::kUser},          KnownKey{"username", Meaning::kUser},
    KnownKey{"usr", Meaning::kUser},           KnownKey{"usrname", Meaning::kUser},
    KnownKey{"login", Meaning::kUser},         KnownKey{"loginuse", Meaning::kUser},
    KnownKey{"loginuser", Meaning::kUser},     KnownKey{"account", Meaning::kUser},
    KnownKey{"password", Meaning::kPassword},  KnownKey{"passwd", Meaning::kPassword},
    KnownKey{"pass", Meaning::kPassword},      KnownKey{"pwd", Meaning::kPassword},
    KnownKey{"pw", Meaning::kPassword},        KnownKey{"psw", Meaning::kPassword},
    KnownKey{"userpwd", Meaning::kPassword},   KnownKey{"loginpas", Meaning::kPassword},
    KnownKey{"loginpass", Meaning::kPassword}, KnownKey{"loginpwd", Meaning::kPassword},
    KnownKey{"auth", Meaning::kToken},         KnownKey{"authorization", Meaning::kToken},
    KnownKey{"basicauth", Meaning::kToken},    KnownKey{"token", Meaning::kToken},
    KnownKey{"access_token", Meaning::kToken}, KnownKey{"accesstoken", Meaning::kToken},
    KnownKey{"key", Meaning::kToken},          KnownKey{"apikey", Meaning::kToken},
    KnownKey{"api_key", Meaning::kToken},      KnownKey{"secret", Meaning::kToken},
    KnownKey{"sign", Meaning::kToken},         KnownKey{"signature", Meaning::kToken},
    KnownKey{"sid", Meaning::kToken},          KnownKey{"session", Meaning::kToken},
    KnownKey{"sessionid", Meaning::kToken},    KnownKey{"ticket", Meaning::kToken},
    KnownKey{"channel", Meaning::kStructure},  KnownKey{"stream", Meaning::kStructure},
};

constexpr std::size_t kMaxNameBytes = 128;

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = ascii_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

bool begins_with_key(std::string_view text, std::string_view key) {
  if (text.size() <= key.size() || text[key.size()] != '=') return false;
  return std::equal(key.begin(), key.end(), text.begin(), [](char k, char t) { return k == ascii_lower(t); });
}

const KnownKey* key_at(std::string_view text) {
  const auto found = std::find_if(kKnownKeys.begin(), kKnownKeys.end(),
                                  [&](const KnownKey& key) { return begins_with_key(text, key.name); });
  return found == kKnownKeys.end() ? nullptr : &*found;
}

class SecretFinder {
 public:
  explicit SecretFinder(std::string_view target) : target_(target), query_at_(target.find('?')) {}

  TargetSecrets run() {
    while (pos_ < target_.size()) {
      if (at_token_start() && (take_key_and_value() || take_name_and_password())) continue;
      out_.display_target.push_back(target_[pos_++]);
    }
    return std::move(out_);
  }

 private:
  bool in_query() const { return query_at_ != std::string_view::npos && pos_ > query_at_; }

  bool at_token_start() const {
    if (pos_ == 0) return false;  // the leading '/' or '?'
    const char before = target_[pos_ - 1];
    if (before == '&' || before == '?') return true;
    return !in_query() && (before == '/' || before == '_' || before == ';' || before == ',');
  }

  /// Values in a path may hold '/' and '?': they run up to the next known key, if there is one.
  std::size_t path_value_end(std::size_t from) const {
    for (std::size_t i = from; i < target_.size(); ++i) {
      if ((target_[i] == '&' || target_[i] == '_') && key_at(target_.substr(i + 1)) != nullptr) return i;
    }
    return std::min(target_.find_first_of("/?&", from), target_.size());
  }
  std::size_t query_value_end(std::size_t from) const { return std::min(target_.find('&', from), target_.size()); }

  bool take_key_and_value() {
    const KnownKey* key = key_at(target_.substr(pos_));
    if (key == nullptr || key->meaning == Meaning::kStructure) return false;
    const std::size_t begin = pos_ + key->name.size() + 1;
    const std::size_t end = in_query() ? query_value_end(begin) : path_value_end(begin);
    const std::string_view value = target_.substr(begin, end - begin);
    out_.display_target.append(target_.substr(pos_, begin - pos_));
    hide(value);
    if (key->meaning == Meaning::kUser) keep_username(value);
    if (key->meaning == Meaning::kPassword) keep_password(value);
    pos_ = end;
    // A '?' inside the value was part of it, not the start of the query.
    if (query_at_ != std::string_view::npos && query_at_ < end && query_at_ >= begin)
      query_at_ = target_.find('?', end);
    return true;
  }

  /// "name:password" as a whole path segment or bare parameter.
  bool take_name_and_password() {
    const char before = target_[pos_ - 1];
    if (before != '/' && before != '?' && before != '&') return false;
    const std::size_t end =
        in_query() ? query_value_end(pos_) : std::min(target_.find_first_of("/?&", pos_), target_.size());
    const std::string_view segment = target_.substr(pos_, end - pos_);
    if (segment == kHiddenValue) out_.holds_placeholder = true;
    const std::size_t colon = segment.find(':');
    const bool has_both = colon != std::string_view::npos && colon > 0 && colon + 1 < segment.size();
    if (!has_both || segment.find('=') < colon) return false;
    hide(segment);
    keep_username(segment.substr(0, colon));
    keep_password(segment.substr(colon + 1));
    pos_ = end;
    return true;
  }

  void hide(std::string_view value) {
    if (value.empty()) return;
    if (value == kHiddenValue) out_.holds_placeholder = true;
    out_.found = true;
    out_.display_target.append(kHiddenValue);
  }
  void keep_username(std::string_view value) {
    std::optional<std::string> decoded = percent_decode(value);
    if (!decoded || decoded->size() > kMaxNameBytes || decoded->find(':') != std::string::npos) return;
    if (out_.username.empty()) out_.username = std::move(*decoded);
  }
  void keep_password(std::string_view value) {
    std::optional<std::string> decoded = percent_decode(value);
    if (!decoded || decoded->size() > kMaxPasswordBytes) return;
    if (out_.password.empty()) out_.password = base::Secret(std::move(*decoded));
  }

  std::string_view target_;
  std::size_t query_at_;
  std::size_t pos_ = 0;
  TargetSecrets out_;
};

}  // namespace

TargetSecrets find_target_secrets(std::string_view target) { return SecretFinder(target).run(); }

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 1 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return std::nullopt;
    out.push_back(c);
  }
  return out;
}

}  // namespace vonggac::core
