#include "catalogue/committees.h"

#include <fmt/format.h>

#include "catalogue/form_text.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestCommitteeDecision = 60;

/// The kind of area a committee of this level works for.
std::optional<AreaKind> area_kind_of_level(std::string_view level) {
  if (level == "TINH") return AreaKind::kProvince;
  if (level == "HUYEN") return AreaKind::kDistrict;
  if (level == "XA") return AreaKind::kCommune;
  return std::nullopt;
}

base::Status check_committee(store::Reader& session, const CommitteeForm& form, Day day, Problems& problems) {
  VG_TRY(check_party(session, "standing_organisation", form.standing_organisation, "ORGANISATION", problems));
  const std::optional<AreaKind> kind = area_kind_of_level(form.organisation.level);
  if (!kind) {
    problems.refuse("", "level", "Ban Chỉ đạo 138 có ở cấp tỉnh, cấp huyện (trước 7/2025) và cấp xã.",
                    "A committee 138 is of a province, a district (before July 2025) or a commune.");
    return {};
  }
  std::optional<AreaVersion> area;
  if (form.organisation.party.area) {
    VG_ASSIGN(area, area_on(session, *form.organisation.party.area, day));
  }
  if (area && area->kind == *kind) return {};
  const Sentence word = kind_word(*kind);
  problems.refuse("", "area", fmt::format("Chọn địa bàn {} của Ban Chỉ đạo.", word.vi),
                  fmt::format("Choose the {} the committee works for.", word.en));
  return {};
}

base::Status tell_committee(store::WriteSession& session, const base::Uuid& id) {
  return session.tell("committee.changed", id, "{}");
}

void add_level(LevelCounts& counts, AreaKind kind, std::int64_t number) {
  if (kind == AreaKind::kProvince) counts.province += number;
  if (kind == AreaKind::kDistrict) counts.district += number;
  if (kind == AreaKind::kCommune) counts.commune += number;
}

void compare_level(std::int64_t committees, std::int64_t areas, AreaKind kind, Problems& problems) {
  if (committees == areas) return;
  const Sentence word = kind_word(kind);
  problems.warn("V21", "committees",
                fmt::format("Có {} Ban Chỉ đạo ở {} địa bàn {}: cần kiểm tra lại.", committees, areas, word.vi),
                fmt::format("There are {} committees for {} areas ({}): please check.", committees, areas, word.en));
}

}  // namespace

base::Result<PartyId> add_committee(store::WriteSession& session, const CommitteeForm& form, Problems& problems) {
  const Day first = form.organisation.party.from.value_or(Day::at(session.now()));
  const std::string decision =
      kept_text("decision_number", form.decision_number, 0, kLongestCommitteeDecision, problems);
  VG_TRY(check_committee(session, form, first, problems));
  OrganisationForm body = form.organisation;
  body.kind = "BCD138";
  VG_ASSIGN(const PartyId id, add_organisation(session, body, problems));
  VG_TRY(session
             .run("insert into committee (organisation, standing_organisation, decision_number, decision_day) values "
                  "($1, $2, $3, $4)",
                  {id, form.standing_organisation, decision, day_or_null(form.decision_day)})
             .error());
  VG_TRY(tell_committee(session, id));
  return id;
}

base::Result<std::optional<Committee>> committee_by_id(store::Reader& session, const PartyId& id) {
  VG_ASSIGN(std::optional<Organisation> body, organisation_by_id(session, id));
  VG_ASSIGN(const store::Rows rows,
            session.query("select standing_organisation, decision_number, decision_day from committee where "
                          "organisation = $1",
                          {id}));
  if (!body || rows.empty()) return std::optional<Committee>();
  Committee committee;
  committee.organisation = std::move(*body);
  if (const auto standing = rows[0].maybe_id(0)) committee.standing_organisation = PartyId{*standing};
  committee.decision_number = rows[0].text(1);
  if (const auto day = rows[0].maybe_integer(2)) committee.decision_day = Day{*day};
  return std::optional<Committee>(std::move(committee));
}

