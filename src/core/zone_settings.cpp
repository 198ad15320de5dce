#include "core/zone_settings.h"

#include <cmath>
#include <optional>
#include <string>

#include "core/schedule_text.h"
#include "core/unicode_text.h"

namespace vonggac::core {
namespace {

namespace json = boost::json;

constexpr std::size_t kMaxZoneIdCharacters = 32;

base::Status refuse_zone(std::string_view field, const std::string& allowed) {
  return base::invalid_argument(std::string(field) + " must be " + allowed);
}

base::Result<std::string> text_of(const json::value& value, std::string_view field) {
  if (!value.is_string()) return refuse_zone(field, "text");
  return std::string(value.get_string());
}

base::Result<double> part_of_picture(const json::value& value, std::string_view field) {
  const double number = value.is_number() ? value.to_number<double>() : -1;
  // Written so that NaN is refused too.
  if (!(number >= 0 && number <= 1)) return refuse_zone(field, "a number from 0 to 1");
  return number;
}

/// Four decimals, a fifth of a pixel of 1080p: what is stored is what people read, without 0.30000001192.
double to_grid(double value) { return std::round(value * 1e4) / 1e4; }

base::Result<std::pair<float, float>> parse_point(const json::value& value) {
  const json::array* pair = value.if_array();
  if (pair == nullptr || pair->size() != 2) return refuse_zone("zones: each point", "a pair [x, y]");
  VG_ASSIGN(const double x, part_of_picture((*pair)[0], "zones: x"));
  VG_ASSIGN(const double y, part_of_picture((*pair)[1], "zones: y"));
  return std::pair<float, float>(static_cast<float>(to_grid(x)), static_cast<float>(to_grid(y)));
}

base::Status parse_points(const json::value& value, ipc::Polygon& polygon) {
  const json::array* points = value.if_array();
  if (points == nullptr || points->size() < kMinZonePoints || points->size() > kMaxZonePoints) {
    return refuse_zone("zones: points", "a list of 3 to 32 points [x, y]");
  }
  for (const json::value& point : *points) {
    VG_ASSIGN(const auto xy, parse_point(point));
    polygon.points.push_back(xy);
  }
  return {};
}

base::Result<ipc::ZoneKind> parse_kind(const json::value& value) {
  VG_ASSIGN(const std::string name, text_of(value, "zones: kind"));
  for (const ipc::ZoneKind kind :
       {ipc::ZoneKind::kDetect, ipc::ZoneKind::kIgnore, ipc::ZoneKind::kWatch, ipc::ZoneKind::kPrivacy}) {
    if (name == ipc::zone_kind_name(kind)) return kind;
  }
  return refuse_zone("zones: kind", "detect, ignore, watch or privacy");
}

/// As the first version wrote it: true for ignore, false for detect.
base::Result<ipc::ZoneKind> parse_ignore(const json::value& value) {
  if (!value.is_bool()) return refuse_zone("zones: ignore", "true or false");
  return value.get_bool() ? ipc::ZoneKind::kIgnore : ipc::ZoneKind::kDetect;
}

base::Status check_zone(const ipc::Zone& zone) {
  if (zone.polygon.points.empty()) return refuse_zone("zones: points", "given for each zone");
  if (!is_plain_text(zone.id, 1, kMaxZoneIdCharacters)) return refuse_zone("zones: id", "1 to 32 printable characters");
  if (zone.hours.empty()) return {};
  if (zone.kind != ipc::ZoneKind::kWatch) return refuse_zone("zones: hours", "left out but for watch zones");
  const base::Result<WeekHours> hours = parse_hours(zone.hours);
  return hours ? base::Status() : base::invalid_argument("zones: " + hours.error().message());
}

base::Status read_zone_field(const json::key_value_pair& entry, ipc::Zone& zone) {
  if (entry.key() == "id") {
    VG_ASSIGN(zone.id, text_of(entry.value(), "zones: id"));
  } else if (entry.key() == "kind") {
    VG_ASSIGN(zone.kind, parse_kind(entry.value()));
  } else if (entry.key() == "ignore") {
    VG_ASSIGN(zone.kind, parse_ignore(entry.value()));
  } else if (entry.key() == "points") {
    VG_TRY(parse_points(entry.value(), zone.polygon));
  } else if (entry.key() == "hours") {
    VG_ASSIGN(zone.hours, text_of(entry.value(), "zones: hours"));
  } else {
    return base::invalid_argument("zones: '" + std::string(entry.key().substr(0, 40)) +
                                  "' is not known; a zone has id, kind, points and hours");
  }
  return {};
}

base::Result<ipc::Zone> parse_zone(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return refuse_zone("zones", "a list of {\"id\", \"kind\", \"points\"}");
  if (object->contains("kind") && object->contains("ignore")) {
    return refuse_zone("zones: ignore", "left out where kind is given");
  }
  ipc::Zone zone;
  for (const json::key_value_pair& entry : *object) VG_TRY(read_zone_field(entry, zone));
  VG_TRY(check_zone(zone));
  return zone;
}

/// 1 rather than 1.0 where it is whole.
json::value coordinate(float value) {
  const double number = to_grid(static_cast<double>(value));
  if (number == std::floor(number)) return static_cast<std::int64_t>(number);
  return number;
}

}  // namespace

base::Result<std::vector<ipc::Zone>> zones_from_json(const json::value& value) {
  const json::array* list = value.if_array();
  if (list == nullptr || list->size() > kMaxZones) return refuse_zone("zones", "a list of at most 16 zones");
  std::vector<ipc::Zone> zones;
  for (const json::value& entry : *list) {
    VG_ASSIGN(ipc::Zone zone, parse_zone(entry));
    for (const ipc::Zone& other : zones) {
      if (other.id == zone.id) return refuse_zone("zones: id", "different for each zone of a camera");
    }
    zones.push_back(std::move(zone));
  }
  return zones;
}

json::array zones_to_json(const std::vector<ipc::Zone>& zones) {
  json::array list;
  for (const ipc::Zone& zone : zones) {
    json::array points;
    for (const auto& [x, y] : zone.polygon.points) points.push_back(json::array{coordinate(x), coordinate(y)});
    json::object one{{"id", zone.id}, {"kind", ipc::zone_kind_name(zone.kind)}, {"points", std::move(points)}};
    if (!zone.hours.empty()) one["hours"] = zone.hours;
    list.push_back(std::move(one));
  }
  return list;
}

}  // namespace vonggac::core
