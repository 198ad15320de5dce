#include "ingest/rtsp_transport.h"

#include <algorithm>

#include <fmt/format.h>

#include "ingest/rtsp_message.h"

namespace vonggac::ingest {
namespace {

constexpr std::size_t kMaxSessionIdChars = 256;
constexpr std::int64_t kMaxTimeoutS = 86'400;

/// "0-1", or "0" alone, which stands for 0 and 1.
std::optional<std::pair<std::int64_t, std::int64_t>> parse_range(std::string_view text, std::int64_t max) {
  text = trim(text);
  const std::size_t dash = text.find('-');
  const std::int64_t first = parse_decimal(text.substr(0, dash));
  std::int64_t second = dash == std::string_view::npos ? first + 1 : parse_decimal(text.substr(dash + 1));
  if (first < 0 || first > max) return std::nullopt;
  if (second < 0 || second > max) second = std::min(first + 1, max);
  return std::pair(first, second);
}

void read_part(std::string_view part, TransportAnswer& answer) {
  const std::size_t equals = std::min(part.find('='), part.size());
  const std::string name = lower_case(trim(part.substr(0, equals)));
  const std::string_view value = part.substr(std::min(equals + 1, part.size()));
  if (name == "interleaved") {
    if (const auto range = parse_range(value, 255)) {
      answer.interleaved.emplace(static_cast<std::uint8_t>(range->first), static_cast<std::uint8_t>(range->second));
    }
  } else if (name == "server_port") {
    const auto range = parse_range(value, 65535);
    if (range && range->first > 0) {
      answer.server_port.emplace(static_cast<std::uint16_t>(range->first), static_cast<std::uint16_t>(range->second));
    }
  } else if (name == "multicast") {
    answer.says_multicast = true;
  } else if (name.rfind("rtp/", 0) == 0 && name.find("tcp") != std::string::npos) {
    answer.says_tcp = true;
  }
}

}  // namespace

TransportAnswer parse_transport(std::string_view value) {
  // A list of alternatives has no place in an answer; the first is taken.
  value = value.substr(0, value.find(','));
  TransportAnswer answer;
  while (!value.empty()) {
    const std::size_t end = std::min(value.find(';'), value.size());
    read_part(value.substr(0, end), answer);
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  return answer;
}

std::string tcp_transport(std::uint8_t first_channel) {
  return fmt::format("RTP/AVP/TCP;unicast;interleaved={}-{}", first_channel, first_channel + 1);
}

std::string udp_transport(std::uint16_t rtp_port, std::uint16_t rtcp_port) {
  return fmt::format("RTP/AVP;unicast;client_port={}-{}", rtp_port, rtcp_port);
}

SessionHeader parse_session(std::string_view value) {
  SessionHeader session;
  const std::size_t end = std::min(value.find(';'), value.size());
  const std::string_view id = trim(value.substr(0, end));
  const bool usable =
      id.size() <= kMaxSessionIdChars && std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (usable) session.id = std::string(id);
  std::string_view rest = value.substr(end);
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t next = std::min(rest.find(';'), rest.size());
    const std::string_view part = rest.substr(0, next);
    const std::size_t equals = std::min(part.find('='), part.size());
    if (equal_no_case(trim(part.substr(0, equals)), "timeout")) {
      const std::int64_t seconds = parse_decimal(part.substr(std::min(equals + 1, part.size())));
      if (seconds > 0 && seconds <= kMaxTimeoutS) session.timeout_s = seconds;
    }
    rest.remove_prefix(next);
  }
  return session;
}

}  // namespace vonggac::ingest
