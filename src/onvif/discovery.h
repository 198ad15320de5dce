/// WS-Discovery (ONVIF Core 7): the question that is sent to 239.255.255.250:3702, and what devices answer. An answer
/// is one UDP datagram that anybody on the network can send: it is shown to a person, and contacted only when the
/// person says so, at the address the datagram came from. Threads  plain values. Errors   read_probe_matches(): nothing
/// where nothing can be read.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace vonggac::onvif {

constexpr std::uint16_t kDiscoveryPort = 3702;
inline constexpr const char* kDiscoveryGroup = "239.255.255.250";
constexpr std::size_t kMaxDatagramBytes = 64U << 10;
constexpr std::size_t kMaxMatchesPerDatagram = 16;

struct DiscoveredDevice {
  std::string uuid;            ///< 36 characters, or empty
  std::string name, hardware;  ///< of the scopes
  std::string types;           ///< "dn:NetworkVideoTransmitter tds:Device"
  std::uint16_t port = 0;      ///< of the first XAddr over HTTP; 0: none
  std::string claimed_host;    ///< of that XAddr; never contacted
  bool video = false;          ///< it calls itself a NetworkVideoTransmitter
};

/// `message_id`: a UUID.
std::string probe_message(std::string_view message_id);
std::vector<DiscoveredDevice> read_probe_matches(std::string_view datagram);

}  // namespace vonggac::onvif
