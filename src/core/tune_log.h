/// What the engine followed in the last hour at one camera, and what other settings would have made of it.
/// Flow     ipc::MotionCandidate, ipc::MotionLive -> TuneLog -> decide() -> the reply of `motion.tune`
/// Threads  bound to core's main thread.
/// Owns     at most kMaxRecords records of the last hour.
/// Units    wall time UTC.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include <boost/json.hpp>

#include "base/units.h"
#include "ipc/messages.h"

namespace vonggac::core {

struct TuneSettings {
  std::uint8_t sensitivity = 5;
  std::vector<ipc::Zone> zones;
};

/// Something that was followed.
struct TuneRecord {
  base::WallTime start, end;
  ipc::MotionCandidate candidate;
};

/// Records that raise events, as events: what follows within a moment belongs together.
struct TuneTotals {
  std::size_t events = 0, records = 0;
  double seconds = 0;
};

class TuneLog {
 public:
  static constexpr std::size_t kMaxRecords = 2048;
  static constexpr base::Micros kKeep = base::Seconds(3600);

  void add(TuneRecord record);
  void set_live(const ipc::MotionLive& live, base::WallTime at);
  /// Settings the shadow engine runs with, and until when. Its records of before are forgotten where they differ.
  void begin_shadow(const TuneSettings& settings, base::WallTime from, base::WallTime until);

  /// The reply: totals with the settings in force (`own`) and with those `asked` for, the newest records, live figures.
  boost::json::object answer(const TuneSettings& own, const TuneSettings& asked, base::WallTime now,
                             base::Micros span) const;

 private:
  struct Shadow {
    TuneSettings settings;
    base::WallTime from, until;
  };
  struct Live {
    ipc::MotionLive message;
    base::WallTime at;
  };
  std::deque<TuneRecord> records_;  ///< by end
  std::optional<Live> live_;
  std::optional<Shadow> shadow_;
};

bool same_settings(const TuneSettings& a, const TuneSettings& b);
/// Whether the record, seen with `own` settings, would have raised an event with those `asked` for.
bool would_fire(const ipc::MotionCandidate& candidate, const TuneSettings& own, const TuneSettings& asked);
TuneTotals totals_of(const std::vector<const TuneRecord*>& firing);

}  // namespace vonggac::core
