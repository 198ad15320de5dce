/// The last seconds of one camera in RAM, GOP by GOP: pre-roll for motion mode and a first picture for live viewers.
/// Flow     CameraRecorder -> push(); take_from() when an event begins
/// Threads  bound to the route thread; bytes() may be read from anywhere.
/// Owns     references to the units it keeps, at most max_bytes of payload.
/// Rules    whole GOPs are dropped, oldest first. A single GOP above the cap loses its oldest units and is from then
///          on "headless": not decodable from its beginning, but kept rather than lost.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <vector>

#include "media/access_unit.h"

namespace vonggac::record {

class PreEventRing {
 public:
  explicit PreEventRing(std::uint64_t max_bytes) : max_bytes_(max_bytes) {}

  /// `written`: the unit has gone to the recorder already and is kept for live viewers only.
  void push(const media::AccessUnit& unit, bool written);
  /// Drops GOPs that end before `horizon` (the GOP that contains it stays).
  void trim(base::MonoTime horizon);
  void clear();

  /// The units to record for an event whose pre-roll begins at `target`: from the last key frame at or before it;
  /// where RAM does not reach back so far, from the oldest key frame; where there is none, from the oldest unit at or
  /// after `target`. Units given out or pushed as written are not given again.
  std::vector<media::AccessUnit> take_from(base::MonoTime target);

  /// Units since the last key frame, beginning with it; empty when its head was dropped.
  std::vector<media::AccessUnit> current_gop() const;
  bool empty() const { return gops_.empty(); }
  bool has_key() const;
  base::MonoTime oldest() const { return gops_.front().units.front().capture; }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Gop {
    std::vector<media::AccessUnit> units;
    std::size_t written = 0;  ///< the first so many went to the recorder
    std::uint64_t bytes = 0;
    bool headless = false;
  };
  void enforce_cap();
  void drop_front_units(Gop& gop);

  std::uint64_t max_bytes_;
  std::deque<Gop> gops_;
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace vonggac::record
