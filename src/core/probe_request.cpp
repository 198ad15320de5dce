#include "core/probe_request.h"

#include <algorithm>

#include "core/unicode_text.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxUserCharacters = 128;

base::Result<std::string> text_field(const json::object& request, std::string_view key) {
  const json::value* value = request.if_contains(key);
  if (value == nullptr || value->is_null()) return std::string();
  if (!value->is_string()) return base::invalid_argument(std::string(key) + " must be text");
  return std::string(value->get_string());
}

base::Status check_login(const ProbeRequest& request) {
  const auto control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const std::string& password = request.password.reveal();
  if (password.size() > kMaxPasswordBytes || std::any_of(password.begin(), password.end(), control)) {
    return base::invalid_argument("password must be at most 256 bytes without control characters");
  }
  const bool fits = request.username.empty() || (is_plain_text(request.username, 1, kMaxUserCharacters) &&
                                                 request.username.find(':') == std::string::npos);
  if (!fits) return base::invalid_argument("user must be 1 to 128 printable characters without a colon");
  if (request.username.empty() && !password.empty()) return base::invalid_argument("password needs a user");
  return {};
}

base::Status check_port(std::uint16_t port, const onvif::VendorTable& vendors) {
  if (port == 0 || vendors.allows_port(port)) return {};
  return base::invalid_argument(
      "port " + std::to_string(port) +
      " is not one of cameras; if it is right, add it to [ports] also_allowed of vendors.toml");
}

base::Status read_url(const std::string& text, ProbeRequest& out) {
  VG_ASSIGN(CameraUrl url, strip_credentials(text));
  if (url.holds_placeholder) {
    return base::invalid_argument("url: the address holds *** in place of a secret; enter the whole address");
  }
  out.where = url.where;
  out.rtsp_port = url.where.port;
  out.shown = url.display_url;
  out.request_url = std::move(url.request_url);
  out.username = std::move(url.username);
  out.password = std::move(url.password);
  return {};
}

/// A bare port is that of ONVIF, unless it is one where streams usually are.
base::Status read_address(const std::string& text, const onvif::VendorTable& vendors, ProbeRequest& out) {
  VG_ASSIGN(out.where, parse_host_and_port(text, 1));
  const bool typed = out.where.port != 1;
  const std::vector<std::uint16_t>& rtsp = vendors.rtsp_ports();
  const bool is_rtsp = std::find(rtsp.begin(), rtsp.end(), out.where.port) != rtsp.end();
  if (typed) (is_rtsp ? out.rtsp_port : out.http_port) = out.where.port;
  out.shown = typed ? to_string(out.where) : out.where.host;
  return {};
}

/// `at` is the part that is being read.
base::Result<ProbeRequest> read_parts(const json::object& request, const onvif::VendorTable& vendors, ProbeField& at) {
  ProbeRequest out;
  VG_ASSIGN(std::string url, text_field(request, "url"));
  VG_ASSIGN(std::string address, text_field(request, "address"));
  // People type what they have into the one field that they see.
  if (url.empty() && address.find("://") != std::string::npos) url.swap(address);
  if (url.empty() == address.empty()) return base::invalid_argument("give either address or url");
  VG_TRY(url.empty() ? read_address(address, vendors, out) : read_url(url, out));
  at = ProbeField::kPort;
  VG_TRY(check_port(out.http_port, vendors));
  VG_TRY(check_port(out.rtsp_port, vendors));
  at = ProbeField::kLogin;
  VG_ASSIGN(const std::string user, text_field(request, "user"));
  VG_ASSIGN(std::string password, text_field(request, "password"));
  if (!user.empty()) out.username = user;
  if (!password.empty()) out.password = base::Secret(std::move(password));
  VG_TRY(check_login(out));
  at = ProbeField::kBrand;
  VG_ASSIGN(out.brand, text_field(request, "brand"));
  if (!out.brand.empty() && vendors.find(out.brand) == nullptr) {
    return base::invalid_argument("brand is not one of the table of brands (vendors.toml)");
  }
  at = ProbeField::kChannels;
  if (const json::value* channels = request.if_contains("channels"); channels != nullptr && !channels->is_null()) {
    const bool fits = channels->is_int64() && channels->get_int64() >= 1 && channels->get_int64() <= kMaxProbeChannels;
    if (!fits) return base::invalid_argument("channels must be 1 to 64");
    out.channels = channels->get_int64();
  }
  VG_ASSIGN(out.owner, text_field(request, "by"));
  return out;
}

}  // namespace

const char* probe_field_name(ProbeField field) {
  switch (field) {
    case ProbeField::kPort:
      return "port";
    case ProbeField::kLogin:
      return "login";
    case ProbeField::kBrand:
      return "brand";
    case ProbeField::kChannels:
      return "channels";
    case ProbeField::kNetwork:
      return "network";
    default:
      return "address";
  }
}

base::Result<ProbeRequest> read_probe_request(const json::object& request, const onvif::VendorTable& vendors,
                                              ProbeField* wrong) {
  ProbeField at = ProbeField::kAddress;
  base::Result<ProbeRequest> out = read_parts(request, vendors, at);
  if (!out && wrong != nullptr) *wrong = at;
  return out;
}

}  // namespace vonggac::core
