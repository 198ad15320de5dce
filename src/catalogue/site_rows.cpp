#include "catalogue/site_rows.h"

#include <fmt/format.h>

#include "catalogue/code_lists.h"
#include "catalogue/folding.h"
#include "catalogue/form_checks.h"
#include "catalogue/human_codes.h"

namespace vonggac::catalogue {
namespace {

constexpr std::string_view kSiteColumns =
    "s.id, s.code, s.name, s.address, s.route, s.outside_residential, s.lat_e6, s.lon_e6, s.azimuth_deg, "
    "s.field_of_view_deg, s.mount, s.power, s.uplink, s.public_place, s.public_basis, s.critical_point, "
    "s.homes_visible, s.sign_text, s.sign_photo, s.sign_seen_day, s.surveyed_day, s.surveyed_by, s.survey_light, "
    "s.survey_note, s.opened_day, s.closed_day, s.area, s.residential, s.commune, s.province";
constexpr std::size_t kSiteName = 120, kSiteLine = 200, kSiteNote = 1000;

std::optional<AreaId> area_at(const store::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return AreaId{row.id(column)};
}

std::optional<double> real_at(const store::Row& row, std::size_t column) {
  if (row.is_null(column)) return std::nullopt;
  return row.real(column);
}

Site site_from(const store::Row& row) {
  Site site;
  site.id = SiteId{row.id(0)};
  site.code = row.text(1);
  SiteForm& f = site.facts;
  f.name = row.text(2);
  f.address = row.text(3);
  f.route = row.text(4);
  f.outside_residential = row.flag(5);
  if (!row.is_null(6)) {
    site.point = GeoPoint{row.integer(6), row.integer(7)};
    f.lat = static_cast<double>(site.point->lat_e6) / 1e6;
    f.lon = static_cast<double>(site.point->lon_e6) / 1e6;
  }
  f.azimuth_deg = real_at(row, 8);
  f.field_of_view_deg = real_at(row, 9);
  f.mount = row.text(10);
  f.power = row.text(11);
  f.uplink = row.text(12);
  f.public_place = row.flag(13);
  f.public_basis = row.text(14);
  f.critical_point = row.text(15);
  f.homes_visible = row.flag(16);
  f.sign_text = row.text(17);
  f.sign_photo = row.text(18);
  f.sign_seen = day_at(row, 19);
  f.surveyed = day_at(row, 20);
  f.surveyed_by = row.text(21);
  f.survey_light = row.text(22);
  f.survey_note = row.text(23);
  f.opened = {row.integer(24)};
  site.closed = day_at(row, 25);
  site.area = AreaId{row.id(26)};
  f.area = site.area;
  site.residential = area_at(row, 27);
  site.commune = area_at(row, 28);
  site.province = area_at(row, 29);
  return site;
}

void check_coordinates(const SiteForm& form, Problems& problems) {
  if (form.lat.has_value() != form.lon.has_value()) {
    problems.refuse("", "lat", "Nhập cả vĩ độ và kinh độ, hoặc để trống cả hai.",
                    "Give both latitude and longitude, or neither.");
  }
  check_real_number("lat", form.lat, -90, 90, problems);
  check_real_number("lon", form.lon, -180, 180, problems);
  check_real_number("azimuth_deg", form.azimuth_deg, 0, 360, problems);
  check_real_number("field_of_view_deg", form.field_of_view_deg, 1, 360, problems);
}

}  // namespace

base::Result<std::vector<Site>> read_sites(store::Reader& session, std::string_view condition,
                                           const store::Parameters& parameters) {
  std::vector<Site> found;
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    found.push_back(site_from(row));
    return {};
  };
  VG_TRY(session.visit(fmt::format("select {} from camera_site s {}", kSiteColumns, condition),
                       std::span<const store::Value>(parameters), take));
  return found;
}

Columns site_columns(const SiteForm& form, Problems& problems) {
  check_coordinates(form, problems);
  check_choice(mounts(), form.mount, "mount", true, problems);
  check_choice(power_sources(), form.power, "power", true, problems);
  check_choice(uplinks(), form.uplink, "uplink", true, problems);
  check_choice(critical_points(), form.critical_point, "critical_point", true, problems);
  const std::string name = typed_line("name", form.name, 1, kSiteName, problems);
  Columns columns{
      {"name", name},
      {"sort_name", fold(name)},
      {"address", typed_line("address", form.address, 0, kSiteLine, problems)},
      {"route", typed_line("route", form.route, 0, kSiteLine, problems)},
      {"azimuth_deg", form.azimuth_deg},
      {"field_of_view_deg", form.field_of_view_deg},
      {"mount", form.mount},
      {"power", form.power},
      {"uplink", form.uplink},
      {"public_place", form.public_place},
      {"public_basis", typed_line("public_basis", form.public_basis, 0, kSiteLine, problems)},
      {"critical_point", form.critical_point},
      {"homes_visible", form.homes_visible},
      {"sign_text", typed_line("sign_text", form.sign_text, 0, kSiteNote, problems)},
      {"sign_photo", typed_line("sign_photo", form.sign_photo, 0, kSiteLine, problems)},
      {"sign_seen_day", day_value(form.sign_seen)},
      {"surveyed_day", day_value(form.surveyed)},
      {"surveyed_by", typed_line("surveyed_by", form.surveyed_by, 0, kSiteName, problems)},
      {"survey_light", typed_line("survey_light", form.survey_light, 0, kSiteLine, problems)},
      {"survey_note", typed_line("survey_note", form.survey_note, 0, kSiteNote, problems)},
  };
  const bool placed = form.lat && form.lon && !problems.refused();
  const GeoPoint point = placed ? geo_point(*form.lat, *form.lon) : GeoPoint{};
  columns.emplace_back("lat_e6", placed ? store::Value(point.lat_e6) : nullptr);
  columns.emplace_back("lon_e6", placed ? store::Value(point.lon_e6) : nullptr);
  return columns;
}

base::Result<Site> site_must_be_there(store::Reader& session, const SiteId& site) {
  VG_ASSIGN(std::optional<Site> found, site_of(session, site));
  if (!found) return base::not_found(fmt::format("there is no site {}", site.to_string()));
  return std::move(*found);
}

base::Result<std::string> commune_digits_of(store::Reader& session, const AreaPlace& place, Day day,
                                            Problems& problems) {
  std::optional<AreaVersion> commune;
  if (place.commune) {
    VG_ASSIGN(commune, area_on(session, *place.commune, day));
  }
  const std::optional<std::string> digits = commune ? commune_digits(commune->code) : std::nullopt;
  if (digits) return *digits;
  problems.refuse("", "area", "Xã, phường chưa có mã đơn vị hành chính 5 chữ số: nhập mã trước khi đăng ký.",
                  "The commune has no official code of five digits yet: enter it first.");
  return problems.status();
}

}  // namespace vonggac::catalogue
