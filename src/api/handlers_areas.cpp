/// Areas in time: finding, showing, adding, amending, ending.
#include "api/area_forms.h"
#include "api/handler_parts.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/area_changes.h"
#include "catalogue/area_types.h"
#include "catalogue/areas.h"
#include "gate/objects.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::AreaId;
using catalogue::AreaVersion;
using catalogue::Day;

json::object version_json(const AreaVersion& version) {
  return {{"id", version.area.to_string()},
          {"name", version.name},
          {"full_name", version.full_name()},
          {"type", version.type},
          {"code", version.code},
          {"parent", json_or_null(version.parent ? std::optional<base::Uuid>(*version.parent) : std::nullopt)},
          {"households", json_or_null(version.households)},
          {"population", json_or_null(version.population)},
          {"km2", version.km2 ? json::value(*version.km2) : json::value()},
          {"from", version.from.iso()},
          {"to", version.to == catalogue::kOpenEnd ? json::value() : json::value(version.to.iso())},
          {"basis", version.basis}};
}

/// With the names of what it lies in: 245 names of communes occur more than once.
base::Result<json::object> version_with_place(store::Reader& session, const AreaVersion& version, Day day) {
  json::object out = version_json(version);
  json::array place;
  VG_ASSIGN(const std::vector<AreaVersion> line, catalogue::lineage(session, version.area, day));
  for (const AreaVersion& above : line) {
    if (above.area != version.area) place.push_back(json::value(above.full_name()));
  }
  out["in"] = std::move(place);
  return out;
}

std::optional<AreaId> area_id(const std::optional<base::Uuid>& id) {
  return id ? std::optional(AreaId{*id}) : std::nullopt;
}

}  // namespace

catalogue::AreaForm area_form(Form& form) {
  catalogue::AreaForm area;
  area.name = form.text("name", 120);
  area.type = form.text("type", 40);
  area.code = form.maybe_text("code", 20).value_or("");
  area.parent = area_id(form.maybe_id("parent"));
  area.households = form.maybe_integer("households", 0, 100'000'000);
  area.population = form.maybe_integer("population", 0, 200'000'000);
  area.km2 = form.maybe_real("km2", 0, 400'000);
  area.basis = form.maybe_text("basis", 200).value_or("");
  area.to = form.maybe_day("to");
  return area;
}

base::Status check_reach(store::Reader& session, const Call& call, const std::optional<base::Uuid>& area,
                         std::string_view field, base::WallTime now, catalogue::Problems& problems) {
  std::vector<base::Uuid> reaching;
  bool there = !area.has_value();
  if (area) {
    VG_ASSIGN(const auto object, gate::load_object(session, gate::ObjectKind::kArea, *area, now));
    there = object.has_value();
    if (object) reaching = object->areas;
  }
  if (there && call.admission.caller.authority.may(call.row->demand.action, reaching)) return {};
  // The same words for what does not exist and for what is somebody else's.
  problems.refuse("", field, "Không có địa bàn này trong phạm vi của bạn.", "There is no such area within your reach.");
  return problems.status();
}

HttpReply answer_areas(const PoolServices& services, const Call& call) {
  const auto parent = call.query.id("parent");
  const auto limit = call.query.number("limit", 1, 500);
  const auto day = day_asked(services, call.query);
  const std::optional<std::string> words = call.query.text("q");
  if (!parent || !limit || !day || (words && *parent)) {
    return problem_reply(
        400, {"Tìm theo tên hoặc theo địa bàn cấp trên.", "ask by q or by parent, and by a day that exists"});
  }
  // Names of areas are public knowledge: whoever may see anything may find all of them.
  return read_register(services, "areas", [&](store::Reader& session) -> base::Result<json::object> {
    std::vector<AreaVersion> found;
    if (words) {
      VG_ASSIGN(found, catalogue::find_areas(session, *words, *day, static_cast<std::size_t>(limit->value_or(20))));
    } else if (*parent) {
      VG_ASSIGN(found, catalogue::areas_in(session, AreaId{**parent}, *day));
    } else {
      VG_ASSIGN(found, catalogue::areas_at_top(session, *day));
    }
    json::array list;
    for (const AreaVersion& version : found) {
      VG_ASSIGN(json::object one, version_with_place(session, version, *day));
      list.push_back(std::move(one));
    }
    return json::object{{"areas", std::move(list)}, {"day", day->iso()}};
  });
}

HttpReply answer_area(const PoolServices& services, const Call& call) {
  const auto day = day_asked(services, call.query);
  if (!day) return problem_reply(400, {"Ngày không có thật.", "there is no such day"});
  return read_register(services, "area", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const std::vector<AreaVersion> versions, catalogue::versions_of(session, AreaId{call.id}));
    json::array all;
    for (const AreaVersion& version : versions) all.push_back(version_json(version));
    json::object out{{"id", call.id.to_string()}, {"versions", std::move(all)}, {"day", day->iso()}};
    VG_ASSIGN(const std::optional<AreaVersion> present, catalogue::area_on(session, AreaId{call.id}, *day));
    out["present"] = json::value();
    if (present) {
      VG_ASSIGN(out["present"], version_with_place(session, *present, *day));
    }
    return out;
  });
}

HttpReply answer_area_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const catalogue::AreaForm area = area_form(form);
    const Day from = form.day("from");
    if (!form.finish()) return problems_reply(form.problems());
    return change_areas(services, call, 201,
                        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
                          const auto parent = area.parent ? std::optional<base::Uuid>(*area.parent) : std::nullopt;
                          VG_TRY(check_reach(session, call, parent, "parent", session.now(), problems));
                          VG_ASSIGN(const AreaId id, catalogue::add_area(session, area, from, problems));
                          return json::object{{"id", id.to_string()}};
                        });
  });
}

HttpReply answer_area_amend(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::AreaAmendment amendment;
    amendment.name = form.maybe_text("name", 120);
    amendment.type = form.maybe_text("type", 40);
    amendment.code = form.maybe_text("code", 20);
    amendment.parent = area_id(form.maybe_id("parent"));
    amendment.households = form.maybe_integer("households", 0, 100'000'000);
    amendment.population = form.maybe_integer("population", 0, 200'000'000);
    amendment.km2 = form.maybe_real("km2", 0, 400'000);
    amendment.basis = form.maybe_text("basis", 200).value_or("");
    const Day day = form.day("day");
    if (!form.finish()) return problems_reply(form.problems());
    return change_areas(services, call, 200,
                        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
                          if (amendment.parent) {
                            VG_TRY(check_reach(session, call, *amendment.parent, "parent", session.now(), problems));
                          }
                          VG_ASSIGN(const catalogue::ChangeId change,
                                    catalogue::amend_area(session, AreaId{call.id}, amendment, day, problems));
                          return json::object{{"change", change.to_string()}};
                        });
  });
}

HttpReply answer_area_end(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string basis = form.text("basis", 200);
    const Day day = form.day("day");
    if (!form.finish()) return problems_reply(form.problems());
    return change_areas(services, call, 200,
                        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
                          VG_ASSIGN(const catalogue::ChangeId change,
                                    catalogue::end_area(session, AreaId{call.id}, basis, day, problems));
                          return json::object{{"change", change.to_string()}};
                        });
  });
}

}  // namespace vonggac::api
