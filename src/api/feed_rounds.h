/// The feed of events without its sockets: what each reader is to be sent next, of the register's outbox and of the
/// recorder's news, decided for the moment at which it is read.
/// Flow     EventFeed (loop) -> FeedAsk of each reader -> FeedRounds::take (pool, one read) -> FeedAnswer -> socket.
///          Readers at the same place share one page of the outbox, one look at each thing and at each person.
/// Threads  take(): one thread at a time.
/// Errors   those of the store: then nobody is sent anything, and the next round asks again from where each reader is.
/// Limits   kPage messages a reader and round; a reader more than kMostBehind numbers behind is told of the gap.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "api/feed_command.h"
#include "api/feed_position.h"
#include "api/recorder_news.h"
#include "gate/audience.h"
#include "gate/office.h"
#include "store/outbox.h"

namespace vonggac::api {

struct FeedAsk {
  std::uint64_t reader = 0;
  std::uint64_t turn = 0;  ///< given back: an answer to what was asked before a new subscription is of no use
  gate::Credentials credentials;
  FeedCommand wanted;
  std::optional<FeedPosition> at;  ///< none: from now on
  std::size_t room = 0;            ///< messages it can take; at most kPage are given
  bool missed_while_locked = false;
  bool check_standing = false;  ///< also when there is nothing to tell
};

struct FeedMessage {
  FeedPosition position;  ///< where a reader is once it has it
  std::string text;
  std::string state;  ///< a later message of the same one says all that this does; empty: each counts
};

struct FeedAnswer {
  std::uint64_t reader = 0, turn = 0;
  std::vector<FeedMessage> messages;
  FeedPosition at;
  bool missed_while_locked = false;
  std::optional<gate::Refusal> ended;  ///< nobody may read on
};

class FeedRounds {
 public:
  static constexpr std::size_t kPage = 128;
  static constexpr std::int64_t kMostBehind = 10'000;

  explicit FeedRounds(gate::Office& office) : office_(office) {}
  base::Result<std::vector<FeedAnswer>> take(const std::vector<FeedAsk>& asks, const NewsShelf& news);

 private:
  gate::Office& office_;
};

/// {"id","at","topic":"feed.gap","data":{"of","reason"}}: something between was not told.
std::string feed_gap_text(const FeedPosition& position, base::WallTime at, std::string_view of,
                          std::string_view reason);
/// The subscription begins here.
std::string feed_ready_text(const FeedPosition& position, base::WallTime at);
std::string feed_heartbeat_text(const FeedPosition& position, base::WallTime at);
std::string feed_error_text(const std::string& detail);

}  // namespace vonggac::api
