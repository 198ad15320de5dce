#include "gate/objects.h"

#include <algorithm>

#include "access/grants.h"
#include "access/users.h"
#include "catalogue/area_changes.h"
#include "catalogue/areas.h"
#include "catalogue/scope.h"
#include "gate/camera_access.h"
#include "gate/objects_people.h"

namespace vonggac::gate {
namespace {

void add_once(std::vector<base::Uuid>& ids, const base::Uuid& id) {
  if (std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
}

Object object_of(ObjectKind kind, const base::Uuid& id) {
  Object object;
  object.kind = kind;
  object.id = id;
  return object;
}

/// Every id is a camera's: one that nobody has reaches no further than one that is not in the register.
base::Result<std::optional<Object>> camera_object(store::Reader& session, const base::Uuid& id, base::WallTime now) {
  Object object = object_of(ObjectKind::kCamera, id);
  VG_ASSIGN(CameraAccess access, camera_access(session, base::CameraId{id}, now));
  object.areas = std::move(access.areas);
  object.agreement = std::move(access.agreement);
  return std::optional(std::move(object));
}

/// What the area is called by on its last day: an area that is over is reached through what took it in.
base::Result<std::vector<catalogue::AreaId>> present_areas(store::Reader& session, const catalogue::AreaId& area,
                                                           catalogue::Day today) {
  VG_ASSIGN(const std::optional<catalogue::AreaVersion> now, catalogue::area_on(session, area, today));
  if (now) return std::vector<catalogue::AreaId>{area};
  VG_ASSIGN(const std::vector<catalogue::AreaVersion> versions, catalogue::versions_of(session, area));
  if (versions.empty()) return std::vector<catalogue::AreaId>();
  if (versions.front().from > today) return std::vector<catalogue::AreaId>{};  // planned: nobody's yet
  return catalogue::successors(session, area, versions.back().to - 1, today);
}

base::Result<std::optional<Object>> user_object(store::Reader& session, const base::Uuid& id, base::WallTime now) {
  VG_ASSIGN(const std::optional<access::User> user, access::user_by_id(session, access::UserId{id}));
  if (!user) return std::optional<Object>();
  Object object = object_of(ObjectKind::kUser, id);
  object.owner = id;
  VG_ASSIGN(const std::vector<access::Grant> grants, access::grants_of(session, user->id, now));
  // Who has a grant everywhere is managed by those who manage everywhere.
  const bool everywhere = std::any_of(grants.begin(), grants.end(), [](const access::Grant& g) { return !g.area; });
  if (everywhere) return std::optional(std::move(object));
  for (const access::Grant& grant : grants) {
    VG_ASSIGN(const std::vector<base::Uuid> areas, areas_reaching(session, *grant.area, now));
    // Reached only by those who reach all of a person's areas: the common ones.
    if (&grant == &grants.front()) {
      object.areas = areas;
    } else {
      std::erase_if(object.areas,
                    [&](const base::Uuid& a) { return std::find(areas.begin(), areas.end(), a) == areas.end(); });
    }
  }
  return std::optional(std::move(object));
}

base::Result<std::optional<Object>> grant_object(store::Reader& session, const base::Uuid& id, base::WallTime now) {
  VG_ASSIGN(const std::optional<access::Grant> grant, access::grant_by_id(session, id));
  if (!grant) return std::optional<Object>();
  Object object = object_of(ObjectKind::kGrant, id);
  if (grant->area) {
    VG_ASSIGN(object.areas, areas_reaching(session, *grant->area, now));
  }
  return std::optional(std::move(object));
}

base::Result<std::optional<Object>> area_object(store::Reader& session, const base::Uuid& id, base::WallTime now) {
  VG_ASSIGN(const std::vector<catalogue::AreaVersion> versions, catalogue::versions_of(session, catalogue::AreaId{id}));
  if (versions.empty()) return std::optional<Object>();
  Object object = object_of(ObjectKind::kArea, id);
  VG_ASSIGN(object.areas, areas_reaching(session, id, now));
  return std::optional(std::move(object));
}

base::Result<std::optional<Object>> reassignment_object(store::Reader& session, const base::Uuid& id,
                                                        base::WallTime now) {
  VG_ASSIGN(const store::Rows rows, session.query("select from_area from reassignment where id = $1", {id}));
  if (rows.empty()) return std::optional<Object>();
  Object object = object_of(ObjectKind::kReassignment, id);
  VG_ASSIGN(object.areas, areas_reaching(session, rows[0].id(0), now));
  return std::optional(std::move(object));
}

/// What stands somewhere. It is reached through the area of its site, closed or not.
base::Result<std::optional<Object>> standing_object(store::Reader& session, ObjectKind kind, const base::Uuid& id,
                                                    base::WallTime now) {
  std::string_view question = "select area from camera_site where id = $1";
  if (kind == ObjectKind::kRegisteredCamera) question = "select area from camera where id = $1";
  if (kind == ObjectKind::kRecorder) {
    question = "select s.area from recorder r left join camera_site s on s.id = r.site where r.id = $1";
  }
  if (kind == ObjectKind::kTicket) {
    question = "select s.area from maintenance_ticket t left join camera_site s on s.id = t.site where t.id = $1";
  }
  VG_ASSIGN(const store::Rows rows, session.query(question, {id}));
  if (rows.empty()) return std::optional<Object>();
  Object object = object_of(kind, id);
  if (kind == ObjectKind::kRegisteredCamera) {
    // Its reference picture is a picture: the owner's word holds for it as for any other.
    VG_ASSIGN(CameraAccess access, camera_access(session, base::CameraId{id}, now));
    object.agreement = std::move(access.agreement);
  }
  if (const auto area = rows[0].maybe_id(0)) {
    VG_ASSIGN(object.areas, areas_reaching(session, *area, now));
  }
  return std::optional(std::move(object));
}

/// Its rows may lie in any area, so it lies in none: of others only who has a grant everywhere reaches it.
base::Result<std::optional<Object>> import_object(store::Reader& session, const base::Uuid& id) {
  VG_ASSIGN(const store::Rows rows, session.query("select who from import where id = $1", {id}));
  if (rows.empty()) return std::optional<Object>();
  Object object = object_of(ObjectKind::kImport, id);
  // What was imported on the machine itself is nobody's.
  if (const auto who = base::Uuid::parse(rows[0].text(0)); who) object.owner = *who;
  return std::optional(std::move(object));
}

}  // namespace

const char* object_kind_name(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kNone:
      break;
    case ObjectKind::kCamera:
      return "camera";
    case ObjectKind::kArea:
      return "area";
    case ObjectKind::kUser:
      return "user";
    case ObjectKind::kGrant:
      return "grant";
    case ObjectKind::kReassignment:
      return "reassignment";
    case ObjectKind::kSite:
      return "site";
    case ObjectKind::kRegisteredCamera:
      return "camera";
    case ObjectKind::kRecorder:
      return "recorder";
    case ObjectKind::kTicket:
      return "ticket";
    case ObjectKind::kParty:
      return "party";
    case ObjectKind::kAgreement:
      return "agreement";
    case ObjectKind::kDocument:
      return "document";
    case ObjectKind::kModel:
      return "model";
    case ObjectKind::kForceTeam:
      return "force_team";
    case ObjectKind::kImport:
      return "import";
  }
  return "";
}

base::Result<std::vector<base::Uuid>> areas_reaching(store::Reader& session, const base::Uuid& area,
                                                     base::WallTime now) {
  const catalogue::Day today = catalogue::Day::at(now);
  std::vector<base::Uuid> reaching;
  add_once(reaching, area);
  VG_ASSIGN(const std::vector<catalogue::AreaId> present, present_areas(session, catalogue::AreaId{area}, today));
  for (const catalogue::AreaId& one : present) {
    VG_ASSIGN(const std::vector<base::Uuid> line, catalogue::area_lineage(session, one, today));
    for (const base::Uuid& id : line) add_once(reaching, id);
  }
  return reaching;
}

base::Result<std::optional<Object>> load_object(store::Reader& session, ObjectKind kind, const base::Uuid& id,
                                                base::WallTime now) {
  switch (kind) {
    case ObjectKind::kNone:
      break;
    case ObjectKind::kCamera:
      return camera_object(session, id, now);
    case ObjectKind::kArea:
      return area_object(session, id, now);
    case ObjectKind::kUser:
      return user_object(session, id, now);
    case ObjectKind::kGrant:
      return grant_object(session, id, now);
    case ObjectKind::kReassignment:
      return reassignment_object(session, id, now);
    case ObjectKind::kSite:
    case ObjectKind::kRegisteredCamera:
    case ObjectKind::kRecorder:
    case ObjectKind::kTicket:
      return standing_object(session, kind, id, now);
    case ObjectKind::kParty:
      return party_object(session, id, now);
    case ObjectKind::kAgreement:
      return agreement_object(session, id, now);
    case ObjectKind::kDocument:
      return document_object(session, id, now);
    case ObjectKind::kModel:
      return model_object(session, id, now);
    case ObjectKind::kForceTeam:
      return force_team_object(session, id, now);
    case ObjectKind::kImport:
      return import_object(session, id);
  }
  return std::optional(Object{});
}

}  // namespace vonggac::gate
