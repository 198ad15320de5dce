#include "catalogue/documents.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "catalogue/folding.h"
#include "catalogue/form_text.h"
#include "catalogue/name_terms.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestIssuer = 200, kLongestSigner = 120, kLongestTitle = 500, kSha256Digits = 64;
constexpr std::string_view kDocumentTerms = "document";
constexpr std::string_view kDocumentColumns =
    "d.id, d.number, d.year, d.type, d.day, d.issuer, d.issuer_organisation, d.area, d.signer, d.signer_role, d.title, "
    "d.file_sha256, d.valid_to, d.path";

constexpr std::array<NamedCode, 15> kDocumentTypes{{
    {"NGHI_QUYET", "Nghị quyết", "resolution"},
    {"LUAT", "Luật", "law"},
    {"CHI_THI", "Chỉ thị", "directive"},
    {"KE_HOACH", "Kế hoạch", "plan"},
    {"CONG_VAN", "Công văn", "official letter"},
    {"QUYET_DINH", "Quyết định", "decision"},
    {"HUONG_DAN", "Hướng dẫn", "guidance"},
    {"THONG_TU", "Thông tư", "circular"},
    {"NGHI_DINH", "Nghị định", "decree"},
    {"TO_TRINH", "Tờ trình", "submission"},
    {"BAO_CAO", "Báo cáo", "report"},
    {"BIEN_BAN", "Biên bản", "minutes"},
    {"GIAY_CONG_NHAN", "Giấy công nhận", "recognition certificate"},
    {"DE_AN", "Đề án", "scheme"},
    {"CHUONG_TRINH_PHOI_HOP", "Chương trình phối hợp", "joint programme"},
}};
constexpr std::array<NamedCode, 3> kEdgeKinds{{
    {"IMPLEMENTS", "Thực hiện", "implements"},
    {"AMENDS", "Sửa đổi, bổ sung", "amends"},
    {"SUPERSEDES", "Thay thế", "supersedes"},
}};

/// Minutes without a number are told apart by their id.
std::string kept_number(const Document& document) {
  return document.number.empty() ? document.id.to_string() : document.number;
}

Document document_row(const store::Row& row) {
  Document d;
  d.id = DocumentId{row.id(0)};
  d.number = row.text(1);
  if (d.number == d.id.to_string()) d.number.clear();
  if (row.integer(2) != 0) d.year = static_cast<int>(row.integer(2));
  d.type = row.text(3);
  if (const auto day = row.maybe_integer(4)) d.day = Day{*day};
  d.issuer = row.text(5);
  if (const auto id = row.maybe_id(6)) d.issuer_organisation = PartyId{*id};
  if (const auto id = row.maybe_id(7)) d.area = AreaId{*id};
  d.signer = row.text(8);
  d.signer_role = row.text(9);
  d.title = row.text(10);
  d.file_sha256 = row.text(11);
  d.valid_to = {row.integer(12)};
  d.path = row.text(13);
  return d;
}

base::Result<std::vector<Document>> read_documents(store::Reader& session, std::string_view rest,
                                                   const store::Parameters& parameters, std::string_view before = "",
                                                   std::string_view from = "document d") {
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("{}select {} from {} {}", before, kDocumentColumns, from, rest), parameters));
  std::vector<Document> found;
  for (std::size_t i = 0; i < rows.size(); ++i) found.push_back(document_row(rows[i]));
  return found;
}

int year_of(Day day) { return std::stoi(day.iso().substr(0, 4)); }

