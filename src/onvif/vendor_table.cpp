#include "onvif/vendor_table.h"

#include <algorithm>

#include <fmt/format.h>

namespace vonggac::onvif {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxVendors = 200, kMaxTextBytes = 500, kMaxTemplates = 12, kMaxPorts = 64;

base::Status wrong(const std::string& where, const char* what) {
  return base::invalid_argument(fmt::format("vendors.toml: {}: {}", where, what));
}

base::Result<std::string> text_at(const json::object& entry, const char* key, const std::string& where) {
  const json::value* value = entry.if_contains(key);
  if (value == nullptr) return std::string();
  if (!value->is_string() || value->get_string().size() > kMaxTextBytes) {
    return wrong(where, fmt::format("{} must be a text of at most {} bytes", key, kMaxTextBytes).c_str());
  }
  return std::string(value->get_string());
}

base::Result<std::vector<std::uint16_t>> ports_at(const json::object& entry, const char* key,
                                                  const std::string& where) {
  std::vector<std::uint16_t> ports;
  const json::value* value = entry.if_contains(key);
  if (value == nullptr) return ports;
  if (!value->is_array() || value->get_array().size() > kMaxPorts) return wrong(where, "ports must be a short list");
  for (const json::value& one : value->get_array()) {
    if (!one.is_int64() || one.get_int64() < 1 || one.get_int64() > 65'535) return wrong(where, "a port is 1 to 65535");
    ports.push_back(static_cast<std::uint16_t>(one.get_int64()));
  }
  return ports;
}

/// A path of a request and nothing else: what could end the request line or name another host is refused.
bool is_path(std::string_view path) {
  return !path.empty() && path.front() == '/' && path.rfind("//", 0) != 0 &&
         std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '"' && c != '\\'; });
}

base::Status read_streams(const json::object& entry, const std::string& where, Vendor& vendor) {
  const json::value* streams = entry.if_contains("streams");
  if (streams == nullptr) return {};
  if (!streams->is_array() || streams->get_array().size() > kMaxTemplates) {
    return wrong(where, "streams must be a list of at most 12 pairs");
  }
  for (const json::value& one : streams->get_array()) {
    if (!one.is_object()) return wrong(where, "each of streams is { main = ..., sub = ... }");
    StreamTemplate pair;
    VG_ASSIGN(pair.main, text_at(one.get_object(), "main", where));
    VG_ASSIGN(pair.sub, text_at(one.get_object(), "sub", where));
    if (!is_path(pair.main) || (!pair.sub.empty() && !is_path(pair.sub))) {
      return wrong(where, "a path begins with one '/' and has no blanks");
    }
    vendor.streams.push_back(std::move(pair));
  }
  return {};
}

bool flag_at(const json::object& entry, const char* key, bool otherwise) {
  const json::value* value = entry.if_contains(key);
  return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

base::Result<Vendor> read_vendor(const json::value& value) {
  if (!value.is_object()) return wrong("vendor", "is not a table");
  const json::object& entry = value.get_object();
  Vendor vendor;
  VG_ASSIGN(vendor.id, text_at(entry, "id", "vendor"));
  if (vendor.id.empty()) return wrong("vendor", "id is missing");
  const std::string& where = vendor.id;
  VG_ASSIGN(vendor.name, text_at(entry, "name", where));
  const json::value* match = entry.if_contains("match");
  if (match != nullptr && match->is_array()) {
    for (const json::value& one : match->get_array()) {
      if (!one.is_string() || one.get_string().size() < 3)
        return wrong(where, "match lists words of 3 letters or more");
      vendor.match.emplace_back(one.get_string());
    }
  }
  VG_TRY(read_streams(entry, where, vendor));
  VG_ASSIGN(vendor.rtsp_ports, ports_at(entry, "rtsp_ports", where));
  VG_ASSIGN(vendor.onvif_ports, ports_at(entry, "onvif_ports", where));
  vendor.rtsp = flag_at(entry, "rtsp", true);
  vendor.udp_only = flag_at(entry, "udp_only", false);
  VG_ASSIGN(vendor.hint_vi, text_at(entry, "hint_vi", where));
  VG_ASSIGN(vendor.hint_en, text_at(entry, "hint_en", where));
  VG_ASSIGN(vendor.onvif_hint_vi, text_at(entry, "onvif_hint_vi", where));
  VG_ASSIGN(vendor.onvif_hint_en, text_at(entry, "onvif_hint_en", where));
  VG_ASSIGN(vendor.smart_vi, text_at(entry, "smart_vi", where));
  VG_ASSIGN(vendor.smart_en, text_at(entry, "smart_en", where));
  return vendor;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

bool holds(const std::vector<std::uint16_t>& ports, std::uint16_t port) {
  return std::find(ports.begin(), ports.end(), port) != ports.end();
}

}  // namespace

base::Result<VendorTable> VendorTable::from_json(const json::value& value) {
  if (!value.is_object()) return wrong("the file", "is not a table");
  VendorTable table;
  const json::object& root = value.get_object();
  if (const json::value* ports = root.if_contains("ports"); ports != nullptr && ports->is_object()) {
    VG_ASSIGN(table.onvif_ports_, ports_at(ports->get_object(), "onvif", "ports"));
    VG_ASSIGN(table.rtsp_ports_, ports_at(ports->get_object(), "rtsp", "ports"));
    VG_ASSIGN(table.other_ports_, ports_at(ports->get_object(), "also_allowed", "ports"));
  }
  const json::value* vendors = root.if_contains("vendor");
  if (vendors == nullptr || !vendors->is_array() || vendors->get_array().size() > kMaxVendors) {
    return wrong("the file", "has no list of [[vendor]], or more than 200");
  }
  for (const json::value& one : vendors->get_array()) {
    VG_ASSIGN(Vendor vendor, read_vendor(one));
    if (table.find(vendor.id) != nullptr) return wrong(vendor.id, "stands there twice");
    table.vendors_.push_back(std::move(vendor));
  }
  return table;
}

const Vendor* VendorTable::find(std::string_view id) const {
  for (const Vendor& vendor : vendors_) {
    if (vendor.id == id) return &vendor;
  }
  return nullptr;
}

const Vendor* VendorTable::match(std::string_view text) const {
  std::string lower;
  for (const char c : text) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  const Vendor* best = nullptr;
  std::size_t longest = 0;
  for (const Vendor& vendor : vendors_) {
    for (const std::string& word : vendor.match) {
      if (word.size() <= longest || lower.find(word) == std::string::npos) continue;
      best = &vendor;
      longest = word.size();
    }
  }
  return best;
}

bool VendorTable::allows_port(std::uint16_t port) const {
  if (holds(onvif_ports_, port) || holds(rtsp_ports_, port) || holds(other_ports_, port)) return true;
  return std::any_of(vendors_.begin(), vendors_.end(), [&](const Vendor& vendor) {
    return holds(vendor.onvif_ports, port) || holds(vendor.rtsp_ports, port);
  });
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool unreserved = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                            c == '.' || c == '_' || c == '~';
    out += unreserved ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

std::optional<std::string> expand(std::string_view path, int channel, std::string_view user,
                                  std::string_view password) {
  std::string out(path);
  const bool secret = out.find("{user}") != std::string::npos || out.find("{password}") != std::string::npos;
  if (secret && (user.empty() || password.empty())) return std::nullopt;
  replace_all(out, "{channel}", std::to_string(channel));
  replace_all(out, "{user}", percent_encoded(user));
  replace_all(out, "{password}", percent_encoded(password));
  return out;
}

}  // namespace vonggac::onvif
