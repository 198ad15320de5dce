/// What imports keep as JSON: cells as written, findings, duplicates.
/// Threads  pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "intake/dry_run.h"

namespace vonggac::intake {

std::string cells_json(const Cells& cells);
/// What we wrote ourselves; a damaged row gives no cells.
Cells cells_from(std::string_view json);
std::string findings_json(const std::vector<Finding>& findings);
std::string same_json(const std::vector<Same>& same);
/// Is this camera among those that were offered?
bool offered(std::string_view same_json, const base::CameraId& camera);

}  // namespace vonggac::intake
