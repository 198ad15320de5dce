#include "cli/camera_desk.h"

#include <sys/stat.h>

#include "base/clock.h"
#include "cli/control_client.h"
#include "core/camera_store.h"

namespace vonggac::cli {
namespace {

namespace json = boost::json;

constexpr int kRequestTimeoutMs = 15'000;
constexpr int kLockWaitMs = 3'000;  ///< another edit takes some 10 ms; a starting service keeps the lock

base::Result<base::CameraId> id_of(const json::object& question) {
  const json::value* id = question.if_contains("id");
  if (id == nullptr || !id->is_string()) return base::invalid_argument("the camera's id is missing");
  VG_ASSIGN(const base::Uuid uuid, base::Uuid::parse(id->get_string()));
  return base::CameraId{uuid};
}

json::object without(const json::object& question, std::initializer_list<std::string_view> keys) {
  json::object rest = question;
  for (const std::string_view key : keys) rest.erase(key);
  return rest;
}

base::Result<json::object> answer(core::CameraStore& store, const json::object& question) {
  const std::string op(question.at("op").get_string());
  if (op == "camera.add") {
    VG_ASSIGN(const base::CameraId id, store.add(without(question, {"op"})));
    return json::object{{"id", id.to_string()}};
  }
  if (op == "camera.list") {
    json::array cameras;
    for (const core::CameraConfig& camera : store.cameras()) cameras.push_back(core::to_json(camera));
    return json::object{{"cameras", std::move(cameras)}};
  }
  VG_ASSIGN(const base::CameraId id, id_of(question));
  if (op == "camera.set") {
    VG_TRY(store.set(id, without(question, {"op", "id"})));
    return json::object{{"camera", core::to_json(*store.find(id))}};
  }
  if (op == "camera.remove") {
    VG_TRY(store.remove(id));
    return json::object{};
  }
  return base::invalid_argument("unknown request " + op);
}

base::Result<json::object> edit_here(const std::string& data_dir, const json::object& question) {
  struct stat info {};
  const bool exists = ::stat(data_dir.c_str(), &info) == 0;
  if (!exists && question.at("op").get_string() != "camera.add") {
    return base::not_found("there is no data directory " + data_dir);
  }
  const base::SystemClock clock;
  VG_ASSIGN(const std::unique_ptr<core::CameraStore> store, core::CameraStore::open(data_dir, clock, kLockWaitMs));
  return answer(*store, question);
}

}  // namespace

base::Result<json::object> ask_about_cameras(const std::string& data_dir, const json::object& question) {
  base::Result<std::unique_ptr<ControlClient>> client = ControlClient::connect(data_dir);
  if (!client && client.error().kind() == base::ErrorKind::kUnavailable) {
    base::Result<json::object> edited = edit_here(data_dir, question);
    const bool locked = !edited && edited.error().kind() == base::ErrorKind::kUnavailable;
    if (!locked) return edited;
    // A service took the lock in the meantime, so it can be asked now.
    client = ControlClient::connect(data_dir);
  }
  if (!client) return client.error();
  return (*client)->request(question, kRequestTimeoutMs);
}

base::Result<std::string> resolve_camera(const std::string& data_dir, const std::string& id_or_name) {
  if (base::Uuid::parse(id_or_name)) return id_or_name;
  VG_ASSIGN(const json::object reply, ask_about_cameras(data_dir, {{"op", "camera.list"}}));
  std::string found;
  const json::value* cameras = reply.if_contains("cameras");
  if (cameras == nullptr || !cameras->is_array()) return base::data_loss("the service gave an answer without cameras");
  for (const json::value& camera : cameras->get_array()) {
    const json::object* object = camera.if_object();
    const json::value* name = object != nullptr ? object->if_contains("name") : nullptr;
    const json::value* id = object != nullptr ? object->if_contains("id") : nullptr;
    if (name == nullptr || id == nullptr || !name->is_string() || !id->is_string()) continue;
    if (std::string_view(name->get_string()) != id_or_name) continue;
    if (!found.empty()) return base::invalid_argument("several cameras are called '" + id_or_name + "': give the id");
    found = std::string(id->get_string());
  }
  if (found.empty()) return base::not_found("no camera is called '" + id_or_name + "'");
  return found;
}

}  // namespace vonggac::cli
