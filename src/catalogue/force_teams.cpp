#include "catalogue/force_teams.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/folding.h"
#include "catalogue/form_text.h"
#include "catalogue/name_terms.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestTeamName = 160, kLongestDuty = 80, kLongestDecision = 60;
constexpr std::int64_t kMostInTeam = 100'000;
constexpr std::string_view kTeamColumns =
    "t.id, t.kind, t.name, t.unit, t.decision_number, t.decision_day, t.valid_from, t.valid_to, t.path";

ForceTeam team_of(const store::Row& row) {
  ForceTeam team;
  team.id = TeamId{row.id(0)};
  team.kind = row.text(1);
  team.name = row.text(2);
  if (const auto unit = row.maybe_id(3)) team.unit = PartyId{*unit};
  team.decision_number = row.text(4);
  if (const auto day = row.maybe_integer(5)) team.decision_day = Day{*day};
  team.from = {row.integer(6)};
  team.to = {row.integer(7)};
  team.path = row.text(8);
  return team;
}

void check_force_time(const ForceTeam& team, Problems& problems) {
  if (team.from >= team.to) {
    problems.refuse("", "to", "Ngày kết thúc phải sau ngày bắt đầu.", "The last day must lie after the first.");
    return;
  }
  const NamedCode* kind = find_code(force_kinds(), team.kind);
  if (kind == nullptr) return;
  const ForceTime time = force_time(team.kind);
  if (team.from < time.from) {
    problems.refuse("", "from", fmt::format("{} chỉ có từ {}.", kind->vi, time.from.local()),
                    fmt::format("A {} exists from {} on.", kind->en, time.from.local()));
  }
  if (team.to > time.until) {
    const std::string last = (time.until - 1).local();
    problems.refuse("", "to", fmt::format("{} chỉ tồn tại đến {}: nhập ngày kết thúc.", kind->vi, last),
                    fmt::format("A {} existed until {}: give the day it ended.", kind->en, last));
  }
}

base::Status check_force_team(store::Reader& session, const ForceTeamForm& form, const ForceTeam& team,
                              Problems& problems) {
  check_code("kind", force_kinds(), form.kind, {"loại lực lượng", "kind of force"}, problems);
  check_force_time(team, problems);
  if (form.areas.empty()) {
    problems.refuse("", "areas", "Chọn địa bàn phụ trách.", "Choose the areas it looks after.");
  }
  for (const AreaId& area : form.areas) VG_TRY(check_area(session, "areas", area, team.from, problems));
  if (form.kind == "BAO_VE_CO_QUAN" && !form.unit) {
    problems.refuse("", "unit", "Chọn cơ quan, doanh nghiệp có đội bảo vệ.", "Choose the agency or firm they guard.");
  }
  return check_party(session, "unit", form.unit, "UNIT ORGANISATION", problems);
}

void check_people(std::int64_t people, Problems& problems) {
  if (people >= 0 && people <= kMostInTeam) return;
  problems.refuse("", "people", fmt::format("Số người phải từ 0 đến {}.", kMostInTeam),
                  fmt::format("The number of people must be from 0 to {}.", kMostInTeam));
}

base::Status tell_team(store::WriteSession& session, const TeamId& id) {
  return session.tell("force.changed", id, "{}");
}

base::Result<ForceTeam> must_be_team(store::Reader& session, const TeamId& id) {
  VG_ASSIGN(std::optional<ForceTeam> team, force_team_by_id(session, id));
  if (!team) return base::not_found("there is no such force team");
  return std::move(*team);
}

base::Status put_headcount(store::WriteSession& session, const TeamId& id, std::int64_t people, Day as_of) {
  return session
      .run(
          "insert into force_headcount (team, as_of, people) values ($1, $2, $3) "
          "on conflict (team, as_of) do update set people = excluded.people",
          {id, as_of.number, people})
      .error();
}

}  // namespace

