/// Forces that keep order at the grass roots, steering committees, and the figures of both.
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/committees.h"
#include "catalogue/force_teams.h"
#include "catalogue/party_codes.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::Day;
using catalogue::PartyId;
using catalogue::TeamId;
using gate::ObjectKind;

base::Result<json::object> force_record(store::Reader& session, const base::Uuid& id, Day today) {
  VG_ASSIGN(const auto team, catalogue::force_team_by_id(session, TeamId{id}));
  if (!team) return base::not_found("there is no such team");
  VG_ASSIGN(const auto people, catalogue::headcount(session, team->id, today));
  VG_ASSIGN(const auto members, catalogue::force_members(session, team->id, today));
  json::array list;
  for (const catalogue::ForceMember& one : members) {
    list.push_back(json::object{{"id", one.id.to_string()},
                                {"person", one.person.to_string()},
                                {"duty", one.duty},
                                {"from", one.from.iso()},
                                {"to", end_or_null(one.to)}});
  }
  return json::object{{"id", team->id.to_string()},
                      {"kind", coded(catalogue::force_kinds(), team->kind)},
                      {"name", team->name},
                      {"areas", id_array(team->areas)},
                      {"unit", id_or_null(team->unit)},
                      {"decision_number", team->decision_number},
                      {"decision_day", day_or_null(team->decision_day)},
                      {"from", team->from.iso()},
                      {"to", end_or_null(team->to)},
                      {"people", json_or_null(people)},
                      {"members", std::move(list)}};
}

/// A change of the team at hand; the reply is the team as it is now.
HttpReply change_force(const PoolServices& services, const Call& call,
                       const std::function<base::Status(store::WriteSession&, catalogue::Problems&)>& work) {
  const Day today = today_of(services);
  return change_register(
      services, call, 200,
      [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
        VG_TRY(work(session, problems));
        return force_record(session, call.id, today);
      });
}

base::Result<json::object> committee_record(store::Reader& session, const base::Uuid& id, Day today) {
  VG_ASSIGN(const auto committee, catalogue::committee_by_id(session, PartyId{id}));
  if (!committee) return base::not_found("there is no such committee");
  VG_ASSIGN(const auto members, catalogue::committee_members(session, PartyId{id}, today));
  json::array list;
  for (const catalogue::CommitteeMember& one : members) {
    list.push_back(json::object{{"id", one.id.to_string()},
                                {"person", one.person.to_string()},
                                {"role", coded(catalogue::committee_roles(), one.role)},
                                {"from", one.from.iso()},
                                {"to", end_or_null(one.to)}});
  }
  const catalogue::Organisation& body = committee->organisation;
  return json::object{{"id", id.to_string()},
                      {"name", body.party.name},
                      {"area", id_or_null(body.party.area)},
                      {"level", coded(catalogue::organisation_levels(), body.level)},
                      {"standing_organisation", id_or_null(committee->standing_organisation)},
                      {"decision_number", committee->decision_number},
                      {"decision_day", day_or_null(committee->decision_day)},
                      {"members", std::move(list)}};
}

json::object level_json(const catalogue::LevelCounts& counts) {
  return {
      {"province", counts.province}, {"district", counts.district}, {"commune", counts.commune}, {"all", counts.all()}};
}

}  // namespace

HttpReply answer_force_teams(const PoolServices& services, const Call& call) {
  const std::optional<PageAsked> page = page_asked(call.query);
  const base::Result<Day> day = day_asked(services, call.query);
  if (!page || !day) return wrong_query();
  return read_register(services, "force_teams", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto found, catalogue::list_force_teams(session, scope_of(call), *day, page->after, page->most));
    json::array list;
    for (const catalogue::ForceTeam& team : found.teams) {
      list.push_back(json::object{{"id", team.id.to_string()},
                                  {"kind", coded(catalogue::force_kinds(), team.kind)},
                                  {"name", team.name},
                                  {"from", team.from.iso()},
                                  {"to", end_or_null(team.to)}});
    }
    return json::object{{"force_teams", std::move(list)}, {"next_after", next_mark(found.next)}};
  });
}

HttpReply answer_force_team_add(const PoolServices& services, const Call& call) {
  const Day today = today_of(services);
  return with_form(call, [&](Form& form) {
    catalogue::ForceTeamForm team;
    team.kind = form.text("kind", 40);
    team.name = form.text("name", 200);
    team.areas = typed_ids<catalogue::AreaId>(form.ids("areas", 200));
    team.unit = typed_id<PartyId>(form.maybe_id("unit"));
    team.decision_number = form.maybe_text("decision_number", 100).value_or("");
    team.decision_day = form.maybe_day("decision_day");
    team.from = form.maybe_day("from");
    team.to = form.maybe_day("to");
    team.people = form.maybe_integer("people", 0, 100'000);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          for (const catalogue::AreaId& area : team.areas) {
            VG_TRY(check_reach(session, call, ObjectKind::kArea, base::Uuid(area), "areas", problems));
          }
          VG_TRY(check_reach(session, call, ObjectKind::kParty, team.unit, "unit", problems));
          VG_ASSIGN(const TeamId id, catalogue::add_force_team(session, team, problems));
          return force_record(session, id, today);
        });
  });
}

HttpReply answer_force_team(const PoolServices& services, const Call& call) {
  const Day today = today_of(services);
  return read_record(services, call, [&](store::Reader& session) { return force_record(session, call.id, today); });
}

