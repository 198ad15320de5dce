/// Places on the map: points in millionths of a degree (about 0.1 m), distances, outlines of areas.
/// Threads  pure functions.
/// Errors   kInvalidArgument: text that is no GeoJSON Polygon or MultiPolygon.
/// Units    metres; azimuths in degrees clockwise from north.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace vonggac::catalogue {

struct GeoPoint {
  std::int64_t lat_e6 = 0, lon_e6 = 0;
  bool operator==(const GeoPoint&) const = default;
};
GeoPoint geo_point(double lat, double lon);
/// As good as exact for neighbours; no use across half the earth.
double metres_between(const GeoPoint& a, const GeoPoint& b);
/// The square of a tenth of a degree it lies in, about 11 km wide; numbered row by row.
std::int64_t map_cell_of(const GeoPoint& point);
/// How many millionths of a degree so many metres are, rounded up.
std::int64_t lat_e6_of(double metres);
std::int64_t lon_e6_of(double metres, std::int64_t lat_e6);

/// Do two cameras look about the same way? A view nobody has measured may be any.
bool similar_azimuth(const std::optional<double>& a, const std::optional<double>& b, double tolerance_deg = 30);

/// Rings of an outline; holes and islands are rings like others.
class Outline {
 public:
  /// {"type":"Polygon","coordinates":[[[lon,lat],...]]}, a MultiPolygon, or only the coordinates.
  static base::Result<Outline> parse(std::string_view geojson);
  bool holds(const GeoPoint& point) const;
  /// 0 inside, else how far the nearest edge is.
  double metres_outside(const GeoPoint& point) const;
  std::size_t corners() const;

 private:
  std::vector<std::vector<GeoPoint>> rings_;
};

}  // namespace vonggac::catalogue
