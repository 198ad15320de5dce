#include "catalogue/area_shapes.h"

#include <fmt/format.h>

namespace vonggac::catalogue {

base::Status put_shape(store::WriteSession& session, const AreaId& area, Day day, std::string_view geojson,
                       Problems& problems) {
  VG_ASSIGN(const std::optional<AreaVersion> version, area_on(session, area, day));
  if (!version) return base::not_found(fmt::format("the area {} does not exist on {}", area.to_string(), day.iso()));
  if (!Outline::parse(geojson)) {
    problems.refuse("", "polygon", "Ranh giới phải ở dạng GeoJSON Polygon hoặc MultiPolygon.",
                    "The outline must be a GeoJSON Polygon or MultiPolygon.");
    return problems.status();
  }
  VG_TRY(session
             .run("insert into area_shape (version, polygon) values ($1, $2) on conflict (version) do update set "
                  "polygon = excluded.polygon",
                  {version->id, geojson})
             .error());
  return session.tell("area.outlined", area, "{}");
}

base::Result<std::optional<Outline>> shape_on(store::Reader& session, const AreaId& area, Day day) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select s.polygon from area_shape s join area_version v on v.id = s.version where v.area = $1 "
                    "and v.valid_from <= $2 order by v.valid_from desc limit 1",
                    {area, day.number}));
  if (rows.empty()) return std::optional<Outline>();
  VG_ASSIGN(Outline outline, Outline::parse(rows[0].text(0)));
  return std::optional<Outline>(std::move(outline));
}

base::Status check_inside(store::Reader& session, const AreaId& area, Day day, const GeoPoint& point,
                          Problems& problems) {
  VG_ASSIGN(const std::optional<Outline> outline, shape_on(session, area, day));
  if (!outline) return {};
  const double metres = outline->metres_outside(point);
  if (metres <= kOutlineToleranceMetres) return {};
  VG_ASSIGN(const std::optional<AreaVersion> version, area_on(session, area, day));
  const std::string name = version ? version->full_name() : std::string();
  problems.warn("V6", "lat", fmt::format("Tọa độ nằm ngoài {} khoảng {:.0f} m: kiểm tra lại.", name, metres),
                fmt::format("The coordinates lie about {:.0f} m outside of {}: look again.", metres, name));
  return {};
}

}  // namespace vonggac::catalogue
