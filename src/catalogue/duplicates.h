/// Is it registered already? Same MAC, serial, ONVIF identifier or stream, or the same place and view. Offered to a
/// person, never merged by itself.
/// Flow     form of a new camera -> find_duplicates -> a person -> merge_cameras
/// Threads  within a transaction of room store.
/// Errors   Problems: V7 (warning); what cannot be merged.
#pragma once

#include <string>
#include <vector>

#include "catalogue/cameras.h"

namespace vonggac::catalogue {

inline constexpr double kSamePlaceMetres = 15;

enum class SameBy { kMac, kSerial, kOnvifUuid, kStream, kPlaceAndView };
Sentence same_by_name(SameBy reason);

struct DuplicateQuestion {
  std::optional<base::CameraId> not_this;  ///< the camera that is asked about, if it is registered
  DeviceFacts device;
  std::vector<std::string> stream_urls;
  std::optional<GeoPoint> point;
  std::optional<double> azimuth_deg;
};
struct Duplicate {
  base::CameraId camera;
  std::string code, name;
  std::vector<SameBy> reasons;
};
/// Most reasons first, then by code.
base::Result<std::vector<Duplicate>> find_duplicates(store::Reader& session, const DuplicateQuestion& question);

/// V7: warns of cameras within 15 m that look the same way.
base::Status warn_of_overlap(store::Reader& session, const Site& site, const base::CameraId& not_this,
                             Problems& problems);

/// `merged` is the same camera as `survivor`: its code leads to the survivor from now on, open repair tickets go there;
/// its history stays readable under its own id.
base::Status merge_cameras(store::WriteSession& session, const base::CameraId& survivor, const base::CameraId& merged,
                           std::string_view who, Problems& problems);

}  // namespace vonggac::catalogue
