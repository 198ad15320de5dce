#include "catalogue/organisations.h"

#include <fmt/format.h>

#include "catalogue/form_text.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::int64_t kMostPeopleOfUnit = 1'000'000;
constexpr std::string_view kOrganisationWord = "ORGANISATION", kUnitWord = "UNIT", kHouseholdWord = "HOUSEHOLD";
/// Longer chains of reforms are a circle.
constexpr int kMostSuccessors = 20;

base::Status check_organisation(store::Reader& session, const OrganisationForm& form, Problems& problems) {
  check_code("kind", organisation_kinds(), form.kind, {"loại tổ chức", "kind of organisation"}, problems);
  check_code("level", organisation_levels(), form.level, {"cấp", "level"}, problems);
  if (form.level == "HUYEN" && form.party.to.value_or(kOpenEnd) > kTwoLevelsSince) {
    const std::string last = (kTwoLevelsSince - 1).local();
    problems.refuse("", "to", fmt::format("Cấp huyện chỉ tồn tại đến {}: nhập ngày kết thúc.", last),
                    fmt::format("Districts existed until {}: give the day it ended.", last));
  }
  return check_party(session, "head", form.head, "PERSON", problems);
}

base::Status check_unit(store::Reader& session, const UnitForm& form, Problems& problems) {
  check_code("kind", unit_kinds(), form.kind, {"loại đơn vị", "kind of unit"}, problems);
  if (form.people && (*form.people < 0 || *form.people > kMostPeopleOfUnit)) {
    problems.refuse("", "people", fmt::format("Số người phải từ 0 đến {}.", kMostPeopleOfUnit),
                    fmt::format("The number of people must be from 0 to {}.", kMostPeopleOfUnit));
  }
  return check_party(session, "head", form.head, "PERSON", problems);
}

/// A household lives in a residential area, not in a commune at large: reports count it there.
base::Status check_household(store::Reader& session, const HouseholdForm& form, Day day, Problems& problems) {
  VG_TRY(check_party(session, "head", form.head, "PERSON", problems));
  std::optional<AreaVersion> area;
  if (form.party.area) {
    VG_ASSIGN(area, area_on(session, *form.party.area, day));
  }
  if (area && (area->kind == AreaKind::kResidential || area->kind == AreaKind::kGroup)) return {};
  problems.refuse("", "area", "Chọn khu dân cư của hộ.", "Choose the residential area of the household.");
  return {};
}

Day first_day(const PartyForm& form, store::WriteSession& session) {
  return form.from.value_or(Day::at(session.now()));
}

std::optional<PartyId> party_id_at(const store::Row& row, std::size_t column) {
  const auto id = row.maybe_id(column);
  if (!id) return std::nullopt;
  return PartyId{*id};
}

base::Result<store::Rows> read_body(store::Reader& session, std::string_view columns, std::string_view table,
                                    const PartyId& id) {
  return session.query(fmt::format("select {}, {} from party p join {} b on b.party = p.id where p.id = $1",
                                   kPartyColumns, columns, table),
                       {id});
}

base::Result<Party> must_be_of(store::Reader& session, const PartyId& id, std::string_view kind) {
  VG_ASSIGN(Party party, must_be_party(session, id));
  if (party.kind != kind) return base::not_found("there is no such body");
  return party;
}

}  // namespace

base::Result<PartyId> add_organisation(store::WriteSession& session, const OrganisationForm& form, Problems& problems) {
  VG_TRY(check_organisation(session, form, problems));
  VG_ASSIGN(const PartyId id, put_party(session, kOrganisationWord, form.party, problems));
  VG_TRY(session
             .run("insert into organisation (party, kind, level, head) values ($1, $2, $3, $4)",
                  {id, form.kind, form.level, form.head})
             .error());
  VG_TRY(tell_party(session, id, kOrganisationWord));
  return id;
}

base::Status amend_organisation(store::WriteSession& session, const PartyId& id, const OrganisationForm& form,
                                Problems& problems) {
  VG_ASSIGN(const Party before, must_be_of(session, id, kOrganisationWord));
  OrganisationForm whole = form;
  if (!whole.party.to) whole.party.to = before.to;
  VG_TRY(check_organisation(session, whole, problems));
  VG_TRY(rewrite_party(session, before, form.party, problems));
  VG_TRY(session
             .run("update organisation set kind = $2, level = $3, head = $4 where party = $1",
                  {id, form.kind, form.level, form.head})
             .error());
  return tell_party(session, id, kOrganisationWord);
}

base::Result<std::optional<Organisation>> organisation_by_id(store::Reader& session, const PartyId& id) {
  VG_ASSIGN(const store::Rows rows, read_body(session, "b.kind, b.level, b.head, b.successor", "organisation", id));
  if (rows.empty()) return std::optional<Organisation>();
  const store::Row row = rows[0];
  Organisation found{party_of(row), row.text(kPartyColumnCount), row.text(kPartyColumnCount + 1),
                     party_id_at(row, kPartyColumnCount + 2), party_id_at(row, kPartyColumnCount + 3)};
  return std::optional<Organisation>(std::move(found));
}

