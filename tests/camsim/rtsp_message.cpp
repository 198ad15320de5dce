#include "camsim/rtsp_message.h"

#include <charconv>

namespace vonggac::camsim {
namespace {

/// Calls `each` with every piece of `text` between `separator`s.
template <typename Each>
void for_each_piece(std::string_view text, char separator, Each each) {
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    each(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

std::optional<int> to_int(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return value;
}

/// "a-b" or "a" (then b = a + 1).
bool parse_pair(std::string_view text, int& first, int& second) {
  const std::size_t dash = text.find('-');
  const auto low = to_int(text.substr(0, dash));
  if (!low) return false;
  const auto high = dash == std::string_view::npos ? std::optional<int>(*low + 1) : to_int(text.substr(dash + 1));
  if (!high || *low < 0 || *low > 65535 || *high < 0 || *high > 65535) return false;
  first = *low;
  second = *high;
  return true;
}

void parse_header_lines(std::string_view block, RtspRequest& request) {
  for_each_piece(block, '\n', [&](std::string_view line) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    request.headers.emplace_back(to_lower(trimmed(line.substr(0, colon))),
                                 std::string(trimmed(line.substr(colon + 1))));
  });
}

/// The path without scheme and authority.
std::string_view path_of(std::string_view uri) {
  const std::size_t scheme = uri.find("://");
  if (scheme != std::string_view::npos) {
    uri.remove_prefix(scheme + 3);
    const std::size_t slash = uri.find('/');
    if (slash == std::string_view::npos) return {};
    uri.remove_prefix(slash);
  }
  while (!uri.empty() && uri.front() == '/') uri.remove_prefix(1);
  return uri;
}

std::optional<RtspTarget> parse_xiongmai(std::string_view path, RtspTarget target) {
  bool stream_seen = false;
  for_each_piece(path, '&', [&](std::string_view piece) {
    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view key = piece.substr(0, equals);
    const std::string_view value = piece.substr(equals + 1);
    if (key == "user") target.path_user = value;
    if (key == "password") target.path_password = value;
    if (key == "channel") target.channel = to_int(value).value_or(0);
    if (key == "stream") {
      stream_seen = true;
      target.role = to_int(value).value_or(0) == 0 ? media::StreamRole::kMain : media::StreamRole::kSub;
    }
  });
  if (!stream_seen || target.channel < 1) return std::nullopt;
  return target;
}

std::optional<TransportRequest> parse_one_transport(std::string_view text, bool allow_tcp, bool allow_udp) {
  TransportRequest out;
  bool profile_ok = false;
  bool multicast = false;
  int first = 0;
  int second = 0;
  for_each_piece(text, ';', [&](std::string_view raw) {
    const std::string piece = to_lower(trimmed(raw));
    if (piece == "rtp/avp/tcp") {
      profile_ok = true;
      out.tcp = true;
    } else if (piece == "rtp/avp" || piece == "rtp/avp/udp") {
      profile_ok = true;
    } else if (piece == "multicast") {
      multicast = true;
    } else if (piece.starts_with("interleaved=") && parse_pair(piece.substr(12), first, second)) {
      out.interleaved_rtp = first;
      out.interleaved_rtcp = second;
    } else if (piece.starts_with("client_port=") && parse_pair(piece.substr(12), first, second)) {
      out.client_rtp_port = static_cast<std::uint16_t>(first);
      out.client_rtcp_port = static_cast<std::uint16_t>(second);
    }
  });
  if (!profile_ok || multicast) return std::nullopt;
  if (out.tcp) return allow_tcp && out.interleaved_rtp < 256 ? std::optional(out) : std::nullopt;
  return allow_udp && out.client_rtp_port != 0 ? std::optional(out) : std::nullopt;
}

}  // namespace

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.remove_suffix(1);
  return text;
}

std::string_view RtspRequest::header(std::string_view lower_case_name) const {
  for (const auto& [name, value] : headers) {
    if (name == lower_case_name) return value;
  }
  return {};
}

ParsedRequest parse_request(std::string_view buffer) {
  ParsedRequest out;
  const std::size_t crlf_end = buffer.find("\r\n\r\n");
  const std::size_t lf_end = buffer.find("\n\n");
  const std::size_t end = std::min(crlf_end, lf_end);
  if (end == std::string_view::npos) {
    if (buffer.size() > kMaxRequestBytes) out.outcome = ParseOutcome::kBad;
    return out;
  }
  const std::size_t header_bytes = end + (end == crlf_end ? 4 : 2);
  const std::size_t line_end = buffer.find('\n');
  const std::string_view line = trimmed(buffer.substr(0, line_end));
  const std::size_t first_space = line.find(' ');
  const std::size_t last_space = line.rfind(' ');
  if (first_space == std::string_view::npos || last_space == first_space ||
      line.substr(last_space + 1).substr(0, 5) != "RTSP/") {
    out.outcome = ParseOutcome::kBad;
    return out;
  }
  out.request.method = line.substr(0, first_space);
  out.request.uri = trimmed(line.substr(first_space + 1, last_space - first_space - 1));
  parse_header_lines(buffer.substr(line_end + 1, header_bytes - line_end - 1), out.request);
  const int body_bytes = to_int(out.request.header("content-length")).value_or(0);
  if (body_bytes < 0 || static_cast<std::size_t>(body_bytes) > kMaxRequestBytes) {
    out.outcome = ParseOutcome::kBad;
    return out;
  }
  const std::size_t total = header_bytes + static_cast<std::size_t>(body_bytes);
  if (buffer.size() < total) return out;
  out.consumed_bytes = total;
  out.outcome = ParseOutcome::kRequest;
  return out;
}

std::string RtspReply::to_text(std::string_view line_end) const {
  std::string out = "RTSP/1.0 " + std::to_string(code) + " " + reason;
  out += line_end;
  for (const auto& [name, value] : headers) {
    out += name + ": " + value;
    out += line_end;
  }
  if (!body.empty()) {
    out += "Content-Length: " + std::to_string(body.size());
    out += line_end;
  }
  out += line_end;
  return out + body;
}

std::optional<RtspTarget> parse_target(std::string_view uri) {
  std::string_view path = path_of(uri);
  RtspTarget target;
  if (const std::size_t at = path.rfind("trackID="); at != std::string_view::npos) {
    target.track = to_int(path.substr(at + 8)).value_or(-1);
    path = path.substr(0, at);
  }
  while (!path.empty() && path.back() == '/') path.remove_suffix(1);
  if (path.starts_with("user=")) return parse_xiongmai(path, target);
  path = path.substr(0, path.find('?'));
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos || slash == 0) return std::nullopt;
  target.camera = path.substr(0, slash);
  const std::string_view stream = path.substr(slash + 1);
  if (stream == "sub") {
    target.role = media::StreamRole::kSub;
  } else if (stream != "main") {
    return std::nullopt;
  }
  return target;
}

std::optional<TransportRequest> parse_transport(std::string_view header, bool allow_tcp, bool allow_udp) {
  std::optional<TransportRequest> found;
  for_each_piece(header, ',', [&](std::string_view alternative) {
    if (!found) found = parse_one_transport(alternative, allow_tcp, allow_udp);
  });
  return found;
}

}  // namespace vonggac::camsim
