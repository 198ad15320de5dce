/// Keeps other web sites away from a page that has no accounts yet: only requests addressed to a loopback name and
/// our port, and only those that our own page makes.
/// Threads  stateless.
/// Source   DNS rebinding: a foreign name that resolves to 127.0.0.1 arrives with that name in Host. Cross-site
///          requests: Origin (RFC 6454) and Fetch Metadata (W3C) tell them apart.
#pragma once

#include <cstdint>
#include <string_view>

#include "api/http_types.h"

namespace vonggac::api {

/// localhost, 127.0.0.0/8 or [::1], with exactly this port (which may be left out when it is 80).
bool is_loopback_host(std::string_view host, std::uint16_t port);
/// The Origin header names the same scheme, host and port as the Host header.
bool is_same_origin(std::string_view origin, std::string_view host);
/// Whether a browser says that another site made the request. A person following a link to the page is let in.
bool is_cross_site(const HttpRequest& request);

}  // namespace vonggac::api
