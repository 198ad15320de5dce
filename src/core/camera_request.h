/// camera.add and camera.set of the control protocol, applied to one CameraConfig.
/// Flow     CameraStore -> apply_request() -> the changed camera, secrets sealed.
/// Threads  pure but for SecretBox's random nonces.
/// Errors   kInvalidArgument naming the field; the camera is then half changed: work on a copy.
#pragma once

#include <boost/json.hpp>

#include "base/result.h"
#include "core/camera_config.h"
#include "core/secret_box.h"

namespace vonggac::core {

inline constexpr const char* kPasswordField = "password";
inline constexpr const char* kSubPasswordField = "sub_password";
inline constexpr const char* kMainUrlField = "main_url";
inline constexpr const char* kSubUrlField = "sub_url";

/// A stored password is never turned to another host or port: that needs the password in the same request, or `user`
/// "" to forget it.
/// `request`: any of name, url, sub_url, user, password, sub_user, sub_password, SETTINGS. camera.id must be set.
base::Status apply_request(CameraConfig& camera, const boost::json::object& request, const SecretBox& box);

}  // namespace vonggac::core
