#include "catalogue/sites.h"

#include <fmt/format.h>

#include "catalogue/area_shapes.h"
#include "catalogue/form_checks.h"
#include "catalogue/human_codes.h"
#include "catalogue/places.h"
#include "catalogue/site_rows.h"

namespace vonggac::catalogue {
namespace {

/// V5: a residential area, or the commune with the flag that says so; in force on that day and today.
base::Status check_site_area(store::Reader& session, const std::optional<AreaId>& area, bool outside, Day day,
                             Day today, Problems& problems) {
  if (!area) {
    problems.refuse("V5", "area", "Chọn khu dân cư, hoặc chọn xã và đánh dấu “ngoài khu dân cư”.",
                    "Choose the residential area, or the commune with the mark \"outside of all\".");
    return {};
  }
  VG_ASSIGN(const std::optional<AreaVersion> then, area_on(session, *area, day));
  std::optional<AreaVersion> now = then;
  if (day < today) {
    VG_ASSIGN(now, area_on(session, *area, today));
  }
  if (!then || !now) {
    problems.refuse("V5", "area", "Địa bàn này không có hiệu lực suốt thời gian từ ngày đó đến nay.",
                    "This area was not in force all the time from that day until today.");
    return {};
  }
  const AreaKind wanted = outside ? AreaKind::kCommune : AreaKind::kResidential;
  if (now->kind == wanted) return {};
  if (now->kind == AreaKind::kCommune) {
    problems.refuse("V5", "area",
                    fmt::format("Chọn khu dân cư của {}, hoặc đánh dấu “ngoài khu dân cư”.", now->full_name()),
                    fmt::format("Choose a residential area of {}, or mark it as outside of all.", now->full_name()));
  } else if (outside) {
    problems.refuse("V5", "area", "Vị trí ngoài khu dân cư phải thuộc xã, phường hoặc đặc khu.",
                    "A site outside of all residential areas lies in the commune.");
  } else {
    problems.refuse("V5", "area", "Vị trí phải thuộc một khu dân cư.", "A site lies in a residential area.");
  }
  return {};
}

base::Status check_site_point(store::Reader& session, const SiteForm& form, const std::optional<AreaId>& commune,
                              Day today, Problems& problems) {
  if (!form.lat || !form.lon || !commune || problems.refused()) return {};
  return check_inside(session, *commune, today, geo_point(*form.lat, *form.lon), problems);
}

base::Status copy_point_to_cameras(store::WriteSession& session, const SiteId& site) {
  VG_ASSIGN(const Site now, site_must_be_there(session, site));
  const auto part = [&](auto of) { return now.point ? store::Value(of(*now.point)) : store::Value(nullptr); };
  return session
      .run("update camera set lat_e6 = $2, lon_e6 = $3, map_cell = $4 where site = $1",
           {site, part([](const GeoPoint& p) { return p.lat_e6; }), part([](const GeoPoint& p) { return p.lon_e6; }),
            part(map_cell_of)})
      .error();
}

}  // namespace

base::Result<SiteId> add_site(store::WriteSession& session, const SiteForm& form, Problems& problems) {
  const Day today = today_of(session);
  Columns columns = site_columns(form, problems);
  VG_TRY(check_site_area(session, form.area, form.outside_residential, form.opened, today, problems));
  if (problems.refused()) return problems.status();
  VG_ASSIGN(const AreaPlace then, place_of(session, *form.area, form.opened));
  AreaPlace now = then;
  if (form.opened != today) {
    VG_ASSIGN(now, place_of(session, *form.area, today));
  }
  VG_TRY(check_site_point(session, form, now.commune, today, problems));
  VG_ASSIGN(const std::string digits, commune_digits_of(session, then, form.opened, problems));
  VG_ASSIGN(const std::string code, next_code(session, "VT", digits, 4));
  const SiteId site{session.new_id()};
  const Columns fixed{{"id", site},
                      {"code", code},
                      {"outside_residential", form.outside_residential},
                      {"opened_day", form.opened.number},
                      {"area", *form.area},
                      {"residential", now.residential},
                      {"commune", now.commune},
                      {"province", now.province},
                      {"made_at_us", session.now()},
                      {"changed_at_us", session.now()}};
  columns.insert(columns.end(), fixed.begin(), fixed.end());
  VG_TRY(insert_row(session, "camera_site", columns));
  VG_TRY(put_member(session, "site", site, *form.area, form.opened));
  VG_TRY(session.tell("site.added", site, json_object({{"code", code}})));
  return site;
}

base::Status amend_site(store::WriteSession& session, const SiteId& site, const SiteForm& form, Problems& problems) {
  VG_ASSIGN(const Site before, site_must_be_there(session, site));
  Columns columns = site_columns(form, problems);
  VG_TRY(check_site_point(session, form, before.commune, today_of(session), problems));
  if (problems.refused()) return problems.status();
  columns.emplace_back("changed_at_us", session.now());
  VG_TRY(update_row(session, "camera_site", "id", site, columns));
  VG_TRY(copy_point_to_cameras(session, site));
  return session.tell("site.changed", site, json_object({{"code", before.code}}));
}

base::Status move_site(store::WriteSession& session, const SiteId& site, const AreaId& area, bool outside_residential,
                       Day day, Problems& problems) {
  VG_ASSIGN(const Site before, site_must_be_there(session, site));
  VG_TRY(check_site_area(session, area, outside_residential, day, today_of(session), problems));
  if (day <= before.facts.opened) {
    problems.refuse("", "day", fmt::format("Vị trí chỉ có từ {}.", before.facts.opened.local()),
                    fmt::format("The site exists from {} on only.", before.facts.opened.iso()));
  }
  if (problems.refused()) return problems.status();
  VG_TRY(put_member(session, "site", site, area, day));
  VG_TRY(update_row(session, "camera_site", "id", site,
                    {{"outside_residential", outside_residential}, {"changed_at_us", session.now()}}));
  VG_TRY(note_moved(session, area, day));
  VG_TRY(catch_up_places(session).error());
  return session.tell("site.moved", site, json_object({{"code", before.code}, {"day", day.iso()}}));
}

base::Status close_site(store::WriteSession& session, const SiteId& site, Day day, Problems& problems) {
  VG_ASSIGN(const Site before, site_must_be_there(session, site));
  VG_ASSIGN(const store::Rows cameras,
            session.query("select code from camera where site = $1 and merged_into is null and life not in ('NGUNG', "
                          "'TU_CHOI') order by code",
                          {site}));
  if (!cameras.empty()) {
    problems.refuse("", "site", fmt::format("Còn camera {} tại vị trí này.", cameras[0].text(0)),
                    fmt::format("Camera {} is still registered at this site.", cameras[0].text(0)));
  }
  if (day <= before.facts.opened || before.closed) {
    problems.refuse("", "day", "Vị trí đã đóng, hoặc ngày đóng không sau ngày mở.",
                    "The site is closed already, or the day does not lie after the one it was opened.");
  }
  if (problems.refused()) return problems.status();
  VG_TRY(end_member(session, site, day));
  VG_TRY(
      update_row(session, "camera_site", "id", site, {{"closed_day", day.number}, {"changed_at_us", session.now()}}));
  return session.tell("site.closed", site, json_object({{"code", before.code}, {"day", day.iso()}}));
}

base::Result<std::optional<Site>> site_of(store::Reader& session, const SiteId& site) {
  VG_ASSIGN(std::vector<Site> found, read_sites(session, "where s.id = $1", {site}));
  if (found.empty()) return std::optional<Site>();
  return std::optional<Site>(std::move(found.front()));
}

base::Result<std::optional<Site>> site_by_code(store::Reader& session, std::string_view code) {
  VG_ASSIGN(std::vector<Site> found, read_sites(session, "where s.code = $1", {normal_code(code)}));
  if (found.empty()) return std::optional<Site>();
  return std::optional<Site>(std::move(found.front()));
}

}  // namespace vonggac::catalogue
