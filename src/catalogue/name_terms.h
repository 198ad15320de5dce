/// Search words of things that have a name (parties, force teams, documents, models), in one table for all of them.
/// Flow     write of a thing -> write_name_terms; search -> rarest_term gives the candidates, matches() the rest.
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
create index name_term_subject on name_term (subject);
)";

/// Replaces the words of `subject` by those of a folded text.
base::Status write_name_terms(store::WriteSession& session, std::string_view kind, const base::Uuid& subject,
                              std::string_view folded);

/// [first, last) of terms.
struct NameRange {
  std::string first, last;
};
/// The words that the fewest things of this kind have. Nullopt: the query has no words.
base::Result<std::optional<NameRange>> rarest_name(store::Reader& session, std::string_view kind,
                                                   const std::vector<SearchWord>& words);
/// More than that is no search any more.
inline constexpr std::int64_t kMostNameCandidates = 16'000;

}  // namespace vonggac::catalogue
