#include "core/camera_url.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "core/url_secrets.h"

namespace vonggac::core {
namespace {

constexpr std::size_t kMaxHostBytes = 253;  ///< RFC 1035 section 2.3.4, in text form
constexpr std::size_t kMaxLabelBytes = 63;
constexpr std::size_t kMaxUsernameBytes = 128;

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'z'); }

std::string lower_case(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), ascii_lower);
  return out;
}

base::Status refuse(const char* sentence) { return base::invalid_argument(sentence); }

base::Result<std::string> decode_userinfo(std::string_view text) {
  std::optional<std::string> decoded = percent_decode(text);
  if (decoded) return std::move(*decoded);
  return refuse(
      "in the user name or password of a camera address a % is written %25, and control characters are not "
      "possible; or give the password with --password-stdin");
}

base::Status check_characters(std::string_view url) {
  if (url.empty()) return refuse("the camera address is empty; write it as rtsp://192.168.1.10:554/stream");
  if (url.size() > kMaxUrlBytes) return refuse("the camera address is longer than 2048 characters");
  if (url.front() == '-') return refuse("a camera address begins with rtsp://, not with a dash");
  for (const char c : url) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f)
      return refuse("the camera address holds a line break or another control character");
    if (byte == ' ') return refuse("the camera address holds a blank; a blank is written %20");
    if (byte > 0x7e) {
      return refuse(
          "the camera address holds letters outside ASCII; percent-encode them, or give the password with "
          "--password-stdin");
    }
    if (c == '\\' || c == '"' || c == '<' || c == '>') {
      return refuse(
          "the camera address holds one of \\ \" < >; percent-encode it, or give the password with "
          "--password-stdin");
    }
  }
  return {};
}

/// Takes "rtsp://" off the front.
base::Status take_scheme(std::string_view& url) {
  const std::size_t colon = url.find(':');
  const std::string scheme = lower_case(url.substr(0, colon == std::string_view::npos ? 0 : colon));
  if (scheme == "rtsps") {
    return refuse("rtsps:// (RTSP over TLS) cannot be recorded yet; give the camera's rtsp:// address");
  }
  if (scheme != "rtsp") return refuse("a camera address begins with rtsp://");
  if (url.substr(colon, 3) != "://") return refuse("a camera address begins with rtsp:// and two slashes");
  url.remove_prefix(colon + 3);
  return {};
}

base::Status check_name_labels(std::string_view name) {
  std::size_t begin = 0;
  while (begin <= name.size()) {
    const std::size_t end = std::min(name.find('.', begin), name.size());
    const std::string_view label = name.substr(begin, end - begin);
    if (label.empty() || label.size() > kMaxLabelBytes || label.front() == '-' || label.back() == '-') {
      return refuse("the host name of the camera address is not a valid name");
    }
    for (const char c : label) {
      if (!is_alnum(c) && c != '-' && c != '_') {
        return refuse("the host of the camera address holds a character that names do not have");
      }
    }
    begin = end + 1;
  }
  return {};
}

/// A last label of digits only, or 0x..., would be read as an IPv4 address by some parsers and not by others.
bool looks_like_number(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const std::string last = lower_case(dot == std::string_view::npos ? name : name.substr(dot + 1));
  if (last.size() >= 2 && last[0] == '0' && last[1] == 'x') return true;
  return !last.empty() && std::all_of(last.begin(), last.end(), is_digit);
}

base::Status set_v6_host(std::string_view text, HostAndPort& out) {
  in6_addr address{};
  if (text.size() > INET6_ADDRSTRLEN || inet_pton(AF_INET6, std::string(text).c_str(), &address) != 1) {
    return refuse("the IPv6 address in the camera address is not valid; a zone (%eth0) cannot be given");
  }
  if (IN6_IS_ADDR_V4MAPPED(&address) || IN6_IS_ADDR_V4COMPAT(&address)) {
    const bool is_loopback_or_any = IN6_IS_ADDR_LOOPBACK(&address) || IN6_IS_ADDR_UNSPECIFIED(&address);
    if (!is_loopback_or_any) return refuse("an IPv4 address is written 192.168.1.10, not inside an IPv6 address");
  }
  char canonical[INET6_ADDRSTRLEN];
  inet_ntop(AF_INET6, &address, canonical, sizeof canonical);
  out.kind = HostKind::kIpv6;
  out.host = canonical;
  return {};
}

