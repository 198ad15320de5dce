#include "cli/footage_arguments.h"

#include <boost/json.hpp>

#include "cli/camera_desk.h"
#include "cli/json_fields.h"

namespace vonggac::cli {

namespace json = boost::json;

base::Result<base::CameraId> camera_of(const std::string& data_dir, const std::string& id_or_name) {
  VG_ASSIGN(const std::string text, resolve_camera(data_dir, id_or_name));
  VG_ASSIGN(const base::Uuid id, base::Uuid::parse(text));
  return base::CameraId{id};
}

std::map<std::string, std::string> names_by_id(const std::string& data_dir) {
  std::map<std::string, std::string> names;
  const base::Result<json::object> reply = ask_about_cameras(data_dir, {{"op", "camera.list"}});
  if (!reply) return names;
  for (const json::value& entry : array_in(*reply, "cameras")) {
    const json::object camera = object_of(entry);
    names[text_in(camera, "id")] = text_in(camera, "name");
  }
  return names;
}

base::Result<std::optional<base::WallTime>> time_of(const std::string& text) {
  if (text.empty()) return std::optional<base::WallTime>();
  VG_ASSIGN(const base::WallTime time, base::parse_iso8601(text));
  return std::optional<base::WallTime>(time);
}

}  // namespace vonggac::cli
