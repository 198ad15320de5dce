#include "catalogue/geo.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numbers>

namespace vonggac::catalogue {
namespace {

constexpr double kMetresPerDegree = 111'320;
constexpr std::size_t kMostCorners = 20'000;

double cos_of(std::int64_t lat_e6) { return std::cos(static_cast<double>(lat_e6) / 1e6 * std::numbers::pi / 180); }

/// Metres east and north of `from`.
struct Offset {
  double east, north;
};
Offset offset(const GeoPoint& from, const GeoPoint& to) {
  return {static_cast<double>(to.lon_e6 - from.lon_e6) / 1e6 * kMetresPerDegree * cos_of(from.lat_e6),
          static_cast<double>(to.lat_e6 - from.lat_e6) / 1e6 * kMetresPerDegree};
}

double metres_to_edge(const GeoPoint& point, const GeoPoint& a, const GeoPoint& b) {
  const Offset p = offset(point, a), q = offset(point, b);
  const double de = q.east - p.east, dn = q.north - p.north;
  const double length2 = de * de + dn * dn;
  const double t = length2 == 0 ? 0 : std::clamp(-(p.east * de + p.north * dn) / length2, 0.0, 1.0);
  return std::hypot(p.east + t * de, p.north + t * dn);
}

/// Reads nested arrays of numbers: what GeoJSON calls coordinates.
class CoordinateReader {
 public:
  explicit CoordinateReader(std::string_view text) : text_(text) {}

  bool read(std::vector<std::vector<GeoPoint>>& rings) {
    if (!array(rings, 0)) return false;
    blanks();
    return corners_ > 0;
  }

 private:
  static constexpr int kDeepest = 2;  // MultiPolygon > polygon > ring, counted from 0

  void blanks() {
    while (!text_.empty() && (text_[0] == ' ' || text_[0] == '\n' || text_[0] == '\r' || text_[0] == '\t')) {
      text_.remove_prefix(1);
    }
  }
  bool take(char wanted) {
    blanks();
    if (text_.empty() || text_[0] != wanted) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool number(double& value) {
    blanks();
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    if (error != std::errc() || !std::isfinite(value)) return false;
    text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    return true;
  }
  /// After the '[' of a position.
  bool position(std::vector<GeoPoint>& ring) {
    double lon = 0, lat = 0, height = 0;
    if (!number(lon) || !take(',') || !number(lat)) return false;
    if (take(',') && !number(height)) return false;
    if (std::abs(lon) > 180 || std::abs(lat) > 90 || ++corners_ > kMostCorners) return false;
    ring.push_back(geo_point(lat, lon));
    return take(']');
  }
  bool array(std::vector<std::vector<GeoPoint>>& rings, int depth) {
    if (depth > kDeepest || !take('[')) return false;
    std::vector<GeoPoint> ring;
    do {
      blanks();
      if (text_.empty() || text_[0] != '[') return false;
      std::string_view ahead = text_.substr(1);
      while (!ahead.empty() && (ahead[0] == ' ' || ahead[0] == '\n' || ahead[0] == '\r' || ahead[0] == '\t')) {
        ahead.remove_prefix(1);
      }
      if (!ahead.empty() && ahead[0] == '[') {
        if (!ring.empty() || !array(rings, depth + 1)) return false;
      } else {
        text_.remove_prefix(1);
        if (!position(ring)) return false;
      }
    } while (take(','));
    if (!take(']')) return false;
    if (ring.empty()) return true;
    if (ring.size() < 3) return false;
    rings.push_back(std::move(ring));
    return true;
  }

  std::string_view text_;
  std::size_t corners_ = 0;
};

}  // namespace

GeoPoint geo_point(double lat, double lon) { return {std::llround(lat * 1e6), std::llround(lon * 1e6)}; }

double metres_between(const GeoPoint& a, const GeoPoint& b) {
  const Offset o = offset(a, b);
  return std::hypot(o.east, o.north);
}

std::int64_t map_cell_of(const GeoPoint& point) {
  constexpr std::int64_t kTenth = 100'000, kAcross = 3'600;
  return (point.lat_e6 + 90'000'000) / kTenth * kAcross + (point.lon_e6 + 180'000'000) / kTenth;
}

std::int64_t lat_e6_of(double metres) { return static_cast<std::int64_t>(std::ceil(metres / kMetresPerDegree * 1e6)); }

std::int64_t lon_e6_of(double metres, std::int64_t lat_e6) {
  return static_cast<std::int64_t>(std::ceil(metres / kMetresPerDegree / std::max(0.01, cos_of(lat_e6)) * 1e6));
}

bool similar_azimuth(const std::optional<double>& a, const std::optional<double>& b, double tolerance_deg) {
  if (!a || !b) return true;
  const double difference = std::abs(std::remainder(*a - *b, 360));
  return difference <= tolerance_deg;
}

base::Result<Outline> Outline::parse(std::string_view geojson) {
  const std::size_t key = geojson.find("\"coordinates\"");
  if (key != std::string_view::npos) geojson.remove_prefix(std::min(geojson.find('[', key), geojson.size()));
  Outline outline;
  if (!CoordinateReader(geojson).read(outline.rings_)) {
    return base::invalid_argument("the outline is no GeoJSON Polygon or MultiPolygon");
  }
  return outline;
}

bool Outline::holds(const GeoPoint& point) const {
  bool inside = false;
  for (const std::vector<GeoPoint>& ring : rings_) {
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
      const bool crosses = (ring[i].lat_e6 > point.lat_e6) != (ring[j].lat_e6 > point.lat_e6);
      if (!crosses) continue;
      const double along =
          static_cast<double>(point.lat_e6 - ring[i].lat_e6) / static_cast<double>(ring[j].lat_e6 - ring[i].lat_e6);
      const double lon =
          static_cast<double>(ring[i].lon_e6) + along * static_cast<double>(ring[j].lon_e6 - ring[i].lon_e6);
      if (static_cast<double>(point.lon_e6) < lon) inside = !inside;
    }
  }
  return inside;
}

double Outline::metres_outside(const GeoPoint& point) const {
  if (holds(point)) return 0;
  double nearest = 1e12;
  for (const std::vector<GeoPoint>& ring : rings_) {
    for (std::size_t i = 0, j = ring.size() - 1; i < ring.size(); j = i++) {
      nearest = std::min(nearest, metres_to_edge(point, ring[j], ring[i]));
    }
  }
  return nearest;
}

std::size_t Outline::corners() const {
  std::size_t count = 0;
  for (const std::vector<GeoPoint>& ring : rings_) count += ring.size();
  return count;
}

}  // namespace vonggac::catalogue
