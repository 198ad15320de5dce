/// What the commands over stored footage take alike: a camera by id or name, times, and the names of cameras.
/// Threads  one thread.
/// Errors   of the camera list or of the text.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/ids.h"
#include "base/result.h"
#include "base/units.h"

namespace vonggac::cli {

/// An id also stands for a camera that has been removed but has footage; a name only for one that is there.
base::Result<base::CameraId> camera_of(const std::string& data_dir, const std::string& id_or_name);

/// Names for tables, where they can be had; a removed camera has only its id.
std::map<std::string, std::string> names_by_id(const std::string& data_dir);

/// ISO 8601; nothing for an empty text.
base::Result<std::optional<base::WallTime>> time_of(const std::string& text);

}  // namespace vonggac::cli
