/// Tells whether a stream loses packets for so long that something should be done about it (NET-03).
/// Flow     StreamStats of the ingest shard, every 2 s -> on_stats() -> IngestPool: another transport, a sentence.
/// Threads  one thread at a time. Units percent of the packets that the camera sent.
#pragma once

#include <cstdint>
#include <deque>

#include "base/units.h"

namespace vonggac::core {

class LossWatch {
 public:
  static constexpr double kTooMuchPercent = 2;
  static constexpr double kWellAgainPercent = 1;
  static constexpr base::Micros kWindow{30'000'000};

  /// Totals of the running session.
  void on_stats(base::MonoTime now, std::uint64_t packets, std::uint64_t lost);
  /// A session began or ended: its totals begin at 0.
  void restart();

  /// Over the last half minute, or as long as the session lasts.
  double percent() const { return percent_; }
  /// More than kTooMuchPercent for half a minute, spread over at least half of it; stays true until it falls below
  /// kWellAgainPercent. A single burst, as when somebody walks through a wireless link, is not meant.
  bool too_much() const { return too_much_; }

 private:
  struct Sample {
    base::MonoTime at;
    std::uint64_t packets = 0;
    std::uint64_t lost = 0;
  };
  bool spread() const;

  std::deque<Sample> samples_;
  double percent_ = 0;
  bool too_much_ = false;
};

}  // namespace vonggac::core