base::Result<base::Uuid> add_committee_member(store::WriteSession& session, const PartyId& committee,
                                              const PartyId& person, std::string_view role, Day from,
                                              Problems& problems) {
  VG_ASSIGN(const std::optional<Committee> there, committee_by_id(session, committee));
  if (!there) return base::not_found("there is no such committee");
  check_code("role", committee_roles(), role, {"chức danh", "role"}, problems);
  VG_TRY(check_party(session, "person", person, "PERSON", problems));
  VG_ASSIGN(const std::vector<CommitteeMember> members, committee_members(session, committee, from));
  for (const CommitteeMember& member : members) {
    if (role == "TRUONG_BAN" && member.role == role) {
      problems.refuse("", "role", "Ban Chỉ đạo đang có Trưởng ban: ghi ngày thôi giữ chức trước.",
                      "The committee has a head: tell first when that one leaves.");
    }
    if (member.person == person) {
      problems.refuse("", "person", "Người này đã là thành viên.", "This person is a member already.");
    }
  }
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  VG_TRY(session
             .run("insert into committee_member (id, committee, person, role, from_day, to_day) values ($1, $2, $3, "
                  "$4, $5, $6)",
                  {id, committee, person, role, from.number, kOpenEnd.number})
             .error());
  VG_TRY(tell_committee(session, committee));
  return id;
}

base::Status end_committee_member(store::WriteSession& session, const base::Uuid& member, Day day) {
  VG_ASSIGN(const store::Rows rows, session.query("select committee from committee_member where id = $1", {member}));
  if (rows.empty()) return base::not_found("there is no such member");
  VG_TRY(session.run("update committee_member set to_day = $2 where id = $1", {member, day.number}).error());
  return tell_committee(session, rows[0].id(0));
}

base::Result<std::vector<CommitteeMember>> committee_members(store::Reader& session, const PartyId& committee,
                                                             Day day) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select id, person, role, from_day, to_day from committee_member where committee = $1 and "
                          "from_day <= $2 and to_day > $2 order by from_day, id",
                          {committee, day.number}));
  std::vector<CommitteeMember> members;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    members.push_back({row.id(0), PartyId{row.id(1)}, row.text(2), {row.integer(3)}, {row.integer(4)}});
  }
  return members;
}

base::Result<LevelCounts> committee_counts(store::Reader& session, const ScopeFilter& scope, Day day) {
  store::Parameters parameters{day.number};
  const ScopeSql within(scope, day, parameters);
  const std::string sql = fmt::format(
      "{}select o.level, count(*) from committee c join organisation o on o.party = c.organisation join party p on "
      "p.id "
      "= o.party where p.valid_from <= $1 and p.valid_to > $1 and {} group by o.level",
      within.with(), within.condition("p.area"));
  VG_ASSIGN(const store::Rows rows, session.query(sql, parameters));
  LevelCounts counts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<AreaKind> kind = area_kind_of_level(rows[i].text(0));
    if (kind) add_level(counts, *kind, rows[i].integer(1));
  }
  return counts;
}

base::Result<LevelCounts> area_counts(store::Reader& session, const ScopeFilter& scope, Day day) {
  store::Parameters parameters{day.number};
  const ScopeSql within(scope, day, parameters);
  const std::string sql = fmt::format(
      "{}select v.kind, count(*) from area_version v where v.valid_from <= $1 and v.valid_to > $1 and {} group by "
      "v.kind",
      within.with(), within.condition("v.area"));
  VG_ASSIGN(const store::Rows rows, session.query(sql, parameters));
  LevelCounts counts;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::optional<AreaKind> kind = area_kind_of(rows[i].integer(0));
    if (kind) add_level(counts, *kind, rows[i].integer(1));
  }
  return counts;
}

void check_committee_counts(const LevelCounts& committees, const LevelCounts& areas, Problems& problems) {
  compare_level(committees.province, areas.province, AreaKind::kProvince, problems);
  compare_level(committees.district, areas.district, AreaKind::kDistrict, problems);
  compare_level(committees.commune, areas.commune, AreaKind::kCommune, problems);
}

}  // namespace vonggac::catalogue
