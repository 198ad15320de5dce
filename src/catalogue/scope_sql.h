/// The SQL of how far a person reaches, for lists whose rows carry the area they were registered in.
/// Flow     ScopeFilter -> ScopeSql -> condition of a list's SQL.
/// Threads  plain values.
#pragma once

#include <string>
#include <string_view>

#include "catalogue/day.h"
#include "catalogue/scope_filter.h"
#include "store/value.h"

namespace vonggac::catalogue {

/// SQL of a scope: put `with` before the select and `condition(column)` into its where. Appends its own parameters, so
/// it is made when the other parameters below it are known.
class ScopeSql {
 public:
  ScopeSql(const ScopeFilter& scope, Day day, store::Parameters& parameters);
  const std::string& with() const { return with_; }
  /// The same with further named queries behind it ("name (columns) as (select ...), ...").
  std::string with_also(std::string_view more) const;
  /// "1 = 1", "1 = 0" (no roots: nothing), or "<column> in (select area from scope_area)". A null column is outside.
  std::string condition(std::string_view column) const;
  /// For lists of a table with a column `area`: what stands behind "from", and the condition that goes with it. The
  /// rows are gathered area by area behind a limit that no engine moves other conditions past: both would else walk
  /// through the whole table in the list's order, which for one khóm is all of it for nothing.
  std::string from(std::string_view table, std::string_view alias) const;
  std::string gathered() const;

 private:
  enum class Reach { kAll, kNothing, kSome } reach_;
  std::string with_;
};

}  // namespace vonggac::catalogue
