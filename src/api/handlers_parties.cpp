/// People and bodies: one form for all kinds, of which each kind fills in what it has.
#include "api/area_forms.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/organisations.h"
#include "gate/owner_accounts.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::PartyId;
using gate::ObjectKind;

/// What only some kinds have.
struct PartyDetails {
  std::string body_kind, level;
  std::optional<PartyId> head;
  std::optional<std::int64_t> people;
  bool business = false;
};

json::object short_party_json(const catalogue::Party& party) {
  return {{"id", party.id.to_string()},
          {"kind", coded(catalogue::party_kinds(), party.kind)},
          {"name", party.name},
          {"phone", json_or_null(party.phone)},
          {"area", id_or_null(party.area)},
          {"address", party.address},
          {"notes", party.notes},
          {"from", party.from.iso()},
          {"to", end_or_null(party.to)}};
}

base::Result<PartyDetails> party_details(store::Reader& session, const catalogue::Party& party) {
  PartyDetails details;
  if (party.kind == "HOUSEHOLD") {
    VG_ASSIGN(const auto body, catalogue::household_by_id(session, party.id));
    if (body) details.head = body->head;
    if (body) details.business = body->business;
  }
  if (party.kind == "ORGANISATION") {
    VG_ASSIGN(const auto body, catalogue::organisation_by_id(session, party.id));
    if (body) details = {body->kind, body->level, body->head, std::nullopt, false};
  }
  if (party.kind == "UNIT") {
    VG_ASSIGN(const auto body, catalogue::unit_by_id(session, party.id));
    if (body) details = {body->kind, "", body->head, body->people, false};
  }
  return details;
}

base::Result<json::object> party_record(store::Reader& session, const base::Uuid& id) {
  VG_ASSIGN(const std::optional<catalogue::Party> party, catalogue::party_by_id(session, PartyId{id}));
  if (!party) return base::not_found("there is no such person or body");
  VG_ASSIGN(const PartyDetails details, party_details(session, *party));
  json::object out = short_party_json(*party);
  out["head"] = id_or_null(details.head);
  out["business"] = details.business;
  const bool unit = party->kind == "UNIT";
  out["body_kind"] = coded(unit ? catalogue::unit_kinds() : catalogue::organisation_kinds(), details.body_kind);
  out["level"] = coded(catalogue::organisation_levels(), details.level);
  out["people"] = json_or_null(details.people);
  return out;
}

void read_party_form(Form& form, std::string_view kind, catalogue::PartyForm& party, PartyDetails& details) {
  set_text(form, "name", party.name, 200);
  set_text(form, "phone", party.phone, 40);
  set_text(form, "address", party.address, 200);
  set_text(form, "notes", party.notes, 2000);
  set_id(form, "area", party.area);
  if (form.has("from")) party.from = form.maybe_day("from");
  if (form.has("to")) party.to = form.maybe_day("to").value_or(catalogue::kOpenEnd);
  const bool body = kind == "ORGANISATION" || kind == "UNIT";
  if (body || kind == "HOUSEHOLD") set_id(form, "head", details.head);
  if (body) set_text(form, "body_kind", details.body_kind, 40);
  if (kind == "ORGANISATION") set_text(form, "level", details.level, 40);
  if (kind == "UNIT" && form.has("people")) details.people = form.maybe_integer("people", 0, 1'000'000);
  if (kind == "HOUSEHOLD" && form.has("business")) details.business = form.flag("business");
}

base::Result<PartyId> put_new_party(store::WriteSession& session, std::string_view kind,
                                    const catalogue::PartyForm& party, const PartyDetails& details,
                                    catalogue::Problems& problems) {
  if (kind == "HOUSEHOLD") return catalogue::add_household(session, {party, details.head, details.business}, problems);
  if (kind == "ORGANISATION") {
    return catalogue::add_organisation(session, {party, details.body_kind, details.level, details.head}, problems);
  }
  if (kind == "UNIT")
    return catalogue::add_unit(session, {party, details.body_kind, details.head, details.people}, problems);
  return catalogue::add_party(session, kind, party, problems);
}

base::Status rewrite_any_party(store::WriteSession& session, const catalogue::Party& before,
                               const catalogue::PartyForm& party, const PartyDetails& details,
                               catalogue::Problems& problems) {
  if (before.kind == "HOUSEHOLD") {
    return catalogue::amend_household(session, before.id, {party, details.head, details.business}, problems);
  }
  if (before.kind == "ORGANISATION") {
    return catalogue::amend_organisation(session, before.id, {party, details.body_kind, details.level, details.head},
                                         problems);
  }
  if (before.kind == "UNIT") {
    return catalogue::amend_unit(session, before.id, {party, details.body_kind, details.head, details.people},
                                 problems);
  }
  return catalogue::amend_party(session, before.id, party, problems);
}

