/// Cameras on a map (camera_lists.h).
#include <algorithm>

#include <fmt/format.h>

#include "catalogue/list_conditions.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kCellsAcross = 24;

Conditions conditions_of_box(const MapBox& box, const ScopeAreas& areas) {
  Conditions conditions;
  conditions.add("c.lat_e6 >= {}", box.south_west.lat_e6);
  conditions.add("c.lat_e6 <= {}", box.north_east.lat_e6);
  conditions.add("c.lon_e6 >= {}", box.south_west.lon_e6);
  conditions.add("c.lon_e6 <= {}", box.north_east.lon_e6);
  conditions.add("c.merged_into is null and c.life not in ('NGUNG', 'TU_CHOI')");
  add_scope(conditions, areas);
  return conditions;
}

std::int64_t cell_size(std::int64_t from, std::int64_t to) {
  return std::max<std::int64_t>(1, (to - from) / kCellsAcross + 1);
}

base::Result<std::vector<MapPoint>> read_points(store::Reader& session, Conditions conditions, std::size_t most) {
  const std::string limit = conditions.place(static_cast<std::int64_t>(most));
  std::vector<MapPoint> points;
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    points.push_back(
        {base::CameraId{row.id(0)}, row.text(1), {row.integer(2), row.integer(3)}, row.text(4), row.text(5)});
    return {};
  };
  VG_TRY(session.visit(fmt::format("select c.id, c.code, c.lat_e6, c.lon_e6, c.life, c.health from camera c where {} "
                                   "limit {}",
                                   conditions.text(), limit),
                       std::span<const store::Value>(conditions.values()), take));
  return points;
}

base::Result<std::int64_t> count_points(store::Reader& session, Conditions conditions, std::size_t most) {
  const std::string limit = conditions.place(static_cast<std::int64_t>(most));
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select count(*) from (select 1 as one from camera c where {} limit {}) t",
                                      conditions.text(), limit),
                          conditions.values()));
  return rows[0].integer(0);
}

/// Cells of a grid that stays where it is while the map is moved.
base::Result<std::vector<MapCluster>> read_clusters(store::Reader& session, Conditions conditions, const MapBox& box) {
  const std::string north = conditions.place(cell_size(box.south_west.lat_e6, box.north_east.lat_e6));
  const std::string east = conditions.place(cell_size(box.south_west.lon_e6, box.north_east.lon_e6));
  VG_ASSIGN(
      const store::Rows rows,
      session.query(fmt::format("select cast(sum(c.lat_e6) as bigint), cast(sum(c.lon_e6) as bigint), count(*), "
                                "cast(sum(case when c.life = 'HOAT_DONG' and c.health = 'CO_TIN_HIEU' then 1 else 0 "
                                "end) as bigint) from camera c where {} group by (c.lat_e6 + 90000000) / {}, (c.lon_e6 "
                                "+ 180000000) / {}",
                                conditions.text(), north, east),
                    conditions.values()));
  std::vector<MapCluster> clusters;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::int64_t count = rows[i].integer(2);
    clusters.push_back({{rows[i].integer(0) / count, rows[i].integer(1) / count}, count, rows[i].integer(3)});
  }
  return clusters;
}

}  // namespace

base::Result<MapView> cameras_on_map(store::Reader& session, const ScopeFilter& scope, const MapBox& box, Day today,
                                     std::size_t most_points) {
  MapView view;
  VG_ASSIGN(const ScopeAreas areas, resolve_scope(session, scope, today));
  const Conditions conditions = conditions_of_box(box, areas);
  VG_ASSIGN(const std::int64_t count, count_points(session, conditions, most_points + 1));
  if (count <= static_cast<std::int64_t>(most_points)) {
    VG_ASSIGN(view.points, read_points(session, conditions, most_points));
  } else {
    VG_ASSIGN(view.clusters, read_clusters(session, conditions, box));
  }
  return view;
}

}  // namespace vonggac::catalogue
