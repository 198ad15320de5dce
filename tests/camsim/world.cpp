#include "camsim/world.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

namespace vonggac::camsim {
namespace {

constexpr int kListenBacklog = 1024;
constexpr std::int64_t kHousekeeping_us = 1'000'000;

base::Result<base::UniqueFd> listen_tcp(in_addr address, std::uint16_t port, std::uint16_t& bound_port) {
  base::UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd.valid()) return base::from_errno(errno, "socket");
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_addr = address;
  name.sin_port = htons(port);
  socklen_t size = sizeof name;
  auto* raw = reinterpret_cast<sockaddr*>(&name);
  if (::bind(fd.get(), raw, size) < 0) return base::from_errno(errno, "bind port " + std::to_string(port));
  if (::listen(fd.get(), kListenBacklog) < 0) return base::from_errno(errno, "listen");
  ::getsockname(fd.get(), raw, &size);
  bound_port = ntohs(name.sin_port);
  return fd;
}

}  // namespace

/// Reads what receivers send to the UDP ports: hole punching is ignored, RTCP keeps the session alive.
class World::UdpDrain final : public Reactor::Handler {
 public:
  UdpDrain(World& world, int fd, bool rtcp) : world_(world), fd_(fd), rtcp_(rtcp) {}
  void on_events(std::uint32_t) override {
    std::array<std::uint8_t, 2048> buffer;
    sockaddr_in peer{};
    while (true) {
      socklen_t size = sizeof peer;
      const ssize_t got =
          ::recvfrom(fd_, buffer.data(), buffer.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&peer), &size);
      if (got < 0 && errno == ECONNREFUSED) continue;
      if (got < 0) return;
      if (rtcp_) world_.keep_alive(peer);
    }
  }

 private:
  World& world_;
  int fd_;
  bool rtcp_;
};

World::World(Reactor& reactor, Options options)
    : reactor_(reactor), options_(std::move(options)), random_(options_.seed) {}

World::~World() {
  connections_.clear();
  if (listener_.valid()) reactor_.unwatch(listener_.get());
}

base::Result<std::unique_ptr<World>> World::create(Reactor& reactor, Options options, Clips loaded) {
  std::unique_ptr<World> world(new World(reactor, std::move(options)));
  world->clips_ = std::move(loaded);
  VG_TRY(world->make_cameras());
  VG_TRY(world->open_sockets());
  world->housekeeping();
  return world;
}

base::Result<std::shared_ptr<const Clip>> World::clip(const std::string& path) {
  if (const auto known = clips_.find(path); known != clips_.end()) return known->second;
  VG_ASSIGN(auto loaded, load_clip(path));
  clips_.emplace(path, loaded);
  return loaded;
}

base::Status World::make_cameras() {
  std::vector<CameraFiles> wanted = options_.cameras;
  if (options_.repeat > 0) {
    const CameraFiles pair = wanted.front();
    wanted.assign(static_cast<std::size_t>(options_.repeat), pair);
    for (std::size_t i = 0; i < wanted.size(); ++i) wanted[i].name = "cam" + std::to_string(i);
  }
  const std::int64_t now = reactor_.now_us();
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    Camera::Setup setup;
    setup.name = wanted[i].name;
    VG_ASSIGN(setup.main, clip(wanted[i].main));
    if (!wanted[i].sub.empty()) {
      VG_ASSIGN(setup.sub, clip(wanted[i].sub));
    }
    setup.faults = options_.initial;
    setup.max_payload_bytes = options_.max_payload_bytes;
    const std::int64_t round_us = base::us_from_90k(setup.main->video.duration_90k);
    auto camera = std::make_unique<Camera>(reactor_, std::move(setup));
    // Spread over the clip, so that key frames and sending moments of many cameras do not fall together.
    const auto share = options_.repeat > 0 ? static_cast<std::int64_t>(i) : 0;
    camera->start(now, round_us * share / std::max(options_.repeat, 1));
    by_name_[camera->name()] = camera.get();
    cameras_.push_back(std::move(camera));
  }
  return {};
}

base::Status World::open_sockets() {
  VG_ASSIGN(listener_, listen_tcp(options_.listen_address, options_.listen_port, port_));
  VG_ASSIGN(udp_, UdpPorts::open(options_.listen_address));
  rtp_drain_ = std::make_unique<UdpDrain>(*this, udp_.rtp_fd(), false);
  rtcp_drain_ = std::make_unique<UdpDrain>(*this, udp_.rtcp_fd(), true);
  VG_TRY(reactor_.watch(listener_.get(), EPOLLIN, this));
  VG_TRY(reactor_.watch(udp_.rtp_fd(), EPOLLIN, rtp_drain_.get()));
  return reactor_.watch(udp_.rtcp_fd(), EPOLLIN, rtcp_drain_.get());
}

Camera* World::find_camera(const RtspTarget& target) {
  if (target.channel > 0) {
    const auto index = static_cast<std::size_t>(target.channel - 1);
    return index < cameras_.size() ? cameras_[index].get() : nullptr;
  }
  const auto found = by_name_.find(target.camera);
  return found == by_name_.end() ? nullptr : found->second;
}

void World::on_events(std::uint32_t) {
  while (true) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    base::UniqueFd fd(
        ::accept4(listener_.get(), reinterpret_cast<sockaddr*>(&peer), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!fd.valid()) return;
    const int on = 1;
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::uint64_t id = next_connection_id_++;
    auto connection = std::make_unique<Connection>(*this, id, std::move(fd), peer);
    if (connection->watch().ok()) connections_.emplace(id, std::move(connection));
  }
}

void World::bury(std::uint64_t connection_id) {
  reactor_.defer([this, connection_id] { connections_.erase(connection_id); });
}

void World::housekeeping() {
  for (const auto& [id, connection] : connections_) connection->check_timeout();
  reactor_.at(reactor_.now_us() + kHousekeeping_us, [this] { housekeeping(); });
}

void World::keep_alive(const sockaddr_in& rtcp_peer) {
  for (const auto& [id, connection] : connections_) connection->on_udp_rtcp(rtcp_peer);
}

}  // namespace vonggac::camsim
