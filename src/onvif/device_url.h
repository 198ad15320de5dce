/// Addresses that a device gives: of its services (XAddr), of its streams. Only path, query and port are believed; the
/// host is always the one that was contacted, so that no device can send us elsewhere (API-21, CAM-14).
/// Threads  plain values.
/// Errors   nullopt: not an address of that kind, or with characters that have no place in one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vonggac::onvif {

constexpr std::size_t kMaxDeviceUrlBytes = 1024;

struct DeviceUrl {
  std::string scheme;        ///< lower case
  std::uint16_t port = 0;    ///< 0: the scheme's own
  std::string target;        ///< from the '/' on, with the query, "/" if there is none
  std::string claimed_host;  ///< as written, only to be able to say that it differs; never contacted
};
/// `scheme`: the only one that is taken: "http" or "rtsp".
std::optional<DeviceUrl> parse_device_url(std::string_view text, std::string_view scheme);

}  // namespace vonggac::onvif
