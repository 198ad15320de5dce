#include "catalogue/scope_sql.h"

#include <fmt/format.h>

namespace vonggac::catalogue {

ScopeSql::ScopeSql(const ScopeFilter& scope, Day day, store::Parameters& parameters) {
  reach_ = scope.everywhere ? Reach::kAll : scope.roots.empty() ? Reach::kNothing : Reach::kSome;
  if (reach_ != Reach::kSome) return;
  std::string roots;
  for (const base::Uuid& root : scope.roots) {
    parameters.emplace_back(root);
    roots += fmt::format("{}${}", roots.empty() ? "" : ", ", parameters.size());
  }
  parameters.emplace_back(day.number);
  // Downwards by today's parents; then back in time along whole mergers.
  with_ = fmt::format(
      "with recursive scope_tree (area) as (select id from area where id in ({0}) union select v.area from scope_tree "
      "t "
      "join area_version v on v.parent = t.area where v.valid_from <= ${1} and v.valid_to > ${1}), "
      "scope_area (area) as (select area from scope_tree union select p.from_area from scope_area s "
      "join area_change_part p on p.to_area = s.area join area_change c on c.id = p.change "
      "where p.whole = 1 and p.from_area is not null and c.day <= ${1}) ",
      roots, parameters.size());
}

std::string ScopeSql::with_also(std::string_view more) const {
  return with_.empty() ? fmt::format("with recursive {} ", more) : fmt::format("{}, {} ", with_, more);
}

std::string ScopeSql::condition(std::string_view column) const {
  switch (reach_) {
    case Reach::kAll:
      return "1 = 1";
    case Reach::kNothing:
      return "1 = 0";
    case Reach::kSome:
      return fmt::format("{} in (select area from scope_area)", column);
  }
  return "1 = 0";
}

std::string ScopeSql::from(std::string_view table, std::string_view alias) const {
  if (reach_ != Reach::kSome) return fmt::format("{} {}", table, alias);
  // SQLite keeps the order of a cross join.
  return fmt::format(
      "(select {1}.* from scope_area sc cross join {0} {1} where {1}.area = sc.area limit 1000000000000) {1}", table,
      alias);
}

std::string ScopeSql::gathered() const { return reach_ == Reach::kNothing ? "1 = 0" : "1 = 1"; }

}  // namespace vonggac::catalogue
