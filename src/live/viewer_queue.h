/// What one viewer's socket has still to send: bounded by bytes and by age, so that a slow viewer costs neither
/// memory nor anybody else's picture. It holds encoded units (shared, not copied) and is muxed when taken out.
/// Flow     api::LiveHub -> push_*() -> pop() -> TileMuxer -> WebSocket -> sent()
/// Threads  bound to the web worker's loop.
/// Owns     references to shared payloads, nothing else.
/// Errors   none; what could not be kept is counted. A viewer for which must_cut() is true is to be disconnected.
/// Drop rule  over a limit, each tile first loses what stands before its newest key frame; if that is not enough
///          every unit goes and each tile waits for its next key frame.
/// Units    bytes, microseconds of the monotonic clock.
/// Source   2 MB, 2 s and 10 s: quality goals LIV-02 and G26.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "base/units.h"
#include "media/access_unit.h"

namespace vonggac::live {

struct QueueLimits {
  std::size_t max_bytes = 2U << 20;            ///< queued units; one larger unit passes when it is alone
  base::Micros max_age = base::Seconds(2);     ///< of the oldest queued unit
  base::Micros cut_after = base::Seconds(10);  ///< without one finished write
  std::size_t max_texts = 256;                 ///< replies a viewer may leave unread
};

enum class ItemKind : std::uint8_t { kText, kParameters, kUnit };

struct QueueItem {
  ItemKind kind = ItemKind::kText;
  std::uint8_t tile = 0;
  std::string text;                                          ///< kText
  std::shared_ptr<const media::TrackParameters> parameters;  ///< kParameters
  media::AccessUnit unit;                                    ///< kUnit
  bool after_drop = false;                                   ///< kUnit: units before it were dropped
  base::MonoTime queued;
};

struct QueueStats {
  std::uint64_t units_sent = 0;
  std::uint64_t units_dropped = 0;
  std::uint64_t drop_events = 0;  ///< times a limit was passed
};

class ViewerQueue {
 public:
  explicit ViewerQueue(const QueueLimits& limits) : limits_(limits) {}

  void push_text(std::uint8_t tile, std::string text, base::MonoTime now);
  void push_parameters(std::uint8_t tile, std::shared_ptr<const media::TrackParameters> parameters, base::MonoTime now);
  /// Units of a tile before its first key frame are passed over.
  void push_unit(std::uint8_t tile, const media::AccessUnit& unit, base::MonoTime now);
  /// The next thing to send, or nothing. Until sent() it counts as being written.
  std::optional<QueueItem> pop(base::MonoTime now);
  void sent(base::MonoTime now);
  /// The tile is closed or paused: its media goes; texts stay.
  void forget_tile(std::uint8_t tile);

  bool must_cut(base::MonoTime now) const;
  std::size_t queued_bytes() const { return unit_bytes_; }
  bool empty() const { return items_.empty(); }
  const QueueStats& stats() const { return stats_; }

 private:
  bool over_limits(base::MonoTime now) const;
  void enforce(base::MonoTime now);
  void keep_from_newest_keys();
  void drop_all_units();
  void note_waiting(base::MonoTime now);

  QueueLimits limits_;
  std::deque<QueueItem> items_;
  std::size_t unit_bytes_ = 0;
  std::size_t texts_ = 0;
  std::set<std::uint8_t> streaming_;             ///< tiles whose key frame came; the others wait for one
  std::set<std::uint8_t> had_drop_;              ///< the tile's next kept unit is marked after_drop
  std::optional<base::MonoTime> waiting_since_;  ///< last progress while there was something to send
  bool writing_ = false;
  QueueStats stats_;
};

}  // namespace vonggac::live
