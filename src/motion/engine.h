/// The motion engine: luma pictures of one camera in, motion events out. Deterministic: the same pictures with the
/// same times give the same events, whatever the machine's load.
/// Flow     media::av decoder -> Engine::look() -> EngineOutput
/// Threads  one thread at a time; one Engine per camera.
/// Owns     background model and tracks; keeps no reference to the picture.
/// Units    times in microseconds of the caller's axis, boxes 0..1 of the picture.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ipc/messages.h"

namespace vonggac::motion {

constexpr int kGridColumns = 32, kGridRows = 18;

struct Luma {
  const std::uint8_t* data = nullptr;
  int width = 0, height = 0, stride = 0;
};
struct Box {
  float x = 0, y = 0, w = 0, h = 0;
};
struct ZonePolygon {
  std::string id;
  ipc::ZoneKind kind = ipc::ZoneKind::kDetect;
  std::vector<std::pair<float, float>> points;
};
struct EngineSettings {
  int sensitivity = 5;             ///< 1 .. 9
  std::vector<ZonePolygon> zones;  ///< none = whole picture
  bool explain = false;            ///< also fill EngineOutput::tracks and its view of the moment
};
/// What is known of something that is or was followed; for people who tune.
struct TrackNote {
  int id = 0;
  std::int64_t start_us = 0, last_us = 0;
  ipc::MotionVerdict verdict = ipc::MotionVerdict::kMoves;
  std::uint16_t fires_at = 0;  ///< bit n-1: sensitivity n would have raised an event
  int pictures = 0;
  float travel = 0, straightness = 0, area = 0, contrast = 0, brighter = 0, score = 0;  ///< as ipc::MotionCandidate
  Box box;
  std::vector<std::pair<float, float>> feet;
};
struct MovingBox {
  std::int64_t time_us = 0;
  Box box;
  float score = 0;
};
struct EngineOutput {
  bool event_active = false;
  bool event_started = false;  ///< with this picture; event_start_us says since when it moved
  bool event_ended = false;    ///< with this picture; event_end_us says when it last moved
  std::int64_t event_start_us = 0, event_end_us = 0;
  float score = 0;  ///< 0..1
  std::string zone;
  std::vector<std::string> watched;  ///< watch zones that something confirmed is in, in this picture
  ipc::MotionReason start_reason = ipc::MotionReason::kUnknown, end_reason = ipc::MotionReason::kUnknown;
  std::vector<MovingBox> boxes;   ///< confirmed tracks in this picture
  std::vector<TrackNote> ended;   ///< what was followed and is lost with this picture; not what hardly was
  std::vector<TrackNote> tracks;  ///< what is followed now; only with EngineSettings::explain, like `view`
  ipc::EngineView view;
  bool candidate = false;  ///< something changes: look at more pictures for a while
  bool shower = false;     ///< rain, snow or noise that only pictures in a row tell from what matters
  /// 32 x 18 cells of confirmed motion in this picture, row by row; the first cell is the highest bit of byte 0.
  std::array<std::uint8_t, 72> grid{};
};

class Engine {
 public:
  static std::unique_ptr<Engine> create(const EngineSettings& settings);
  virtual ~Engine() = default;
  virtual void set_settings(const EngineSettings& settings) = 0;
  /// Times must rise. After a jump of more than 10 s, or a new size, the background is learned anew.
  /// Pictures more than 700 ms apart (key frames only) cannot be followed: there an event needs a thing that was in the
  /// picture before too, at another place.
  virtual EngineOutput look(const Luma& picture, std::int64_t time_us) = 0;
  /// Whether this picture differs from the background in structure. Learns nothing and moves no clock, so that pictures
  /// from before it can still be looked at.
  virtual bool peek(const Luma& picture) = 0;
  /// look() at the very picture that peek() was given last and found nothing in: cheaper, where that is far from the
  /// one looked at before.
  virtual EngineOutput look_at_peeked(const Luma& picture, std::int64_t time_us) { return look(picture, time_us); }
  /// End of stream: closes an open event.
  virtual EngineOutput finish() = 0;
};

}  // namespace vonggac::motion
