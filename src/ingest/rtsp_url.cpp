#include "ingest/rtsp_url.h"

#include <algorithm>
#include <optional>

#include "ingest/rtsp_message.h"

namespace vonggac::ingest {
namespace {

constexpr std::size_t kMaxUrlChars = 4096;

bool is_clean(std::string_view text) {
  const auto visible = [](char c) { return static_cast<unsigned char>(c) > 0x20 && c != 0x7F; };
  return text.size() <= kMaxUrlChars && std::all_of(text.begin(), text.end(), visible);
}

/// Length of "rtsp://" and the like at the front; 0 if there is no scheme.
std::size_t scheme_length(std::string_view text) {
  for (const std::string_view scheme : {"rtsp://", "rtspu://", "rtspt://", "rtsps://", "http://"}) {
    if (starts_with_no_case(text, scheme)) return scheme.size();
  }
  return 0;
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

struct Authority {
  std::string host;
  std::uint16_t port = kDefaultRtspPort;
};

std::optional<Authority> split_authority(std::string_view text) {
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) text.remove_prefix(at + 1);
  std::string_view host = text;
  std::string_view port;
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = text.substr(1, close - 1);
    const std::string_view after = text.substr(close + 1);
    if (!after.empty() && after.front() != ':') return std::nullopt;
    port = after.empty() ? after : after.substr(1);
  } else if (const std::size_t colon = text.rfind(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    port = text.substr(colon + 1);
  }
  if (host.empty()) return std::nullopt;
  Authority authority{lower_case(host), kDefaultRtspPort};
  if (!port.empty()) {
    const std::int64_t number = parse_decimal(port);
    if (!is_digits(port) || number < 1 || number > 65535) return std::nullopt;
    authority.port = static_cast<std::uint16_t>(number);
  }
  return authority;
}

/// "192.168.1.10:554/stream0/" as some cameras write it: the first segment is an authority, not a folder.
bool begins_with_authority(const RtspUrl& request, std::string_view text) {
  const std::string_view segment = text.substr(0, text.find('/'));
  const std::optional<Authority> authority = split_authority(segment);
  if (!authority) return false;
  if (authority->host == request.host) return true;
  const bool four_numbers = std::count(authority->host.begin(), authority->host.end(), '.') == 3 &&
                            authority->host.find_first_not_of("0123456789.") == std::string::npos;
  const std::size_t colon = segment.rfind(':');
  const bool has_port = colon != std::string_view::npos && is_digits(segment.substr(colon + 1));
  return four_numbers || (has_port && segment.find('=') == std::string_view::npos);
}

/// The part from '/' (or '?') on of a text that begins with an authority.
std::string_view target_of(std::string_view text) {
  const std::size_t start = text.find_first_of("/?");
  return start == std::string_view::npos ? std::string_view{} : text.substr(start);
}

std::string at_pinned_host(const RtspUrl& request, std::string_view target) {
  std::string url = "rtsp://" + request.authority;
  if (!target.empty() && target.front() != '/') url += '/';
  url.append(target);
  return url;
}

/// An absolute URL or "host:port/path" brought to the pinned host; nullopt if the text is a relative reference.
std::optional<std::string> absolute_at_pinned_host(const RtspUrl& request, std::string_view text) {
  bool absolute = false;
  for (int doubled = 0; doubled < 3; ++doubled) {  // "rtsp://rtsp://host/..." exists
    const std::size_t scheme = scheme_length(text);
    if (scheme == 0) break;
    text.remove_prefix(scheme);
    absolute = true;
  }
  if (!absolute && !begins_with_authority(request, text)) return std::nullopt;
  return at_pinned_host(request, target_of(text));
}

/// RFC 3986 section 5.2 without dot segments: replaces what follows the last '/' of the path.
std::string join_by_standard(const RtspUrl& request, const std::string& base, std::string_view control) {
  std::string_view target = target_of(std::string_view(base).substr(7));
  if (control.front() == '/') return at_pinned_host(request, control);
  target = target.substr(0, target.find('?'));
  const std::size_t slash = target.rfind('/');
  std::string joined(slash == std::string_view::npos ? "/" : target.substr(0, slash + 1));
  return at_pinned_host(request, joined.append(control));
}

}  // namespace

base::Result<RtspUrl> parse_rtsp_url(std::string_view text) {
  if (!starts_with_no_case(text, "rtsp://"))
    return base::invalid_argument("the camera address must begin with rtsp://");
  if (!is_clean(text))
    return base::invalid_argument("the camera address has blanks or control characters, or is too long");
  text.remove_prefix(7);
  RtspUrl url;
  url.target = std::string(target_of(text));
  url.authority = std::string(text.substr(0, text.size() - url.target.size()));
  if (url.authority.find('@') != std::string::npos) {
    return base::invalid_argument("the camera address must not carry a user name");
  }
  const std::optional<Authority> authority = split_authority(url.authority);
  if (!authority) return base::invalid_argument("the camera address has no valid host and port");
  url.host = authority->host;
  url.port = authority->port;
  return url;
}

std::string base_url(const RtspUrl& request, std::string_view header) {
  const std::string_view text = trim(header);
  if (text.empty() || !is_clean(text)) return request.text();
  if (std::optional<std::string> absolute = absolute_at_pinned_host(request, text)) return *absolute;
  if (text.front() == '/') return at_pinned_host(request, text);
  return request.text();
}

std::vector<std::string> control_urls(const RtspUrl& request, const std::string& base, std::string_view control) {
  const std::string_view text = trim(control);
  if (text.empty() || text == "*" || !is_clean(text)) return {base};
  if (std::optional<std::string> absolute = absolute_at_pinned_host(request, text)) return {*absolute};
  std::string joined = base;
  const bool base_slash = !joined.empty() && joined.back() == '/';
  if (text.front() == '/' && base_slash) joined.pop_back();
  if (text.front() != '/' && text.front() != '?' && !base_slash) joined += '/';
  joined.append(text);
  std::vector<std::string> urls{joined};
  if (text.front() != '?') {
    std::string standard = join_by_standard(request, base, text);
    if (standard != joined) urls.push_back(std::move(standard));
  }
  return urls;
}

Redirect resolve_redirect(const RtspUrl& request, std::string_view location) {
  const std::string_view text = trim(location);
  if (text.empty() || !is_clean(text)) return {};
  if (text.front() == '/') return {true, at_pinned_host(request, text)};
  if (!starts_with_no_case(text, "rtsp://")) return {};
  const std::string_view rest = text.substr(7);
  const std::string_view target = target_of(rest);
  const std::optional<Authority> authority = split_authority(rest.substr(0, rest.size() - target.size()));
  if (!authority || authority->host != request.host || authority->port != request.port) return {};
  return {true, at_pinned_host(request, target)};
}

}  // namespace vonggac::ingest
