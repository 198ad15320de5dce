/// Takes the answer to one HTTP/1.1 request apart (RFC 9112), as the small servers of cameras write them: bare LF, no
/// length (until the close), chunks, "100 Continue" first. Redirects are answers like any other: nobody follows them.
/// Flow     socket -> feed() until done() -> status, headers, body. on_closed() ends a body of unknown length.
/// Threads  one thread at a time.
/// Owns     what has come so far: at most kMaxHttpHeadBytes of head and kMaxHttpBodyBytes of body.
/// Errors   kDataLoss: not HTTP, or larger than that.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace vonggac::onvif {

constexpr std::size_t kMaxHttpHeadBytes = 16U << 10;
constexpr std::size_t kMaxHttpBodyBytes = 1U << 20;

class HttpReply {
 public:
  base::Status feed(std::string_view bytes);
  base::Status on_closed();
  bool done() const { return stage_ == Stage::kDone; }

  int status() const { return status_; }
  /// All values of that name, compared without case.
  std::vector<std::string> all(std::string_view name) const;
  const std::string& body() const { return body_; }
  /// The connection may serve another request.
  bool keeps_alive() const;

 private:
  enum class Stage { kHead, kBody, kUntilClose, kChunkSize, kChunk, kTrailer, kDone };
  base::Status take_head();
  base::Status take_some(bool& moved);
  base::Status begin_body();
  std::optional<std::string> line();
  base::Status add_body(std::size_t most);

  Stage stage_ = Stage::kHead;
  int status_ = 0;
  bool http_1_0_ = false;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
  std::string in_;
  std::size_t wanted_ = 0;  ///< bytes of body or chunk still to come
};

struct HttpQuestion {
  std::string host;    ///< of the Host header
  std::string target;  ///< path and query
  std::string content_type;
  std::string authorization;  ///< empty: none
  std::string body;
};
std::string write_post(const HttpQuestion& question);

}  // namespace vonggac::onvif
