#include "core/discovery_run.h"

#include <charconv>

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>

#include "base/log.h"
#include "onvif/discovery.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::uint32_t kListenMs = 4'000;
constexpr base::Seconds kLongestRound{10};

/// Interfaces whose own address is inside a camera network; the loopback one for a simulator on this machine.
std::vector<in_addr> camera_interfaces(const NetworkAllowList& allowed, const std::string& network) {
  std::vector<in_addr> found;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return found;
  const auto only = network.empty() ? base::Result<NetworkAllowList>(allowed) : NetworkAllowList::parse({network});
  for (const ifaddrs* one = list; one != nullptr; one = one->ifa_next) {
    const bool up = one->ifa_addr != nullptr && one->ifa_addr->sa_family == AF_INET && (one->ifa_flags & IFF_UP) != 0;
    if (!up || !allowed.allows(*one->ifa_addr) || !only || !only->allows(*one->ifa_addr)) continue;
    found.push_back(reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr);
  }
  freeifaddrs(list);
  return found;
}

bool send_probe(int socket, const in_addr& to, const std::string& text) {
  sockaddr_in peer{};
  peer.sin_family = AF_INET;
  peer.sin_port = htons(onvif::kDiscoveryPort);
  peer.sin_addr = to;
  return sendto(socket, text.data(), text.size(), MSG_DONTWAIT, reinterpret_cast<const sockaddr*>(&peer), sizeof peer) >
         0;
}

/// How many questions went out.
std::size_t ask_around(int socket, const std::vector<in_addr>& interfaces, const std::vector<in_addr>& addresses,
                       const base::Clock& clock) {
  const std::string text = onvif::probe_message(base::Uuid::make_v7(clock).to_string());
  in_addr group{};
  inet_pton(AF_INET, onvif::kDiscoveryGroup, &group);
  std::size_t sent = 0;
  for (const in_addr& interface : interfaces) {
    if (setsockopt(socket, IPPROTO_IP, IP_MULTICAST_IF, &interface, sizeof interface) != 0) continue;
    // Twice: nobody repeats a datagram that is lost.
    for (int i = 0; i < 2; ++i) sent += send_probe(socket, group, text) ? 1 : 0;
  }
  for (const in_addr& address : addresses) sent += send_probe(socket, address, text) ? 1 : 0;
  return sent;
}

}  // namespace

base::Result<std::vector<in_addr>> addresses_of_network(const std::string& network) {
  const base::Status wrong = base::invalid_argument("network is written as 192.168.1.0/24, with at most 256 addresses");
  const std::size_t slash = network.find('/');
  in_addr first{};
  if (slash == std::string::npos || inet_pton(AF_INET, network.substr(0, slash).c_str(), &first) != 1) return wrong;
  int bits = 0;
  const char* end = network.data() + network.size();
  const auto [rest, error] = std::from_chars(network.data() + slash + 1, end, bits);
  if (error != std::errc() || rest != end || bits < 24 || bits > 32) return wrong;
  const std::uint32_t count = 1U << (32 - bits), start = ntohl(first.s_addr);
  if ((start & (count - 1)) != 0) return wrong;
  std::vector<in_addr> addresses;
  for (std::uint32_t i = 0; i < count; ++i) {
    const bool edge = count > 2 && (i == 0 || i + 1 == count);
    if (!edge) addresses.push_back({htonl(start + i)});
  }
  return addresses;
}

DiscoveryRun::DiscoveryRun(const ProbeParts& parts, base::Uuid id, std::string owner, std::uint32_t index)
    : parts_(parts), id_(id), owner_(std::move(owner)), index_(index), asked_(parts.clock.mono_now()) {}

base::Status DiscoveryRun::begin(const std::string& network) {
  const NetworkAllowList& allowed = parts_.config.network.camera_networks;
  std::vector<in_addr> addresses;
  if (!network.empty()) {
    VG_ASSIGN(addresses, addresses_of_network(network));
    for (const in_addr& one : addresses) {
      sockaddr_in peer{};
      peer.sin_family = AF_INET;
      peer.sin_addr = one;
      if (allowed.allows(reinterpret_cast<const sockaddr&>(peer))) continue;
      return base::invalid_argument("the network is outside the camera networks (network.camera_networks)");
    }
  }
  base::UniqueFd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket.valid()) return base::from_errno(errno, "make a socket for WS-Discovery");
  const unsigned char hops = 1, loop = 1;
  setsockopt(socket.get(), IPPROTO_IP, IP_MULTICAST_TTL, &hops, sizeof hops);
  setsockopt(socket.get(), IPPROTO_IP, IP_MULTICAST_LOOP, &loop, sizeof loop);
  if (ask_around(socket.get(), camera_interfaces(allowed, network), addresses, parts_.clock) == 0) {
    return base::unavailable("this machine has no network of cameras to ask on");
  }
  worker_ = std::make_unique<OneShotWorker>(
      parts_.loop, [this](const ipc::Received& received) { on_message(received); },
      [this] {
        if (!over_) end(true);
      });
  VG_TRY(worker_->start(ipc::WorkerKind::kProbe, index_, parts_.config.log));
  std::vector<base::UniqueFd> fds;
  fds.push_back(std::move(socket));
  worker_->send(ipc::DiscoveryListen{kListenMs}, std::move(fds));
  deadline_ = parts_.clock.mono_now() + kLongestRound;
  return {};
}

void DiscoveryRun::on_message(const ipc::Received& received) {
  if (over_ || std::holds_alternative<ipc::WorkerReady>(received.message)) return;
  const auto* news = std::get_if<ipc::ProbeNews>(&received.message);
  boost::system::error_code error;
  const json::value value = news != nullptr ? json::parse(news->json, error) : json::value();
  const json::object* report = !error ? value.if_object() : nullptr;
  const json::value* devices = report != nullptr ? report->if_contains("devices") : nullptr;
  if (devices == nullptr || !devices->is_array()) return end(true);
  for (const json::value& one : devices->get_array()) {
    const json::object* device = one.if_object();
    const json::value* address = device != nullptr ? device->if_contains("address") : nullptr;
    const bool allowed = address != nullptr && address->is_string() &&
                         parts_.config.network.camera_networks.allows(std::string_view(address->get_string()));
    if (allowed) devices_.push_back(*device);
  }
  end(false);
}

void DiscoveryRun::end(bool failed) {
  over_ = true;
  failed_ = failed;
  ended_ = parts_.clock.mono_now();
  if (worker_) worker_->kill();
  base::log::info("core", "discovery: {} devices answered", devices_.size());
}

void DiscoveryRun::cancel() {
  if (!over_) end(true);
}

void DiscoveryRun::tick() {
  if (!over_ && parts_.clock.mono_now() >= deadline_) end(true);
}

json::object DiscoveryRun::view() const {
  return {{"discovery", id_.to_string()},
          {"state", !over_    ? "running"
                    : failed_ ? "failed"
                              : "done"},
          {"over", over_},
          {"devices", devices_}};
}

}  // namespace vonggac::core
