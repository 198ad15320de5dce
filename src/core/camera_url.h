/// Camera addresses as people type them: taken apart strictly, with everything secret separated at once.
/// Flow     command line / web -> strip_credentials() -> CameraStore (seals) ; display_url -> people, logs, rows.
/// Threads  pure functions.
/// Errors   kInvalidArgument with a sentence that says how to write it; the sentence never repeats the input.
/// Units    none. RFC 3986 is narrowed on purpose: what two parsers could read differently is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace vonggac::core {

constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::size_t kMaxPasswordBytes = 256;
constexpr std::uint16_t kDefaultRtspPort = 554;  ///< RFC 2326 section 3.2

enum class HostKind : std::uint8_t { kIpv4, kIpv6, kName };

struct HostAndPort {
  HostKind kind = HostKind::kIpv4;
  std::string host;  ///< canonical; IPv6 without brackets; names in lower case
  std::uint16_t port = kDefaultRtspPort;
};

/// One camera address, taken apart.
struct CameraUrl {
  HostAndPort where;
  /// For people: no userinfo, secret values of path and query replaced by "***". strip_credentials() of it gives
  /// it back unchanged.
  std::string display_url;
  std::string username;   ///< of the userinfo, else of path or query; empty if none
  base::Secret password;  ///< likewise
  /// What RTSP requests name: rtsp://host:port/path?query without userinfo, byte for byte as typed otherwise.
  /// Secret because vendors put passwords into the path.
  base::Secret request_url;
  bool request_is_secret = false;  ///< display_url had to hide something of path or query
  bool holds_placeholder = false;  ///< a secret value is literally "***": somebody pasted a display URL
};

/// Takes rtsp://[user[:password]@]host[:port][/path][?query]. Also recognises credentials in Xiongmai-style paths
/// (/user=U&password=P&channel=1&stream=0.sdp?, and with '_'), in query parameters (username/password, usr/pwd,
/// loginuse/loginpas, auth, token, ...) and as name:password in a path segment or bare query.
base::Result<CameraUrl> strip_credentials(std::string_view url);

/// host, host:port, [v6]:port; the same rules as inside a camera URL.
base::Result<HostAndPort> parse_host_and_port(std::string_view text, std::uint16_t default_port);

/// "192.168.1.10:554", "[fd00::1]:554".
std::string to_string(const HostAndPort& where);

}  // namespace vonggac::core
