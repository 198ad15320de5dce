/// What a device says of itself when it is looked at, beside what the register says of it. What the register lacks is
/// filled in; where the two disagree on which device it is, nothing is written and a person is told.
/// Flow     probe -> connection -> keep_found_device -> camera, camera_device or recorder
/// Threads  within a transaction of room store.
/// Errors   Problems: a warning "another device than in the register"; nothing that a device says refuses a connection.
#pragma once

#include <string>
#include <string_view>

#include "base/ids.h"
#include "catalogue/problems.h"
#include "store/store.h"

namespace vonggac::catalogue {

inline constexpr std::string_view kFirmwareSchema = R"(
alter table camera_device add column firmware text not null default '';
)";

/// As the device says it; nobody has checked it.
struct FoundDevice {
  std::string brand, device_model, serial, mac, onvif_uuid, firmware;
};

/// Of a camera that is a channel of a recorder, what was found is the recorder.
base::Status keep_found_device(store::WriteSession& session, const base::CameraId& camera, const FoundDevice& found,
                               Problems& problems);
/// Of the present device; empty: nobody has asked it.
base::Result<std::string> firmware_of(store::Reader& session, const base::CameraId& camera);

}  // namespace vonggac::catalogue
