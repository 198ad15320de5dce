/// Turns the engine's outputs of one camera into the messages core wants: event start, update, end with a thumbnail of
/// the best moment, and the motion grid of each second.
/// Flow     Engine::look() -> report() -> ipc::MotionReport, ipc::MotionGrid
/// Threads  one thread at a time.
/// Owns     the thumbnail of the open event.
/// Units    capture times on the boot's monotonic clock, microseconds.
#pragma once

#include <cstdint>
#include <functional>

#include "ipc/messages.h"
#include "motion/engine.h"

namespace vonggac::motion {

using MessageSink = std::function<void(ipc::Message)>;
/// Makes a thumbnail of the picture being reported; empty if that failed.
using ThumbnailMaker = std::function<base::Bytes()>;

class EventReporter {
 public:
  static constexpr std::int64_t kUpdateUs = 1'000'000;

  EventReporter(std::uint16_t slot, std::uint32_t generation, MessageSink sink);
  void report(const EngineOutput& output, std::int64_t time_us, const ThumbnailMaker& thumbnail);
  /// What the classifier says of the open event; of each class the best score is kept. Too late for an ended one.
  void add_label(std::uint64_t event, const media::ObjectLabel& label);
  /// Number of the open event; 0: none.
  std::uint64_t open_event() const { return is_open_ ? open_.event : 0; }
  /// The stream ends: closes what is open.
  void finish(const EngineOutput& output);

 private:
  void begin(const EngineOutput& output);
  void keep_best(const EngineOutput& output, std::int64_t time_us, const ThumbnailMaker& thumbnail);
  bool note_watched(const EngineOutput& output, std::int64_t time_us);
  void add_to_grid(const EngineOutput& output, std::int64_t time_us);
  void bridge(const EngineOutput& output, std::int64_t time_us);
  void flush_grid();
  void send(ipc::MotionPhase phase, bool with_thumbnail);

  std::uint16_t slot_;
  std::uint32_t generation_;
  MessageSink sink_;
  std::uint64_t next_event_ = 1;
  ipc::MotionReport open_;
  bool is_open_ = false;
  bool better_thumbnail_ = false;
  float best_box_score_ = 0;
  std::int64_t last_thumbnail_us_ = 0, last_sent_us_ = 0;
  ipc::MotionGrid grid_;
  bool grid_open_ = false;
};

}  // namespace vonggac::motion
