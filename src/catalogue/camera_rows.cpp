#include "catalogue/camera_rows.h"

#include <set>

#include <fmt/format.h>

#include "catalogue/code_lists.h"
#include "catalogue/folding.h"
#include "catalogue/form_checks.h"

namespace vonggac::catalogue {
namespace {

constexpr std::string_view kCameraColumns =
    "c.id, c.code, c.name, c.kind, c.site, c.recorder, c.channel, c.brand, c.device_model, c.serial, c.mac, "
    "c.onvif_uuid, c.qcvn135, c.owner, c.ownership, c.purpose, c.retention_class, c.retention_days, c.installed_day, "
    "c.warranty_to_day, c.password_by, c.password_at_us, c.audio, c.audio_basis, c.masks_drawn, c.accepted_at_us, "
    "c.accepted_by, c.life, c.life_since_us, c.health, c.area, c.residential, c.commune, c.province, c.lat_e6, "
    "c.lon_e6, c.merged_into";
constexpr std::size_t kCameraName = 120, kCameraLine = 200;
constexpr std::int64_t kMostDays = 3650;

template <typename Id>
std::optional<Id> id_at(const store::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return Id{row.id(column)};
}

Camera camera_from(const store::Row& row) {
  Camera camera;
  camera.id = base::CameraId{row.id(0)};
  camera.code = row.text(1);
  CameraForm& f = camera.facts;
  f.id = camera.id;
  f.name = row.text(2);
  f.kind = row.text(3);
  f.site = SiteId{row.id(4)};
  f.recorder = id_at<RecorderId>(row, 5);
  f.channel = row.maybe_integer(6);
  f.device = {row.text(7), row.text(8), row.text(9), row.text(10), row.text(11), row.flag(12)};
  f.owner = row.maybe_id(13);
  f.ownership = row.text(14);
  f.purpose = row.text(15);
  f.retention_class = row.text(16);
  f.retention_days = row.integer(17);
  f.installed = day_at(row, 18);
  f.warranty_to = day_at(row, 19);
  camera.password_by = row.text(20);
  camera.password_at = row.maybe_time(21);
  f.audio = row.flag(22);
  f.audio_basis = row.text(23);
  f.masks_drawn = row.flag(24);
  camera.accepted_at = row.maybe_time(25);
  camera.accepted_by = row.text(26);
  camera.life = row.text(27);
  camera.life_since = row.time(28);
  camera.health = row.text(29);
  camera.area = AreaId{row.id(30)};
  camera.residential = id_at<AreaId>(row, 31);
  camera.commune = id_at<AreaId>(row, 32);
  camera.province = id_at<AreaId>(row, 33);
  if (!row.is_null(34)) camera.point = GeoPoint{row.integer(34), row.integer(35)};
  camera.merged_into = id_at<base::CameraId>(row, 36);
  return camera;
}

/// V14: between the least and the most that the province allows.
base::Status check_retention(store::Reader& session, const CameraForm& form, const AreaPlace& place, Day day,
                             Problems& problems) {
  std::string province;
  if (place.province) {
    VG_ASSIGN(const std::optional<AreaVersion> version, area_on(session, *place.province, day));
    if (version) province = version->code;
  }
  VG_ASSIGN(const store::Rows rows,
            session.query("select min_days, max_days from retention_profile where class = $1 and (province = $2 or "
                          "province = '') order by province desc limit 1",
                          {form.retention_class, province}));
  if (rows.empty()) {
    check_whole_number("retention_days", form.retention_days, 0, kMostDays, problems);
    return {};
  }
  const std::int64_t least = rows[0].integer(0), most = rows[0].integer(1);
  if (form.retention_days >= least && form.retention_days <= most) return {};
  problems.refuse("V14", "retention_days",
                  fmt::format("Thời hạn lưu trữ phải từ {} đến {} ngày theo quy định của tỉnh.", least, most),
                  fmt::format("The province allows {} to {} days of retention.", least, most));
  return {};
}

base::Status check_channel(store::Reader& session, const CameraForm& form, Problems& problems) {
  if (!form.recorder) {
    if (form.channel) {
      problems.refuse("", "recorder", "Chọn đầu ghi của kênh này.", "Choose the recorder of this channel.");
    }
    return {};
  }
  VG_ASSIGN(const store::Rows rows,
            session.query("select channels, code from recorder where id = $1", {*form.recorder}));
  if (rows.empty()) return base::not_found("there is no such recorder");
  const std::int64_t channels = rows[0].integer(0);
  if (!form.channel || *form.channel < 1 || *form.channel > channels) {
    problems.refuse("", "channel", fmt::format("Đầu ghi này có kênh 1 đến {}.", channels),
                    fmt::format("This recorder has channels 1 to {}.", channels));
    return {};
  }
  VG_ASSIGN(
      const store::Rows others,
      session.query("select code from camera where recorder = $1 and channel = $2 and id <> $3 and merged_into is "
                    "null and life not in ('NGUNG', 'TU_CHOI')",
                    {*form.recorder, *form.channel, form.id.value_or(base::CameraId{})}));
  if (others.empty()) return {};
  problems.refuse("", "channel", fmt::format("Kênh {} đang là của {}.", *form.channel, others[0].text(0)),
                  fmt::format("Channel {} belongs to {} already.", *form.channel, others[0].text(0)));
  return {};
}

/// Four groups of hexadecimal digits as 8-4-4-4-12, with or without "urn:uuid:".
std::optional<std::string> normal_onvif_uuid(std::string_view typed) {
  const std::size_t begin = typed.rfind(':');
  if (begin != std::string_view::npos) typed.remove_prefix(begin + 1);
  std::string lower(typed);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  const auto parsed = base::Uuid::parse(lower);
  if (!parsed || parsed->is_nil()) return std::nullopt;
  return parsed->to_string();
}

}  // namespace

std::optional<std::string> normal_mac(std::string_view typed) {
  std::string digits;
  for (const char c : typed) {
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'F')) {
      digits += c;
    } else if (c >= 'a' && c <= 'f') {
      digits += static_cast<char>(c - 'a' + 'A');
    } else if (c != ':' && c != '-' && c != '.' && c != ' ') {
      return std::nullopt;
    }
  }
  // All zeros and all ones are what a device answers that does not know; odd first byte: a group, no device.
  const bool nobody = digits == "000000000000" || digits == "FFFFFFFFFFFF";
  if (digits.size() != 12 || nobody) return std::nullopt;
  const char low = digits[1];
  const int nibble = low <= '9' ? low - '0' : low - 'A' + 10;
  if (nibble % 2 == 1) return std::nullopt;
  std::string mac;
  for (std::size_t i = 0; i < 12; i += 2) mac += fmt::format("{}{}", i == 0 ? "" : ":", digits.substr(i, 2));
  return mac;
}

