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

  /// `generation`: of the parameters the unit is coded with. `written`: it has gone to the recorder already and is
  /// kept for live viewers only.
  void push(const media::AccessUnit& unit, std::uint32_t generation, bool written);
  /// Drops GOPs that end before `horizon` (the GOP that contains it stays).
  void trim(base::MonoTime horizon);
  void clear();

  struct Taken {
    media::AccessUnit unit;
    std::uint32_t generation = 0;
  };
  /// The units to record from `target` (pre-roll) on: from the last key frame at or before it. Where RAM does not reach
  /// back to that key frame: from the first one up to `latest` (the event itself), else from the oldest unit at or
  /// after `target`, though it is not decodable. Units given out or pushed as written are not given again.
  std::vector<Taken> take_from(base::MonoTime target, base::MonoTime latest);

  /// Units since the last key frame, beginning with it; empty when its head was dropped.
  std::vector<media::AccessUnit> current_gop() const;
  bool empty() const { return gops_.empty(); }
  /// Would take_from() give something that begins with a key frame or continues what was written?
  bool has_key() const;
  base::MonoTime oldest() const { return gops_.front().units.front().capture; }
  std::uint64_t bytes() const { return bytes_.load(std::memory_order_relaxed); }

 private:
  struct Gop {
    std::vector<media::AccessUnit> units;
    std::size_t written = 0;  ///< the first so many went to the recorder
    std::uint64_t bytes = 0;
    std::uint32_t generation = 0;
    bool headless = false;  ///< does not begin with a key frame
  };
  void enforce_cap();
  void drop_front_units(Gop& gop);

  std::uint64_t max_bytes_;
  std::deque<Gop> gops_;
  std::atomic<std::uint64_t> bytes_{0};
};

}  // namespace vonggac::record
