/// What a person wants looked at: an address or a whole rtsp:// address, with or without a password. Read strictly; the
/// password is kept in memory for as long as the probe is, so that nobody types it twice.
/// Flow     {"address" | "url", "user", "password", "brand", "channels"} -> read_probe_request() -> ProbeRequest
/// Threads  plain values.
/// Errors   kInvalidArgument: a sentence that says how to write it and never repeats a password.
#pragma once

#include <string>

#include <boost/json.hpp>

#include "base/ids.h"
#include "base/secret.h"
#include "core/camera_url.h"
#include "onvif/vendor_table.h"

namespace vonggac::core {

constexpr std::int64_t kMaxProbeChannels = 64;

struct ProbeRequest {
  base::Uuid id;
  std::string owner;  ///< who asked; empty: the command line
  HostAndPort where;
  std::uint16_t http_port = 0, rtsp_port = 0;  ///< 0: the usual ones
  std::string shown;                           ///< the address for people
  base::Secret request_url;                    ///< rtsp://host:port/path, no userinfo; empty: only a host was given
  std::string username;
  base::Secret password;
  std::string brand;
  std::int64_t channels = 0;
};

/// Which part of a request cannot be meant; programs say it in their own words.
enum class ProbeField { kAddress, kPort, kLogin, kBrand, kChannels, kNetwork };
const char* probe_field_name(ProbeField field);

/// Ports other than those of the table are refused: a probe is no port scanner.
/// `wrong`: of what is refused.
base::Result<ProbeRequest> read_probe_request(const boost::json::object& request, const onvif::VendorTable& vendors,
                                              ProbeField* wrong = nullptr);

}  // namespace vonggac::core