base::Result<TeamId> add_force_team(store::WriteSession& session, const ForceTeamForm& form, Problems& problems) {
  ForceTeam team;
  team.kind = form.kind;
  team.name = kept_text("name", form.name, 1, kLongestTeamName, problems);
  team.decision_number = kept_text("decision_number", form.decision_number, 0, kLongestDecision, problems);
  team.from = form.from.value_or(Day::at(session.now()));
  team.to = form.to.value_or(kOpenEnd);
  team.path = fold(team.name);
  VG_TRY(check_force_team(session, form, team, problems));
  if (form.people) check_people(*form.people, problems);
  if (problems.refused()) return problems.status();
  team.id = TeamId{session.new_id()};
  VG_TRY(session
             .run("insert into force_team (id, kind, name, unit, decision_number, decision_day, valid_from, valid_to, "
                  "path, made_at_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                  {team.id, team.kind, team.name, form.unit, team.decision_number, day_or_null(form.decision_day),
                   team.from.number, team.to.number, team.path, session.now()})
             .error());
  std::vector<store::Parameters> areas;
  for (const AreaId& area : form.areas) areas.push_back({team.id, area});
  VG_TRY(session.run_many("insert into force_team_area (team, area) values ($1, $2) on conflict do nothing", areas));
  if (form.people) VG_TRY(put_headcount(session, team.id, *form.people, team.from));
  VG_TRY(write_name_terms(session, "team", team.id, team.path));
  VG_TRY(tell_team(session, team.id));
  return team.id;
}

base::Status end_force_team(store::WriteSession& session, const TeamId& id, Day day, Problems& problems) {
  VG_ASSIGN(const ForceTeam team, must_be_team(session, id));
  if (day <= team.from) {
    problems.refuse("", "to", "Ngày kết thúc phải sau ngày bắt đầu.", "The last day must lie after the first.");
    return problems.status();
  }
  VG_TRY(session.run("update force_team set valid_to = $2 where id = $1", {id, day.number}).error());
  VG_TRY(session
             .run("update force_member set to_day = $2 where team = $1 and from_day < $2 and to_day > $2",
                  {id, day.number})
             .error());
  return tell_team(session, id);
}

base::Result<std::optional<ForceTeam>> force_team_by_id(store::Reader& session, const TeamId& id) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from force_team t where t.id = $1", kTeamColumns), {id}));
  if (rows.empty()) return std::optional<ForceTeam>();
  ForceTeam team = team_of(rows[0]);
  VG_ASSIGN(const store::Rows areas,
            session.query("select area from force_team_area where team = $1 order by area", {id}));
  for (std::size_t i = 0; i < areas.size(); ++i) team.areas.push_back(AreaId{areas[i].id(0)});
  return std::optional<ForceTeam>(std::move(team));
}

base::Status count_force(store::WriteSession& session, const TeamId& id, std::int64_t people, Day as_of,
                         Problems& problems) {
  VG_ASSIGN(const ForceTeam team, must_be_team(session, id));
  check_people(people, problems);
  if (as_of < team.from || as_of >= team.to) {
    problems.refuse("", "as_of", "Tổ, đội không hoạt động vào ngày này.", "The team does not exist on that day.");
  }
  if (problems.refused()) return problems.status();
  VG_TRY(put_headcount(session, id, people, as_of));
  return tell_team(session, id);
}

base::Result<std::optional<std::int64_t>> headcount(store::Reader& session, const TeamId& id, Day as_of) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("select people from force_headcount where team = $1 and as_of <= $2 order by as_of desc limit 1",
                    {id, as_of.number}));
  if (rows.empty()) return std::optional<std::int64_t>();
  return std::optional<std::int64_t>(rows[0].integer(0));
}

