#include "core/camera_store.h"

#include <algorithm>

#include "core/camera_file.h"
#include "core/camera_request.h"
#include "core/data_files.h"

namespace vonggac::core {
namespace {

constexpr mode_t kDataFolderMode = 0750;
constexpr mode_t kCameraFileMode = 0640;

std::string file_of(const std::string& data_dir) { return data_dir + "/cameras.json"; }

base::Status no_such_camera(const base::CameraId& id) {
  return base::not_found("there is no camera " + id.to_string());
}

}  // namespace

CameraStore::CameraStore(std::string data_dir, const base::Clock& clock, SecretBox box, base::UniqueFd lock)
    : data_dir_(std::move(data_dir)), clock_(clock), box_(std::move(box)), lock_(std::move(lock)) {}

base::Result<std::unique_ptr<CameraStore>> CameraStore::open(const std::string& data_dir, const base::Clock& clock,
                                                             int lock_wait_ms) {
  VG_TRY(make_folder(data_dir, kDataFolderMode));
  VG_ASSIGN(base::UniqueFd lock, lock_file(data_dir + "/cameras.lock", lock_wait_ms));
  VG_ASSIGN(SecretBox box, SecretBox::load_or_create(data_dir));
  std::unique_ptr<CameraStore> store(new CameraStore(data_dir, clock, std::move(box), std::move(lock)));
  VG_TRY(store->load());
  return store;
}

base::Status CameraStore::load() {
  const std::string path = file_of(data_dir_);
  const base::Result<std::string> text = read_file(path, kMaxCameraFileBytes);
  if (!text && text.error().kind() == base::ErrorKind::kNotFound) return {};  // a new data directory
  if (!text) return text.error();
  VG_ASSIGN(cameras_, cameras_from_text(*text, path));
  return {};
}

base::Status CameraStore::save(const std::vector<CameraConfig>& cameras) const {
  return write_file_atomically(file_of(data_dir_), cameras_to_text(cameras), kCameraFileMode);
}

base::Status CameraStore::commit(std::vector<CameraConfig> cameras) {
  VG_TRY(save(cameras));
  cameras_ = std::move(cameras);
  return {};
}

const CameraConfig* CameraStore::find(const base::CameraId& id) const {
  const auto found =
      std::find_if(cameras_.begin(), cameras_.end(), [&](const CameraConfig& camera) { return camera.id == id; });
  return found == cameras_.end() ? nullptr : &*found;
}

std::vector<CameraConfig> CameraStore::with(CameraConfig camera) const {
  std::vector<CameraConfig> cameras = cameras_;
  for (CameraConfig& slot : cameras) {
    if (slot.id != camera.id) continue;
    slot = std::move(camera);
    return cameras;
  }
  cameras.push_back(std::move(camera));
  return cameras;
}

base::Result<base::CameraId> CameraStore::add(const boost::json::object& request,
                                              const std::optional<base::CameraId>& id_given) {
  if (id_given && find(*id_given) != nullptr) return base::invalid_argument("there is a camera with this id already");
  if (cameras_.size() >= kMaxCameras) return base::out_of_range("a node records at most 512 cameras");
  CameraConfig camera;
  camera.id = id_given.value_or(base::CameraId{base::Uuid::make_v7(clock_)});
  camera.created_at = clock_.wall_now();
  VG_TRY(apply_request(camera, request, box_));
  if (camera.name.empty()) return base::invalid_argument("name is missing");
  if (camera.main.display_url.empty()) return base::invalid_argument("url is missing");
  const base::CameraId id = camera.id;
  VG_TRY(commit(with(std::move(camera))));
  return id;
}

base::Status CameraStore::set(const base::CameraId& id, const boost::json::object& changes) {
  const CameraConfig* current = find(id);
  if (current == nullptr) return no_such_camera(id);
  CameraConfig camera = *current;
  VG_TRY(apply_request(camera, changes, box_));
  return commit(with(std::move(camera)));
}

base::Status CameraStore::remove(const base::CameraId& id) {
  if (find(id) == nullptr) return no_such_camera(id);
  std::vector<CameraConfig> cameras = cameras_;
  std::erase_if(cameras, [&](const CameraConfig& camera) { return camera.id == id; });
  return commit(std::move(cameras));
}

base::Status CameraStore::remember_transport(const base::CameraId& id, media::StreamRole role,
                                             ipc::Transport transport) {
  const CameraConfig* current = find(id);
  if (current == nullptr) return no_such_camera(id);
  CameraConfig camera = *current;
  if (role == media::StreamRole::kSub && !camera.sub) return base::not_found("the camera has no sub stream");
  StreamSource& stream = role == media::StreamRole::kSub ? *camera.sub : camera.main;
  if (stream.remembered_transport == transport) return {};
  stream.remembered_transport = transport;
  return commit(with(std::move(camera)));
}

base::Result<StreamAccess> CameraStore::access(const base::CameraId& id, media::StreamRole role) const {
  const CameraConfig* camera = find(id);
  if (camera == nullptr) return no_such_camera(id);
  const bool is_sub = role == media::StreamRole::kSub;
  if (is_sub && !camera->sub) return base::not_found("the camera has no sub stream");
  const StreamSource& stream = is_sub ? *camera->sub : camera->main;
  const bool own = is_sub && camera->sub_credentials.has_value();
  const SealedCredentials& credentials = own ? *camera->sub_credentials : camera->credentials;
  StreamAccess access;
  access.host = stream.host;
  access.port = stream.port;
  access.username = credentials.username;
  VG_ASSIGN(access.request_url, box_.unseal(stream.sealed_request_url, id, is_sub ? kSubUrlField : kMainUrlField));
  if (!credentials.sealed_password.empty()) {
    VG_ASSIGN(access.password, box_.unseal(credentials.sealed_password, id, own ? kSubPasswordField : kPasswordField));
  }
  return access;
}

}  // namespace vonggac::core
