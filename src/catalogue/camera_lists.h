/// Lists of cameras: filtered, in pages, found by words, on a map; always within what a person may see.
/// Flow     route + access scope -> these functions -> rows for a page
/// Threads  within a transaction of room store.
/// Errors   kInvalidArgument: a cursor that is none of ours.
/// Every list is cut by an index in its order, so that a page costs the same whether there are a hundred cameras or a
/// hundred thousand: a scope of several areas is asked area by area and the pages are joined here.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/cameras.h"
#include "catalogue/scope.h"

namespace vonggac::catalogue {

enum class CameraSort { kCode, kName, kNewest };

struct CameraFilter {
  std::optional<AreaId> area;             ///< and all that lies in it
  std::string life, health, kind, brand;  ///< codes, empty: any; the brand however it is written
};
struct CameraPageForm {
  CameraSort sort = CameraSort::kCode;
  std::string after;  ///< `next` of the page before
  std::size_t most = 50;
};

struct CameraListed {
  base::CameraId id;
  std::string code, name, kind, life, health, brand, device_model;
  SiteId site;
  std::string site_code, address;
  AreaId area;
  std::optional<GeoPoint> point;
  base::WallTime made_at;
};
struct CameraPage {
  std::vector<CameraListed> rows;
  std::string next;  ///< empty: that was all
};
base::Result<CameraPage> list_cameras(store::Reader& session, const ScopeFilter& scope, const CameraFilter& filter,
                                      const CameraPageForm& page, Day today);

/// By code (of the camera or its site), name, address, brand, serial and the names of the areas, however typed. Best
/// first: the words in the camera's own name, then by code.
base::Result<std::vector<CameraListed>> find_cameras(store::Reader& session, const ScopeFilter& scope,
                                                     const CameraFilter& filter, std::string_view query, Day today,
                                                     std::size_t most = 50);

struct MapBox {
  GeoPoint south_west, north_east;
};
struct MapPoint {
  base::CameraId id;
  std::string code;
  GeoPoint point;
  std::string life, health;
};
struct MapCluster {
  GeoPoint middle;
  std::int64_t cameras = 0, working = 0;
};
/// Points where they are few enough to tell apart, else clusters; one of the two is empty. Of a box that is wider than
/// one and a half degrees the clusters at its edge are as exact as squares of a tenth of a degree.
struct MapView {
  std::vector<MapPoint> points;
  std::vector<MapCluster> clusters;
};
base::Result<MapView> cameras_on_map(store::Reader& session, const ScopeFilter& scope, const MapBox& box, Day today,
                                     std::size_t most_points = 1000);

}  // namespace vonggac::catalogue
