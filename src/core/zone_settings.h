/// The zones of a camera as people write them: detect, ignore and watch zones and privacy masks.
/// Flow     JSON of requests and of the camera file -> zones_from_json() -> CameraConfig -> zones_to_json() -> people
/// Threads  pure functions.
/// Errors   kInvalidArgument naming the field and what is allowed.
/// Units    0..1 of picture width and height, kept to four decimals.
#pragma once

#include <vector>

#include <boost/json.hpp>

#include "base/result.h"
#include "ipc/messages.h"

namespace vonggac::core {

constexpr std::size_t kMaxZones = 16;
constexpr std::size_t kMinZonePoints = 3, kMaxZonePoints = 32;

/// [{"id", "kind", "points", "hours"}, ...]; "ignore" of the first version is read in place of "kind".
base::Result<std::vector<ipc::Zone>> zones_from_json(const boost::json::value& value);
boost::json::array zones_to_json(const std::vector<ipc::Zone>& zones);

}  // namespace vonggac::core
