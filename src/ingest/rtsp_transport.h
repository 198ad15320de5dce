/// The Transport and Session headers of RFC 2326 (12.39, 12.37): what we ask for, and what cameras answer.
/// Threads  plain values.
/// Errors   none: whatever cannot be read counts as not said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace vonggac::ingest {

/// A Transport answer. Addresses in it (source=, destination=) are not even parsed: the camera's address is pinned.
struct TransportAnswer {
  bool says_tcp = false;  ///< "RTP/AVP/TCP"
  bool says_multicast = false;
  std::optional<std::pair<std::uint8_t, std::uint8_t>> interleaved;
  std::optional<std::pair<std::uint16_t, std::uint16_t>> server_port;  ///< RTP, RTCP
};
TransportAnswer parse_transport(std::string_view value);

std::string tcp_transport(std::uint8_t first_channel);
std::string udp_transport(std::uint16_t rtp_port, std::uint16_t rtcp_port);

struct SessionHeader {
  std::string id;              ///< printable, without blanks; empty if unusable
  std::int64_t timeout_s = 0;  ///< 0 if not said
};
SessionHeader parse_session(std::string_view value);

}  // namespace vonggac::ingest
