#include "catalogue/parties.h"

#include <algorithm>

#include <fmt/format.h>

#include "catalogue/form_text.h"
#include "catalogue/name_terms.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestPartyName = 200, kLongestAddress = 200, kLongestNotes = 2000;
constexpr std::string_view kPartyTerms = "party";

/// The fields of a form, made fit; times as they are.
Party party_from(std::string_view kind, const PartyForm& form, Problems& problems) {
  Party party;
  party.kind = kind;
  party.name = kept_text("name", form.name, 1, kLongestPartyName, problems);
  party.phone = kept_phone("phone", form.phone, problems);
  party.address = kept_text("address", form.address, 0, kLongestAddress, problems);
  party.notes = kept_text("notes", form.notes, 0, kLongestNotes, problems);
  party.area = form.area;
  party.path = fold(party.name + " " + party.address);
  check_no_identity_number("name", party.name, problems);
  check_no_identity_number("address", party.address, problems);
  check_no_identity_number("notes", party.notes, problems);
  return party;
}

void check_party_time(const Party& party, Problems& problems) {
  if (party.from < party.to) return;
  problems.refuse("", "to", "Ngày kết thúc phải sau ngày bắt đầu.", "The last day must lie after the first.");
}

std::optional<Party> first_party(const store::Rows& rows) {
  if (rows.empty()) return std::nullopt;
  return party_of(rows[0]);
}

base::Result<std::vector<Party>> read_parties(store::Reader& session, const std::string& sql,
                                              const store::Parameters& parameters) {
  std::vector<Party> found;
  const store::Reader::Visitor take = [&](const store::Row& row) -> base::Status {
    found.push_back(party_of(row));
    return {};
  };
  VG_TRY(session.visit(sql, std::span<const store::Value>(parameters), take));
  return found;
}

}  // namespace

Party party_of(const store::Row& row) {
  Party party;
  party.id = PartyId{row.id(0)};
  party.kind = row.text(1);
  party.name = row.text(2);
  party.phone = row.maybe_text(3);
  if (const auto area = row.maybe_id(4)) party.area = AreaId{*area};
  party.address = row.text(5);
  party.notes = row.text(6);
  party.from = {row.integer(7)};
  party.to = {row.integer(8)};
  party.path = row.text(9);
  return party;
}

base::Status check_area(store::Reader& session, std::string_view field, const std::optional<AreaId>& area, Day day,
                        Problems& problems) {
  if (!area) return {};
  VG_ASSIGN(const std::optional<AreaVersion> there, area_on(session, *area, day));
  if (there) return {};
  problems.refuse("", field, fmt::format("Địa bàn không có hiệu lực vào ngày {}.", day.local()),
                  fmt::format("The area does not exist on {}.", day.local()));
  return {};
}

base::Status check_party(store::Reader& session, std::string_view field, const std::optional<PartyId>& id,
                         std::string_view kinds, Problems& problems) {
  if (!id) return {};
  VG_ASSIGN(const std::optional<Party> there, party_by_id(session, *id));
  const std::string listed = fmt::format(" {} ", kinds);
  if (there && listed.find(fmt::format(" {} ", there->kind)) != std::string::npos) return {};
  problems.refuse("", field, "Người hoặc tổ chức được chọn không phù hợp.",
                  "The person or body that was chosen does not fit here.");
  return {};
}

base::Result<PartyId> put_party(store::WriteSession& session, std::string_view kind, const PartyForm& form,
                                Problems& problems) {
  Party party = party_from(kind, form, problems);
  party.from = form.from.value_or(Day::at(session.now()));
  party.to = form.to.value_or(kOpenEnd);
  check_party_time(party, problems);
  VG_TRY(check_area(session, "area", party.area, party.from, problems));
  if (problems.refused()) return problems.status();
  party.id = PartyId{session.new_id()};
  VG_TRY(session
             .run("insert into party (id, kind, name, phone, area, address, notes, path, valid_from, valid_to, "
                  "made_at_us, changed_at_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11)",
                  {party.id, party.kind, party.name, party.phone, party.area, party.address, party.notes, party.path,
                   party.from.number, party.to.number, session.now()})
             .error());
  VG_TRY(write_name_terms(session, kPartyTerms, party.id, party.path));
  return party.id;
}

base::Status rewrite_party(store::WriteSession& session, const Party& before, const PartyForm& form,
                           Problems& problems) {
  Party party = party_from(before.kind, form, problems);
  party.id = before.id;
  party.from = form.from.value_or(before.from);
  party.to = form.to.value_or(before.to);
  check_party_time(party, problems);
  if (party.area != before.area) {
    const Day today = Day::at(session.now());
    const Day asked = std::max(party.from, std::min(today, party.to - 1));
    VG_TRY(check_area(session, "area", party.area, asked, problems));
  }
  if (problems.refused()) return problems.status();
  VG_TRY(session
             .run("update party set name = $2, phone = $3, area = $4, address = $5, notes = $6, path = $7, "
                  "valid_from = $8, valid_to = $9, changed_at_us = $10 where id = $1",
                  {party.id, party.name, party.phone, party.area, party.address, party.notes, party.path,
                   party.from.number, party.to.number, session.now()})
             .error());
  return write_name_terms(session, kPartyTerms, party.id, party.path);
}

