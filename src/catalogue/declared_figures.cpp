#include "catalogue/declared_figures.h"

#include <fmt/format.h>

#include "catalogue/form_text.h"
#include "catalogue/party_rows.h"

namespace vonggac::catalogue {
namespace {

constexpr std::size_t kLongestSubject = 200, kLongestFigure = 120;

}  // namespace

base::Result<base::Uuid> add_declared_figure(store::WriteSession& session, const DeclaredFigureForm& form,
                                             Problems& problems) {
  const std::string subject = kept_text("subject", form.subject, 1, kLongestSubject, problems);
  const std::string text = kept_text("text", form.text, 1, kLongestFigure, problems);
  const std::optional<SpokenFigure> figure = parse_figure(text);
  if (!figure && !text.empty()) {
    problems.refuse("", "text", fmt::format("Không đọc được số liệu “{}”: ghi như 1.856, 31,3 %, hơn 10.000.", text),
                    fmt::format("The figure \"{}\" cannot be read: write 1.856, 31,3 %, hơn 10.000.", text));
  }
  VG_TRY(check_area(session, "area", form.area, form.day, problems));
  if (form.document) {
    VG_ASSIGN(const std::optional<Document> there, document_by_id(session, *form.document));
    if (!there) problems.refuse("", "document", "Không có văn bản này.", "There is no such document.");
  }
  if (problems.refused()) return problems.status();
  const base::Uuid id = session.new_id();
  const bool range = figure->relation == FigureRelation::kBetween;
  VG_TRY(session
             .run("insert into declared_figure (id, area, subject, day, sign, value, upper, unit, as_read, place, "
                  "document, made_at_us) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                  {id, form.area, subject, form.day.number, figure_sign(figure->relation), figure->value,
                   range ? store::Value(figure->upper) : store::Value(), figure->unit, figure->as_read, form.place,
                   form.document, session.now()})
             .error());
  VG_TRY(session.tell("figure.declared", id, "{}"));
  return id;
}

base::Result<std::vector<DeclaredFigure>> declared_figures(store::Reader& session, const ScopeFilter& scope, Day from,
                                                           Day to) {
  store::Parameters parameters{from.number, to.number};
  const ScopeSql within(scope, to - 1, parameters);
  VG_ASSIGN(const store::Rows rows,
            session.query(fmt::format("{}select f.id, f.area, f.subject, f.day, f.sign, f.value, f.upper, f.unit, "
                                      "f.as_read, f.place, f.document from declared_figure f where f.day >= $1 and "
                                      "f.day < $2 and {} order by f.day, f.id",
                                      within.with(), within.condition("f.area")),
                          parameters));
  std::vector<DeclaredFigure> found;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const store::Row row = rows[i];
    DeclaredFigure declared;
    declared.id = row.id(0);
    declared.area = AreaId{row.id(1)};
    declared.subject = row.text(2);
    declared.day = {row.integer(3)};
    declared.figure.relation = figure_relation(row.text(4)).value_or(FigureRelation::kEqual);
    declared.figure.value = row.real(5);
    if (!row.is_null(6)) declared.figure.upper = row.real(6);
    declared.figure.unit = row.text(7);
    declared.figure.as_read = row.text(8);
    declared.place = row.maybe_integer(9);
    if (const auto id = row.maybe_id(10)) declared.document = DocumentId{*id};
    found.push_back(std::move(declared));
  }
  return found;
}

}  // namespace vonggac::catalogue
