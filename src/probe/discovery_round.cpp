#include "probe/discovery_round.h"

#include <map>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <boost/json.hpp>

#include "onvif/discovery.h"

namespace vonggac::probe {
namespace {

namespace json = boost::json;

std::string address_text(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in&>(address).sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    inet_ntop(AF_INET6, &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, text, sizeof text);
  }
  return text;
}

json::object answer_json(const std::string& address, const onvif::DiscoveredDevice& device) {
  return {{"address", address},  {"port", device.port},      {"onvif_uuid", device.uuid},
          {"name", device.name}, {"model", device.hardware}, {"video", device.video}};
}

using Found =
    std::map<std::pair<std::string, std::string>, json::object>;  ///< by address and UUID: devices answer twice

void read_all(int socket, Found& found) {
  static thread_local std::vector<char> buffer(onvif::kMaxDatagramBytes);
  while (found.size() < kMaxDiscovered) {
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    const ssize_t n =
        recvfrom(socket, buffer.data(), buffer.size(), MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &length);
    if (n <= 0) return;
    const std::string address = address_text(from);
    for (const onvif::DiscoveredDevice& device :
         onvif::read_probe_matches({buffer.data(), static_cast<std::size_t>(n)})) {
      found.emplace(std::pair(address, device.uuid), answer_json(address, device));
    }
  }
}

}  // namespace

base::Status listen_for_devices(CoreLine& line, base::UniqueFd socket, base::Micros time) {
  const base::MonoTime until = line.now() + time;
  Found found;
  while (line.now() < until && found.size() < kMaxDiscovered) {
    line.beat();
    VG_ASSIGN(const std::vector<ipc::Received> ignored, line.pump());
    (void)ignored;
    if (wait_for(socket.get(), POLLIN, line.clock(), std::min(until, line.now() + base::Millis(200)))) {
      read_all(socket.get(), found);
    }
  }
  json::array devices;
  for (auto& [key, device] : found) devices.push_back(std::move(device));
  return line.send(ipc::ProbeNews{true, json::serialize(json::object{{"devices", std::move(devices)}})});
}

}  // namespace vonggac::probe
