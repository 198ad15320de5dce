/// Which areas a list may show: everywhere, or some areas with all that lies in them on a day and all that was
/// merged into them before. A thing keeps the area it was registered in; after a merger it is found under what that
/// area became.
/// Flow     grants of the person -> PartyScope -> condition of a list's SQL.
/// Threads  plain values.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "catalogue/day.h"
#include "store/value.h"

namespace vonggac::catalogue {

struct PartyScope {
  bool everywhere = false;
  std::vector<base::Uuid> roots;
  static PartyScope all() { return {true, {}}; }
  static PartyScope of(const base::Uuid& area) { return {false, {area}}; }
};

/// SQL of a scope: put `with` before the select and `condition(column)` into its where. Appends its own parameters, so
/// it is made when the other parameters below it are known.
class ScopeSql {
 public:
  ScopeSql(const PartyScope& scope, Day day, store::Parameters& parameters);
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
