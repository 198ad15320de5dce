#include "core/camera_request.h"

#include <array>
#include <optional>

#include "core/camera_url.h"
#include "core/unicode_text.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxUsernameCharacters = 128;

bool is_identity(std::string_view key) {
  return key == "name" || key == "url" || key == "sub_url" || key == "user" || key == "password" || key == "sub_user" ||
         key == "sub_password";
}

/// A text field of the request: not given, null, or text.
struct Field {
  bool given = false;
  bool is_null = false;
  std::string text;
};

base::Result<Field> read_field(const json::object& request, std::string_view key) {
  Field field;
  const json::value* value = request.if_contains(key);
  if (value == nullptr) return field;
  field.given = true;
  field.is_null = value->is_null();
  if (field.is_null) return field;
  if (!value->is_string()) return base::invalid_argument(std::string(key) + " must be text");
  field.text = std::string(value->get_string());
  return field;
}

base::Status check_username(const std::string& username, std::string_view key) {
  if (is_plain_text(username, 1, kMaxUsernameCharacters) && username.find(':') == std::string::npos) return {};
  return base::invalid_argument(std::string(key) + " must be 1 to 128 printable characters without a colon");
}

base::Status check_password(const std::string& password, std::string_view key) {
  bool has_control = false;
  for (const char c : password) has_control = has_control || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  if (!has_control && password.size() <= kMaxPasswordBytes) return {};
  return base::invalid_argument(std::string(key) + " must be at most 256 bytes without control characters");
}

/// The names one of the two streams has in requests and as a sealed field.
struct StreamNames {
  const char* url;
  const char* user;
  const char* password;
  const char* sealed_url;
  const char* sealed_password;
};
constexpr StreamNames kMainNames{"url", "user", "password", kMainUrlField, kPasswordField};
constexpr StreamNames kSubNames{"sub_url", "sub_user", "sub_password", kSubUrlField, kSubPasswordField};

/// A stored password, and where it is sent.
struct PasswordUse {
  std::string sealed_password;  ///< empty: none is sent
  std::string host;
  std::uint16_t port = 0;
  bool operator==(const PasswordUse&) const = default;
};

/// By stream: main, sub.
std::array<PasswordUse, 2> password_uses(const CameraConfig& camera) {
  std::array<PasswordUse, 2> uses;
  uses[0] = {camera.credentials.sealed_password, camera.main.host, camera.main.port};
  if (camera.sub) {
    const SealedCredentials& sub = camera.sub_credentials.value_or(camera.credentials);
    uses[1] = {sub.sealed_password, camera.sub->host, camera.sub->port};
  }
  return uses;
}

/// A stored password goes only where it went before. Whoever may change an address could otherwise have it sent to a
/// machine of theirs. One that was typed again is sealed anew and so is another text, even if it is the same word.
base::Status check_password_uses(const CameraConfig& before, const CameraConfig& after) {
  const std::array<PasswordUse, 2> old = password_uses(before);
  const std::array<PasswordUse, 2> now = password_uses(after);
  for (std::size_t stream = 0; stream < now.size(); ++stream) {
    const PasswordUse& use = now[stream];
    if (use.sealed_password.empty() || use == old[0] || use == old[1]) continue;
    const bool stored = use.sealed_password == before.credentials.sealed_password ||
                        (before.sub_credentials && use.sealed_password == before.sub_credentials->sealed_password);
    if (!stored) continue;
    return base::invalid_argument(
        stream == 0 ? "url: the stored password is not sent to another host or port: give user and password again, or "
                      "an empty user to forget them; nothing was changed"
                    : "sub_url: the stored password is not sent to another host or port: give sub_user and "
                      "sub_password, or user and password again, or an empty user to forget them; nothing was changed");
  }
  return {};
}

class RequestApplier {
 public:
  RequestApplier(CameraConfig& camera, const json::object& request, const SecretBox& box)
      : camera_(camera), request_(request), box_(box) {}

  base::Status run() {
    json::object settings;
    for (const json::key_value_pair& entry : request_) {
      if (is_identity(entry.key())) continue;
      settings[entry.key()] = entry.value();
    }
    VG_TRY(apply_settings(camera_, settings));
    VG_TRY(apply_name());
    VG_TRY(apply_main());
    return apply_sub();
  }

