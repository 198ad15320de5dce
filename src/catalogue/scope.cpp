#include "catalogue/scope.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/area_members.h"

namespace vonggac::catalogue {
namespace {

/// Continues a statement that begins with "with recursive start (area) as (...)", and takes the day as $2.
constexpr std::string_view kLineageOfStart =
    ", up (area, parent) as (select v.area, v.parent from area_version v join start s on s.area = v.area where "
    "v.valid_from <= $2 and v.valid_to > $2 union all select v.area, v.parent from area_version v join up on v.area = "
    "up.parent where v.valid_from <= $2 and v.valid_to > $2), reach (area) as (select area from up union select "
    "p.from_area from area_change_part p join area_change c on c.id = p.change join reach r on p.to_area = r.area "
    "where p.whole = 1 and c.kind = 'MERGE' and c.day <= $2) select area from reach";

base::Result<std::vector<base::Uuid>> lineage_of_start(store::Reader& session, std::string_view start,
                                                       const base::Uuid& id, Day day) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query(fmt::format("with recursive start (area) as ({}){}", start, kLineageOfStart), {id, day.number}));
  std::vector<base::Uuid> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(rows[i].id(0));
  return found;
}

std::string_view column_of(std::int64_t kind) {
  switch (area_kind_of(kind).value_or(AreaKind::kGroup)) {
    case AreaKind::kProvince:
      return "province";
    case AreaKind::kCommune:
      return "commune";
    case AreaKind::kResidential:
      return "residential";
    default:
      return {};
  }
}

/// What the area is today: itself, or what took it in.
base::Status add_today(store::Reader& session, const base::Uuid& root, Day day, std::vector<ScopeArea>& areas) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("with recursive onward (area) as (select id from area where id = $1 union select p.to_area from "
                    "area_change_part p join area_change c on c.id = p.change join onward o on p.from_area = o.area "
                    "where p.whole = 1 and c.kind = 'MERGE' and c.day <= $2) select v.area, v.kind from onward o join "
                    "area_version v on v.area = o.area where v.valid_from <= $2 and v.valid_to > $2",
                    {root, day.number}));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const ScopeArea found{column_of(rows[i].integer(1)), AreaId{rows[i].id(0)}};
    if (!found.column.empty() && std::find(areas.begin(), areas.end(), found) == areas.end()) areas.push_back(found);
  }
  return {};
}

bool listed(const std::vector<base::Uuid>& list, const base::Uuid& id) {
  return std::find(list.begin(), list.end(), id) != list.end();
}

}  // namespace

base::Result<std::vector<base::Uuid>> area_lineage(store::Reader& session, const AreaId& area, Day day) {
  return lineage_of_start(session, "select id from area where id = $1", area, day);
}

base::Result<std::vector<base::Uuid>> site_lineage(store::Reader& session, const base::Uuid& site, Day day) {
  return lineage_of_start(
      session, "select m.area from area_member m where m.subject = $1 and m.from_day <= $2 and m.to_day > $2", site,
      day);
}

base::Result<std::vector<base::Uuid>> camera_lineage(store::Reader& session, const base::CameraId& camera, Day day) {
  return lineage_of_start(session,
                          "select m.area from camera c join area_member m on m.subject = c.site where c.id = $1 and "
                          "m.from_day <= $2 and m.to_day > $2",
                          camera, day);
}

base::Result<ScopeAreas> resolve_scope(store::Reader& session, const ScopeFilter& scope, Day day) {
  ScopeAreas resolved;
  resolved.everywhere = scope.everywhere;
  if (scope.everywhere) return resolved;
  std::vector<ScopeArea> areas;
  for (const base::Uuid& root : scope.roots) VG_TRY(add_today(session, root, day, areas));
  if (areas.size() < 2) {
    resolved.areas = std::move(areas);
    return resolved;
  }
  for (const ScopeArea& one : areas) {
    VG_ASSIGN(const std::vector<AreaVersion> line, lineage(session, one.area, day));
    const bool inside = std::any_of(line.begin(), line.end(), [&](const AreaVersion& v) {
      return v.area != one.area &&
             std::any_of(areas.begin(), areas.end(), [&](const ScopeArea& a) { return a.area == v.area; });
    });
    if (!inside) resolved.areas.push_back(one);
  }
  return resolved;
}

base::Result<ScopeAreas> narrow_scope(store::Reader& session, const ScopeFilter& scope, const AreaId& area, Day day) {
  VG_ASSIGN(ScopeAreas wanted, resolve_scope(session, {false, {area}}, day));
  if (scope.everywhere) return wanted;
  VG_ASSIGN(const ScopeAreas allowed, resolve_scope(session, scope, day));
  ScopeAreas both;
  for (const ScopeArea& one : wanted.areas) {
    VG_ASSIGN(const std::vector<base::Uuid> line, area_lineage(session, one.area, day));
    const bool covered = std::any_of(allowed.areas.begin(), allowed.areas.end(),
                                     [&](const ScopeArea& a) { return listed(line, a.area); });
    if (covered) {
      both.areas.push_back(one);
      continue;
    }
    for (const ScopeArea& part : allowed.areas) {
      VG_ASSIGN(const std::vector<base::Uuid> up, area_lineage(session, part.area, day));
      if (listed(up, one.area)) both.areas.push_back(part);
    }
  }
  return both;
}

}  // namespace vonggac::catalogue
