#include "catalogue/document_recipients.h"

#include <array>

#include <fmt/format.h>

#include "catalogue/form_text.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestReportNote = 500;
constexpr std::array<NamedCode, 3> kRecipientStates{{
    {"CHO_BAO_CAO", "Chờ báo cáo", "to report"},
    {"DA_BAO_CAO", "Đã báo cáo", "has reported"},
    {"DE_BIET", "Để biết", "for information"},
}};
constexpr std::string_view kRecipientColumns =
    "r.id, r.document, r.organisation, r.due_day, r.state, r.reported_day, r.reply, r.note";

base::Result<std::vector<Recipient>> read_recipients(store::Reader& session, const std::string& sql,
                                                     const store::Parameters& parameters) {
  VG_ASSIGN(const store::Rows rows, session.query(sql, parameters));
  std::vector<Recipient> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    Recipient r;
    r.id = row.id(0);
    r.document = DocumentId{row.id(1)};
    r.organisation = PartyId{row.id(2)};
    if (const auto day = row.maybe_integer(3)) r.due = Day{*day};
    r.state = row.text(4);
    if (const auto day = row.maybe_integer(5)) r.reported = Day{*day};
    if (const auto id = row.maybe_id(6)) r.reply = DocumentId{*id};
    r.note = row.text(7);
    found.push_back(std::move(r));
  }
  return found;
}

}  // namespace

std::span<const NamedCode> recipient_states() { return kRecipientStates; }

base::Result<base::Uuid> add_recipient(store::WriteSession& session, const DocumentId& document,
                                       const PartyId& organisation, std::optional<Day> due, Problems& problems) {
  VG_ASSIGN(const std::optional<Document> there, document_by_id(session, document));
  if (!there) return base::not_found("there is no such document");
  VG_TRY(check_party(session, "organisation", organisation, "ORGANISATION UNIT", problems));
  if (due && there->day && *due < *there->day) {
    problems.refuse("", "due", "Hạn báo cáo phải từ ngày ban hành trở đi.",
                    "The due day must not lie before the issue.");
  }
  VG_ASSIGN(const store::Rows twice,
            session.query("select 1 from document_recipient where document = $1 and organisation = $2",
                          {document, organisation}));
  if (!twice.empty()) {
    problems.refuse("", "organisation", "Nơi nhận này đã có.", "This recipient is there already.");
  }
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  VG_TRY(session
             .run("insert into document_recipient (id, document, organisation, due_day, state, note) values ($1, $2, "
                  "$3, $4, $5, '')",
                  {id, document, organisation, day_or_null(due), due ? "CHO_BAO_CAO" : "DE_BIET"})
             .error());
  VG_TRY(session.tell("document.recipient", document, "{}"));
  return id;
}

base::Status note_report(store::WriteSession& session, const base::Uuid& recipient, Day day,
                         const std::optional<DocumentId>& reply, std::string_view note, Problems& problems) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select document from document_recipient where id = $1", {recipient}));
  if (rows.empty()) return base::not_found("there is no such recipient");
  const DocumentId document{rows[0].id(0)};
  const std::string kept = kept_text("note", note, 0, kLongestReportNote, problems);
  VG_ASSIGN(const std::optional<Document> about, document_by_id(session, document));
  if (about && about->day && day < *about->day) {
    problems.refuse("", "day", "Ngày báo cáo trước ngày ban hành văn bản.",
                    "The day of the report lies before the document.");
  }
  if (reply) {
    VG_ASSIGN(const std::optional<Document> answer, document_by_id(session, *reply));
    if (!answer) problems.refuse("", "reply", "Không có văn bản trả lời này.", "There is no such reply.");
  }
  if (problems.refused()) return problems.status();
  VG_TRY(session
             .run("update document_recipient set state = 'DA_BAO_CAO', reported_day = $2, reply = $3, note = $4 where "
                  "id = $1",
                  {recipient, day.number, reply, kept})
             .error());
  return session.tell("document.recipient", document, "{}");
}

base::Result<std::vector<Recipient>> recipients_of(store::Reader& session, const DocumentId& document) {
  return read_recipients(
      session,
      fmt::format("select {} from document_recipient r where r.document = $1 order by r.id", kRecipientColumns),
      {document});
}

base::Result<std::vector<Recipient>> overdue_recipients(store::Reader& session, const ScopeFilter& scope, Day today) {
  store::Parameters parameters{today.number};
  const ScopeSql within(scope, today, parameters);
  return read_recipients(session,
                         fmt::format("{}select {} from document_recipient r join party p on p.id = r.organisation "
                                     "where r.state = 'CHO_BAO_CAO' and r.due_day < $1 and {} order by r.due_day, r.id",
                                     within.with(), kRecipientColumns, within.condition("p.area")),
                         parameters);
}

}  // namespace vonggac::catalogue
