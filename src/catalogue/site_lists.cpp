/// Lists and counts of sites (sites.h).
#include <algorithm>

#include <fmt/format.h>

#include "catalogue/area_members.h"
#include "catalogue/area_shapes.h"
#include "catalogue/site_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kMostSitesAPage = 500;

}  // namespace

base::Result<std::int64_t> count_sites(store::Reader& session, const AreaId& area, Day as_of, Day boundaries) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("with recursive below (area) as (select id from area where id = $1 union all select v.area from "
                    "area_version v join below b on v.parent = b.area where v.valid_from <= $2 and v.valid_to > $2) "
                    "select count(*) from below b join area_member m on m.area = b.area and m.kind = 'site' and "
                    "m.from_day <= $2 join camera_site s on s.id = m.subject where (m.to_day > $2 or m.to_day = "
                    "s.closed_day) and s.opened_day <= $3 and (s.closed_day is null or s.closed_day > $3)",
                    {area, boundaries.number, as_of.number}));
  return rows[0].integer(0);
}

base::Result<std::vector<Site>> sites_without_sign(store::Reader& session, const AreaId& area, Day day) {
  VG_ASSIGN(const ScopeAreas inside, narrow_scope(session, {true, {}}, area, day));
  std::vector<Site> found;
  for (const ScopeArea& one : inside.areas) {
    VG_ASSIGN(std::vector<Site> more,
              read_sites(session,
                         fmt::format("where s.{} = $1 and s.public_place = 1 and s.sign_photo = '' and s.opened_day <= "
                                     "$2 and (s.closed_day is null or s.closed_day > $2) order by s.code",
                                     one.column),
                         {one.area, day.number}));
    std::move(more.begin(), more.end(), std::back_inserter(found));
  }
  return found;
}

base::Result<std::int64_t> propose_site_areas(store::WriteSession& session, const std::vector<AreaId>& candidates,
                                              Day day) {
  std::vector<std::pair<AreaId, Outline>> outlines;
  for (const AreaId& area : candidates) {
    VG_ASSIGN(std::optional<Outline> outline, shape_on(session, area, day));
    if (outline) outlines.emplace_back(area, std::move(*outline));
  }
  VG_ASSIGN(const store::Rows waiting,
            session.query("select r.id, s.lat_e6, s.lon_e6 from reassignment r join camera_site s on s.id = r.subject "
                          "where r.settled_at_us is null and r.subject_kind = 'site' and r.proposed_area is null and "
                          "s.lat_e6 is not null order by r.id"));
  std::int64_t proposed = 0;
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    const GeoPoint point{waiting[i].integer(1), waiting[i].integer(2)};
    const auto inside =
        std::find_if(outlines.begin(), outlines.end(), [&](const auto& o) { return o.second.holds(point); });
    if (inside == outlines.end()) continue;
    const base::Uuid id = waiting[i].id(0);
    VG_TRY(session.run("update reassignment set proposed_area = $2 where id = $1", {id, inside->first}).error());
    ++proposed;
  }
  if (proposed > 0) VG_TRY(session.tell("site.proposed", candidates.front(), "{}"));
  return proposed;
}

base::Result<SitePage> list_sites(store::Reader& session, const ScopeFilter& scope, std::optional<AreaId> area,
                                  std::string_view after, std::size_t most, Day today) {
  most = std::clamp<std::size_t>(most, 1, kMostSitesAPage);
  ScopeAreas areas;
  if (area) {
    VG_ASSIGN(areas, narrow_scope(session, scope, *area, today));
  } else {
    VG_ASSIGN(areas, resolve_scope(session, scope, today));
  }
  const auto limit = static_cast<std::int64_t>(most + 1);
  SitePage page;
  if (areas.everywhere) {
    VG_ASSIGN(page.rows, read_sites(session, "where s.code > $1 order by s.code limit $2", {after, limit}));
  }
  for (const ScopeArea& one : areas.areas) {
    VG_ASSIGN(std::vector<Site> more,
              read_sites(session, fmt::format("where s.{} = $1 and s.code > $2 order by s.code limit $3", one.column),
                         {one.area, after, limit}));
    std::move(more.begin(), more.end(), std::back_inserter(page.rows));
  }
  std::sort(page.rows.begin(), page.rows.end(), [](const Site& a, const Site& b) { return a.code < b.code; });
  if (page.rows.size() > most) {
    page.rows.resize(most);
    page.next = page.rows.back().code;
  }
  return page;
}

}  // namespace vonggac::catalogue