std::string normal_serial(std::string_view typed) {
  std::string serial;
  for (const char c : typed) {
    if (c == ' ') continue;
    serial += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return serial;
}

DeviceFacts normal_device(const DeviceFacts& typed, Problems& problems) {
  DeviceFacts device;
  device.brand = typed_line("brand", typed.brand, 0, kCameraName, problems);
  device.device_model = typed_line("device_model", typed.device_model, 0, kCameraName, problems);
  device.serial = normal_serial(typed_line("serial", typed.serial, 0, kCameraName, problems));
  device.qcvn135 = typed.qcvn135;
  const std::string mac = typed_line("mac", typed.mac, 0, kCameraName, problems);
  if (!mac.empty()) {
    const std::optional<std::string> normal = normal_mac(mac);
    if (normal) {
      device.mac = *normal;
    } else {
      problems.refuse("", "mac", "Địa chỉ MAC gồm 12 chữ số 0-9, A-F, ví dụ 4C:BD:8F:12:34:56.",
                      "A MAC address has 12 digits 0-9, A-F, like 4C:BD:8F:12:34:56.");
    }
  }
  const std::string uuid = typed_line("onvif_uuid", typed.onvif_uuid, 0, kCameraName, problems);
  if (!uuid.empty()) {
    const std::optional<std::string> normal = normal_onvif_uuid(uuid);
    if (normal) {
      device.onvif_uuid = *normal;
    } else {
      problems.refuse("", "onvif_uuid", "Mã ONVIF phải có dạng 8-4-4-4-12 chữ số.",
                      "The ONVIF identifier must have the form 8-4-4-4-12 digits.");
    }
  }
  return device;
}

Columns device_columns(const DeviceFacts& device) {
  return {{"brand", device.brand},
          {"device_model", device.device_model},
          {"serial", text_or_null(device.serial)},
          {"mac", text_or_null(device.mac)},
          {"onvif_uuid", text_or_null(device.onvif_uuid)},
          {"qcvn135", device.qcvn135}};
}

base::Result<Columns> camera_columns(store::Reader& session, const CameraForm& form, const AreaPlace& place, Day day,
                                     Problems& problems) {
  check_choice(camera_kinds(), form.kind, "kind", false, problems);
  check_choice(ownership_kinds(), form.ownership, "ownership", false, problems);
  check_choice(retention_classes(), form.retention_class, "retention_class", false, problems);
  VG_TRY(check_retention(session, form, place, day, problems));
  VG_TRY(check_channel(session, form, problems));
  const std::string basis = typed_line("audio_basis", form.audio_basis, 0, kCameraLine, problems);
  if (form.audio && basis.empty()) {
    problems.refuse("V12", "audio_basis", "Muốn thu âm phải ghi rõ căn cứ pháp lý hoặc sự đồng ý.",
                    "To record sound, give the legal basis or the consent.");
  }
  if (form.warranty_to && form.installed && *form.warranty_to < *form.installed) {
    problems.refuse("", "warranty_to", "Hạn bảo hành không thể trước ngày lắp đặt.",
                    "The warranty cannot end before the day of installation.");
  }
  const std::string name = typed_line("name", form.name, 1, kCameraName, problems);
  return Columns{{"name", name},
                 {"sort_name", fold(name)},
                 {"kind", form.kind},
                 {"recorder", form.recorder},
                 {"channel", form.channel},
                 {"owner", form.owner},
                 {"ownership", form.ownership},
                 {"purpose", typed_line("purpose", form.purpose, 1, kCameraLine, problems)},
                 {"retention_class", form.retention_class},
                 {"retention_days", form.retention_days},
                 {"installed_day", day_value(form.installed)},
                 {"warranty_to_day", day_value(form.warranty_to)},
                 {"audio", form.audio},
                 {"audio_basis", basis},
                 {"masks_drawn", form.masks_drawn}};
}

base::Result<std::vector<Camera>> read_cameras(store::Reader& session, std::string_view condition,
                                               const store::Parameters& parameters) {
  std::vector<Camera> found;
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    found.push_back(camera_from(row));
    return {};
  };
  VG_TRY(session.visit(fmt::format("select {} from camera c {}", kCameraColumns, condition),
                       std::span<const store::Value>(parameters), take));
  return found;
}

