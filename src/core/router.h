/// The route thread: takes access units out of the shards' rings and gives them to the recorder, the analyse shards
/// and live viewers. The only thread that touches the Recorder's cameras.
/// Flow     shard ring -> meter -> CameraRecorder ; -> analyse ring ; -> live sink.
/// Threads  own thread "core-route". All public functions are thread-safe: they post to it. views() copies.
/// Owns     the thread and its loop; rings are shared with core's main thread.
/// Errors   a ring whose producer broke the format is reported through on_broken_shard and not read again.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "core/alarm_watch.h"
#include "core/event_loop.h"
#include "core/stream_meter.h"
#include "core/views.h"
#include "ipc/shm_ring.h"
#include "record/recorder.h"

namespace vonggac::core {

/// What the main thread wants to know; called on the route thread, must only post.
struct RouterHooks {
  std::function<void(std::uint32_t shard)> on_broken_shard;
  std::function<void(ipc::Message)> on_live;  ///< LiveParameters, LiveUnit: for the web process
};

struct CameraMediaView {
  std::array<MeterView, 2> meters;  ///< by role
  record::CameraRecordState record;
};

class Router {
 public:
  Router(const base::Clock& clock, record::Recorder& recorder, RouterHooks hooks);
  ~Router();
  base::Status start();
  /// Drains every ring once more, seals all recordings with `cause`, joins the thread.
  void stop(record::GapCause cause, std::int64_t deadline_us);

  void add_camera(const base::CameraId& camera, const record::RecordPolicy& policy);
  void set_policy(const base::CameraId& camera, const record::RecordPolicy& policy);
  void remove_camera(const base::CameraId& camera, record::GapCause cause);

  void attach_shard(std::uint32_t shard, std::shared_ptr<ipc::ShmRing> ring);
  /// Reads what is left in the ring first.
  void detach_shard(std::uint32_t shard);
  void bind_stream(std::uint32_t shard, std::uint16_t slot, std::uint32_t generation, const base::CameraId& camera,
                   media::StreamRole role);
  /// Reads what is left of it first; then the recorder hears that the stream is gone.
  void end_stream(std::uint32_t shard, std::uint16_t slot, std::uint32_t generation, record::GapCause cause,
                  const std::string& detail);
  /// A stream that never came (no session yet).
  void report_absent(const base::CameraId& camera, media::StreamRole role, record::GapCause cause,
                     const std::string& detail);
  void set_camera_offset(const base::CameraId& camera, std::int64_t offset_us);

  /// From now on units of this stream also go to that analyse shard's ring under that slot.
  void analyse(const base::CameraId& camera, media::StreamRole role, std::shared_ptr<ipc::ShmRing> ring,
               std::uint16_t slot, std::uint32_t generation);
  void stop_analysing(const base::CameraId& camera);
  void on_motion(const base::CameraId& camera, const ipc::MotionReport& report, const std::optional<Alarm>& alarm);
  void on_tamper(const base::CameraId& camera, const record::TamperChange& change);
  void keep_view(const base::CameraId& camera, const base::Bytes& view);
  void on_motion_grid(const base::CameraId& camera, const ipc::MotionGrid& grid);

  void subscribe_live(std::uint32_t subscription, const base::CameraId& camera, media::StreamRole role);
  void unsubscribe_live(std::uint32_t subscription);
  void confirm_age_deletion();

  std::map<base::CameraId, CameraMediaView> views() const;  ///< at most half a second old

 private:
  struct Analysis {
    std::shared_ptr<ipc::ShmRing> ring;
    std::uint16_t slot = 0;
    std::uint32_t generation = 0;
    media::StreamRole role = media::StreamRole::kSub;
    bool wait_for_key = true;  ///< at the start and after units had to be dropped
  };
  struct Stream {
    StreamMeter meter;
    media::TrackParameters parameters;   ///< video, of the running session
    std::vector<media::AccessUnit> gop;  ///< since the last key frame, for a viewer's first picture
    std::size_t gop_bytes = 0;
    bool gop_whole = false;
  };
  struct Camera {
    record::CameraRecorder* recorder = nullptr;
    std::array<Stream, 2> streams;
    std::unique_ptr<Analysis> analysis;
    std::unique_ptr<record::MotionEvent> open_motion;
  };
  struct Binding {
    bool bound = false;
    base::CameraId id;
    Camera* camera = nullptr;  ///< in cameras_, whose elements do not move; null while there is no such camera
    media::StreamRole role = media::StreamRole::kMain;
    std::uint32_t generation = 0;
  };
  struct Shard {
    std::shared_ptr<ipc::ShmRing> ring;
    std::array<Binding, ipc::kMaxSlots> slots;
    bool broken = false;
  };
  struct Viewer {
    base::CameraId camera;
    media::StreamRole role = media::StreamRole::kSub;
  };

  void drain(std::uint32_t shard_id);
  void take(Shard& shard, ipc::Message message);
  Binding* binding_of(Shard& shard, std::uint16_t slot, std::uint32_t generation);
  void on_parameters(const Binding& binding, const ipc::MediaParameters& message);
  void on_unit(const Binding& binding, const media::AccessUnit& unit);
  void keep_gop(Stream& stream, const media::AccessUnit& unit);
  void to_analysis(Camera& camera, const media::AccessUnit& unit);
  void to_viewers(const base::CameraId& camera, media::StreamRole role, const media::AccessUnit& unit);
  void ring_analysis_bells();
  /// Points the bindings of a camera to it, or to nothing.
  void point_bindings(const base::CameraId& id, Camera* camera);
  void end_motion(Camera& camera);
  void lost(const base::CameraId& camera, media::StreamRole role, record::GapCause cause, const std::string& detail);
  void tick();
  void publish_views();

  const base::Clock& clock_;
  record::Recorder& recorder_;
  RouterHooks hooks_;
  std::unique_ptr<EventLoop> loop_;
  std::thread thread_;
  std::unordered_map<base::CameraId, Camera> cameras_;
  std::unordered_map<std::uint32_t, Shard> shards_;
  std::unordered_map<std::uint32_t, Viewer> viewers_;
  std::vector<std::shared_ptr<ipc::ShmRing>> bells_due_;  ///< analyse rings that got units in this turn
  base::MonoTime turn_began_;
  base::MonoTime next_publish_;
  mutable std::mutex views_mutex_;
  std::map<base::CameraId, CameraMediaView> views_;
};

}  // namespace vonggac::core
