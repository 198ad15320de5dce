/// Devices under a camera's code, one after the other (cameras.h).
#include <fmt/format.h>

#include "catalogue/camera_rows.h"
#include "catalogue/folding.h"
#include "catalogue/form_checks.h"
#include "catalogue/places.h"

namespace vonggac::catalogue {

base::Status write_device(store::WriteSession& session, const base::CameraId& camera, const DeviceFacts& device,
                          Day day, std::string_view reason, std::string_view who) {
  VG_TRY(session.run_later("update camera_device set to_day = $2 where camera = $1 and from_day < $2 and to_day > $2",
                           {camera, day.number}));
  Columns columns = device_columns(device);
  const Columns period{
      {"camera", camera}, {"from_day", day.number}, {"to_day", kOpenEnd.number}, {"reason", reason}, {"who", who}};
  columns.insert(columns.end(), period.begin(), period.end());
  return insert_row(session, "camera_device", columns);
}

base::Status amend_device(store::WriteSession& session, const base::CameraId& camera, const DeviceFacts& device,
                          Columns more) {
  const Columns facts = device_columns(device);
  more.insert(more.end(), facts.begin(), facts.end());
  more.emplace_back("brand_key", fold(device.brand));
  more.emplace_back("changed_at_us", session.now());
  VG_TRY(update_row(session, "camera", "id", camera, more));
  VG_TRY(session
             .run("update camera_device set brand = $3, device_model = $4, serial = $5, mac = $6, onvif_uuid = $7, "
                  "qcvn135 = $8 where camera = $1 and to_day = $2",
                  {camera, kOpenEnd.number, device.brand, device.device_model, text_or_null(device.serial),
                   text_or_null(device.mac), text_or_null(device.onvif_uuid), device.qcvn135})
             .error());
  return index_camera(session, camera);
}

base::Status swap_device(store::WriteSession& session, const base::CameraId& camera, const SwapForm& form,
                         Problems& problems) {
  VG_ASSIGN(const Camera before, camera_to_change(session, camera, problems));
  VG_ASSIGN(const std::vector<DevicePeriod> periods, device_history(session, camera));
  const DeviceFacts device = normal_device(form.device, problems);
  const std::string reason = typed_line("reason", form.reason, 1, 400, problems);
  const std::string who = typed_line("who", form.who, 1, 120, problems);
  if (!periods.empty() && form.day <= periods.back().from) {
    problems.refuse("", "day", fmt::format("Thiết bị hiện tại được lắp ngày {}.", periods.back().from.local()),
                    fmt::format("The present device was installed on {}.", periods.back().from.iso()));
  }
  if (form.day > today_of(session)) {
    problems.refuse("", "day", "Ngày này chưa tới.", "This day is still to come.");
  }
  if (problems.refused()) return problems.status();
  VG_TRY(write_device(session, camera, device, form.day, reason, who));
  Columns columns = device_columns(device);
  const Columns anew{{"brand_key", fold(device.brand)},
                     {"installed_day", form.day.number},
                     {"password_by", ""},
                     {"password_at_us", nullptr},
                     {"accepted_by", ""},
                     {"accepted_at_us", nullptr},
                     {"warranty_to_day", nullptr},
                     {"changed_at_us", session.now()}};
  columns.insert(columns.end(), anew.begin(), anew.end());
  VG_TRY(update_row(session, "camera", "id", camera, columns));
  VG_TRY(session.run("update camera_reference set in_use = 0 where camera = $1", {camera}).error());
  VG_TRY(index_camera(session, camera));
  if (before.life == "HOAT_DONG") {
    VG_TRY(write_camera_step(session, before, "BAO_TRI", who, json_object({{"reason", reason}})));
  }
  return session.tell("camera.device_swapped", camera, json_object({{"code", before.code}, {"reason", reason}}));
}

base::Result<std::vector<DevicePeriod>> device_history(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select brand, device_model, serial, mac, onvif_uuid, qcvn135, from_day, to_day, reason from "
                          "camera_device where camera = $1 order by from_day",
                          {camera}));
  std::vector<DevicePeriod> periods;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    periods.push_back({{row.text(0), row.text(1), row.text(2), row.text(3), row.text(4), row.flag(5)},
                       Day{row.integer(6)},
                       Day{row.integer(7)},
                       row.text(8)});
  }
  return periods;
}

}  // namespace vonggac::catalogue