base::Result<base::Uuid> add_force_member(store::WriteSession& session, const TeamId& team, const PartyId& person,
                                          std::string_view duty, Day from, Problems& problems) {
  VG_ASSIGN(const ForceTeam there, must_be_team(session, team));
  const std::string kept = kept_text("duty", duty, 1, kLongestDuty, problems);
  VG_TRY(check_party(session, "person", person, "PERSON", problems));
  if (from < there.from || from >= there.to) {
    problems.refuse("", "from", "Tổ, đội không hoạt động vào ngày này.", "The team does not exist on that day.");
  }
  VG_ASSIGN(const store::Rows twice,
            session.query("select 1 from force_member where team = $1 and person = $2 and to_day > $3",
                          {team, person, from.number}));
  if (!twice.empty()) {
    problems.refuse("", "person", "Người này đã là thành viên.", "This person is a member already.");
  }
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  VG_TRY(session
             .run("insert into force_member (id, team, person, duty, from_day, to_day) values ($1, $2, $3, $4, $5, $6)",
                  {id, team, person, kept, from.number, there.to.number})
             .error());
  VG_TRY(tell_team(session, team));
  return id;
}

base::Status end_force_member(store::WriteSession& session, const base::Uuid& member, Day day) {
  VG_ASSIGN(const store::Rows rows, session.query("select team from force_member where id = $1", {member}));
  if (rows.empty()) return base::not_found("there is no such member");
  VG_TRY(session.run("update force_member set to_day = $2 where id = $1", {member, day.number}).error());
  return tell_team(session, TeamId{rows[0].id(0)});
}

base::Result<std::vector<ForceMember>> force_members(store::Reader& session, const TeamId& team, Day day) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select id, person, duty, from_day, to_day from force_member where team = $1 and from_day <= "
                          "$2 and to_day > $2 order by from_day, id",
                          {team, day.number}));
  std::vector<ForceMember> members;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    members.push_back({row.id(0), PartyId{row.id(1)}, row.text(2), {row.integer(3)}, {row.integer(4)}});
  }
  return members;
}

base::Result<ForceTeamPage> list_force_teams(store::Reader& session, const ScopeFilter& scope, Day day,
                                             const PageMark& after, std::size_t most) {
  store::Parameters parameters{day.number, after.path, after.id, static_cast<std::int64_t>(most) + 1};
  const ScopeSql within(scope, day, parameters);
  const std::string sql = fmt::format(
      "{}select {} from force_team t where t.valid_from <= $1 and t.valid_to > $1 and (t.path, t.id) > ($2, $3) and "
      "exists (select 1 from force_team_area a where a.team = t.id and {}) order by t.path, t.id "
      "limit $4",
      within.with(), kTeamColumns, within.condition("a.area"));
  VG_ASSIGN(const store::Rows rows, session.query(sql, parameters));
  ForceTeamPage page;
  for (std::size_t i = 0; i < std::min(rows.size(), most); ++i) page.teams.push_back(team_of(rows[i]));
  if (rows.size() > most && most > 0) page.next = PageMark{page.teams.back().path, page.teams.back().id};
  return page;
}

base::Result<std::vector<ForceCount>> force_counts(store::Reader& session, const ScopeFilter& scope, Day as_of) {
  store::Parameters parameters{as_of.number};
  const ScopeSql within(scope, as_of, parameters);
  const std::string sql = fmt::format(
      "{}select t.kind, count(*), cast(coalesce(sum(h.people), 0) as bigint), count(*) - count(h.people) "
      "from force_team t left join force_headcount h on h.team = t.id and h.as_of = (select max(l.as_of) from "
      "force_headcount l where l.team = t.id and l.as_of <= $1) where t.valid_from <= $1 and t.valid_to > $1 and "
      "exists "
      "(select 1 from force_team_area a where a.team = t.id and {}) group by t.kind order by t.kind",
      within.with(), within.condition("a.area"));
  VG_ASSIGN(const store::Rows rows, session.query(sql, parameters));
  std::vector<ForceCount> counts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    counts.push_back({row.text(0), row.integer(1), row.integer(2), row.integer(3)});
  }
  return counts;
}

}  // namespace vonggac::catalogue
