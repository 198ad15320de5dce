/// Keeps other web sites away: only requests addressed to one of our own names and our port, and only those that our
/// own page makes.
/// Threads  stateless.
/// Source   DNS rebinding: a foreign name that resolves to our address arrives with that name in Host. Cross-site
///          requests: Origin (RFC 6454) and Fetch Metadata (W3C) tell them apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/http_types.h"

namespace vonggac::api {

/// How we are reached.
struct OwnAddress {
  std::uint16_t port = 0;
  bool secure = false;             ///< TLS
  bool loopback_only = true;       ///< else literal addresses are ours too: no name can be turned to them
  std::vector<std::string> names;  ///< of this machine, lower case; with TLS those of the certificate
};

/// localhost, 127.0.0.0/8 or [::1], a literal address or one of our names, with exactly our port (which may be left out
/// where it is the usual one).
bool is_own_host(std::string_view host, const OwnAddress& own);
/// The Origin header names the same scheme, host and port as the Host header.
bool is_same_origin(std::string_view origin, std::string_view host, bool secure);
/// Whether a browser says that another site made the request. A person following a link to the page is let in.
bool is_cross_site(const HttpRequest& request);

}  // namespace vonggac::api
