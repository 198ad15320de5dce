#include "api/connection_parts.h"

#include "api/status_fields.h"
#include "catalogue/camera_streams.h"
#include "catalogue/found_device.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;

std::optional<double> reading_of(const json::object& reading, std::string_view key) {
  const json::value* value = reading.if_contains(key);
  return value != nullptr && value->is_number() ? std::optional(value->to_number<double>()) : std::nullopt;
}

/// A distance of key pictures that was not seen whole is at least as long as was watched.
void set_measured(catalogue::StreamFacts& stream, const json::object& reading, base::WallTime now) {
  const json::value* codec = reading.if_contains("codec");
  if (codec != nullptr && codec->is_string()) stream.codec = std::string(codec->get_string());
  stream.width = static_cast<std::int64_t>(reading_of(reading, "width").value_or(0));
  stream.height = static_cast<std::int64_t>(reading_of(reading, "height").value_or(0));
  stream.fps = reading_of(reading, "frames_per_second").value_or(0);
  const auto gop = reading_of(reading, "gop_s"), watched = reading_of(reading, "watched_s");
  if (const double seconds = gop.value_or(watched.value_or(0)); seconds > 0) {
    stream.gop_ms = static_cast<std::int64_t>(seconds * 1000);
  }
  if (const auto skew = reading_of(reading, "clock_offset_ms")) stream.skew_ms = static_cast<std::int64_t>(*skew);
  const json::value* transport = reading.if_contains("transport");
  if (transport != nullptr && transport->is_string() && transport->get_string() == "udp") stream.transport = "UDP";
  stream.measured_at = now;
}

/// What was measured before stays, unless a probe has measured anew; the address is the new one.
base::Status keep_stream(store::WriteSession& session, const base::CameraId& camera, std::string_view role,
                         const json::value* url, const json::value* measured, catalogue::Problems& problems) {
  if (url == nullptr || !url->is_string()) return catalogue::drop_stream(session, camera, role);
  catalogue::StreamFacts stream;
  VG_ASSIGN(const auto before, catalogue::streams_of(session, camera));
  for (const catalogue::StreamFacts& one : before) {
    if (one.role == role) stream = one;
  }
  stream.role = std::string(role);
  stream.display_url = std::string(url->get_string());
  const json::object* reading = measured != nullptr ? measured->if_object() : nullptr;
  if (reading != nullptr) set_measured(stream, *reading, session.now());
  return catalogue::put_stream(session, camera, stream, problems);
}

json::object object_at(const json::value& value, std::string_view key) {
  const json::object* object = value.if_object();
  const json::value* inner = object != nullptr ? object->if_contains(key) : nullptr;
  return inner != nullptr && inner->is_object() ? inner->get_object() : json::object();
}

catalogue::FoundDevice found_device(const json::object& device) {
  return {text_at(device, "brand"), text_at(device, "model"),      text_at(device, "serial"),
          text_at(device, "mac"),   text_at(device, "onvif_uuid"), text_at(device, "firmware")};
}

}  // namespace

ConnectedCamera connected_camera(const std::string& reply) {
  boost::system::error_code error;
  const json::value value = json::parse(reply, error);
  if (error) return {};
  return {object_at(value, "camera"), object_at(value, "measured")};
}

base::Status keep_connection(store::WriteSession& session, const base::CameraId& camera,
                             const ConnectedCamera& connected, catalogue::Problems& problems) {
  VG_TRY(keep_stream(session, camera, "CHINH", connected.shown.if_contains("url"),
                     connected.measured.if_contains("main"), problems));
  const json::value* sub = connected.shown.if_contains("sub_url");
  if (sub != nullptr && sub->is_string()) {
    VG_TRY(keep_stream(session, camera, "PHU", sub, connected.measured.if_contains("sub"), problems));
  }
  const json::value* device = connected.measured.if_contains("device");
  if (device != nullptr && device->is_object()) {
    VG_TRY(catalogue::keep_found_device(session, camera, found_device(device->get_object()), problems));
  }
  return session.tell("camera.connected", camera, "{}");
}

}  // namespace vonggac::api