base::Result<Camera> camera_must_be_there(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(std::optional<Camera> found, camera_of(session, camera));
  if (!found) return base::not_found(fmt::format("there is no camera {}", camera.to_string()));
  return std::move(*found);
}

base::Result<Camera> camera_to_change(store::Reader& session, const base::CameraId& camera, Problems& problems) {
  VG_ASSIGN(Camera found, camera_must_be_there(session, camera));
  if (!found.merged_into) return found;
  problems.refuse("", "camera", "Camera này đã gộp vào một camera khác.", "This camera was merged into another one.");
  return problems.status();
}

base::Status index_camera(store::WriteSession& session, const base::CameraId& camera) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select c.name, c.code, c.brand, c.device_model, c.serial, s.code, s.name, s.address, s.route "
                    "from camera c join camera_site s on s.id = c.site where c.id = $1",
                    {camera}));
  if (rows.empty()) return base::not_found(fmt::format("there is no camera {}", camera.to_string()));
  std::vector<std::string> parts;
  for (std::size_t i = 0; i < rows[0].size(); ++i) parts.push_back(rows[0].text(i));
  const std::string folded = fold(searched_text(parts));
  VG_TRY(update_row(session, "camera", "id", camera, {{"search", folded}}));
  VG_TRY(session.run_later("delete from camera_term where camera = $1", {camera}));
  return add_camera_terms(session, camera, folded);
}

std::string searched_text(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : " ") + part;
  return text;
}

base::Status add_camera_terms(store::WriteSession& session, const base::CameraId& camera, std::string_view folded) {
  std::set<std::string> terms;
  for (const SearchWord& word : search_words(folded, 96)) terms.insert(word.word);
  for (const std::string& term : terms) {
    VG_TRY(session.run_later("insert into camera_term (term, camera) values ($1, $2)", {term, camera}));
  }
  return {};
}

}  // namespace vonggac::catalogue
