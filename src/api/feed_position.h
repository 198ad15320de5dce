/// How far somebody has come in the feed of events: in the register's outbox, whose numbers have no holes and outlive
/// every process, and in the recorder's news, which the web process numbers and keeps for a while.
/// Threads  plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace vonggac::api {

struct FeedPosition {
  std::int64_t change = 0;           ///< number of the outbox
  std::optional<std::int64_t> news;  ///< none: whatever comes from now on
  bool operator==(const FeedPosition&) const = default;
  /// "1234-1764300000000007", or "1234".
  std::string to_string() const;
  /// Nothing for what is no position.
  static std::optional<FeedPosition> parse(std::string_view text);
};

}  // namespace vonggac::api
