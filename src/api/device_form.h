/// Of a device: its marks, as a form names them and as they are shown.
/// Threads  called on pool threads.
#pragma once

#include "api/json_form.h"
#include "catalogue/cameras.h"

namespace vonggac::api {

void read_device_facts(Form& form, catalogue::DeviceFacts& device);
boost::json::object device_json(const catalogue::DeviceFacts& device);

}  // namespace vonggac::api
