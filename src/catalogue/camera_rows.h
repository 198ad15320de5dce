/// Rows of camera, inside this room.
#pragma once

#include <string_view>
#include <vector>

#include "catalogue/area_members.h"
#include "catalogue/cameras.h"
#include "catalogue/row_writing.h"

namespace vonggac::catalogue {

/// `condition`: "where ..." of our own, of table c.
base::Result<std::vector<Camera>> read_cameras(store::Reader& session, std::string_view condition,
                                               const store::Parameters& parameters);
base::Result<Camera> camera_must_be_there(store::Reader& session, const base::CameraId& camera);
/// The same for whoever changes it: one that was merged into another is changed no more.
base::Result<Camera> camera_to_change(store::Reader& session, const base::CameraId& camera, Problems& problems);
/// The device in the forms it is kept and compared in; refuses a MAC or UUID that is none.
DeviceFacts normal_device(const DeviceFacts& typed, Problems& problems);
Columns device_columns(const DeviceFacts& device);
/// What a form says, without site and device; checks it, V12 and V14 among it.
base::Result<Columns> camera_columns(store::Reader& session, const CameraForm& form, const AreaPlace& place, Day day,
                                     Problems& problems);
/// Makes the text that is searched anew.
base::Status index_camera(store::WriteSession& session, const base::CameraId& camera);
/// What of a camera and its site is found by words: name, code, brand, model, serial; the site's code, name, address,
/// route.
std::string searched_text(const std::vector<std::string>& parts);
base::Status add_camera_terms(store::WriteSession& session, const base::CameraId& camera, std::string_view folded);
base::Status write_camera_step(store::WriteSession& session, const Camera& before, std::string_view to,
                               std::string_view who, std::string_view evidence);
/// A row of camera_device from this day on.
/// What the register knows of the device that is in place, in both tables and in the index of words.
base::Status amend_device(store::WriteSession& session, const base::CameraId& camera, const DeviceFacts& device,
                          Columns more = {});
base::Status write_device(store::WriteSession& session, const base::CameraId& camera, const DeviceFacts& device,
                          Day day, std::string_view reason, std::string_view who);

}  // namespace vonggac::catalogue
