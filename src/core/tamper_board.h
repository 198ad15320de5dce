/// Which cameras do not show their view, by what the analyse shards say; kept over restarts of shards and service.
/// Flow     ipc::TamperReport, TamperView -> TamperBoard -> Router (index.db), status page. index.db -> remember()
/// Threads  bound to core's main thread.
/// Owns     each camera's view as the shard learned it, and its open tamper states.
/// Units    wall time.
#pragma once

#include <map>
#include <vector>

#include "base/bytes.h"
#include "core/router.h"
#include "ipc/messages.h"
#include "record/camera_memory.h"

namespace vonggac::core {

struct TamperView {
  ipc::TamperKind kind = ipc::TamperKind::kNone;
  base::WallTime since;
};

class TamperBoard {
 public:
  explicit TamperBoard(Router& router) : router_(router) {}
  /// What was known when the service stopped.
  void remember(const std::map<base::CameraId, record::CameraMemory>& memory);
  void on_report(const base::CameraId& camera, const ipc::TamperReport& report, base::WallTime since);
  void on_view(const base::CameraId& camera, const ipc::TamperView& view);
  /// A person took what the camera shows for its view.
  void accept(const base::CameraId& camera, base::WallTime now);
  /// Nobody looks any more: the camera is removed or paused.
  void forget(const base::CameraId& camera, base::WallTime now);
  /// What a shard that begins to look must know.
  ipc::TamperView known(const base::CameraId& camera) const;
  std::vector<TamperView> active(const base::CameraId& camera) const;

 private:
  struct Camera {
    base::Bytes view;
    std::vector<TamperView> active;
  };
  void end(const base::CameraId& id, Camera& camera, base::WallTime now, record::TamperEnd why);

  Router& router_;
  std::map<base::CameraId, Camera> cameras_;
};

}  // namespace vonggac::core