base::Result<std::optional<PartyId>> organisation_in_charge(store::Reader& session, const PartyId& id, Day day) {
  PartyId now = id;
  for (int i = 0; i < kMostSuccessors; ++i) {
    VG_ASSIGN(const std::optional<Organisation> body, organisation_by_id(session, now));
    if (!body) return std::optional<PartyId>();
    if (body->party.from <= day && day < body->party.to) return std::optional<PartyId>(now);
    if (day < body->party.from || !body->successor) return std::optional<PartyId>();
    now = *body->successor;
  }
  return std::optional<PartyId>();
}

base::Status succeed_organisation(store::WriteSession& session, const PartyId& id, const PartyId& successor, Day day,
                                  Problems& problems) {
  VG_ASSIGN(const Party before, must_be_of(session, id, kOrganisationWord));
  VG_TRY(check_party(session, "successor", successor, kOrganisationWord, problems));
  std::optional<PartyId> next = successor;
  for (int i = 0; next && i < kMostSuccessors; ++i) {
    if (*next == id) {
      problems.refuse("", "successor", "Tổ chức không thể kế thừa chính nó.", "A body cannot succeed itself.");
      break;
    }
    VG_ASSIGN(const std::optional<Organisation> body, organisation_by_id(session, *next));
    next = body ? body->successor : std::nullopt;
  }
  if (day <= before.from) {
    problems.refuse("", "to", "Ngày kết thúc phải sau ngày bắt đầu.", "The last day must lie after the first.");
  }
  if (problems.refused()) return problems.status();
  VG_TRY(session.run("update organisation set successor = $2 where party = $1", {id, successor}).error());
  VG_TRY(
      session.run("update party set valid_to = $2, changed_at_us = $3 where id = $1", {id, day.number, session.now()})
          .error());
  return tell_party(session, id, kOrganisationWord);
}

base::Result<PartyId> add_unit(store::WriteSession& session, const UnitForm& form, Problems& problems) {
  VG_TRY(check_unit(session, form, problems));
  VG_ASSIGN(const PartyId id, put_party(session, kUnitWord, form.party, problems));
  VG_TRY(session
             .run("insert into unit (party, kind, head, people) values ($1, $2, $3, $4)",
                  {id, form.kind, form.head, form.people})
             .error());
  VG_TRY(tell_party(session, id, kUnitWord));
  return id;
}

base::Status amend_unit(store::WriteSession& session, const PartyId& id, const UnitForm& form, Problems& problems) {
  VG_ASSIGN(const Party before, must_be_of(session, id, kUnitWord));
  VG_TRY(check_unit(session, form, problems));
  VG_TRY(rewrite_party(session, before, form.party, problems));
  VG_TRY(session
             .run("update unit set kind = $2, head = $3, people = $4 where party = $1",
                  {id, form.kind, form.head, form.people})
             .error());
  return tell_party(session, id, kUnitWord);
}

base::Result<std::optional<Unit>> unit_by_id(store::Reader& session, const PartyId& id) {
  VG_ASSIGN(const store::Rows rows, read_body(session, "b.kind, b.head, b.people", "unit", id));
  if (rows.empty()) return std::optional<Unit>();
  const store::Row row = rows[0];
  Unit found{party_of(row), row.text(kPartyColumnCount), party_id_at(row, kPartyColumnCount + 1),
             row.maybe_integer(kPartyColumnCount + 2)};
  return std::optional<Unit>(std::move(found));
}

base::Result<PartyId> add_household(store::WriteSession& session, const HouseholdForm& form, Problems& problems) {
  VG_TRY(check_household(session, form, first_day(form.party, session), problems));
  VG_ASSIGN(const PartyId id, put_party(session, kHouseholdWord, form.party, problems));
  VG_TRY(
      session.run("insert into household (party, head, business) values ($1, $2, $3)", {id, form.head, form.business})
          .error());
  VG_TRY(tell_party(session, id, kHouseholdWord));
  return id;
}

base::Status amend_household(store::WriteSession& session, const PartyId& id, const HouseholdForm& form,
                             Problems& problems) {
  VG_ASSIGN(const Party before, must_be_of(session, id, kHouseholdWord));
  if (form.party.area != before.area) {
    VG_TRY(check_household(session, form, Day::at(session.now()), problems));
  } else {
    VG_TRY(check_party(session, "head", form.head, "PERSON", problems));
  }
  VG_TRY(rewrite_party(session, before, form.party, problems));
  VG_TRY(session.run("update household set head = $2, business = $3 where party = $1", {id, form.head, form.business})
             .error());
  return tell_party(session, id, kHouseholdWord);
}

base::Result<std::optional<Household>> household_by_id(store::Reader& session, const PartyId& id) {
  VG_ASSIGN(const store::Rows rows, read_body(session, "b.head, b.business", "household", id));
  if (rows.empty()) return std::optional<Household>();
  const store::Row row = rows[0];
  Household found{party_of(row), party_id_at(row, kPartyColumnCount), row.flag(kPartyColumnCount + 1)};
  return std::optional<Household>(std::move(found));
}

}  // namespace vonggac::catalogue
