/// Figures that somebody declared and the register cannot count: "hơn 10.000 cán bộ nòng cốt". Kept as they were
/// read, with the document that says so, and marked as declared wherever they are shown.
/// Flow     report or import -> add_declared_figure -> reports beside what is counted.
/// Threads  within a transaction of room store.
/// Errors   Problems with sentences and kInvalidArgument.
/// Source   domain 3.2, seed S4.5.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/documents.h"
#include "catalogue/spoken_figures.h"

namespace vonggac::catalogue {

/// Needs document_schema.h.
inline constexpr std::string_view kDeclaredFigureSchema = R"(
create table declared_figure (
  id bytea not null primary key,
  area bytea not null references area (id) deferrable initially deferred,
  subject text not null,
  day bigint not null,
  sign text not null,
  value double precision not null,
  upper double precision,
  unit text not null,
  as_read text not null,
  place bigint,
  document bytea references document (id) deferrable initially deferred,
  made_at_us bigint not null
);
create index declared_figure_area on declared_figure (area, day);
)";

struct DeclaredFigureForm {
  AreaId area;
  std::string subject;  ///< what is counted: "cán bộ nòng cốt"
  Day day;              ///< as of
  std::string text;     ///< "hơn 10.000"
  std::optional<DocumentId> document;
  std::optional<std::int64_t> place;  ///< byte in the document's text
};
struct DeclaredFigure {
  base::Uuid id;
  AreaId area;
  std::string subject;
  Day day;
  SpokenFigure figure;
  std::optional<DocumentId> document;
  std::optional<std::int64_t> place;
};
base::Result<base::Uuid> add_declared_figure(store::WriteSession& session, const DeclaredFigureForm& form,
                                             Problems& problems);
/// Of the days [from, to), oldest first.
base::Result<std::vector<DeclaredFigure>> declared_figures(store::Reader& session, const ScopeFilter& scope, Day from,
                                                           Day to);

}  // namespace vonggac::catalogue
