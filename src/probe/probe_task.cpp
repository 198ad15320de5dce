#include "probe/probe_task.h"

#include <fmt/format.h>

#include "ingest/rtsp_url.h"

namespace vonggac::probe {
namespace {

namespace json = boost::json;

std::uint16_t port_setting(const json::object& settings, const char* key) {
  const json::value* value = settings.if_contains(key);
  const bool fits = value != nullptr && value->is_int64() && value->get_int64() > 0 && value->get_int64() < 65'536;
  return fits ? static_cast<std::uint16_t>(value->get_int64()) : std::uint16_t{0};
}

std::string text_setting(const json::object& settings, const char* key) {
  const json::value* value = settings.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

}  // namespace

std::string ProbeTask::rtsp_url(std::uint16_t port, const std::string& stream_target) const {
  return fmt::format("rtsp://{}:{}{}", host, port, stream_target);
}

base::Result<ProbeTask> read_task(ipc::ProbeStart start) {
  boost::system::error_code error;
  const json::value value = json::parse(start.settings, error);
  if (error || !value.is_object()) return base::invalid_argument("the settings of the probe are not JSON");
  const json::object& settings = value.get_object();
  ProbeTask task;
  task.host = text_setting(settings, "host");
  if (task.host.empty()) return base::invalid_argument("the settings of the probe name no host");
  task.http_port = port_setting(settings, "http_port");
  task.rtsp_port = port_setting(settings, "rtsp_port");
  task.brand = text_setting(settings, "brand");
  task.channels = port_setting(settings, "channels");
  task.username = std::move(start.username);
  task.password = std::move(start.password);
  if (!start.request_url.empty()) {
    VG_ASSIGN(const ingest::RtspUrl url, ingest::parse_rtsp_url(start.request_url.reveal()));
    task.rtsp_port = url.port;
    task.target = base::Secret(url.target);
  }
  const json::value* vendors = settings.if_contains("vendors");
  if (vendors == nullptr) return base::invalid_argument("the settings of the probe have no table of brands");
  VG_ASSIGN(task.vendors, onvif::VendorTable::from_json(*vendors));
  return task;
}

}  // namespace vonggac::probe