/// The number, and the type and year it tells.
void take_number(const DocumentForm& form, Document& document, Problems& problems) {
  document.type = form.type;
  if (form.day) document.year = year_of(*form.day);
  const bool may_lack = form.type == "BIEN_BAN" || form.type == "BAO_CAO";
  if (form.number.empty() && may_lack) return;
  const std::optional<DocumentNumber> number = parse_document_number(form.number);
  if (!number) {
    problems.refuse("", "number", "Số, ký hiệu phải dạng 36/KH-BCĐ138, 111-KH/TU hoặc 124/2021/TT-BCA.",
                    "A number looks like 36/KH-BCĐ138, 111-KH/TU or 124/2021/TT-BCA.");
    return;
  }
  document.number = number->text;
  if (document.type.empty()) document.type = number->type.empty() ? "CONG_VAN" : number->type;
  if (!number->type.empty() && document.type != number->type) {
    problems.warn(
        "", "type", fmt::format("Ký hiệu {} là của {}.", number->text, find_code(kDocumentTypes, number->type)->vi),
        fmt::format("The mark of {} is that of a {}.", number->text, find_code(kDocumentTypes, number->type)->en));
  }
  if (number->year && document.year && *number->year != *document.year) {
    problems.refuse("", "day",
                    fmt::format("Năm trong số, ký hiệu là {}, ngày ban hành là năm {}.", *number->year, *document.year),
                    fmt::format("The number says {}, the day says {}.", *number->year, *document.year));
  }
  if (number->year) document.year = number->year;
}

bool is_sha256(std::string_view text) {
  return text.size() == kSha256Digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

base::Result<Document> document_from(store::Reader& session, const DocumentForm& form, Problems& problems) {
  Document d;
  take_number(form, d, problems);
  if (!d.year) d.year = form.year;
  d.day = form.day;
  if (!d.type.empty() || form.number.empty()) {
    check_code("type", kDocumentTypes, d.type, {"loại văn bản", "type of document"}, problems);
  }
  d.issuer = kept_text("issuer", form.issuer, 1, kLongestIssuer, problems);
  d.issuer_organisation = form.issuer_organisation;
  d.area = form.area;
  d.signer = kept_text("signer", form.signer, 0, kLongestSigner, problems);
  d.signer_role = kept_text("signer_role", form.signer_role, 0, kLongestSigner, problems);
  d.title = kept_text("title", form.title, 1, kLongestTitle, problems);
  d.file_sha256 = form.file_sha256;
  if (!d.file_sha256.empty() && !is_sha256(d.file_sha256)) {
    problems.refuse("", "file_sha256", "Mã kiểm tra tệp gồm 64 chữ số thập lục phân.",
                    "The checksum of a file has 64 hexadecimal digits.");
  }
  d.valid_to = form.last ? *form.last + 1 : kOpenEnd;
  if (d.day && d.valid_to <= *d.day) {
    problems.refuse("", "last", "Ngày hết hiệu lực phải sau ngày ban hành.", "It must end after it was issued.");
  }
  d.path = fold(d.number + " " + d.title + " " + d.issuer);
  VG_TRY(check_party(session, "issuer_organisation", d.issuer_organisation, "ORGANISATION UNIT", problems));
  return d;
}

base::Status check_unique(store::Reader& session, const Document& document, Problems& problems) {
  if (document.number.empty()) return {};
  VG_ASSIGN(const store::Rows rows,
            session.query("select 1 from document where number = $1 and issuer_key = $2 and year = $3 and id <> $4",
                          {document.number, fold(document.issuer), document.year.value_or(0), document.id}));
  if (rows.empty()) return {};
  problems.refuse("", "number", fmt::format("Văn bản {} của {} đã có trong sổ.", document.number, document.issuer),
                  fmt::format("Document {} of {} is registered already.", document.number, document.issuer));
  return {};
}

base::Status tell_document(store::WriteSession& session, const base::Uuid& id) {
  return session.tell("document.changed", id, "{}");
}

base::Result<Document> must_be_document(store::Reader& session, const DocumentId& id) {
  VG_ASSIGN(std::optional<Document> document, document_by_id(session, id));
  if (!document) return base::not_found("there is no such document");
  return std::move(*document);
}

/// Does `from` lead to `to` along edges of any kind?
base::Result<bool> leads_to(store::Reader& session, const DocumentId& from, const DocumentId& to) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("with recursive up (id) as (select target from document_edge where document = $1 union select "
                    "e.target from up u join document_edge e on e.document = u.id) select 1 from up where id = $2",
                    {from, to}));
  return !rows.empty();
}

}  // namespace

