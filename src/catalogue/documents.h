/// Documents: plans, directives, decisions, with what they implement, amend and supersede, and who must report on
/// them until when. A number is unique for its issuer and year.
/// Flow     form or import -> these functions -> store; every change tells the outbox.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences and kInvalidArgument; kNotFound: no such document.
/// Source   domain 3.1, 3.2; seeds S0.2, S1.1 to S1.3, S2.1, S4.8.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/document_number.h"
#include "catalogue/named_code.h"
#include "catalogue/parties.h"

namespace vonggac::catalogue {

struct DocumentId : base::Uuid {};

std::span<const NamedCode> document_types();
/// IMPLEMENTS, AMENDS, SUPERSEDES.
std::span<const NamedCode> document_edge_kinds();

struct DocumentForm {
  std::string number;       ///< as typed; may be empty only for minutes and reports
  std::string type;         ///< of document_types(); empty: told by the number's mark
  std::optional<Day> day;   ///< not every copy has a day printed
  std::optional<int> year;  ///< where neither the day nor the number tells it ("Kế hoạch năm 2020")
  std::string issuer;       ///< "UBND tỉnh Bình Phước"
  std::optional<PartyId> issuer_organisation;
  std::optional<AreaId> area;  ///< whose it is, for lists by area
  std::string signer, signer_role, title;
  std::string file_sha256;  ///< 64 hexadecimal digits, or empty
  std::optional<Day> last;  ///< last day in force
};
struct Document {
  DocumentId id;
  std::string number, type;
  std::optional<int> year;
  std::optional<Day> day;
  std::string issuer;
  std::optional<PartyId> issuer_organisation;
  std::optional<AreaId> area;
  std::string signer, signer_role, title, file_sha256;
  Day valid_to;  ///< in force before this day
  std::string path;
};
base::Result<DocumentId> add_document(store::WriteSession& session, const DocumentForm& form, Problems& problems);
base::Status amend_document(store::WriteSession& session, const DocumentId& id, const DocumentForm& form,
                            Problems& problems);
base::Result<std::optional<Document>> document_by_id(store::Reader& session, const DocumentId& id);
/// With this number, of any issuer and year, newest first.
base::Result<std::vector<Document>> documents_by_number(store::Reader& session, std::string_view number);
/// By number, title or issuer, however typed.
base::Result<std::vector<Document>> find_documents(store::Reader& session, std::string_view query,
                                                   const ScopeFilter& scope, Day day, std::size_t most = 20);
struct DocumentPage {
  std::vector<Document> documents;
  std::optional<PageMark> next;
};
/// Newest year first is for reports; here by number and title, page by page.
base::Result<DocumentPage> list_documents(store::Reader& session, const ScopeFilter& scope, Day day,
                                          const PageMark& after, std::size_t most);

struct DocumentEdge {
  std::string kind;
  DocumentId document, target;
};
/// `document` implements, amends or supersedes `target`. No circle over edges of any kind. What is superseded ends on
/// the day of the new one, if that has a day.
base::Status link_documents(store::WriteSession& session, const DocumentId& document, std::string_view kind,
                            const DocumentId& target, Problems& problems);
/// What it says of others, and what others say of it.
base::Result<std::vector<DocumentEdge>> edges_of(store::Reader& session, const DocumentId& document);
/// All it rests on through IMPLEMENTS, nearest first: the chain of a directive.
base::Result<std::vector<DocumentId>> basis_of(store::Reader& session, const DocumentId& document);

}  // namespace vonggac::catalogue
