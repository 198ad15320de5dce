/// Everything that is simulated: the cameras, the connections to them, and the sockets they share.
/// Flow     listening socket -> Connection -> Camera; control socket -> Camera
/// Threads  bound to the reactor's thread.
/// Owns     cameras and connections. A dead connection is freed after the current round of events.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <netinet/in.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "camsim/camera.h"
#include "camsim/connection.h"
#include "camsim/options.h"
#include "camsim/packet_out.h"
#include "camsim/reactor.h"
#include "camsim/rtsp_message.h"

namespace vonggac::camsim {

class World final : public Reactor::Handler {
 public:
  using Clips = std::map<std::string, std::shared_ptr<const Clip>>;
  /// Loads the files, binds the ports, starts the cameras. `loaded` stands in for files of these names.
  static base::Result<std::unique_ptr<World>> create(Reactor& reactor, Options options, Clips loaded = {});
  ~World() override;

  const Options& options() const { return options_; }
  Reactor& reactor() { return reactor_; }
  const UdpPorts& udp_ports() const { return udp_; }
  std::uint16_t port() const { return port_; }
  std::uint64_t random() { return random_(); }

  const std::vector<std::unique_ptr<Camera>>& cameras() const { return cameras_; }
  Camera* find_camera(const RtspTarget& target);
  /// Files are read once.
  base::Result<std::shared_ptr<const Clip>> clip(const std::string& path);

  /// Calls each(Connection&) for the live connections of a camera.
  template <typename Each>
  void for_connections_of(const Camera& camera, Each each) {
    for (const auto& [id, connection] : connections_) {
      if (connection->camera() == &camera && !connection->dead()) each(*connection);
    }
  }
  /// The connection is dead: it goes after the current round.
  void bury(std::uint64_t connection_id);

 private:
  class UdpDrain;

  World(Reactor& reactor, Options options);
  base::Status make_cameras();
  base::Status open_sockets();
  void on_events(std::uint32_t events) override;  ///< somebody connects
  void housekeeping();
  void keep_alive(const sockaddr_in& rtcp_peer);

  Reactor& reactor_;
  Options options_;
  std::mt19937_64 random_;
  Clips clips_;
  std::vector<std::unique_ptr<Camera>> cameras_;
  std::map<std::string, Camera*, std::less<>> by_name_;
  base::UniqueFd listener_;
  std::uint16_t port_ = 0;
  UdpPorts udp_;
  std::unique_ptr<UdpDrain> rtp_drain_;
  std::unique_ptr<UdpDrain> rtcp_drain_;
  std::uint64_t next_connection_id_ = 1;
  std::map<std::uint64_t, std::unique_ptr<Connection>> connections_;
};

}  // namespace vonggac::camsim
