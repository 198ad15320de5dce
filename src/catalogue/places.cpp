#include "catalogue/places.h"

#include <set>

namespace vonggac::catalogue {
namespace {

base::Status copy_place(store::WriteSession& session, const AreaId& area, Day today) {
  VG_ASSIGN(const AreaPlace place, place_of(session, area, today));
  const char* members =
      "in (select subject from area_member where area = $1 and kind = 'site' and from_day <= $2 and to_day > $2)";
  const store::Parameters values{area, today.number, place.residential, place.commune, place.province};
  const std::string set = " set area = $1, residential = $3, commune = $4, province = $5 where ";
  VG_TRY(session.run("update camera_site" + set + "id " + members, values).error());
  return session.run("update camera" + set + "site " + members, values).error();
}

}  // namespace

base::Result<bool> catch_up_places(store::WriteSession& session) {
  const Day today = today_of(session);
  VG_ASSIGN(const store::Rows moved, session.query("select area from area_moved where day <= $1", {today.number}));
  if (moved.empty()) return false;
  std::set<base::Uuid> areas;
  for (std::size_t i = 0; i < moved.size(); ++i) {
    VG_ASSIGN(const std::vector<AreaId> below, areas_below(session, AreaId{moved[i].id(0)}, today));
    areas.insert(below.begin(), below.end());
  }
  for (const base::Uuid& area : areas) VG_TRY(copy_place(session, AreaId{area}, today));
  VG_TRY(session.run("delete from area_moved where day <= $1", {today.number}).error());
  VG_TRY(session.tell("area.places", moved[0].id(0), "{}"));
  return true;
}

}  // namespace vonggac::catalogue
