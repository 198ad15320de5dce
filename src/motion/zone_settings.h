/// What a camera's zones mean for the engine and for the pictures it is given.
/// Threads  pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ipc/messages.h"
#include "media/av/picture_mask.h"
#include "motion/engine.h"

namespace vonggac::motion {

EngineSettings engine_settings(int sensitivity, const std::vector<ipc::Zone>& zones);
/// The privacy masks among the zones.
media::av::PictureMask mask_of(const std::vector<ipc::Zone>& zones);
/// Zones as the command line hands them over: checked already, see core/zone_settings.h. Nothing for another shape.
std::optional<std::vector<ipc::Zone>> zones_from_text(const std::string& json);

}  // namespace vonggac::motion
