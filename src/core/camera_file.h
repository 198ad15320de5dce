/// The text form of cameras.json, version 1 (docs/reference/camera-file.md).
/// Flow     CameraStore <-> cameras.json.
/// Threads  pure functions.
/// Errors   kDataLoss naming line and column (broken JSON) or the place in the document (wrong content): an unknown
///          key is refused, so that a setting is never lost by an older program writing the file anew.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "core/camera_config.h"

namespace vonggac::core {

constexpr std::size_t kMaxCameraFileBytes = 16U << 20;

std::string cameras_to_text(const std::vector<CameraConfig>& cameras);
base::Result<std::vector<CameraConfig>> cameras_from_text(std::string_view text, const std::string& source_name);

}  // namespace vonggac::core