base::Status tell_party(store::WriteSession& session, const PartyId& id, std::string_view kind) {
  return session.tell("party.changed", id, fmt::format(R"({{"kind":"{}"}})", kind));
}

base::Result<Party> must_be_party(store::Reader& session, const PartyId& id) {
  VG_ASSIGN(std::optional<Party> party, party_by_id(session, id));
  if (!party) return base::not_found("there is no such person or body");
  return std::move(*party);
}

base::Result<PartyId> add_party(store::WriteSession& session, std::string_view kind, const PartyForm& form,
                                Problems& problems) {
  if (kind != "PERSON" && kind != "VENDOR") {
    problems.refuse("", "kind", "Hộ gia đình, tổ chức và đơn vị được đăng ký bằng phiếu riêng.",
                    "Households, organisations and units are registered with their own form.");
    return problems.status();
  }
  VG_ASSIGN(const PartyId id, put_party(session, kind, form, problems));
  VG_TRY(tell_party(session, id, kind));
  return id;
}

base::Status amend_party(store::WriteSession& session, const PartyId& id, const PartyForm& form, Problems& problems) {
  VG_ASSIGN(const Party before, must_be_party(session, id));
  VG_TRY(rewrite_party(session, before, form, problems));
  return tell_party(session, id, before.kind);
}

base::Status end_party(store::WriteSession& session, const PartyId& id, Day day, Problems& problems) {
  VG_ASSIGN(const Party before, must_be_party(session, id));
  if (day <= before.from) {
    problems.refuse("", "to", "Ngày kết thúc phải sau ngày bắt đầu.", "The last day must lie after the first.");
    return problems.status();
  }
  VG_TRY(
      session.run("update party set valid_to = $2, changed_at_us = $3 where id = $1", {id, day.number, session.now()})
          .error());
  return tell_party(session, id, before.kind);
}

base::Result<std::optional<Party>> party_by_id(store::Reader& session, const PartyId& id) {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("select {} from party p where p.id = $1", kPartyColumns), {id}));
  return first_party(rows);
}

base::Result<PartyPage> list_parties(store::Reader& session, std::string_view kind, const ScopeFilter& scope, Day day,
                                     const PageMark& after, std::size_t most) {
  store::Parameters parameters{kind, day.number, after.path, after.id, static_cast<std::int64_t>(most) + 1};
  const ScopeSql within(scope, day, parameters);
  PartyPage page;
  VG_ASSIGN(
      page.parties,
      read_parties(
          session,
          fmt::format(
              "{}select {} from {} where p.kind = $1 and p.valid_from <= $2 and p.valid_to > $2 and (p.path, p.id) > "
              "($3, $4) and {} order by p.path, p.id limit $5",
              within.with(), kPartyColumns, within.from("party", "p"), within.gathered()),
          parameters));
  if (page.parties.size() > most) {
    page.parties.resize(most);
    if (most > 0) page.next = PageMark{page.parties.back().path, page.parties.back().id};
  }
  return page;
}

base::Result<std::vector<Party>> find_parties(store::Reader& session, std::string_view query, const ScopeFilter& scope,
                                              Day day, std::size_t most) {
  const std::optional<std::string> phone = normal_phone(query);
  const std::vector<SearchWord> words = search_words(query);
  store::Parameters parameters{day.number};
  std::optional<NameCondition> which;
  if (phone) {
    parameters.emplace_back(*phone);
    which = NameCondition{"p.phone = $2", true, static_cast<std::int64_t>(most)};
  } else {
    VG_ASSIGN(which, name_condition(session, kPartyTerms, words, "p.id", most, parameters));
  }
  if (!which) return std::vector<Party>();
  const ScopeSql within(scope, day, parameters);
  parameters.emplace_back(which->limit);
  VG_ASSIGN(std::vector<Party> found,
            read_parties(session,
                         fmt::format("{}select {} from {} where p.valid_from <= $1 and p.valid_to > $1 and {} and {} "
                                     "order by p.path, p.id limit ${}",
                                     within.with(), kPartyColumns,
                                     which->few ? std::string("party p") : within.from("party", "p"), which->sql,
                                     which->few ? within.condition("p.area") : within.gathered(), parameters.size()),
                         parameters));
  if (!phone) std::erase_if(found, [&](const Party& p) { return !matches(p.path, words); });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace vonggac::catalogue
