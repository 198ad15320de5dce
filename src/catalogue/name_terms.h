/// Search words of things that have a name (parties, force teams, documents, models), in one table for all of them.
/// Flow     write of a thing -> write_name_terms; search -> name_condition() narrows down, matches() decides.
/// Threads  within a transaction of room store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "catalogue/folding.h"
#include "store/store.h"

namespace vonggac::catalogue {

inline constexpr std::string_view kNameTermSchema = R"(
-- @sqlite
create table name_term (
  kind text not null,
  term text not null,
-- @postgresql
create table name_term (
  kind text not null,
  term text collate "C" not null,
-- @both
  subject bytea not null,
  primary key (kind, term, subject)
);
create index name_term_subject on name_term (subject, kind, term);
)";

/// Replaces the words of `subject` by those of a folded text.
base::Status write_name_terms(store::WriteSession& session, std::string_view kind, const base::Uuid& subject,
                              std::string_view folded);

/// What a search asks of a thing's id, as a condition of SQL over name_term.
struct NameCondition {
  std::string sql;
  /// Few things are left, whatever else is asked: begin with them. Else begin with the areas, or the order.
  bool few = false;
  /// How many rows to read at most; what stands for several words is compared in memory.
  std::int64_t limit = 0;
};
/// Appends its parameters. Nullopt: the query has no words.
base::Result<std::optional<NameCondition>> name_condition(store::Reader& session, std::string_view kind,
                                                          const std::vector<SearchWord>& words,
                                                          std::string_view id_column, std::size_t most,
                                                          store::Parameters& parameters);

}  // namespace vonggac::catalogue
