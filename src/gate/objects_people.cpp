#include "gate/objects_people.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/agreements.h"
#include "catalogue/force_teams.h"
#include "catalogue/parties.h"
#include "catalogue/scope.h"
#include "gate/owner_accounts.h"

namespace vonggac::gate {
namespace {

/// A row of `table` with its column `area`, which may be empty.
base::Result<std::optional<Object>> object_by_area(store::Reader& session, ObjectKind kind, std::string_view table,
                                                   const base::Uuid& id, base::WallTime now) {
  VG_ASSIGN(const store::Rows rows, session.query(fmt::format("select area from {} where id = $1", table), {id}));
  if (rows.empty()) return std::optional<Object>();
  Object object;
  object.kind = kind;
  object.id = id;
  if (const std::optional<base::Uuid> area = rows[0].maybe_id(0)) {
    VG_ASSIGN(object.areas, areas_reaching(session, *area, now));
  }
  return std::optional(std::move(object));
}

/// What lies in several places is reached where all of them are.
void keep_common(std::vector<base::Uuid>& common, const std::vector<base::Uuid>& areas, bool first) {
  if (first) {
    common = areas;
    return;
  }
  std::erase_if(common, [&](const base::Uuid& a) { return std::find(areas.begin(), areas.end(), a) == areas.end(); });
}

}  // namespace

base::Result<std::optional<Object>> party_object(store::Reader& session, const base::Uuid& id, base::WallTime now) {
  VG_ASSIGN(std::optional<Object> object, object_by_area(session, ObjectKind::kParty, "party", id, now));
  if (!object) return object;
  VG_ASSIGN(object->owner, account_of_party(session, id));
  return object;
}

base::Result<std::optional<Object>> agreement_object(store::Reader& session, const base::Uuid& id, base::WallTime now) {
  VG_ASSIGN(const auto agreement, catalogue::agreement_by_id(session, catalogue::AgreementId{id}));
  if (!agreement) return std::optional<Object>();
  Object object;
  object.kind = ObjectKind::kAgreement;
  object.id = id;
  VG_ASSIGN(object.owner, account_of_party(session, agreement->giver));
  VG_ASSIGN(const std::vector<base::Uuid> cameras, catalogue::cameras_of_agreement(session, agreement->id));
  for (const base::Uuid& camera : cameras) {
    VG_ASSIGN(const std::vector<base::Uuid> areas,
              catalogue::camera_lineage(session, base::CameraId{camera}, catalogue::Day::at(now)));
    keep_common(object.areas, areas, camera == cameras.front());
  }
  return std::optional(std::move(object));
}

base::Result<std::optional<Object>> document_object(store::Reader& session, const base::Uuid& id, base::WallTime now) {
  return object_by_area(session, ObjectKind::kDocument, "document", id, now);
}

base::Result<std::optional<Object>> force_team_object(store::Reader& session, const base::Uuid& id,
                                                      base::WallTime now) {
  VG_ASSIGN(const auto team, catalogue::force_team_by_id(session, catalogue::TeamId{id}));
  if (!team) return std::optional<Object>();
  Object object;
  object.kind = ObjectKind::kForceTeam;
  object.id = id;
  for (const catalogue::AreaId& area : team->areas) {
    VG_ASSIGN(const std::vector<base::Uuid> reaching, areas_reaching(session, area, now));
    keep_common(object.areas, reaching, area == team->areas.front());
  }
  return std::optional(std::move(object));
}

base::Result<std::optional<Object>> model_object(store::Reader& session, const base::Uuid& id, base::WallTime now) {
  return object_by_area(session, ObjectKind::kModel, "model", id, now);
}

}  // namespace vonggac::gate
