/// Lists of administrative units as files: code, name, kind, code of what it lies in, first day. Rows may stand in any
/// order; what is in the register already is said to be there, so that the same list can be applied twice.
/// Flow     sheet::Table -> put_area_list in a write that the caller keeps, or undoes for a dry run -> each row's fate
/// Threads  within a transaction of room store.
/// Errors   what is wrong with a row stands beside it (rules V1 to V5 among them); kInvalidArgument with Problems: the
///          list has no header row or too little in it. Nothing may be kept while a row is wrong.
/// Source   the list of administrative units of the General Statistics Office (code, name, level, code above).
#pragma once

#include <string>
#include <vector>

#include "catalogue/areas.h"
#include "sheet/table.h"

namespace vonggac::intake {

enum class AreaFate { kNew, kThere, kWrong };

struct AreaFinding {
  std::string cell, value;  ///< "B12" and what stands there
  catalogue::Sentence words;
};
struct ListedArea {
  std::uint32_t row = 0;
  AreaFate fate = AreaFate::kWrong;
  std::string name, code;  ///< as written
  std::vector<AreaFinding> findings;
};
struct AreaListDefaults {
  std::optional<catalogue::Day> from;  ///< of rows without a first day
  std::string basis;                   ///< of rows without a decision
};

/// All rows in the order of the file.
base::Result<std::vector<ListedArea>> put_area_list(store::WriteSession& session, const sheet::Table& table,
                                                    const AreaListDefaults& defaults, catalogue::Problems& problems);

}  // namespace vonggac::intake
