/// RTSP requests as a server reads them (RFC 2326), and its replies.
/// Threads  pure functions.
/// Errors   a request over kMaxRequestBytes or without a request line is kBad.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "media/access_unit.h"

namespace vonggac::camsim {

inline constexpr std::size_t kMaxRequestBytes = 16 * 1024;

struct RtspRequest {
  std::string method;
  std::string uri;
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string_view header(std::string_view lower_case_name) const;
};

enum class ParseOutcome { kNeedMore, kBad, kRequest };
struct ParsedRequest {
  ParseOutcome outcome = ParseOutcome::kNeedMore;
  std::size_t consumed_bytes = 0;  ///< header and body
  RtspRequest request;
};
ParsedRequest parse_request(std::string_view buffer);

struct RtspReply {
  int code = 200;
  std::string reason = "OK";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  void add(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
  std::string to_text(std::string_view line_end = "\r\n") const;
};

/// What a URL of ours names. rtsp://host/NAME/main[/trackID=0], or the Xiongmai form
/// rtsp://host/user=U&password=P&channel=1&stream=0.sdp (channel 1 = first camera, stream 0 = main).
struct RtspTarget {
  std::string camera;  ///< empty if named by `channel`
  int channel = 0;     ///< 1-based; 0 if named by `camera`
  media::StreamRole role = media::StreamRole::kMain;
  int track = -1;  ///< -1: the whole presentation
  std::string path_user;
  std::string path_password;
};
std::optional<RtspTarget> parse_target(std::string_view uri);

/// What a Transport header asks for; the first alternative that this server knows.
struct TransportRequest {
  bool tcp = false;
  int interleaved_rtp = -1;
  int interleaved_rtcp = -1;
  std::uint16_t client_rtp_port = 0;
  std::uint16_t client_rtcp_port = 0;
};
std::optional<TransportRequest> parse_transport(std::string_view header, bool allow_tcp, bool allow_udp);

/// Text tools of the RTSP side.
std::string to_lower(std::string_view text);
std::string_view trimmed(std::string_view text);

}  // namespace vonggac::camsim
