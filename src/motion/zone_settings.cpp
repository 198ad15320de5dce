#include "motion/zone_settings.h"

#include <utility>

#include <boost/json.hpp>

namespace vonggac::motion {

EngineSettings engine_settings(int sensitivity, const std::vector<ipc::Zone>& zones) {
  EngineSettings out;
  out.sensitivity = sensitivity;
  for (const ipc::Zone& zone : zones) out.zones.push_back({zone.id, zone.kind, zone.polygon.points});
  return out;
}

media::av::PictureMask mask_of(const std::vector<ipc::Zone>& zones) {
  std::vector<media::av::PictureMask::Outline> outlines;
  for (const ipc::Zone& zone : zones) {
    if (zone.kind == ipc::ZoneKind::kPrivacy) outlines.push_back(zone.polygon.points);
  }
  return media::av::PictureMask(std::move(outlines));
}

std::optional<std::vector<ipc::Zone>> zones_from_text(const std::string& text) {
  std::vector<ipc::Zone> zones;
  try {
    const boost::json::value parsed = boost::json::parse(text);
    for (const boost::json::value& entry : parsed.as_array()) {
      ipc::Zone& zone = zones.emplace_back();
      zone.id = std::string(entry.at("id").as_string());
      const std::string kind(entry.at("kind").as_string());
      for (const ipc::ZoneKind known : {ipc::ZoneKind::kIgnore, ipc::ZoneKind::kWatch, ipc::ZoneKind::kPrivacy}) {
        if (kind == ipc::zone_kind_name(known)) zone.kind = known;
      }
      for (const boost::json::value& point : entry.at("points").as_array()) {
        zone.polygon.points.emplace_back(point.at(0).to_number<float>(), point.at(1).to_number<float>());
      }
    }
  } catch (const std::exception&) {
    return std::nullopt;
  }
  return zones;
}

}  // namespace vonggac::motion
