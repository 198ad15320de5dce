/// Cameras on a map (camera_lists.h).
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "catalogue/list_conditions.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kCellsAcross = 24;

/// Wider boxes are summed by the squares that each camera has its number of, along their index and without sorting.
constexpr std::int64_t kWideBoxE6 = 1'500'000;

bool is_wide(const MapBox& box) { return box.north_east.lat_e6 - box.south_west.lat_e6 > kWideBoxE6; }

void add_shown(Conditions& conditions, const ScopeAreas& areas) {
  conditions.add("c.merged_into is null and c.life not in ('NGUNG', 'TU_CHOI')");
  const bool small = std::none_of(areas.areas.begin(), areas.areas.end(),
                                  [](const ScopeArea& area) { return area.column == "province"; });
  if (areas.everywhere || areas.areas.empty() || small) return add_scope(conditions, areas);
  // A province holds too much to begin with: the coalesce hides it from the choice of an index, so that the box is it.
  std::string any;
  for (const ScopeArea& one : areas.areas) {
    any += fmt::format("{}coalesce(c.{}, c.commune) = {}", any.empty() ? "" : " or ", one.column,
                       conditions.place(one.area));
  }
  conditions.add("(" + any + ")");
}

Conditions conditions_of_box(const MapBox& box, const ScopeAreas& areas) {
  Conditions conditions;
  conditions.add("c.lat_e6 >= {}", box.south_west.lat_e6);
  conditions.add("c.lat_e6 <= {}", box.north_east.lat_e6);
  conditions.add("c.lon_e6 >= {}", box.south_west.lon_e6);
  conditions.add("c.lon_e6 <= {}", box.north_east.lon_e6);
  add_shown(conditions, areas);
  return conditions;
}

/// Squares of the rows of the box; those east and west of it are left out when they are put together.
Conditions conditions_of_squares(const MapBox& box, const ScopeAreas& areas) {
  Conditions conditions;
  conditions.add("c.map_cell >= {}", map_cell_of(box.south_west));
  conditions.add("c.map_cell <= {}", map_cell_of(box.north_east));
  add_shown(conditions, areas);
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

constexpr std::string_view kClusterSums =
    "cast(sum(c.lat_e6) as bigint), cast(sum(c.lon_e6) as bigint), count(*), cast(sum(case when c.life = 'HOAT_DONG' "
    "and c.health = 'CO_TIN_HIEU' then 1 else 0 end) as bigint)";
/// Sums of places, put together in the cells of the box.
class ClusterGrid {
 public:
  explicit ClusterGrid(const MapBox& box)
      : box_(box),
        north_(cell_size(box.south_west.lat_e6, box.north_east.lat_e6)),
        east_(cell_size(box.south_west.lon_e6, box.north_east.lon_e6)) {}

  void add(const store::Row& row) {
    const std::int64_t count = row.integer(2);
    const GeoPoint middle{row.integer(0) / count, row.integer(1) / count};
    const bool inside = middle.lat_e6 >= box_.south_west.lat_e6 && middle.lat_e6 <= box_.north_east.lat_e6 &&
                        middle.lon_e6 >= box_.south_west.lon_e6 && middle.lon_e6 <= box_.north_east.lon_e6;
    if (!inside) return;
    Sum& sum =
        cells_[{(middle.lat_e6 - box_.south_west.lat_e6) / north_, (middle.lon_e6 - box_.south_west.lon_e6) / east_}];
    sum.lat += row.integer(0);
    sum.lon += row.integer(1);
    sum.count += count;
    sum.working += row.integer(3);
  }
  std::vector<MapCluster> clusters() const {
    std::vector<MapCluster> list;
    for (const auto& [cell, sum] : cells_) {
      list.push_back({{sum.lat / sum.count, sum.lon / sum.count}, sum.count, sum.working});
    }
    return list;
  }
  std::string row_of(std::string_view start) const { return fmt::format("(c.lat_e6 - {}) / {}", start, north_); }
  std::string column_of(std::string_view start) const { return fmt::format("(c.lon_e6 - {}) / {}", start, east_); }

 private:
  struct Sum {
    std::int64_t lat = 0, lon = 0, count = 0, working = 0;
  };
  MapBox box_;
  std::int64_t north_, east_;
  std::map<std::pair<std::int64_t, std::int64_t>, Sum> cells_;
};

base::Result<std::vector<MapCluster>> read_clusters(store::Reader& session, const ScopeAreas& areas,
                                                    const MapBox& box) {
  ClusterGrid grid(box);
  Conditions conditions = is_wide(box) ? conditions_of_squares(box, areas) : conditions_of_box(box, areas);
  std::string group = "c.map_cell";
  if (!is_wide(box)) {
    const std::string south = conditions.place(box.south_west.lat_e6), west = conditions.place(box.south_west.lon_e6);
    group = grid.row_of(south) + ", " + grid.column_of(west);
  }
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    grid.add(row);
    return {};
  };
  VG_TRY(
      session.visit(fmt::format("select {} from camera c where {} group by {}", kClusterSums, conditions.text(), group),
                    std::span<const store::Value>(conditions.values()), take));
  return grid.clusters();
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
    VG_ASSIGN(view.clusters, read_clusters(session, areas, box));
  }
  return view;
}

}  // namespace vonggac::catalogue