HttpReply answer_force_headcount(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const auto people = form.maybe_integer("people", 0, 100'000);
    if (!people) form.problems().refuse("", "people", "Cần số người.", "The number of people is needed.");
    const Day day = form.day("day");
    if (!form.finish()) return problems_reply(form.problems());
    return change_force(services, call, [&](store::WriteSession& session, catalogue::Problems& problems) {
      return catalogue::count_force(session, TeamId{call.id}, *people, day, problems);
    });
  });
}

HttpReply answer_force_member_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Uuid person = form.id("person");
    const std::string duty = form.maybe_text("duty", 100).value_or("");
    const Day from = form.day("from");
    if (!form.finish()) return problems_reply(form.problems());
    return change_force(
        services, call, [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Status {
          VG_TRY(check_reach(session, call, ObjectKind::kParty, person, "person", problems));
          return catalogue::add_force_member(session, TeamId{call.id}, PartyId{person}, duty, from, problems).error();
        });
  });
}

HttpReply answer_force_member_end(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Uuid member = form.id("member");
    const Day day = form.day("day");
    if (!form.finish()) return problems_reply(form.problems());
    return change_force(services, call,
                        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Status {
                          VG_ASSIGN(const auto members, catalogue::force_members(session, TeamId{call.id}, day));
                          for (const catalogue::ForceMember& one : members) {
                            if (one.id == member) return catalogue::end_force_member(session, member, day);
                          }
                          problems.refuse("", "member", "Ngày đó tổ không có thành viên này.",
                                          "The team has no such member on that day.");
                          return problems.status();
                        });
  });
}

HttpReply answer_force_team_end(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const Day day = form.day("day");
    if (!form.finish()) return problems_reply(form.problems());
    return change_force(services, call, [&](store::WriteSession& session, catalogue::Problems& problems) {
      return catalogue::end_force_team(session, TeamId{call.id}, day, problems);
    });
  });
}

HttpReply answer_force_counts(const PoolServices& services, const Call& call) {
  const auto area = call.query.id("area");
  const base::Result<Day> day = day_asked(services, call.query);
  if (!area || !day) return wrong_query();
  return read_register(services, "force_counts", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto scope, scope_asked(session, call, *area, services));
    VG_ASSIGN(const auto counts, catalogue::force_counts(session, scope, *day));
    json::array list;
    for (const catalogue::ForceCount& one : counts) {
      list.push_back(json::object{{"kind", coded(catalogue::force_kinds(), one.kind)},
                                  {"teams", one.teams},
                                  {"people", one.people},
                                  {"without_headcount", one.without_headcount}});
    }
    return json::object{{"day", day->iso()}, {"forces", std::move(list)}};
  });
}

HttpReply answer_committee_add(const PoolServices& services, const Call& call) {
  const Day today = today_of(services);
  return with_form(call, [&](Form& form) {
    catalogue::CommitteeForm committee;
    committee.organisation.party.name = form.text("name", 200);
    committee.organisation.party.area = typed_id<catalogue::AreaId>(std::optional(form.id("area")));
    committee.organisation.level = form.text("level", 40);
    committee.standing_organisation = typed_id<PartyId>(form.maybe_id("standing_organisation"));
    committee.decision_number = form.maybe_text("decision_number", 100).value_or("");
    committee.decision_day = form.maybe_day("decision_day");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kArea, base::Uuid(*committee.organisation.party.area), "area",
                             problems));
          VG_TRY(check_reach(session, call, ObjectKind::kParty, committee.standing_organisation,
                             "standing_organisation", problems));
          VG_ASSIGN(const PartyId id, catalogue::add_committee(session, committee, problems));
          return committee_record(session, id, today);
        });
  });
}

HttpReply answer_committee(const PoolServices& services, const Call& call) {
  const Day today = today_of(services);
  return read_record(services, call, [&](store::Reader& session) { return committee_record(session, call.id, today); });
}

HttpReply answer_committee_member_add(const PoolServices& services, const Call& call) {
  const Day today = today_of(services);
  return with_form(call, [&](Form& form) {
    const base::Uuid person = form.id("person");
    const std::string role = form.text("role", 40);
    const Day from = form.day("from");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kParty, person, "person", problems));
          const auto added =
              catalogue::add_committee_member(session, PartyId{call.id}, PartyId{person}, role, from, problems);
          if (!added) return added.error();
          return committee_record(session, call.id, today);
        });
  });
}

HttpReply answer_committee_counts(const PoolServices& services, const Call& call) {
  const auto area = call.query.id("area");
  const base::Result<Day> day = day_asked(services, call.query);
  if (!area || !day) return wrong_query();
  return read_register(services, "committee_counts", [&](store::Reader& session) -> base::Result<json::object> {
    VG_ASSIGN(const auto scope, scope_asked(session, call, *area, services));
    VG_ASSIGN(const catalogue::LevelCounts committees, catalogue::committee_counts(session, scope, *day));
    VG_ASSIGN(const catalogue::LevelCounts areas, catalogue::area_counts(session, scope, *day));
    catalogue::Problems problems;
    catalogue::check_committee_counts(committees, areas, problems);
    return json::object{{"day", day->iso()},
                        {"committees", level_json(committees)},
                        {"areas", level_json(areas)},
                        {"warnings", problems_json(problems)}};
  });
}

}  // namespace vonggac::api
