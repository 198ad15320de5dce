/// Reads along while the head of a request arrives, before any parser sees it: how it ends, and what two programs may
/// understand differently. Bare line feeds, lone carriage returns, folded lines and zero bytes are how one request is
/// smuggled inside another past a proxy, so they end the connection.
/// Threads  one thread at a time.
/// Source   RFC 9112 sections 2.2, 5.1, 5.2; quality API-16.
#pragma once

#include <cstddef>
#include <string_view>

namespace vonggac::api {

class HeadWatch {
 public:
  enum class State { kMore, kWhole, kBroken };

  /// The next bytes of the connection; those after the head's end are not looked at.
  State feed(std::string_view bytes);
  std::size_t seen_bytes() const { return seen_bytes_; }

 private:
  State feed_one(char c);

  State state_ = State::kMore;
  std::size_t seen_bytes_ = 0;
  std::size_t lines_ = 0;       ///< that were not empty
  std::size_t line_bytes_ = 0;  ///< of the present line, without its end
  char before_ = '\n';
};

}  // namespace vonggac::api
