#include "catalogue/duplicates.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "catalogue/camera_rows.h"
#include "catalogue/camera_streams.h"
#include "catalogue/form_checks.h"

namespace vonggac::catalogue {
namespace {

constexpr std::string_view kStillThere = "c.merged_into is null and c.life not in ('NGUNG', 'TU_CHOI')";

class DuplicateList {
 public:
  DuplicateList(store::Reader& session, const DuplicateQuestion& question) : session_(session), question_(question) {}

  base::Status add_by(SameBy reason, std::string_view condition, const store::Parameters& parameters) {
    VG_ASSIGN(const store::Rows rows,
              session_.query(
                  fmt::format("select distinct c.id, c.code, c.name from camera c {} and {}", condition, kStillThere),
                  parameters));
    for (std::size_t i = 0; i < rows.size(); ++i) {
      add(reason, base::CameraId{rows[i].id(0)}, rows[i].text(1), rows[i].text(2));
    }
    return {};
  }
  void add(SameBy reason, const base::CameraId& camera, const std::string& code, const std::string& name) {
    if (question_.not_this && *question_.not_this == camera) return;
    Duplicate& one = found_.try_emplace(camera, Duplicate{camera, code, name, {}}).first->second;
    if (std::find(one.reasons.begin(), one.reasons.end(), reason) == one.reasons.end()) one.reasons.push_back(reason);
  }
  std::vector<Duplicate> sorted() const {
    std::vector<Duplicate> list;
    for (const auto& [id, one] : found_) list.push_back(one);
    std::sort(list.begin(), list.end(), [](const Duplicate& a, const Duplicate& b) {
      return a.reasons.size() != b.reasons.size() ? a.reasons.size() > b.reasons.size() : a.code < b.code;
    });
    return list;
  }

 private:
  store::Reader& session_;
  const DuplicateQuestion& question_;
  std::map<base::CameraId, Duplicate> found_;
};

struct Neighbour {
  base::CameraId camera;
  std::string code, name;
  double metres;
};

/// Cameras within 15 m whose sites look about the same way.
base::Result<std::vector<Neighbour>> neighbours(store::Reader& session, const GeoPoint& point,
                                                const std::optional<double>& azimuth) {
  const std::int64_t north = lat_e6_of(kSamePlaceMetres), east = lon_e6_of(kSamePlaceMetres, point.lat_e6);
  VG_ASSIGN(
      const store::Rows rows,
      session.query(fmt::format("select c.id, c.code, c.name, c.lat_e6, c.lon_e6, s.azimuth_deg from camera c join "
                                "camera_site s on s.id = c.site where c.lat_e6 between $1 and $2 and c.lon_e6 "
                                "between $3 and $4 and {} order by c.code",
                                kStillThere),
                    {point.lat_e6 - north, point.lat_e6 + north, point.lon_e6 - east, point.lon_e6 + east}));
  std::vector<Neighbour> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    const double metres = metres_between(point, {row.integer(3), row.integer(4)});
    std::optional<double> view;
    if (!row.is_null(5)) view = row.real(5);
    if (metres >= kSamePlaceMetres || !similar_azimuth(azimuth, view)) continue;
    found.push_back({base::CameraId{row.id(0)}, row.text(1), row.text(2), metres});
  }
  return found;
}

base::Status check_merge(const Camera& survivor, const Camera& merged, Problems& problems) {
  if (survivor.id == merged.id || survivor.merged_into || merged.merged_into) {
    problems.refuse("", "merged", "Chọn hai camera khác nhau chưa gộp vào camera nào.",
                    "Choose two different cameras that have not been merged yet.");
  }
  return problems.status();
}

}  // namespace

Sentence same_by_name(SameBy reason) {
  switch (reason) {
    case SameBy::kMac:
      return {"cùng địa chỉ MAC", "same MAC address"};
    case SameBy::kSerial:
      return {"cùng số sê-ri", "same serial number"};
    case SameBy::kOnvifUuid:
      return {"cùng mã ONVIF", "same ONVIF identifier"};
    case SameBy::kStream:
      return {"cùng địa chỉ luồng", "same stream"};
    case SameBy::kPlaceAndView:
      return {"cùng vị trí và hướng nhìn", "same place and view"};
  }
  return {};
}

base::Result<std::vector<Duplicate>> find_duplicates(store::Reader& session, const DuplicateQuestion& question) {
  DuplicateList list(session, question);
  Problems ignored;
  const DeviceFacts device = normal_device(question.device, ignored);
  if (!device.mac.empty()) VG_TRY(list.add_by(SameBy::kMac, "where c.mac = $1", {device.mac}));
  if (!device.serial.empty()) VG_TRY(list.add_by(SameBy::kSerial, "where c.serial = $1", {device.serial}));
  if (!device.onvif_uuid.empty()) {
    VG_TRY(list.add_by(SameBy::kOnvifUuid, "where c.onvif_uuid = $1", {device.onvif_uuid}));
  }
  for (const std::string& url : question.stream_urls) {
    const std::string endpoint = stream_endpoint(url);
    if (endpoint.empty()) continue;
    VG_TRY(list.add_by(SameBy::kStream, "join camera_stream t on t.camera = c.id where t.endpoint = $1", {endpoint}));
  }
  if (question.point) {
    VG_ASSIGN(const std::vector<Neighbour> near, neighbours(session, *question.point, question.azimuth_deg));
    for (const Neighbour& one : near) list.add(SameBy::kPlaceAndView, one.camera, one.code, one.name);
  }
  return list.sorted();
}

base::Status warn_of_overlap(store::Reader& session, const Site& site, const base::CameraId& not_this,
                             Problems& problems) {
  if (!site.point) return {};
  VG_ASSIGN(const std::vector<Neighbour> near, neighbours(session, *site.point, site.facts.azimuth_deg));
  for (const Neighbour& one : near) {
    if (one.camera == not_this) continue;
    problems.warn(
        "V7", "site",
        fmt::format("Cách {} chỉ {:.0f} m và cùng hướng nhìn: có thể trùng vị trí.", one.code, one.metres),
        fmt::format("Only {:.0f} m from {} and with the same view: perhaps one too many.", one.metres, one.code));
  }
  return {};
}

base::Status merge_cameras(store::WriteSession& session, const base::CameraId& survivor, const base::CameraId& merged,
                           std::string_view who, Problems& problems) {
  VG_ASSIGN(const Camera stays, camera_must_be_there(session, survivor));
  VG_ASSIGN(const Camera goes, camera_must_be_there(session, merged));
  VG_TRY(check_merge(stays, goes, problems));
  VG_TRY(update_row(
      session, "camera", "id", merged,
      {{"merged_into", survivor}, {"recorder", nullptr}, {"channel", nullptr}, {"changed_at_us", session.now()}}));
  // What was merged into the one that goes leads straight to the one that stays.
  VG_TRY(session.run("update camera set merged_into = $2 where merged_into = $1", {merged, survivor}).error());
  VG_TRY(session.run("update camera_service set to_us = $2 where camera = $1 and to_us > $2", {merged, session.now()})
             .error());
  VG_TRY(session
             .run("update maintenance_ticket set subject = $2, site = $3 where subject = $1 and ended_us is null",
                  {merged, survivor, stays.facts.site})
             .error());
  return session.tell("camera.merged", merged, json_object({{"code", goes.code}, {"into", stays.code}, {"who", who}}));
}

}  // namespace vonggac::catalogue