std::span<const NamedCode> document_types() { return kDocumentTypes; }
std::span<const NamedCode> document_edge_kinds() { return kEdgeKinds; }

base::Result<DocumentId> add_document(store::WriteSession& session, const DocumentForm& form, Problems& problems) {
  VG_ASSIGN(Document d, document_from(session, form, problems));
  VG_TRY(check_area(session, "area", d.area, Day::at(session.now()), problems));
  VG_TRY(check_unique(session, d, problems));
  if (problems.refused()) return problems.status();
  d.id = DocumentId{session.new_id()};
  VG_TRY(session
             .run("insert into document (id, number, year, type, day, issuer, issuer_key, issuer_organisation, area, "
                  "signer, signer_role, title, file_sha256, valid_to, path, made_at_us) values ($1, $2, $3, $4, $5, "
                  "$6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)",
                  {d.id, kept_number(d), d.year.value_or(0), d.type, day_or_null(d.day), d.issuer, fold(d.issuer),
                   d.issuer_organisation, d.area, d.signer, d.signer_role, d.title,
                   d.file_sha256.empty() ? store::Value() : store::Value(d.file_sha256), d.valid_to.number, d.path,
                   session.now()})
             .error());
  VG_TRY(write_name_terms(session, kDocumentTerms, d.id, d.path));
  VG_TRY(tell_document(session, d.id));
  return d.id;
}

base::Status amend_document(store::WriteSession& session, const DocumentId& id, const DocumentForm& form,
                            Problems& problems) {
  VG_ASSIGN(const Document before, must_be_document(session, id));
  VG_ASSIGN(Document d, document_from(session, form, problems));
  d.id = id;
  if (d.area != before.area) VG_TRY(check_area(session, "area", d.area, Day::at(session.now()), problems));
  VG_TRY(check_unique(session, d, problems));
  if (problems.refused()) return problems.status();
  VG_TRY(session
             .run("update document set number = $2, year = $3, type = $4, day = $5, issuer = $6, issuer_key = $7, "
                  "issuer_organisation = $8, area = $9, signer = $10, signer_role = $11, title = $12, file_sha256 = "
                  "$13, valid_to = $14, path = $15 where id = $1",
                  {id, kept_number(d), d.year.value_or(0), d.type, day_or_null(d.day), d.issuer, fold(d.issuer),
                   d.issuer_organisation, d.area, d.signer, d.signer_role, d.title,
                   d.file_sha256.empty() ? store::Value() : store::Value(d.file_sha256), d.valid_to.number, d.path})
             .error());
  VG_TRY(write_name_terms(session, kDocumentTerms, id, d.path));
  return tell_document(session, id);
}

base::Result<std::optional<Document>> document_by_id(store::Reader& session, const DocumentId& id) {
  VG_ASSIGN(std::vector<Document> found, read_documents(session, "where d.id = $1", {id}));
  if (found.empty()) return std::optional<Document>();
  return std::optional<Document>(std::move(found.front()));
}

base::Result<std::vector<Document>> documents_by_number(store::Reader& session, std::string_view number) {
  const std::optional<DocumentNumber> parsed = parse_document_number(number);
  if (!parsed) return std::vector<Document>();
  return read_documents(session, "where d.number = $1 order by d.year desc, d.id desc", {parsed->text});
}

base::Result<std::vector<Document>> find_documents(store::Reader& session, std::string_view query,
                                                   const ScopeFilter& scope, Day day, std::size_t most) {
  const std::vector<SearchWord> words = search_words(query);
  store::Parameters parameters;
  VG_ASSIGN(const std::optional<NameCondition> which,
            name_condition(session, kDocumentTerms, words, "d.id", most, parameters));
  if (!which) return std::vector<Document>();
  const ScopeSql within(scope, day, parameters);
  parameters.emplace_back(which->limit);
  VG_ASSIGN(
      std::vector<Document> found,
      read_documents(session,
                     fmt::format("where {} and {} order by d.path, d.id limit ${}", which->sql,
                                 which->few ? within.condition("d.area") : within.gathered(), parameters.size()),
                     parameters, within.with(), which->few ? std::string("document d") : within.from("document", "d")));
  std::erase_if(found, [&](const Document& d) { return !matches(d.path, words); });
  if (found.size() > most) found.resize(most);
  return found;
}

