/// Follows what changes, once for all sockets of the feed of events: the register's outbox four times a second, core's
/// status twice, the archive once; while nobody reads, not at all.
/// Flow     tick() -> news of the recorder on the shelf; FeedAsk of each reader -> FeedRounds on the pool ->
///          FeedReader::take.
/// Threads  bound to the web worker's loop; rounds and looks at the archive run on the pool, one of each at a time.
/// Errors   logged; the next round asks again from where each reader is, so nothing is lost.
#pragma once

#include <cstdint>
#include <map>
#include <memory>

#include "api/core_link.h"
#include "api/feed_rounds.h"
#include "api/file_pool.h"

namespace vonggac::api {

class FeedReader {
 public:
  virtual ~FeedReader() = default;
  /// What it wants next; `reader` and `check_standing` are filled in for it.
  virtual FeedAsk ask() = 0;
  /// May leave inside the call.
  virtual void take(FeedAnswer answer) = 0;
};

class EventFeed {
 public:
  struct Parts {
    const base::Clock& clock;
    CoreLink& core;
    FilePool& files;
    ClipSource& clips;
    gate::Office& office;
  };
  static constexpr base::Micros kRoundEvery = base::Millis(250), kStatusEvery = base::Millis(500),
                                kArchiveEvery = base::Seconds(1), kStandingEvery = base::Seconds(1);
  /// News is still collected for so long after the last reader has gone: most come back.
  static constexpr base::Micros kRemember = base::Seconds(60);

  explicit EventFeed(const Parts& parts) : parts_(parts), rounds_(std::make_shared<FeedRounds>(parts.office)) {}
  /// Borrows the reader until it leaves.
  std::uint64_t join(FeedReader& reader);
  void leave(std::uint64_t reader);
  std::size_t readers() const { return readers_.size(); }
  /// About every 100 ms.
  void tick();

 private:
  void begin_round(base::MonoTime now);
  void look_at_recorder(base::MonoTime now);
  void look_into_archive();
  void hand_out(base::Result<std::vector<FeedAnswer>>& answers);

  Parts parts_;
  std::shared_ptr<FeedRounds> rounds_;
  RecorderDesk desk_;
  NewsShelf shelf_;
  std::map<std::uint64_t, FeedReader*> readers_;
  std::uint64_t last_reader_ = 0;
  bool follows_ = false, round_under_way_ = false, archive_under_way_ = false, status_under_way_ = false;
  base::MonoTime next_round_{0}, next_status_{0}, next_archive_{0}, next_standing_{0}, read_last_{0};
};

}  // namespace vonggac::api
