/// Camera edits, by whoever is in charge: the running service, or this process itself when none runs.
/// Flow     camera command -> ask() -> control socket | CameraStore under its lock -> reply in the same form.
/// Threads  one thread.
/// Errors   of the service or of CameraStore. kUnavailable: a service holds the data but does not answer yet.
#pragma once

#include <string>

#include <boost/json.hpp>

#include "base/result.h"

namespace vonggac::cli {

/// `question` is camera.add, camera.list, camera.set or camera.remove of docs/reference/control.md.
base::Result<boost::json::object> ask_about_cameras(const std::string& data_dir, const boost::json::object& question);

/// An id as it is, or the id of the one camera with this name. kNotFound, kInvalidArgument: several have it.
base::Result<std::string> resolve_camera(const std::string& data_dir, const std::string& id_or_name);

}  // namespace vonggac::cli
