/// Of a device: its marks, as a form names them and as they are shown, and which cameras of the register it may be.
/// Threads  called on pool threads.
#pragma once

#include "api/handler_parts.h"
#include "catalogue/cameras.h"
#include "catalogue/duplicates.h"

namespace vonggac::api {

void read_device_facts(Form& form, catalogue::DeviceFacts& device);
boost::json::object device_json(const catalogue::DeviceFacts& device);

/// Cameras that may be the same, with the reasons. What lies outside the caller's reach is not told, not even that it
/// is the same.
base::Result<boost::json::array> duplicates_within_reach(store::Reader& session, const Call& call,
                                                         const catalogue::DuplicateQuestion& question,
                                                         base::WallTime now);

}  // namespace vonggac::api
