/// The ingest shards and the streams they read: who connects when, in which process, and what became of it.
/// Flow     cameras -> StreamController says when -> Connector -> shard (StartStream with the socket) -> Router reads
///          the shard's ring. A shard that dies is replaced at once; the camera whose bytes it had in hand moves to a
///          quarantine shard of its own.
/// Threads  bound to core's main thread.
/// Owns     the shard processes and the controllers. Borrows everything given to create(); all outlive the pool.
/// Errors   none outwards: everything becomes a stream's state and reason.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/camera_store.h"
#include "core/config.h"
#include "core/connector.h"
#include "core/event_loop.h"
#include "core/loss_watch.h"
#include "core/router.h"
#include "core/stream_controller.h"
#include "core/views.h"
#include "core/worker_process.h"

namespace vonggac::core {

class IngestPool {
 public:
  IngestPool(EventLoop& loop, const base::Clock& clock, const ServiceConfig& config, CameraStore& store,
             Router& router);
  ~IngestPool();

  void add_camera(const CameraConfig& camera);
  void remove_camera(const base::CameraId& camera);
  /// Settings changed: `reconnect` ends the sessions and opens them anew; else they go on.
  void update_camera(const CameraConfig& camera, bool reconnect);
  void set_watched(const base::CameraId& camera, media::StreamRole role, bool watched);
  /// Every 100 ms.
  void tick();
  /// Tells every camera goodbye and the shards to end.
  void stop();

  /// The route thread found that shard's ring broken.
  void end_shard_of_ring(std::uint32_t ring_id);

  std::vector<StreamView> streams(const base::CameraId& camera) const;
  std::vector<ProcessView> processes() const;

 private:
  struct Shard;
  struct Stream {
    base::CameraId camera;
    media::StreamRole role = media::StreamRole::kMain;
    StreamController controller;
    std::uint64_t connect_attempt = 0;  ///< 0: none under way
    base::MonoTime connect_began;
    ConnectOutcome waiting;  ///< connected, waiting for a handshake place
    bool has_waiting = false;
    PinnedAddress address;
    Shard* shard = nullptr;
    std::uint16_t slot = 0;
    bool watched = false;
    bool want_audio = false;
    ipc::StreamStats stats;
    LossWatch loss;
    std::array<std::array<base::UniqueFd, 2>, 2> udp;  ///< our copies, by track, until the session ends
  };
  struct Camera {
    std::array<std::unique_ptr<Stream>, 2> streams;  ///< by role
    Shard* shard = nullptr;
    std::uint16_t camera_slot = 0;
  };

  Shard* shard_for_new_camera();
  Shard* make_shard(bool quarantine);
  base::Status start_process(Shard& shard);
  void place_camera(const base::CameraId& id, Camera& camera, Shard& shard);
  void leave_shard(Camera& camera);
  void make_stream(const CameraConfig& config, Camera& camera, media::StreamRole role);
  void begin_connect(Stream& stream);
  void open_connection(Stream& stream, const StreamAccess& access);
  void on_connected(const base::CameraId& camera, media::StreamRole role, ConnectOutcome outcome);
  void start_session(Stream& stream);
  void end_session(Stream& stream, ipc::StreamReason reason, const std::string& detail, bool tell_shard);
  void on_shard_event(Shard& shard);
  void on_shard_message(Shard& shard, ipc::Received received);
  void on_shard_death(Shard& shard, const std::string& how);
  void kill_shard(Shard& shard, const std::string& why);
  void on_udp_request(Stream& stream, const ipc::UdpRequest& request);
  void on_udp_connect(Stream& stream, const ipc::UdpConnect& request);
  void on_stats(Stream& stream, const ipc::StreamStats& stats);
  Stream* stream_of(Shard& shard, std::uint16_t slot, std::uint32_t generation);
  Stream* find(const base::CameraId& camera, media::StreamRole role);
  std::size_t places_taken(base::MonoTime now) const;
  /// Gives free handshake places to who waits longest; main streams first, they are what is recorded.
  void fill_places();
  void drop_empty_quarantine_shards();
  void send(Shard& shard, const ipc::Message& message, std::vector<base::UniqueFd> fds = {});

  EventLoop& loop_;
  const base::Clock& clock_;
  const ServiceConfig& config_;
  CameraStore& store_;
  Router& router_;
  Connector connector_;
  std::map<base::CameraId, Camera> cameras_;
  std::vector<std::unique_ptr<Shard>> shards_;
  std::uint32_t next_index_ = 0;
  std::uint32_t next_ring_id_ = 1;
  std::uint32_t next_generation_ = 1;
  bool stopping_ = false;
};

/// What a lost stream means for the recording.
record::GapCause gap_cause_of(ipc::StreamReason reason);

}  // namespace vonggac::core
