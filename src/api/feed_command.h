/// What somebody says on the socket of the feed of events (docs/reference/http-api.md), and which messages that lets
/// through. What they may hear is another question (gate::Audience).
/// Threads  plain values.
/// Errors   kInvalidArgument, with what is wrong, for anything that is not our command.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/feed_position.h"
#include "base/ids.h"
#include "base/result.h"

namespace vonggac::api {

struct FeedCommand {
  static constexpr std::size_t kMostTopics = 32, kMostIds = 256;
  std::vector<std::string> topics;  ///< beginnings of names, "camera" for "camera.changed"; none: all
  std::vector<base::Uuid> areas;    ///< things that lie in one of these, or
  std::vector<base::Uuid> cameras;  ///< are one of these; none of both: everywhere
  std::optional<FeedPosition> after;

  bool wants_topic(std::string_view topic) const;
  bool asks_for_places() const { return !areas.empty() || !cameras.empty(); }
  /// `lineage`: the areas that the thing lies in.
  bool wants_place(const base::Uuid& subject, const std::vector<base::Uuid>& lineage) const;
};

/// {"op":"subscribe","topics":[...],"areas":[...],"cameras":[...],"after":"..."}
base::Result<FeedCommand> parse_feed_command(std::string_view text);

}  // namespace vonggac::api
