#include "core/camera_config.h"

#include <array>
#include <cmath>

#include "core/schedule_text.h"
#include "core/sensitivity_text.h"
#include "core/unicode_text.h"
#include "core/zone_settings.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr double kBytesPerGigabyte = 1e9;
constexpr double kMaxRetentionGigabytes = 1e6;
constexpr double kMaxRetentionDays = 3650;
constexpr double kMicrosPerSecond = 1e6;

base::Status refuse_field(std::string_view field, const std::string& allowed) {
  return base::invalid_argument(std::string(field) + " must be " + allowed);
}

base::Result<double> number_in(const json::value& value, std::string_view field, double lowest, double highest) {
  const std::string allowed = "a number from " + json::serialize(json::value(static_cast<std::int64_t>(lowest))) +
                              " to " + json::serialize(json::value(static_cast<std::int64_t>(highest)));
  if (!value.is_number()) return refuse_field(field, allowed);
  const double number = value.to_number<double>();
  // Written so that NaN is refused too.
  if (!(number >= lowest && number <= highest)) return refuse_field(field, allowed);
  return number;
}

base::Result<std::int32_t> whole_in(const json::value& value, std::string_view field, double lowest, double highest) {
  VG_ASSIGN(const double number, number_in(value, field, lowest, highest));
  if (number != std::floor(number)) return refuse_field(field, "a whole number");
  return static_cast<std::int32_t>(number);
}

base::Result<bool> boolean(const json::value& value, std::string_view field) {
  if (!value.is_bool()) return refuse_field(field, "true or false");
  return value.get_bool();
}

base::Result<std::string> text(const json::value& value, std::string_view field) {
  if (!value.is_string()) return refuse_field(field, "text");
  return std::string(value.get_string());
}

base::Status set_record(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(const std::string name, text(value, "record"));
  const base::Result<record::RecordMode> mode = parse_record_mode(name);
  if (!mode) return refuse_field("record", "continuous, motion or off");
  camera.policy.mode = *mode;
  return {};
}

base::Status set_schedule(CameraConfig& camera, const json::value& value) {
  if (value.is_null()) {
    camera.schedule_text.clear();
    return {};
  }
  VG_ASSIGN(camera.schedule_text, text(value, "schedule"));
  return {};
}

base::Status set_pre_roll(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(const double seconds, number_in(value, "pre_roll_s", 1, 30));
  camera.policy.pre_roll_us = std::llround(seconds * kMicrosPerSecond);
  return {};
}

base::Status set_post_roll(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(const double seconds, number_in(value, "post_roll_s", 0, 600));
  camera.policy.post_roll_us = std::llround(seconds * kMicrosPerSecond);
  return {};
}

base::Status set_retention_days(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(camera.policy.retention_days, whole_in(value, "retention_days", 0, kMaxRetentionDays));
  return {};
}

base::Status set_retention_gb(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(const double gigabytes, number_in(value, "retention_gb", 0, kMaxRetentionGigabytes));
  camera.policy.retention_bytes = static_cast<std::uint64_t>(std::llround(gigabytes * kBytesPerGigabyte));
  return {};
}

base::Status set_motion_retention_days(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(camera.policy.motion_retention_days, whole_in(value, "motion_retention_days", 0, kMaxRetentionDays));
  return {};
}

base::Status set_audio(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(camera.policy.record_audio, boolean(value, "audio"));
  return {};
}

base::Status set_paused(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(camera.policy.paused, boolean(value, "paused"));
  return {};
}

base::Status set_sensitivity(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(const std::int32_t sensitivity, whole_in(value, "sensitivity", 1, 9));
  camera.sensitivity = static_cast<std::uint8_t>(sensitivity);
  return {};
}

base::Status set_transport(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(const std::string name, text(value, "transport"));
  for (const TransportPreference preference :
       {TransportPreference::kAuto, TransportPreference::kTcp, TransportPreference::kUdp}) {
    if (name != transport_preference_name(preference)) continue;
    camera.transport = preference;
    return {};
  }
  return refuse_field("transport", "auto, tcp or udp");
}

base::Status set_zones(CameraConfig& camera, const json::value& value) {
  VG_ASSIGN(camera.zones, zones_from_json(value));
  return {};
}

struct Setting {
  std::string_view key;
  base::Status (*apply)(CameraConfig&, const json::value&);
};

