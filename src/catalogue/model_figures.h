/// Figures about models that reports count: how many there are, new, consolidated, struck off (I09), communes with none
/// (I06), units that built or consolidated one (I07), money by source (I20). Counted from the history, so that a figure
/// of any day can be counted again.
/// Flow     report -> these queries -> numbers.
/// Threads  within a transaction of room store.
/// Source   indicators I06, I07, I09, I20 of domain 3.5; rule V9; golden vector G6; report R5.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "catalogue/models.h"

namespace vonggac::catalogue {

struct ModelFigures {
  std::int64_t active = 0;                                    ///< launched, active or consolidating on the day
  std::int64_t suspended = 0;                                 ///< on the day
  std::int64_t start_of_year = 0;                             ///< active on the last day of the year before
  std::int64_t launched = 0;                                  ///< this year, by launch day (V9)
  std::int64_t consolidated = 0, struck_off = 0, merged = 0;  ///< this year
  std::int64_t points = 0, teams = 0, members = 0, households = 0, cameras = 0;  ///< of active models on the day
  std::int64_t replicated = 0;                                                   ///< points that were copied this year
};
/// I09 on that day and for its year so far. `category`: empty is all of them.
base::Result<ModelFigures> model_figures(store::Reader& session, const ScopeFilter& scope, Day as_of,
                                         std::string_view category = "");

/// I06, S2.8: communes (in and under the scope) with a point of an active model in them, in what lies in them, or in a
/// unit there.
struct CommunesWithModel {
  std::int64_t communes = 0, with_model = 0;
  std::vector<AreaId> without;
};
base::Result<CommunesWithModel> communes_with_model(store::Reader& session, const ScopeFilter& scope, Day as_of);

/// I07, S2.9: units with a model that was built or consolidated in the year of that day.
struct UnitsWithModel {
  std::int64_t units = 0, with_model = 0;
  std::vector<PartyId> without;
};
base::Result<UnitsWithModel> units_with_model(store::Reader& session, const ScopeFilter& scope, Day as_of);

/// I20: money of the days [from, to), in VND.
struct FundingTotals {
  std::int64_t budget = 0, people = 0, other = 0;
  std::vector<std::pair<std::string, std::int64_t>> by_source;
};
base::Result<FundingTotals> funding_totals(store::Reader& session, const ScopeFilter& scope, Day from, Day to);

}  // namespace vonggac::catalogue
