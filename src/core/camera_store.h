/// The cameras of this node: <data>/cameras.json, with passwords and secret URLs sealed.
/// Flow     serve and the offline command line -> CameraStore -> cameras.json (tmp, fsync, rename, fsync of folder).
/// Threads  one thread at a time. Processes exclude each other by flock on <data>/cameras.lock, held for life.
/// Owns     the lock, the node key (SecretBox), the list.
/// Errors   kUnavailable: another process holds the lock. kDataLoss: the file is damaged or of a later version; the
///          sentence says where. kInvalidArgument / kNotFound for edits, which then change nothing.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "base/clock.h"
#include "base/secret.h"
#include "base/unique_fd.h"
#include "core/camera_config.h"
#include "core/secret_box.h"

namespace vonggac::core {

/// What a session needs, in clear, for the moment of handing it to a shard.
struct StreamAccess {
  std::string host;
  std::uint16_t port = 0;
  base::Secret request_url;
  std::string username;
  base::Secret password;
};

class CameraStore {
 public:
  /// Makes the data directory (0750) if there is none. Waits up to `lock_wait_ms` for the lock.
  static base::Result<std::unique_ptr<CameraStore>> open(const std::string& data_dir, const base::Clock& clock,
                                                         int lock_wait_ms);

  const std::vector<CameraConfig>& cameras() const { return cameras_; }
  /// nullptr if there is none. Valid until the next edit.
  const CameraConfig* find(const base::CameraId& id) const;

  /// camera.add of the control protocol: {name, url, sub_url?, user?, password?, sub_user?, sub_password?, SETTINGS}.
  /// `id`: the one the register has given it already. kInvalidArgument: there is a camera with it.
  base::Result<base::CameraId> add(const boost::json::object& request,
                                   const std::optional<base::CameraId>& id = std::nullopt);
  /// camera.set: any of those. sub_url null removes the sub stream.
  base::Status set(const base::CameraId& id, const boost::json::object& changes);
  base::Status remove(const base::CameraId& id);
  /// Saved only when it differs.
  base::Status remember_transport(const base::CameraId& id, media::StreamRole role, ipc::Transport transport);

  /// kNotFound: no such camera or stream.
  base::Result<StreamAccess> access(const base::CameraId& id, media::StreamRole role) const;

 private:
  CameraStore(std::string data_dir, const base::Clock& clock, SecretBox box, base::UniqueFd lock);
  base::Status load();
  base::Status save(const std::vector<CameraConfig>& cameras) const;
  base::Status commit(std::vector<CameraConfig> cameras);
  /// A copy of the list with `camera` put in the place of the one with its id, or at the end.
  std::vector<CameraConfig> with(CameraConfig camera) const;

  std::string data_dir_;
  const base::Clock& clock_;
  SecretBox box_;
  base::UniqueFd lock_;
  std::vector<CameraConfig> cameras_;
};

}  // namespace vonggac::core
