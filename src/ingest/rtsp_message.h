/// RTSP/1.0 text messages (RFC 2326 section 4 ff.): parsing of one complete head, and writing of requests and answers.
/// Flow     socket -> RtspDemuxer -> RtspMessage -> RtspSession -> write_request() -> socket
/// Threads  plain values.
/// Errors   kInvalidArgument where the first line is neither a request nor a response. Everything else is tolerated:
///          cameras send lower-case names, blanks before ':', bare LF, folded and senseless lines.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::ingest {

constexpr std::size_t kMaxHeadBytes = 64U << 10;   ///< first line and headers; real ones are below 2 kB
constexpr std::size_t kMaxBodyBytes = 256U << 10;  ///< an SDP with long sprop sets is below 4 kB
constexpr std::size_t kMaxHeaderFields = 256;

struct HeaderField {
  std::string name;   ///< as sent, trimmed
  std::string value;  ///< trimmed
};

/// A response (status != 0) or a request of the camera (method set).
struct RtspMessage {
  int status = 0;
  std::string reason;
  std::string method;
  std::vector<HeaderField> headers;
  std::string body;

  bool is_response() const { return status != 0; }
  /// First field of that name, compared without case; nullptr if absent.
  const std::string* find(std::string_view name) const;
  /// All fields of that name in order.
  std::vector<std::string> all(std::string_view name) const;
};

/// First line and header fields, with or without the blank line at the end.
base::Result<RtspMessage> parse_head(std::string_view head);

/// Content-Length as sent: absent, or not a number -> -1.
std::int64_t content_length(const RtspMessage& message);

/// A request of ours. CSeq goes out first: some recorders answer 400 if it does not follow the request line.
struct RtspRequest {
  std::string method;
  std::string url;
  std::uint32_t cseq = 0;
  std::string authorization;  ///< whole value; empty = none
  std::string session;        ///< id without parameters; empty = none
  std::vector<std::pair<std::string, std::string>> headers;
};
void write_request(const RtspRequest& request, base::Bytes& out);
/// Our answer to a request of the camera. `cseq` is what the camera sent; anything but digits is left out.
void write_answer(int status, std::string_view cseq, std::string_view session, base::Bytes& out);

// ---- text, without locale -----------------------------------------------------------------------------

std::string_view trim(std::string_view text);  ///< blanks, tabs, CR, LF, NUL at both ends
bool equal_no_case(std::string_view a, std::string_view b);
bool starts_with_no_case(std::string_view text, std::string_view prefix);
std::string lower_case(std::string_view text);
/// Whole text is a decimal number up to 2^32-1 (blanks around it allowed); -1 otherwise.
std::int64_t parse_decimal(std::string_view text);
/// Camera text for people: printable ASCII, at most max_chars; the rest becomes '?' or is cut.
std::string printable(std::string_view text, std::size_t max_chars = 80);

}  // namespace vonggac::ingest