/// Where it will lie, and its head, must be within reach.
base::Status check_party_form(store::WriteSession& session, const Call& call, const catalogue::PartyForm& party,
                              const std::optional<PartyId>& head, catalogue::Problems& problems) {
  VG_TRY(check_reach(session, call, typed_id<base::Uuid>(party.area), "area", session.now(), problems));
  return check_reach(session, call, ObjectKind::kParty, head, "head", problems);
}

base::Status amend_one_party(store::WriteSession& session, const Call& call, Form form, catalogue::Problems& problems) {
  VG_ASSIGN(const std::optional<catalogue::Party> before, catalogue::party_by_id(session, PartyId{call.id}));
  if (!before) return base::not_found("there is no such person or body");
  VG_ASSIGN(PartyDetails details, party_details(session, *before));
  const std::optional<PartyId> head = details.head;
  catalogue::PartyForm party{
      before->name, before->phone.value_or(""), before->address, before->notes, before->area, {}, {}};
  read_party_form(form, before->kind, party, details);
  if (!form.finish()) {
    problems = form.problems();
    return problems.status();
  }
  // What stays as it is, is not asked about again.
  if (party.area != before->area) {
    VG_TRY(check_reach(session, call, typed_id<base::Uuid>(party.area), "area", session.now(), problems));
  }
  if (details.head != head) {
    VG_TRY(check_reach(session, call, ObjectKind::kParty, details.head, "head", problems));
  }
  return rewrite_any_party(session, *before, party, details, problems);
}

}  // namespace

HttpReply answer_party_codes(const PoolServices&, const Call&) {
  return json_reply(json::object{{"kinds", coded_list(catalogue::party_kinds())},
                                 {"organisation_kinds", coded_list(catalogue::organisation_kinds())},
                                 {"levels", coded_list(catalogue::organisation_levels())},
                                 {"unit_kinds", coded_list(catalogue::unit_kinds())}});
}

HttpReply answer_parties(const PoolServices& services, const Call& call) {
  const std::optional<PageAsked> page = page_asked(call.query);
  const std::optional<std::string> kind = call.query.text("kind"), words = call.query.text("q");
  const bool known = kind && catalogue::find_code(catalogue::party_kinds(), *kind) != nullptr;
  if (!page || (kind && !known) || (!kind && !words)) return wrong_query();
  const catalogue::Day today = today_of(services);
  return read_register(services, "parties", [&](store::Reader& session) -> base::Result<json::object> {
    catalogue::PartyPage found;
    if (words) {
      VG_ASSIGN(found.parties, catalogue::find_parties(session, *words, scope_of(call), today, page->most));
    } else {
      VG_ASSIGN(found, catalogue::list_parties(session, *kind, scope_of(call), today, page->after, page->most));
    }
    json::array list;
    for (const catalogue::Party& party : found.parties) {
      if (!kind || party.kind == *kind) list.push_back(short_party_json(party));
    }
    return json::object{{"parties", std::move(list)}, {"next_after", next_mark(found.next)}};
  });
}

HttpReply answer_party(const PoolServices& services, const Call& call) {
  return read_record(services, call, [&](store::Reader& session) { return party_record(session, call.id); });
}

HttpReply answer_party_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string kind = form.text("kind", 20);
    catalogue::PartyForm party;
    PartyDetails details;
    read_party_form(form, kind, party, details);
    if (!kind.empty() && catalogue::find_code(catalogue::party_kinds(), kind) == nullptr) {
      form.problems().refuse("", "kind", "Không có loại này.", "There is no such kind.");
    }
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_party_form(session, call, party, details.head, problems));
          VG_ASSIGN(const PartyId id, put_new_party(session, kind, party, details, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_party_amend(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    return amend_record(
        services, call, [&](store::Reader& session) { return party_record(session, call.id); },
        [&](store::WriteSession& session, catalogue::Problems& problems) {
          return amend_one_party(session, call, form, problems);
        });
  });
}

HttpReply answer_party_account(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Uuid user = form.id("user");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 200,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kUser, user, "user", problems));
          VG_TRY(gate::link_owner_account(session, call.id, user));
          return json::object{{"party", call.id.to_string()}, {"user", user.to_string()}};
        });
  });
}

}  // namespace vonggac::api
