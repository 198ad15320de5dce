#include "core/camera_file.h"

#include <algorithm>

#include "core/text_position.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::int64_t kFileVersion = 1;
constexpr std::size_t kMaxFieldBytes = 16'384;

json::value transport_to_json(const std::optional<ipc::Transport>& transport) {
  if (!transport) return nullptr;
  return *transport == ipc::Transport::kUdp ? "udp" : "tcp";
}

json::object stream_to_json(const StreamSource& stream) {
  return {{"display_url", stream.display_url},
          {"host", stream.host},
          {"port", stream.port},
          {"sealed_request_url", stream.sealed_request_url},
          {"remembered_transport", transport_to_json(stream.remembered_transport)}};
}

json::object credentials_to_json(const SealedCredentials& credentials) {
  return {{"user", credentials.username}, {"sealed_password", credentials.sealed_password}};
}

json::object camera_to_json(const CameraConfig& camera) {
  json::object out;
  out["id"] = camera.id.to_string();
  out["name"] = camera.name;
  out["main"] = stream_to_json(camera.main);
  out["sub"] = camera.sub ? json::value(stream_to_json(*camera.sub)) : json::value(nullptr);
  out["credentials"] = credentials_to_json(camera.credentials);
  out["sub_credentials"] =
      camera.sub_credentials ? json::value(credentials_to_json(*camera.sub_credentials)) : json::value(nullptr);
  out["settings"] = settings_to_json(camera);
  out["created_at"] = base::to_iso8601(camera.created_at);
  return out;
}

base::Status wrong(const std::string& where, const std::string& what) {
  return base::data_loss(where + ": " + what + ". Restore the file from a backup, or correct it by hand.");
}

/// The members of one JSON object, each of which must be asked for exactly once by name.
class Members {
 public:
  Members(const json::value& value, std::string where) : object_(value.if_object()), where_(std::move(where)) {}

  base::Status check_keys(std::initializer_list<std::string_view> known) const {
    if (object_ == nullptr) return wrong(where_, "an object is needed here");
    for (const json::key_value_pair& entry : *object_) {
      if (std::find(known.begin(), known.end(), entry.key()) == known.end()) {
        return wrong(place(entry.key().substr(0, 40)), "this key is not known to this version");
      }
    }
    for (const std::string_view key : known) {
      if (!object_->contains(key)) return wrong(place(key), "this key is missing");
    }
    return {};
  }
  const json::value& at(std::string_view key) const { return object_->at(key); }
  bool is_null(std::string_view key) const { return at(key).is_null(); }
  std::string place(std::string_view key) const { return where_ + "." + std::string(key); }

  base::Result<std::string> text(std::string_view key) const {
    const json::string* value = at(key).if_string();
    if (value == nullptr || value->size() > kMaxFieldBytes) return wrong(place(key), "text is needed here");
    return std::string(*value);
  }

 private:
  const json::object* object_;
  std::string where_;
};

