/// What is known of brands (config/vendors.toml): paths of their streams, ports, what has to be switched on first.
/// Data, so that a ward can add a brand without a new program. Knows no password and never tries one that nobody gave.
/// Flow     vendors.toml -> (core) JSON -> VendorTable::from_json() -> find(), match() -> expand()
/// Threads  immutable: thread-safe.
/// Errors   from_json(): kInvalidArgument naming the entry and what is wrong with it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "base/result.h"

namespace vonggac::onvif {

struct StreamTemplate {
  std::string main, sub;  ///< paths with {channel}, {user}, {password}; sub may be empty
};
struct Vendor {
  std::string id, name;
  std::vector<std::string> match;  ///< in lower case; found in what a device calls itself
  std::vector<StreamTemplate> streams;
  std::vector<std::uint16_t> rtsp_ports, onvif_ports;
  bool rtsp = true;  ///< false: the brand has no streams of its own to connect to
  bool udp_only = false;
  std::string hint_vi, hint_en;              ///< what to switch on when nothing answers
  std::string onvif_hint_vi, onvif_hint_en;  ///< where ONVIF is switched on
  std::string smart_vi, smart_en;            ///< where its "smart" coding is switched off
};

class VendorTable {
 public:
  static base::Result<VendorTable> from_json(const boost::json::value& json);
  const std::vector<Vendor>& all() const { return vendors_; }
  const Vendor* find(std::string_view id) const;
  /// By what a device says of itself: manufacturer, RTSP Server header, realm. Longest match wins.
  const Vendor* match(std::string_view text) const;
  /// Ports that a probe may try by itself, and that addresses given by a device may name.
  const std::vector<std::uint16_t>& onvif_ports() const { return onvif_ports_; }
  const std::vector<std::uint16_t>& rtsp_ports() const { return rtsp_ports_; }
  bool allows_port(std::uint16_t port) const;

 private:
  std::vector<Vendor> vendors_;
  std::vector<std::uint16_t> onvif_ports_, rtsp_ports_, other_ports_;
};

/// nullopt: the template needs a user and password, and there are none.
std::optional<std::string> expand(std::string_view path, int channel, std::string_view user, std::string_view password);
/// RFC 3986 unreserved characters stay, all else becomes %XX.
std::string percent_encoded(std::string_view text);

}  // namespace vonggac::onvif
