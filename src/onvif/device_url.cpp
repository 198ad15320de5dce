#include "onvif/device_url.h"

#include <algorithm>
#include <charconv>

namespace vonggac::onvif {
namespace {

bool is_plain(char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '<' && c != '>' && c != '\\' && c != '^'; }

}  // namespace

std::optional<DeviceUrl> parse_device_url(std::string_view text, std::string_view scheme) {
  if (text.size() > kMaxDeviceUrlBytes || !std::all_of(text.begin(), text.end(), is_plain)) return std::nullopt;
  if (text.size() < scheme.size() + 4 || text.substr(scheme.size(), 3) != "://") return std::nullopt;
  const bool wanted = std::equal(scheme.begin(), scheme.end(), text.begin(),
                                 [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + 32 : b); });
  if (!wanted) return std::nullopt;
  const std::string_view rest = text.substr(scheme.size() + 3);
  const std::size_t slash = rest.find_first_of("/?#");
  std::string_view authority = rest.substr(0, slash);
  DeviceUrl url;
  url.scheme = std::string(scheme);
  url.target = slash == std::string_view::npos ? "/" : std::string(rest.substr(slash));
  url.target = url.target.substr(0, url.target.find('#'));
  if (url.target.empty() || url.target.front() != '/') url.target.insert(0, "/");
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
  const std::size_t colon = authority.rfind(':');
  const bool v6_without_port = authority.find(']') != std::string_view::npos && colon < authority.rfind(']');
  if (colon != std::string_view::npos && !v6_without_port && colon + 1 < authority.size()) {
    const std::string_view digits = authority.substr(colon + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), url.port);
    if (error != std::errc() || end != digits.data() + digits.size() || url.port == 0) return std::nullopt;
    authority = authority.substr(0, colon);
  }
  url.claimed_host = std::string(authority);
  return url;
}

}  // namespace vonggac::onvif