base::Result<StreamSource> stream_from_json(const json::value& value, const std::string& where) {
  const Members members(value, where);
  VG_TRY(members.check_keys({"display_url", "host", "port", "sealed_request_url", "remembered_transport"}));
  StreamSource stream;
  VG_ASSIGN(stream.display_url, members.text("display_url"));
  VG_ASSIGN(stream.host, members.text("host"));
  VG_ASSIGN(stream.sealed_request_url, members.text("sealed_request_url"));
  const std::int64_t* port = members.at("port").if_int64();
  if (port == nullptr || *port < 1 || *port > 65'535) return wrong(members.place("port"), "must be 1 .. 65535");
  stream.port = static_cast<std::uint16_t>(*port);
  if (!members.is_null("remembered_transport")) {
    VG_ASSIGN(const std::string name, members.text("remembered_transport"));
    if (name != "tcp" && name != "udp") return wrong(members.place("remembered_transport"), "must be tcp, udp or null");
    stream.remembered_transport = name == "udp" ? ipc::Transport::kUdp : ipc::Transport::kTcp;
  }
  return stream;
}

base::Result<SealedCredentials> credentials_from_json(const json::value& value, const std::string& where) {
  const Members members(value, where);
  VG_TRY(members.check_keys({"user", "sealed_password"}));
  SealedCredentials credentials;
  VG_ASSIGN(credentials.username, members.text("user"));
  VG_ASSIGN(credentials.sealed_password, members.text("sealed_password"));
  return credentials;
}

base::Status read_identity(const Members& members, CameraConfig& camera) {
  VG_ASSIGN(const std::string id, members.text("id"));
  const base::Result<base::Uuid> uuid = base::Uuid::parse(id);
  if (!uuid || uuid->is_nil()) return wrong(members.place("id"), "not a camera id");
  camera.id = base::CameraId{*uuid};
  VG_ASSIGN(camera.name, members.text("name"));
  if (const base::Status status = check_camera_name(camera.name); !status.ok()) {
    return wrong(members.place("name"), status.message());
  }
  VG_ASSIGN(const std::string created_at, members.text("created_at"));
  const base::Result<base::WallTime> time = base::parse_iso8601(created_at);
  if (!time) return wrong(members.place("created_at"), "not a time");
  camera.created_at = *time;
  return {};
}

base::Result<CameraConfig> camera_from_json(const json::value& value, const std::string& where) {
  const Members members(value, where);
  VG_TRY(members.check_keys({"id", "name", "main", "sub", "credentials", "sub_credentials", "settings", "created_at"}));
  CameraConfig camera;
  VG_TRY(read_identity(members, camera));
  VG_ASSIGN(camera.main, stream_from_json(members.at("main"), members.place("main")));
  if (!members.is_null("sub")) {
    VG_ASSIGN(camera.sub, stream_from_json(members.at("sub"), members.place("sub")));
  }
  VG_ASSIGN(camera.credentials, credentials_from_json(members.at("credentials"), members.place("credentials")));
  if (!members.is_null("sub_credentials")) {
    VG_ASSIGN(camera.sub_credentials,
              credentials_from_json(members.at("sub_credentials"), members.place("sub_credentials")));
  }
  const json::object* settings = members.at("settings").if_object();
  if (settings == nullptr) return wrong(members.place("settings"), "an object is needed here");
  if (const base::Status status = apply_settings(camera, *settings); !status.ok()) {
    return wrong(members.place("settings"), status.message());
  }
  return camera;
}

base::Result<json::value> parse_json(std::string_view text, const std::string& source_name) {
  json::parser parser;
  boost::system::error_code error;
  const std::size_t used = parser.write_some(text.data(), text.size(), error);
  if (!error && text.find_first_not_of(" \t\r\n", used) != std::string_view::npos) error = json::error::extra_data;
  if (error) return wrong(source_name + ":" + line_and_column(text, used), "broken JSON (" + error.message() + ")");
  return parser.release();
}

base::Result<std::vector<CameraConfig>> cameras_from_json(const json::value& root, const std::string& source_name) {
  const Members members(root, source_name);
  const json::value* version = root.is_object() ? root.get_object().if_contains("version") : nullptr;
  if (version != nullptr && version->is_int64() && version->get_int64() > kFileVersion) {
    return base::data_loss(source_name + " was written by a later version of vonggac; install that version again");
  }
  VG_TRY(members.check_keys({"version", "cameras"}));
  if (!version->is_int64() || version->get_int64() != kFileVersion) return wrong(members.place("version"), "must be 1");
  const json::array* list = members.at("cameras").if_array();
  if (list == nullptr || list->size() > kMaxCameras) {
    return wrong(members.place("cameras"), "a list of at most 512 cameras is needed here");
  }
  std::vector<CameraConfig> cameras;
  cameras.reserve(list->size());
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string where = members.place("cameras[" + std::to_string(i) + "]");
    VG_ASSIGN(CameraConfig camera, camera_from_json((*list)[i], where));
    for (const CameraConfig& other : cameras) {
      if (other.id == camera.id) return wrong(where, "a camera with this id stands before it");
    }
    cameras.push_back(std::move(camera));
  }
  return cameras;
}

}  // namespace

std::string cameras_to_text(const std::vector<CameraConfig>& cameras) {
  // One camera a line, so that a diff of two backups shows which camera changed.
  std::string text = "{\"version\":" + std::to_string(kFileVersion) + ",\"cameras\":[";
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    text += i == 0 ? "\n" : ",\n";
    text += json::serialize(camera_to_json(cameras[i]));
  }
  return text + "\n]}\n";
}

base::Result<std::vector<CameraConfig>> cameras_from_text(std::string_view text, const std::string& source_name) {
  try {
    VG_ASSIGN(const json::value root, parse_json(text, source_name));
    return cameras_from_json(root, source_name);
  } catch (const std::exception& failure) {
    return base::internal_error(source_name + ": " + failure.what());
  }
}

}  // namespace vonggac::core
