/// Camera URLs. Whatever a camera writes into Content-Base, Content-Location, a=control or Location, the host and port
/// stay those of the stored URL (the pinned ones): only the path is taken over. So no request can name, and no
/// connection can reach, another host (CAM-14).
/// Flow     StartStream.request_url -> RtspUrl; DESCRIBE answer -> base_url() -> control_urls() -> SETUP, PLAY
/// Threads  plain values.
/// Errors   kInvalidArgument for a stored URL that is not rtsp://host[:port][/...], carries userinfo or control
/// characters.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vonggac::ingest {

constexpr std::uint16_t kDefaultRtspPort = 554;  ///< RFC 2326 section 3.2

struct RtspUrl {
  std::string authority;  ///< "host" or "host:port" as written, IPv6 in brackets
  std::string host;       ///< lower case, without brackets
  std::uint16_t port = kDefaultRtspPort;
  std::string target;  ///< from the '/' on, with the query; empty if the URL ends after the authority

  std::string text() const { return "rtsp://" + authority + target; }
};
base::Result<RtspUrl> parse_rtsp_url(std::string_view text);

/// The URL that relative controls are appended to. `header` is Content-Base or Content-Location; empty, broken or
/// foreign values end up at the pinned host; an unusable one gives the request URL.
std::string base_url(const RtspUrl& request, std::string_view header);

/// URLs to try for an a=control value, best first (1 or 2). First as live555 and its followers join (appended after
/// everything, the query too), as most cameras were only ever tested against those; then by RFC 3986.
std::vector<std::string> control_urls(const RtspUrl& request, const std::string& base, std::string_view control);

/// Where a 3xx points to.
struct Redirect {
  bool same_host = false;
  std::string url;  ///< set if same_host
};
Redirect resolve_redirect(const RtspUrl& request, std::string_view location);

}  // namespace vonggac::ingest
