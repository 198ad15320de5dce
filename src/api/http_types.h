/// The request and the answer as the routes see them: no HTTP library in sight, so that every route is a plain
/// function of values in the tests.
/// Threads  values; BodySource::read is called on the file pool, one call at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "catalogue/problems.h"
#include "gate/refusal.h"

namespace vonggac::gate {
class Permit;
}

namespace vonggac::api {

struct HttpRequest {
  std::string method;
  std::string target;  ///< origin form, as received
  std::string host;
  std::string origin;
  std::string range;
  std::string if_range;
  std::string if_none_match;
  std::string if_match;
  std::string idempotency_key;
  std::string fetch_site;  ///< Sec-Fetch-Site
  std::string fetch_mode;  ///< Sec-Fetch-Mode
  std::string authorization;
  std::string cookie;
  std::string content_type;
  std::string accept_language;
  std::string body;
  std::string address;   ///< of the client, from the connection: no header is believed
  bool upgrade = false;  ///< asks for a WebSocket
  bool secure = false;   ///< came over TLS
};

/// A body that is read piece by piece while it is sent.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t size_bytes() const = 0;
  /// Exactly the bytes [offset, offset + size). kDataLoss or kUnavailable when they cannot be had any more.
  virtual base::Result<base::Bytes> read(std::uint64_t offset, std::size_t size) = 0;
};

struct HttpReply {
  unsigned status = 200;
  std::string content_type;
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<const std::string> body;
  std::shared_ptr<BodySource> source;          ///< instead of body: bytes [first, first + length)
  std::shared_ptr<const gate::Permit> permit;  ///< of the source: no longer valid, nothing more is sent
  std::uint64_t first = 0;
  std::uint64_t length = 0;
  bool unknown_field = false;  ///< refused for a field that the form does not have: somebody tries what is there

  std::uint64_t content_length() const { return source ? length : (body ? body->size() : 0); }
};

using ReplySink = std::function<void(HttpReply)>;

const char* reason_phrase(unsigned status);
HttpReply text_reply(unsigned status, std::string content_type, std::string body);
HttpReply json_reply(std::string body);
/// RFC 9457. The sentences are our own: never text of the request or of the operating system. `detail` is the English
/// one, `sentence` holds both; `code` is for programs.
HttpReply problem_reply(unsigned status, const catalogue::Sentence& sentence, std::string_view code = "");
/// 422 with all that is wrong with a form: rule, field, both sentences.
HttpReply problems_reply(const catalogue::Problems& problems);
/// Too many requests wait for the pool.
HttpReply busy_reply();
HttpReply refusal_reply(const gate::Refusal& refusal);
/// The status that fits an error; its message stays inside. `incident` stands in the log beside that message, so that
/// who is told of the reply finds it.
HttpReply problem_reply(const base::Status& status, std::string_view incident = "");

/// Status line and header fields of an answer, ready to send; adds what every answer carries (security headers).
std::string render_head(const HttpReply& reply, bool keep_alive);

}  // namespace vonggac::api
