#include "catalogue/cameras.h"

#include <fmt/format.h>

#include "catalogue/camera_rows.h"
#include "catalogue/camera_streams.h"
#include "catalogue/duplicates.h"
#include "catalogue/folding.h"
#include "catalogue/form_checks.h"
#include "catalogue/human_codes.h"
#include "catalogue/places.h"
#include "catalogue/site_rows.h"
#include "catalogue/typed_text.h"

namespace vonggac::catalogue {
namespace {

constexpr std::string_view kFirstLife = "DE_XUAT", kFirstHealth = "CHUA_CAU_HINH";

AreaPlace place_of_site(const Site& site) { return {site.residential, site.commune, site.province}; }

base::Result<Site> open_site(store::Reader& session, const SiteId& site, Problems& problems) {
  VG_ASSIGN(Site found, site_must_be_there(session, site));
  if (found.closed) {
    problems.refuse("", "site", fmt::format("Vị trí {} đã đóng.", found.code),
                    fmt::format("The site {} is closed.", found.code));
    return problems.status();
  }
  return found;
}

Columns columns_of_site(const Site& site) {
  return {{"site", site.id},
          {"area", site.area},
          {"residential", site.residential},
          {"commune", site.commune},
          {"province", site.province},
          {"lat_e6", site.point ? store::Value(site.point->lat_e6) : nullptr},
          {"lon_e6", site.point ? store::Value(site.point->lon_e6) : nullptr},
          {"map_cell", site.point ? store::Value(map_cell_of(*site.point)) : nullptr}};
}

void append(Columns& columns, const Columns& more) { columns.insert(columns.end(), more.begin(), more.end()); }

base::Status check_free_id(store::Reader& session, const base::CameraId& id) {
  if (id.is_nil()) return base::invalid_argument("a camera needs an id that is not all zeros");
  VG_ASSIGN(const std::optional<Camera> there, camera_of(session, id));
  if (there)
    return base::invalid_argument(fmt::format("the camera {} is registered as {}", id.to_string(), there->code));
  return {};
}

}  // namespace

base::Result<base::CameraId> register_camera(store::WriteSession& session, const CameraForm& form, Problems& problems) {
  const Day today = today_of(session);
  VG_ASSIGN(const Site site, open_site(session, form.site, problems));
  const base::CameraId id = form.id.value_or(base::CameraId{session.new_id()});
  if (form.id) VG_TRY(check_free_id(session, id));
  const DeviceFacts device = normal_device(form.device, problems);
  VG_ASSIGN(Columns columns, camera_columns(session, form, place_of_site(site), today, problems));
  if (problems.refused()) return problems.status();
  VG_TRY(warn_of_overlap(session, site, id, problems));
  VG_ASSIGN(const std::string digits, commune_digits_of(session, place_of_site(site), today, problems));
  VG_ASSIGN(const std::string code, next_code(session, "CAM", digits, 4));
  const std::string folded =
      fold(searched_text({clean_text(form.name).value_or(""), code, device.brand, device.device_model, device.serial,
                          site.code, site.facts.name, site.facts.address, site.facts.route}));
  append(columns, device_columns(device));
  append(columns, columns_of_site(site));
  append(columns, {{"id", id},
                   {"code", code},
                   {"brand_key", fold(device.brand)},
                   {"password_by", ""},
                   {"accepted_by", ""},
                   {"life", kFirstLife},
                   {"life_since_us", session.now()},
                   {"health", kFirstHealth},
                   {"search", folded},
                   {"made_at_us", session.now()},
                   {"changed_at_us", session.now()}});
  VG_TRY(insert_row(session, "camera", columns));
  VG_TRY(write_device(session, id, device, form.installed.value_or(today), "", ""));
  VG_TRY(add_camera_terms(session, id, folded));
  VG_TRY(session.tell("camera.registered", id, json_object({{"code", code}, {"kind", form.kind}})));
  return id;
}

base::Status amend_camera(store::WriteSession& session, const base::CameraId& camera, const CameraForm& form,
                          Problems& problems) {
  VG_ASSIGN(const Camera before, camera_to_change(session, camera, problems));
  CameraForm own = form;
  own.id = camera;
  const DeviceFacts device = normal_device(form.device, problems);
  const AreaPlace place{before.residential, before.commune, before.province};
  VG_ASSIGN(Columns columns, camera_columns(session, own, place, today_of(session), problems));
  const bool unmasked = before.facts.masks_drawn && !form.masks_drawn && before.life == "HOAT_DONG";
  VG_ASSIGN(const Site site, site_must_be_there(session, before.facts.site));
  if (unmasked && site.facts.homes_visible) {
    problems.refuse("V13", "masks_drawn", "Camera đang hoạt động và thấy nhà dân: không được bỏ vùng che.",
                    "The camera is in service and sees homes: its masks must stay.");
  }
  if (problems.refused()) return problems.status();
  VG_TRY(amend_device(session, camera, device, std::move(columns)));
  return session.tell("camera.changed", camera, json_object({{"code", before.code}}));
}

base::Status rehang_camera(store::WriteSession& session, const base::CameraId& camera, const SiteId& site,
                           Problems& problems) {
  VG_ASSIGN(const Camera before, camera_to_change(session, camera, problems));
  VG_ASSIGN(const Site there, open_site(session, site, problems));
  if (before.life == "HOAT_DONG") {
    problems.refuse("", "site", "Camera đang hoạt động: chuyển sang bảo trì trước khi dời vị trí.",
                    "The camera is in service: put it under repair before it is moved.");
    return problems.status();
  }
  VG_TRY(warn_of_overlap(session, there, camera, problems));
  Columns columns = columns_of_site(there);
  append(columns,
         {{"accepted_at_us", nullptr}, {"accepted_by", ""}, {"masks_drawn", false}, {"changed_at_us", session.now()}});
  VG_TRY(update_row(session, "camera", "id", camera, columns));
  VG_TRY(session.run("update camera_reference set in_use = 0 where camera = $1", {camera}).error());
  VG_TRY(index_camera(session, camera));
  return session.tell("camera.moved", camera, json_object({{"code", before.code}, {"site", there.code}}));
}

base::Result<std::optional<Camera>> camera_of(store::Reader& session, const base::CameraId& camera) {
  VG_ASSIGN(std::vector<Camera> found, read_cameras(session, "where c.id = $1", {camera}));
  if (found.empty()) return std::optional<Camera>();
  return std::optional<Camera>(std::move(found.front()));
}

base::Result<std::optional<Camera>> camera_by_code(store::Reader& session, std::string_view code) {
  VG_ASSIGN(std::vector<Camera> found, read_cameras(session, "where c.code = $1", {normal_code(code)}));
  if (found.empty()) return std::optional<Camera>();
  // merge_cameras makes no circles; the bound is for a database that somebody else has written to.
  for (int step = 0; found.front().merged_into && step < 8; ++step) {
    const base::CameraId next = *found.front().merged_into;
    VG_ASSIGN(found, read_cameras(session, "where c.id = $1", {next}));
    if (found.empty()) return base::data_loss("a merged camera leads nowhere");
  }
  return std::optional<Camera>(std::move(found.front()));
}

base::Status put_retention_profile(store::WriteSession& session, const RetentionProfile& profile, Problems& problems) {
  check_whole_number("min_days", profile.min_days, 0, 3650, problems);
  check_whole_number("max_days", profile.max_days, profile.min_days, 3650, problems);
  const std::string basis = typed_line("basis", profile.basis, 1, 200, problems);
  if (problems.refused()) return problems.status();
  VG_TRY(session
             .run("insert into retention_profile (province, class, min_days, max_days, basis) values ($1, $2, $3, $4, "
                  "$5) on conflict (province, class) do update set min_days = excluded.min_days, max_days = "
                  "excluded.max_days, basis = excluded.basis",
                  {profile.province, profile.retention_class, profile.min_days, profile.max_days, basis})
             .error());
  return session.tell("retention.changed", base::Uuid{}, json_object({{"province", profile.province}}));
}

}  // namespace vonggac::catalogue
