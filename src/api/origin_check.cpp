#include "api/origin_check.h"

#include <algorithm>
#include <string>

#include <arpa/inet.h>

namespace vonggac::api {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
  return out;
}

bool is_loopback_name(const std::string& name) {
  if (name == "localhost" || name == "[::1]") return true;
  in_addr address{};
  if (inet_pton(AF_INET, name.c_str(), &address) != 1) return false;
  return ntohl(address.s_addr) >> 24 == 127;
}

bool is_literal_address(const std::string& name) {
  in_addr v4{};
  in6_addr v6{};
  if (inet_pton(AF_INET, name.c_str(), &v4) == 1) return true;
  if (name.size() < 3 || name.front() != '[' || name.back() != ']') return false;
  return inet_pton(AF_INET6, name.substr(1, name.size() - 2).c_str(), &v6) == 1;
}

}  // namespace

bool is_own_host(std::string_view host, const OwnAddress& own) {
  if (host.empty() || host.size() > 255) return false;
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
  const std::string name = lower(host.substr(0, colon));
  const bool ours = is_loopback_name(name) || std::find(own.names.begin(), own.names.end(), name) != own.names.end() ||
                    (!own.loopback_only && is_literal_address(name));
  if (!ours) return false;
  if (colon == std::string_view::npos) return own.port == (own.secure ? 443 : 80);
  return host.substr(colon + 1) == std::to_string(own.port);
}

bool is_same_origin(std::string_view origin, std::string_view host, bool secure) {
  return !host.empty() && lower(origin) == (secure ? "https://" : "http://") + lower(host);
}

bool is_cross_site(const HttpRequest& request) {
  const std::string_view site = request.fetch_site;
  if (site.empty() || site == "same-origin" || site == "none") return false;
  const std::string_view target = request.target;
  const bool is_page = target.substr(0, target.find('?')) == "/";
  return !(is_page && request.fetch_mode == "navigate");
}

}  // namespace vonggac::api