constexpr std::array kSettings{
    Setting{"record", set_record},
    Setting{"schedule", set_schedule},
    Setting{"pre_roll_s", set_pre_roll},
    Setting{"post_roll_s", set_post_roll},
    Setting{"retention_days", set_retention_days},
    Setting{"retention_gb", set_retention_gb},
    Setting{"motion_retention_days", set_motion_retention_days},
    Setting{"audio", set_audio},
    Setting{"paused", set_paused},
    Setting{"sensitivity", set_sensitivity},
    Setting{"zones", set_zones},
    Setting{"transport", set_transport},
};

const Setting* find_setting(std::string_view key) {
  for (const Setting& setting : kSettings) {
    if (setting.key == key) return &setting;
  }
  return nullptr;
}

/// Half hours without an entry follow the camera's own mode, so a new mode makes a new schedule.
base::Status derive_schedule(CameraConfig& camera) {
  camera.policy.schedule.reset();
  if (camera.schedule_text.empty()) return {};
  VG_ASSIGN(camera.policy.schedule, parse_schedule(camera.schedule_text, camera.policy.mode));
  return {};
}

/// 5 rather than 5.0 where it is whole.
json::value plain_number(double number) {
  if (number == std::floor(number)) return static_cast<std::int64_t>(number);
  return number;
}

}  // namespace

const char* transport_preference_name(TransportPreference preference) {
  switch (preference) {
    case TransportPreference::kAuto:
      return "auto";
    case TransportPreference::kTcp:
      return "tcp";
    case TransportPreference::kUdp:
      return "udp";
  }
  return "auto";
}

bool is_setting(std::string_view key) { return find_setting(key) != nullptr; }

base::Status apply_settings(CameraConfig& camera, const json::object& settings) {
  CameraConfig changed = camera;
  for (const json::key_value_pair& entry : settings) {
    const Setting* setting = find_setting(entry.key());
    if (setting == nullptr) {
      return base::invalid_argument("'" + std::string(entry.key().substr(0, 40)) + "' is not a camera setting");
    }
    VG_TRY(setting->apply(changed, entry.value()));
  }
  VG_TRY(derive_schedule(changed));
  camera = std::move(changed);
  return {};
}

json::object settings_to_json(const CameraConfig& camera) {
  const record::RecordPolicy& policy = camera.policy;
  json::object out;
  out["record"] = record_mode_name(policy.mode);
  out["schedule"] = camera.schedule_text.empty() ? json::value(nullptr) : json::value(camera.schedule_text);
  out["pre_roll_s"] = plain_number(static_cast<double>(policy.pre_roll_us) / kMicrosPerSecond);
  out["post_roll_s"] = plain_number(static_cast<double>(policy.post_roll_us) / kMicrosPerSecond);
  out["retention_days"] = policy.retention_days;
  out["retention_gb"] = plain_number(static_cast<double>(policy.retention_bytes) / kBytesPerGigabyte);
  out["motion_retention_days"] = policy.motion_retention_days;
  out["audio"] = policy.record_audio;
  out["paused"] = policy.paused;
  out["sensitivity"] = camera.sensitivity;
  out["zones"] = zones_to_json(camera.zones);
  out["transport"] = transport_preference_name(camera.transport);
  return out;
}

json::object to_json(const CameraConfig& camera) {
  json::object out;
  out["id"] = camera.id.to_string();
  out["name"] = camera.name;
  out["url"] = camera.main.display_url;
  out["sub_url"] = camera.sub ? json::value(camera.sub->display_url) : json::value(nullptr);
  out["user"] = camera.credentials.username;
  for (const json::key_value_pair& entry : settings_to_json(camera)) out[entry.key()] = entry.value();
  const SensitivityText meaning = sensitivity_text(camera.sensitivity);
  out["sensitivity_text"] = json::object{
      {"smallest_percent", plain_number(meaning.smallest_percent)}, {"vi", meaning.vi}, {"en", meaning.en}};
  out["created_at"] = base::to_iso8601(camera.created_at);
  return out;
}

base::Status check_camera_name(std::string_view name) {
  if (is_plain_text(name, 1, kMaxNameCharacters)) return {};
  return refuse_field("name", "1 to 80 printable characters, without a blank at either end");
}

}  // namespace vonggac::core