 private:
  base::Status apply_name() {
    VG_ASSIGN(const Field name, read_field(request_, "name"));
    if (!name.given) return {};
    VG_TRY(check_camera_name(name.text));
    camera_.name = name.text;
    return {};
  }

  base::Status apply_main() {
    VG_ASSIGN(const Field url, read_field(request_, kMainNames.url));
    if (url.given) {
      std::optional<StreamSource> main = camera_.main;
      std::optional<SealedCredentials> found;
      VG_TRY(apply_url(url.text, kMainNames, main, found));
      camera_.main = std::move(*main);
      if (found) camera_.credentials = std::move(*found);
    }
    return apply_credentials(kMainNames, camera_.credentials);
  }

  base::Status apply_sub() {
    VG_ASSIGN(const Field url, read_field(request_, kSubNames.url));
    if (url.given && url.is_null) {
      camera_.sub.reset();
      camera_.sub_credentials.reset();
    } else if (url.given) {
      std::optional<SealedCredentials> found;
      VG_TRY(apply_url(url.text, kSubNames, camera_.sub, found));
      if (found) camera_.sub_credentials = std::move(found);
    }
    VG_ASSIGN(const Field user, read_field(request_, kSubNames.user));
    VG_ASSIGN(const Field password, read_field(request_, kSubNames.password));
    if (!user.given && !password.given) return {};
    if (!camera_.sub) return base::invalid_argument("sub_user and sub_password need a sub_url");
    SealedCredentials own = camera_.sub_credentials.value_or(SealedCredentials{});
    VG_TRY(apply_credentials(kSubNames, own));
    camera_.sub_credentials.reset();
    if (!own.username.empty()) camera_.sub_credentials = std::move(own);
    return {};
  }

  /// `found`: the credentials inside the address, sealed, if there are any.
  base::Status apply_url(const std::string& text, const StreamNames& names, std::optional<StreamSource>& stream,
                         std::optional<SealedCredentials>& found) const {
    const base::Result<CameraUrl> parsed = strip_credentials(text);
    if (!parsed) return base::invalid_argument(std::string(names.url) + ": " + parsed.error().message());
    const CameraUrl& url = *parsed;
    if (url.holds_placeholder) {
      // A form sent the address back as it was shown: nothing has changed.
      if (stream && stream->display_url == url.display_url) return {};
      return base::invalid_argument(std::string(names.url) +
                                    ": the address holds *** in place of a secret; enter the whole address");
    }
    const bool same_place = stream && stream->host == url.where.host && stream->port == url.where.port;
    StreamSource fresh;
    fresh.display_url = url.display_url;
    fresh.host = url.where.host;
    fresh.port = url.where.port;
    fresh.sealed_request_url = box_.seal(url.request_url, camera_.id, names.sealed_url);
    if (same_place) fresh.remembered_transport = stream->remembered_transport;
    stream = std::move(fresh);
    if (!url.username.empty()) found = SealedCredentials{url.username, sealed(url.password, names)};
    return {};
  }

  std::string sealed(const base::Secret& password, const StreamNames& names) const {
    return password.empty() ? std::string() : box_.seal(password, camera_.id, names.sealed_password);
  }

  base::Status apply_credentials(const StreamNames& names, SealedCredentials& credentials) const {
    VG_ASSIGN(const Field user, read_field(request_, names.user));
    VG_ASSIGN(Field password, read_field(request_, names.password));
    if (user.given && user.text.empty()) credentials = {};
    if (user.given && !user.text.empty()) {
      VG_TRY(check_username(user.text, names.user));
      credentials.username = user.text;
    }
    if (!password.given) return {};
    VG_TRY(check_password(password.text, names.password));
    const base::Secret secret(std::move(password.text));
    credentials.sealed_password = sealed(secret, names);
    if (!secret.empty() && credentials.username.empty()) {
      return base::invalid_argument(std::string(names.password) + " needs a " + names.user);
    }
    return {};
  }

  CameraConfig& camera_;
  const json::object& request_;
  const SecretBox& box_;
};

}  // namespace

base::Status apply_request(CameraConfig& camera, const json::object& request, const SecretBox& box) {
  const CameraConfig before = camera;
  VG_TRY(RequestApplier(camera, request, box).run());
  return check_password_uses(before, camera);
}

}  // namespace vonggac::core
