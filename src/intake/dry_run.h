/// What an inventory would make of the register: row by row a new camera, one that is there already, a duplicate, or
/// something that must be put right first. Nothing is written.
/// Flow     table -> rows_of -> judge -> Judged rows; kept by imports.h and judged again when they are applied.
/// Threads  within one transaction of room store.
/// Errors   those of the store. What is wrong with a row stands in its findings.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "intake/area_finder.h"

namespace vonggac::intake {

struct InventoryRow {
  std::uint32_t number = 0;
  Cells cells;
};
struct Inventory {
  std::vector<InventoryRow> rows;
  std::vector<Finding> remarks;  ///< about the file as a whole
};
/// kInvalidArgument through `problems`: no header row that we know, or no rows.
base::Result<Inventory> rows_of(const sheet::Table& table, catalogue::Problems& problems);

enum class Outcome { kNew, kThere, kDuplicate, kWrong };
std::string_view outcome_key(Outcome outcome);

struct Same {
  std::optional<base::CameraId> camera;  ///< registered; else row `row` of the same file
  std::uint32_t row = 0;
  std::string code;
  catalogue::Sentence reason;
};
struct Judged {
  RowFacts facts;
  Outcome outcome = Outcome::kNew;
  std::optional<catalogue::AreaVersion> area;
  bool outside_residential = false;
  std::vector<Finding> findings;
  std::vector<Same> same;
};

base::Result<std::vector<Judged>> judge(store::Reader& session, const std::vector<InventoryRow>& rows,
                                        const AreaFinder::Options& options);

}  // namespace vonggac::intake