base::Result<DocumentPage> list_documents(store::Reader& session, const ScopeFilter& scope, Day day,
                                          const PageMark& after, std::size_t most) {
  store::Parameters parameters{after.path, after.id, static_cast<std::int64_t>(most) + 1};
  const ScopeSql within(scope, day, parameters);
  const std::string rest =
      fmt::format("where (d.path, d.id) > ($1, $2) and {} order by d.path, d.id limit $3", within.gathered());
  DocumentPage page;
  VG_ASSIGN(page.documents, read_documents(session, rest, parameters, within.with(), within.from("document", "d")));
  if (page.documents.size() > most) {
    page.documents.resize(most);
    if (most > 0) page.next = PageMark{page.documents.back().path, page.documents.back().id};
  }
  return page;
}

base::Status link_documents(store::WriteSession& session, const DocumentId& document, std::string_view kind,
                            const DocumentId& target, Problems& problems) {
  VG_ASSIGN(const Document from, must_be_document(session, document));
  VG_ASSIGN(const Document to, must_be_document(session, target));
  check_code("kind", kEdgeKinds, kind, {"quan hệ văn bản", "relation of documents"}, problems);
  VG_ASSIGN(const bool circle, leads_to(session, target, document));
  if (circle || document == target) {
    problems.refuse("", "target", fmt::format("{} đã dựa vào {}: quan hệ bị vòng.", to.number, from.number),
                    fmt::format("{} rests on {} already: that would be a circle.", to.number, from.number));
  }
  if (from.day && to.day && *from.day < *to.day) {
    problems.warn("", "target", fmt::format("{} ban hành sau {}.", to.number, from.number),
                  fmt::format("{} was issued after {}.", to.number, from.number));
  }
  if (problems.refused()) return problems.status();
  VG_TRY(session
             .run("insert into document_edge (document, kind, target) values ($1, $2, $3) on conflict do nothing",
                  {document, kind, target})
             .error());
  if (kind == "SUPERSEDES" && from.day) {
    VG_TRY(session.run("update document set valid_to = $2 where id = $1 and valid_to > $2", {target, from.day->number})
               .error());
    VG_TRY(tell_document(session, target));
  }
  return tell_document(session, document);
}

base::Result<std::vector<DocumentEdge>> edges_of(store::Reader& session, const DocumentId& document) {
  VG_ASSIGN(const store::Rows rows,
            session.query("select document, kind, target from document_edge where document = $1 or target = $1 order "
                          "by kind, document, target",
                          {document}));
  std::vector<DocumentEdge> edges;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    edges.push_back({rows[i].text(1), DocumentId{rows[i].id(0)}, DocumentId{rows[i].id(2)}});
  }
  return edges;
}

base::Result<std::vector<DocumentId>> basis_of(store::Reader& session, const DocumentId& document) {
  VG_ASSIGN(
      const store::Rows rows,
      session.query("with recursive up (id, step) as (select target, 1 from document_edge where document = $1 and "
                    "kind = 'IMPLEMENTS' union select e.target, u.step + 1 from up u join document_edge e on "
                    "e.document = u.id and e.kind = 'IMPLEMENTS' where u.step < 20) select id, min(step) as near "
                    "from up group by id order by near, id",
                    {document}));
  std::vector<DocumentId> basis;
  for (std::size_t i = 0; i < rows.size(); ++i) basis.push_back(DocumentId{rows[i].id(0)});
  return basis;
}

}  // namespace vonggac::catalogue
