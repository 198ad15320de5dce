/// Which addresses core may connect to as cameras. Checked on the resolved address, never on the name.
/// Threads  immutable after parse(): thread-safe.
/// Errors   kInvalidArgument naming the network that cannot be read.
/// Units    CIDR prefixes in bits. Defaults: RFC 1918, loopback, IPv6 unique local (RFC 4193).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sys/socket.h>

#include "base/result.h"

namespace vonggac::core {

class NetworkAllowList {
 public:
  NetworkAllowList();  ///< the defaults
  static std::vector<std::string> default_networks();
  /// "192.168.0.0/16", "fd00::/8", or a single address. Host bits must be zero. At most 64 networks.
  static base::Result<NetworkAllowList> parse(const std::vector<std::string>& networks);

  /// IPv4, IPv6 and IPv4-mapped IPv6 (judged as IPv4). Anything else is refused.
  bool allows(const sockaddr& address) const;
  /// A literal address; a name is not allowed.
  bool allows(std::string_view literal) const;
  /// As given to parse(), for messages.
  const std::vector<std::string>& networks() const { return texts_; }

 private:
  struct Network {
    std::array<std::uint8_t, 16> prefix{};  ///< IPv4 in the mapped form ::ffff:a.b.c.d
    std::uint8_t bits = 0;                  ///< of 128
  };
  static base::Result<Network> parse_one(const std::string& text);
  bool allows_bytes(const std::array<std::uint8_t, 16>& address) const;

  std::vector<std::string> texts_;
  std::vector<Network> networks_;
};

}  // namespace vonggac::core
