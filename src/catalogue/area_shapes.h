/// Outlines of areas, where a province has given them. Without one nothing is said about coordinates.
/// Flow     GeoJSON -> put_shape; a site's coordinates -> check_inside (V6)
/// Threads  within a transaction of room store.
/// Errors   Problems: text that is no outline; V6 is a warning. kNotFound: no such area on that day.
#pragma once

#include <string_view>

#include "catalogue/areas.h"
#include "catalogue/geo.h"

namespace vonggac::catalogue {

/// Coordinates of houses and outlines of wards are seldom better than that.
inline constexpr double kOutlineToleranceMetres = 100;

/// For the version that is valid on this day, and those after it that bring none of their own.
base::Status put_shape(store::WriteSession& session, const AreaId& area, Day day, std::string_view geojson,
                       Problems& problems);
base::Result<std::optional<Outline>> shape_on(store::Reader& session, const AreaId& area, Day day);
/// V6: warns if the point lies outside of the area by more than the tolerance.
base::Status check_inside(store::Reader& session, const AreaId& area, Day day, const GeoPoint& point,
                          Problems& problems);

}  // namespace vonggac::catalogue
