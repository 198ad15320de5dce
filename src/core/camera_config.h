/// What is known of one camera, its settings as JSON (docs/reference/control.md), and their limits.
/// Flow     control socket JSON -> apply_settings() -> CameraConfig -> to_json() -> people.
/// Threads  plain values and pure functions.
/// Errors   kInvalidArgument naming the field and what is allowed.
/// Units    as in record::RecordPolicy; zones in 0..1 of picture width and height.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "base/ids.h"
#include "base/result.h"
#include "base/units.h"
#include "ipc/messages.h"
#include "media/access_unit.h"
#include "record/policy.h"

namespace vonggac::core {

constexpr std::size_t kMaxCameras = 512;
constexpr std::size_t kMaxNameCharacters = 80;

enum class TransportPreference : std::uint8_t { kAuto = 0, kTcp = 1, kUdp = 2 };
const char* transport_preference_name(TransportPreference preference);  ///< "auto", "tcp", "udp"

/// One encoded output of a camera. Nothing here is secret in clear.
struct StreamSource {
  std::string display_url;  ///< without credentials, secret parts as ***
  std::string host;         ///< literal address (IPv6 without brackets) or DNS name
  std::uint16_t port = 0;
  std::string sealed_request_url;  ///< the URL requests name, sealed: it may hold a vendor's password
  std::optional<ipc::Transport> remembered_transport;  ///< what worked last, for TransportPreference::kAuto
  bool operator==(const StreamSource&) const = default;
};

struct SealedCredentials {
  std::string username;         ///< empty: the camera asks for none
  std::string sealed_password;  ///< empty: no password
  bool operator==(const SealedCredentials&) const = default;
};

struct CameraConfig {
  base::CameraId id;
  std::string name;
  StreamSource main;
  std::optional<StreamSource> sub;
  SealedCredentials credentials;                     ///< of both streams,
  std::optional<SealedCredentials> sub_credentials;  ///< unless the sub stream has its own
  record::RecordPolicy policy;                       ///< policy.schedule is derived from schedule_text
  std::string schedule_text;                         ///< as typed; empty: none
  std::uint8_t sensitivity = 5;                      ///< 1 .. 9
  std::vector<ipc::Zone> zones;
  TransportPreference transport = TransportPreference::kAuto;
  base::WallTime created_at;
};

/// Is `key` one of SETTINGS (record, schedule, pre_roll_s, ...)?
bool is_setting(std::string_view key);
/// All or nothing: on an error `camera` is unchanged. A key that is no setting is refused.
base::Status apply_settings(CameraConfig& camera, const boost::json::object& settings);
/// SETTINGS of a camera, as apply_settings() takes them.
boost::json::object settings_to_json(const CameraConfig& camera);
/// CAMERA of the control protocol: identity, display URLs, user name, settings. Never a secret, sealed or not.
boost::json::object to_json(const CameraConfig& camera);
/// 1..80 characters of valid UTF-8, nothing unprintable, no blank at either end.
base::Status check_camera_name(std::string_view name);

}  // namespace vonggac::core