base::Status set_plain_host(std::string_view text, HostAndPort& out) {
  if (text.empty()) return refuse("the camera address has no host; write it as rtsp://192.168.1.10:554/stream");
  if (text.size() > kMaxHostBytes) return refuse("the host of the camera address is longer than 253 characters");
  VG_TRY(check_name_labels(text));
  out.host = lower_case(text);
  out.kind = HostKind::kName;
  if (!looks_like_number(text)) return {};
  // inet_pton takes only four decimal parts without leading zeros: what it refuses here is 0x7f.1, 017.0.0.1,
  // 2130706433.
  in_addr address{};
  if (inet_pton(AF_INET, out.host.c_str(), &address) != 1) {
    return refuse("an IPv4 address is written as four decimal numbers without leading zeros, like 192.168.1.10");
  }
  out.kind = HostKind::kIpv4;
  return {};
}

base::Status set_url_port(std::string_view text, HostAndPort& out) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool canonical = !text.empty() && text.front() != '0' && text.size() <= 5;
  if (!canonical || error != std::errc() || end != text.data() + text.size() || value > 65'535) {
    return refuse(
        "the port of the camera address must be 1 .. 65535; in a password the characters / ? # are written "
        "%2F %3F %23, or give it with --password-stdin");
  }
  out.port = static_cast<std::uint16_t>(value);
  return {};
}

struct Userinfo {
  std::string username;
  base::Secret password;
};

base::Result<Userinfo> parse_userinfo(std::string_view text) {
  const std::size_t colon = text.find(':');
  VG_ASSIGN(std::string username, decode_userinfo(text.substr(0, colon)));
  Userinfo out;
  if (colon != std::string_view::npos) {
    VG_ASSIGN(std::string password, decode_userinfo(text.substr(colon + 1)));
    out.password = base::Secret(std::move(password));
  }
  if (username.empty()) return refuse("the camera address has an @ but no user name before it");
  if (username.find(':') != std::string::npos) return refuse("a camera's user name cannot hold a colon");
  if (username.size() > kMaxUsernameBytes || out.password.reveal().size() > kMaxPasswordBytes) {
    return refuse("the user name (128) or password (256 characters) of the camera address is too long");
  }
  out.username = std::move(username);
  return out;
}

std::string display_of(const HostAndPort& where, const std::string& target) {
  std::string host_and_port = to_string(where);
  if (where.port == kDefaultRtspPort) host_and_port.resize(host_and_port.rfind(':'));
  return "rtsp://" + host_and_port + target;
}

}  // namespace

std::string to_string(const HostAndPort& where) {
  const std::string port = ":" + std::to_string(where.port);
  return where.kind == HostKind::kIpv6 ? "[" + where.host + "]" + port : where.host + port;
}

base::Result<HostAndPort> parse_host_and_port(std::string_view text, std::uint16_t default_port) {
  HostAndPort out;
  out.port = default_port;
  std::string_view after_host;
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return refuse("the IPv6 address lacks its closing bracket");
    VG_TRY(set_v6_host(text.substr(1, close - 1), out));
    after_host = text.substr(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    VG_TRY(set_plain_host(text.substr(0, colon), out));
    after_host = text.substr(colon);
  }
  if (after_host.empty()) return out;
  if (after_host.front() != ':') return refuse("after the IPv6 address only a port may follow");
  VG_TRY(set_url_port(after_host.substr(1), out));
  return out;
}

base::Result<CameraUrl> strip_credentials(std::string_view url) {
  VG_TRY(check_characters(url));
  VG_TRY(take_scheme(url));
  const std::size_t authority_end = std::min(url.find_first_of("/?#"), url.size());
  const std::string_view authority = url.substr(0, authority_end);
  const std::string_view target = url.substr(authority_end);
  CameraUrl out;
  // The last '@' ends the userinfo: people paste passwords with '@' unencoded.
  const std::size_t at = authority.rfind('@');
  if (at != std::string_view::npos) {
    VG_ASSIGN(Userinfo userinfo, parse_userinfo(authority.substr(0, at)));
    out.username = std::move(userinfo.username);
    out.password = std::move(userinfo.password);
  }
  VG_ASSIGN(out.where,
            parse_host_and_port(authority.substr(at == std::string_view::npos ? 0 : at + 1), kDefaultRtspPort));
  if (target.find('#') != std::string_view::npos) {
    return refuse("the camera address holds a #, which cameras do not see; in a password it is written %23");
  }
  TargetSecrets secrets = find_target_secrets(target);
  // What is left of an '@' after the host is most likely the rest of a password with a '/' in it.
  if (secrets.display_target.find('@') != std::string::npos) {
    return refuse("the camera address holds an @ after the host; write it %40, and a / in a password as %2F");
  }
  out.display_url = display_of(out.where, secrets.display_target);
  out.request_is_secret = secrets.found;
  out.holds_placeholder = secrets.holds_placeholder;
  out.request_url = base::Secret("rtsp://" + to_string(out.where) + std::string(target));
  if (out.username.empty()) {
    out.username = std::move(secrets.username);
    out.password = std::move(secrets.password);
  }
  return out;
}

}  // namespace vonggac::core
