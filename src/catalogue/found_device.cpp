#include "catalogue/found_device.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/camera_rows.h"
#include "catalogue/folding.h"
#include "catalogue/form_checks.h"
#include "catalogue/recorders.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kFoundLine = 80;

/// A line that is none is left out: a device that says nonsense is connected all the same.
std::string found_line(const std::string& said) {
  Problems ignored;
  return typed_line("device", said, 0, kFoundLine, ignored);
}

DeviceFacts fit_found(const FoundDevice& found) {
  Problems ignored;
  DeviceFacts uuid;
  uuid.onvif_uuid = found.onvif_uuid;
  DeviceFacts device = normal_device(uuid, ignored);
  device.brand = found_line(found.brand);
  device.device_model = found_line(found.device_model);
  device.serial = normal_serial(found_line(found.serial));
  device.mac = normal_mac(found.mac).value_or("");
  return device;
}

/// Channels of a recorder are connected together: it is told once.
void tell_once(std::string vi, std::string en, Problems& problems) {
  const auto told = [&](const Problem& one) { return one.sentence.vi == vi; };
  if (std::any_of(problems.all().begin(), problems.all().end(), told)) return;
  problems.warn("", "device", std::move(vi), std::move(en));
}

struct Mark {
  std::string_view vi, en;
  std::string kept, found;
  bool differs() const { return !kept.empty() && !found.empty() && kept != found; }
};

bool is_another(const std::vector<Mark>& marks, Problems& problems) {
  bool another = false;
  for (const Mark& mark : marks) {
    if (!mark.differs()) continue;
    another = true;
    tell_once(fmt::format("Thiết bị khác với hồ sơ: {} trong hồ sơ là {}, thiết bị báo {}. Nếu đã thay thiết bị, hãy "
                          "ghi thay thiết bị; nếu không, hãy kiểm tra lại địa chỉ.",
                          mark.vi, mark.kept, mark.found),
              fmt::format("Another device than in the register: its {} there is {}, the device says {}. If it was "
                          "swapped, note the swap; if not, look at the address again.",
                          mark.en, mark.kept, mark.found),
              problems);
  }
  return another;
}

void fill(std::string& kept, const std::string& found, bool& changed) {
  if (!kept.empty() || found.empty()) return;
  kept = found;
  changed = true;
}

base::Status keep_in_recorder(store::WriteSession& session, const RecorderId& id, const DeviceFacts& found,
                              Problems& problems) {
  VG_ASSIGN(const std::optional<Recorder> recorder, recorder_of(session, id));
  if (!recorder) return {};
  RecorderForm facts = recorder->facts;
  if (is_another({{"số sê-ri", "serial number", normal_serial(facts.serial), found.serial}}, problems)) return {};
  bool changed = false;
  fill(facts.brand, found.brand, changed);
  fill(facts.device_model, found.device_model, changed);
  fill(facts.serial, found.serial, changed);
  return changed ? amend_recorder(session, id, facts, problems) : base::Status();
}

}  // namespace

base::Status keep_found_device(store::WriteSession& session, const base::CameraId& camera, const FoundDevice& said,
                               Problems& problems) {
  VG_ASSIGN(const Camera known, camera_must_be_there(session, camera));
  const DeviceFacts found = fit_found(said);
  if (known.facts.recorder) return keep_in_recorder(session, *known.facts.recorder, found, problems);
  DeviceFacts device = known.facts.device;
  const std::vector<Mark> marks{{"số sê-ri", "serial number", device.serial, found.serial},
                                {"địa chỉ MAC", "MAC address", device.mac, found.mac},
                                {"mã ONVIF", "ONVIF identifier", device.onvif_uuid, found.onvif_uuid}};
  if (is_another(marks, problems)) return {};
  bool changed = false;
  fill(device.brand, found.brand, changed);
  fill(device.device_model, found.device_model, changed);
  fill(device.serial, found.serial, changed);
  fill(device.mac, found.mac, changed);
  fill(device.onvif_uuid, found.onvif_uuid, changed);
  const std::string firmware = found_line(said.firmware);
  VG_ASSIGN(const std::string before, firmware_of(session, camera));
  if (!firmware.empty() && firmware != before) {
    VG_TRY(session
               .run("update camera_device set firmware = $3 where camera = $1 and to_day = $2",
                    {camera, kOpenEnd.number, firmware})
               .error());
  }
  if (!changed) return {};
  VG_TRY(amend_device(session, camera, device));
  return session.tell("camera.changed", camera, json_object({{"code", known.code}}));
}

base::Result<std::string> firmware_of(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select firmware from camera_device where camera = $1 and to_day = $2", {camera, kOpenEnd.number}));
  return rows.empty() ? std::string() : rows[0].text(0);
}

}  // namespace vonggac::catalogue
