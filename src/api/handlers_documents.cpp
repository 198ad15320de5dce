/// Documents: plans, directives, decisions, how they rest on each other, and who reports on them until when.
#include "api/area_forms.h"
#include "api/handlers.h"
#include "api/record_parts.h"
#include "catalogue/document_recipients.h"
#include "catalogue/documents.h"

namespace vonggac::api {
namespace {

namespace json = boost::json;
using catalogue::DocumentId;
using gate::ObjectKind;

json::object short_document_json(const catalogue::Document& document) {
  return {{"id", document.id.to_string()},
          {"number", document.number},
          {"type", coded(catalogue::document_types(), document.type)},
          {"year", document.year ? json::value(*document.year) : json::value()},
          {"day", day_or_null(document.day)},
          {"issuer", document.issuer},
          {"area", id_or_null(document.area)},
          {"signer", document.signer},
          {"signer_role", document.signer_role},
          {"title", document.title},
          {"file_sha256", document.file_sha256},
          {"valid_to", end_or_null(document.valid_to)}};
}

base::Result<json::object> document_record(store::Reader& session, const base::Uuid& id, catalogue::Day today) {
  VG_ASSIGN(const auto document, catalogue::document_by_id(session, DocumentId{id}));
  if (!document) return base::not_found("there is no such document");
  json::object out = short_document_json(*document);
  out["issuer_organisation"] = id_or_null(document->issuer_organisation);
  json::array links, recipients;
  VG_ASSIGN(const auto edges, catalogue::edges_of(session, document->id));
  for (const catalogue::DocumentEdge& edge : edges) {
    links.push_back(json::object{{"kind", coded(catalogue::document_edge_kinds(), edge.kind)},
                                 {"document", edge.document.to_string()},
                                 {"target", edge.target.to_string()}});
  }
  VG_ASSIGN(const auto addressed, catalogue::recipients_of(session, document->id));
  for (const catalogue::Recipient& one : addressed) {
    recipients.push_back(json::object{{"id", one.id.to_string()},
                                      {"organisation", one.organisation.to_string()},
                                      {"due", day_or_null(one.due)},
                                      {"state", coded(catalogue::recipient_states(), one.state)},
                                      {"reported", day_or_null(one.reported)},
                                      {"overdue", one.overdue(today)}});
  }
  out["links"] = std::move(links);
  out["recipients"] = std::move(recipients);
  return out;
}

void read_document_form(Form& form, catalogue::DocumentForm& document) {
  set_text(form, "number", document.number, 100);
  set_text(form, "type", document.type, 40);
  if (form.has("day")) document.day = form.maybe_day("day");
  if (form.has("year")) {
    const auto year = form.maybe_integer("year", 1945, 2200);
    document.year = year ? std::optional<int>(static_cast<int>(*year)) : std::nullopt;
  }
  set_text(form, "issuer", document.issuer, 200);
  set_id(form, "issuer_organisation", document.issuer_organisation);
  set_id(form, "area", document.area);
  set_text(form, "signer", document.signer, 120);
  set_text(form, "signer_role", document.signer_role, 120);
  set_text(form, "title", document.title, 500);
  set_text(form, "file_sha256", document.file_sha256, 64);
  if (form.has("last")) document.last = form.maybe_day("last");
}

catalogue::DocumentForm form_of(const catalogue::Document& d) {
  const bool open = d.valid_to == catalogue::kOpenEnd;
  return {d.number, d.type,        d.day,
          d.year,   d.issuer,      d.issuer_organisation,
          d.area,   d.signer,      d.signer_role,
          d.title,  d.file_sha256, open ? std::nullopt : std::optional<catalogue::Day>(d.valid_to - 1)};
}

base::Status amend_one_document(store::WriteSession& session, const Call& call, Form form,
                                catalogue::Problems& problems) {
  VG_ASSIGN(const auto before, catalogue::document_by_id(session, DocumentId{call.id}));
  if (!before) return base::not_found("there is no such document");
  catalogue::DocumentForm document = form_of(*before);
  read_document_form(form, document);
  if (!form.finish()) {
    problems = form.problems();
    return problems.status();
  }
  if (document.area != before->area) {
    VG_TRY(check_reach(session, call, typed_id<base::Uuid>(document.area), "area", session.now(), problems));
  }
  if (document.issuer_organisation != before->issuer_organisation) {
    VG_TRY(
        check_reach(session, call, ObjectKind::kParty, document.issuer_organisation, "issuer_organisation", problems));
  }
  return catalogue::amend_document(session, before->id, document, problems);
}

}  // namespace

HttpReply answer_document_codes(const PoolServices&, const Call&) {
  return json_reply(json::object{{"types", coded_list(catalogue::document_types())},
                                 {"links", coded_list(catalogue::document_edge_kinds())},
                                 {"recipient_states", coded_list(catalogue::recipient_states())}});
}

HttpReply answer_documents(const PoolServices& services, const Call& call) {
  const std::optional<PageAsked> page = page_asked(call.query);
  if (!page) return wrong_query();
  const std::optional<std::string> words = call.query.text("q");
  const catalogue::Day today = today_of(services);
  return read_register(services, "documents", [&](store::Reader& session) -> base::Result<json::object> {
    catalogue::DocumentPage found;
    if (words) {
      VG_ASSIGN(found.documents, catalogue::find_documents(session, *words, scope_of(call), today, page->most));
    } else {
      VG_ASSIGN(found, catalogue::list_documents(session, scope_of(call), today, page->after, page->most));
    }
    json::array list;
    for (const catalogue::Document& one : found.documents) list.push_back(short_document_json(one));
    return json::object{{"documents", std::move(list)}, {"next_after", next_mark(found.next)}};
  });
}

HttpReply answer_document(const PoolServices& services, const Call& call) {
  const catalogue::Day today = today_of(services);
  return read_record(services, call, [&](store::Reader& session) { return document_record(session, call.id, today); });
}

HttpReply answer_document_add(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    catalogue::DocumentForm document;
    read_document_form(form, document);
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, typed_id<base::Uuid>(document.area), "area", session.now(), problems));
          VG_TRY(check_reach(session, call, ObjectKind::kParty, document.issuer_organisation, "issuer_organisation",
                             problems));
          VG_ASSIGN(const DocumentId id, catalogue::add_document(session, document, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

HttpReply answer_document_amend(const PoolServices& services, const Call& call) {
  const catalogue::Day today = today_of(services);
  return with_form(call, [&](Form& form) {
    return amend_record(
        services, call, [&](store::Reader& session) { return document_record(session, call.id, today); },
        [&](store::WriteSession& session, catalogue::Problems& problems) {
          return amend_one_document(session, call, form, problems);
        });
  });
}

HttpReply answer_document_link(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const std::string kind = form.text("kind", 20);
    const base::Uuid target = form.id("target");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kDocument, target, "target", problems));
          VG_TRY(catalogue::link_documents(session, DocumentId{call.id}, kind, DocumentId{target}, problems));
          return json::object{};
        });
  });
}

HttpReply answer_document_recipient(const PoolServices& services, const Call& call) {
  return with_form(call, [&](Form& form) {
    const base::Uuid organisation = form.id("organisation");
    const std::optional<catalogue::Day> due = form.maybe_day("due");
    if (!form.finish()) return problems_reply(form.problems());
    return change_register(
        services, call, 201,
        [&](store::WriteSession& session, catalogue::Problems& problems) -> base::Result<json::object> {
          VG_TRY(check_reach(session, call, ObjectKind::kParty, organisation, "organisation", problems));
          VG_ASSIGN(const base::Uuid id, catalogue::add_recipient(session, DocumentId{call.id},
                                                                  catalogue::PartyId{organisation}, due, problems));
          return json::object{{"id", id.to_string()}};
        });
  });
}

}  // namespace vonggac::api
