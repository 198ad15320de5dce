/// What VideoFeed and AudioFeed have in common: who listens, and when the next unit falls due.
/// Flow     Reactor timer -> feed -> WireUnit -> every UnitSink (one per session and track)
/// Threads  bound to the reactor's thread.
/// Owns     nothing of the sinks; a sink detaches itself before it goes, but not from inside on_unit().
/// Units    monotonic microseconds; time stamps in ticks of the track's RTP clock, without a session's base.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "camsim/packetiser.h"
#include "camsim/reactor.h"

namespace vonggac::camsim {

struct UnitTiming {
  std::int64_t capture_us = 0;  ///< when the camera's sensor saw it
  std::int64_t timestamp = 0;
  bool key = true;
};

class UnitSink {
 public:
  virtual ~UnitSink() = default;
  /// `unit` may be patched; it is empty when only sender reports are to go on.
  virtual void on_unit(WireUnit& unit, const UnitTiming& timing) = 0;
  virtual bool waits_for_key() const = 0;
};

/// A feed without listeners sleeps; catch_up() lets the time it slept pass.
class Feed {
 public:
  explicit Feed(Reactor& reactor) : reactor_(reactor) {}
  virtual ~Feed() { unschedule(); }
  Feed(const Feed&) = delete;
  Feed& operator=(const Feed&) = delete;

  void attach(UnitSink* sink);
  void detach(UnitSink* sink);
  std::size_t listeners() const { return sinks_.size(); }
  /// Emits everything that is due by now.
  void catch_up();

 protected:
  virtual std::int64_t next_due_us() const = 0;
  /// Emits one unit and moves on.
  virtual void emit_next() = 0;
  void deliver(WireUnit& unit, const UnitTiming& timing);
  bool anyone_waits_for_key() const;
  /// After anything that moved next_due_us().
  void reschedule();
  Reactor& reactor() { return reactor_; }

 private:
  void unschedule();

  Reactor& reactor_;
  std::vector<UnitSink*> sinks_;
  std::optional<Reactor::TimerId> timer_;
};

}  // namespace vonggac::camsim
