/// The analyse shards: which camera's pictures are looked at where, and what is known of motion.
/// Flow     cameras -> AnalyseCamera to a shard, Router feeds its ring -> MotionReport, MotionGrid, Snapshot -> Router
///          (recording) and the status page.
/// Threads  bound to core's main thread.
/// Owns     the shard processes, the newest snapshot of each camera.
/// Errors   none outwards. A shard that dies costs motion of its cameras until it is back, never recording; the camera
///          whose pictures ended it waits longer each time, and after five times until its settings change (PRC-09).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "core/alarm_watch.h"
#include "core/camera_config.h"
#include "core/config.h"
#include "core/event_loop.h"
#include "core/plugin_watch.h"
#include "core/router.h"
#include "core/tamper_board.h"
#include "core/tune_log.h"
#include "core/views.h"
#include "core/worker_process.h"

namespace vonggac::core {

struct MotionView {
  bool active = false;
  std::optional<base::WallTime> last_motion;
  bool analysed = false;
  std::string trouble;  ///< why it is not analysed, or empty
  ipc::AnalyseLevel level = ipc::AnalyseLevel::kAsNeeded;
  std::optional<Alarm> alarm;  ///< of the event going on
  std::vector<TamperView> tampers;
};
struct SnapshotView {
  base::Bytes jpeg;
  base::WallTime taken;
};

class AnalysePool {
 public:
  AnalysePool(EventLoop& loop, const base::Clock& clock, const ServiceConfig& config, Router& router,
              record::Recorder& recorder);
  ~AnalysePool();
  void add_camera(const CameraConfig& camera);
  void remove_camera(const base::CameraId& camera);
  void update_camera(const CameraConfig& camera);
  void tick();
  void stop();

  MotionView motion(const base::CameraId& camera) const;
  const SnapshotView* snapshot(const base::CameraId& camera) const;
  /// Somebody looks: the next key picture becomes a fresh snapshot.
  void request_snapshot(const base::CameraId& camera);
  std::vector<ProcessView> processes() const;
  /// Every picture is looked at until then; survives a restart of the process that looks. kNotFound: no such camera.
  /// kUnavailable: it is not looked at now (it will be woken when it is).
  base::Status wake(const base::CameraId& camera, base::MonoTime until);
  /// Runs a second engine with other settings beside the camera's own until then. As wake().
  base::Status start_shadow(const base::CameraId& camera, const TuneSettings& settings, base::MonoTime until);
  /// A person says that what the camera shows now is its view. As wake().
  base::Status accept_view(const base::CameraId& camera);
  /// What was known of cameras when the service stopped; before the first add_camera().
  void remember(const std::map<base::CameraId, record::CameraMemory>& memory) { tampers_.remember(memory); }
  /// What was followed in the last hour; null for an unknown camera.
  const TuneLog* tune_log(const base::CameraId& camera) const;
  /// Plug-ins and hardware decoding, those that are configured.
  std::vector<PartView> parts() const { return plugins_.views(); }

 private:
  struct Shard {
    std::uint32_t index = 0;
    std::unique_ptr<WorkerProcess> process;
    bool ready = false;
    std::string sandbox;
    std::uint32_t restarts = 0;
    unsigned quick_deaths = 0;
    base::MonoTime started_at, restart_at;
    std::array<std::optional<base::CameraId>, ipc::kMaxSlots> slots;
    std::size_t cameras() const;
  };
  struct Camera {
    CameraConfig config;
    Shard* shard = nullptr;
    std::uint16_t slot = 0;
    std::uint32_t generation = 0;
    MotionView motion;
    std::optional<SnapshotView> snapshot;
    std::uint32_t crashes = 0;
    base::MonoTime first_crash;
    base::MonoTime banned_until;
    bool banned = false;
    TuneLog tune;
    AlarmWatch alarms;
    base::MonoTime wake_until;
    std::optional<ipc::AnalyseShadow> shadow;  ///< asked for; slot and generation are filled in when it is sent
  };

  Shard* shard_for_new_camera();
  base::Status start_process(Shard& shard);
  static bool records_on_motion(const CameraConfig& config);
  void begin(const base::CameraId& id, Camera& camera);
  void leave(Camera& camera);
  void on_shard_event(Shard& shard);
  void on_shard_message(Shard& shard, const ipc::Message& message);
  void on_shard_death(Shard& shard, const std::string& how);
  void say_trouble(const Shard& shard);
  void on_part_crash(const Shard& shard, ipc::AnalysePart part, const std::string& how);
  Camera* camera_of(Shard& shard, std::uint16_t slot, std::uint32_t generation);
  void send(Shard& shard, const ipc::Message& message);
  void on_motion_report(Camera& camera, const ipc::MotionReport& report);
  bool on_tamper_message(Shard& shard, const ipc::Message& message);
  bool on_tuning_message(Shard& shard, const ipc::Message& message);
  void send_wishes(Camera& camera);
  static bool looked_at(const Camera& camera);
  static bool same_masks(const std::vector<ipc::Zone>& a, const std::vector<ipc::Zone>& b);

  EventLoop& loop_;
  const base::Clock& clock_;
  const ServiceConfig& config_;
  Router& router_;
  record::Recorder& recorder_;
  PluginWatch plugins_;
  TamperBoard tampers_;
  std::map<base::CameraId, Camera> cameras_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::uint32_t next_generation_ = 1;
  bool stopping_ = false;
};

}  // namespace vonggac::core
