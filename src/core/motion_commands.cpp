/// The requests about motion: motion.tune, motion.shadow, motion.wake. Part of Commands.
#include "core/commands.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::int64_t kMaxWakeSeconds = 600;
constexpr std::int64_t kMaxShadowSeconds = 3600;
constexpr std::int64_t kDefaultShadowSeconds = 60;

base::Result<std::int64_t> whole_of(const json::object& request, const char* key, std::int64_t low, std::int64_t high,
                                    std::int64_t otherwise) {
  const json::value* value = request.if_contains(key);
  if (value == nullptr) return otherwise;
  const bool whole = value->is_int64();
  if (!whole || value->get_int64() < low || value->get_int64() > high) {
    return base::invalid_argument(std::string(key) + " is a whole number from " + std::to_string(low) + " to " +
                                  std::to_string(high));
  }
  return value->get_int64();
}

TuneSettings settings_of(const CameraConfig& camera) { return {camera.sensitivity, camera.zones}; }

/// The camera's settings with those of the request in their place.
base::Result<TuneSettings> asked_settings(const CameraConfig& camera, const json::object& request) {
  CameraConfig changed = camera;
  json::object settings;
  for (const char* key : {"sensitivity", "zones"}) {
    if (const json::value* value = request.if_contains(key)) settings[key] = *value;
  }
  VG_TRY(apply_settings(changed, settings));
  return settings_of(changed);
}

}  // namespace

base::Result<base::CameraId> camera_id_of(const json::object& request) {
  const json::value* id = request.if_contains("id");
  if (id == nullptr || !id->is_string()) return base::invalid_argument("the request needs the camera's id");
  VG_ASSIGN(const base::Uuid uuid, base::Uuid::parse(std::string(id->as_string())));
  return base::CameraId{uuid};
}

base::Result<json::object> Commands::tune(const json::object& request) const {
  VG_ASSIGN(const base::CameraId id, camera_id_of(request));
  const CameraConfig* camera = parts_.store.find(id);
  if (camera == nullptr) return base::not_found("there is no camera with this id");
  VG_ASSIGN(const TuneSettings asked, asked_settings(*camera, request));
  VG_ASSIGN(const std::int64_t minutes, whole_of(request, "minutes", 1, 60, 60));
  const TuneLog* log = parts_.analyse.tune_log(id);
  if (log == nullptr) return base::unavailable("motion is not looked for at this camera");
  const base::WallTime now = parts_.recorder.wall_of(parts_.clock.mono_now());
  json::object reply = log->answer(settings_of(*camera), asked, now, base::Seconds(60 * minutes));
  reply["camera"] = id.to_string();
  return reply;
}

base::Result<json::object> Commands::shadow(const json::object& request) {
  VG_ASSIGN(const base::CameraId id, camera_id_of(request));
  const CameraConfig* camera = parts_.store.find(id);
  if (camera == nullptr) return base::not_found("there is no camera with this id");
  VG_ASSIGN(const TuneSettings asked, asked_settings(*camera, request));
  VG_ASSIGN(const std::int64_t seconds, whole_of(request, "seconds", 0, kMaxShadowSeconds, kDefaultShadowSeconds));
  const base::MonoTime until = parts_.clock.mono_now() + base::Seconds(seconds);
  VG_TRY(parts_.analyse.start_shadow(id, asked, until));
  return json::object{{"until", base::to_iso8601(parts_.recorder.wall_of(until))}};
}

base::Result<json::object> Commands::wake(const json::object& request) {
  VG_ASSIGN(const base::CameraId id, camera_id_of(request));
  if (parts_.store.find(id) == nullptr) return base::not_found("there is no camera with this id");
  VG_ASSIGN(const std::int64_t seconds, whole_of(request, "seconds", 0, kMaxWakeSeconds, 10));
  const base::MonoTime until = parts_.clock.mono_now() + base::Seconds(seconds);
  VG_TRY(parts_.analyse.wake(id, until));
  return json::object{{"until", base::to_iso8601(parts_.recorder.wall_of(until))}};
}

base::Result<json::object> Commands::accept_view(const json::object& request) {
  VG_ASSIGN(const base::CameraId id, camera_id_of(request));
  if (parts_.store.find(id) == nullptr) return base::not_found("there is no camera with this id");
  VG_TRY(parts_.analyse.accept_view(id));
  return json::object{};
}

}  // namespace vonggac::core
