/// How far a person reaches in lists: areas with all that lies in them. A grant given for a ward that has been merged
/// since reaches what the ward became.
/// Flow     access::Authority::scope -> ScopeFilter -> resolve_scope -> conditions of lists; single things are asked
///          with camera_lineage or area_lineage.
/// Threads  within a transaction of room store.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/areas.h"
#include "catalogue/scope_filter.h"

namespace vonggac::catalogue {

/// One area of today, in the column of lists that tells its level.
struct ScopeArea {
  std::string_view column;  ///< "residential", "commune" or "province"
  AreaId area;
  bool operator==(const ScopeArea&) const = default;
};
struct ScopeAreas {
  bool everywhere = false;
  std::vector<ScopeArea> areas;  ///< none lies in another
};
base::Result<ScopeAreas> resolve_scope(store::Reader& session, const ScopeFilter& scope, Day day);
/// What of the scope lies in one area: the area itself, parts of it, or nothing.
base::Result<ScopeAreas> narrow_scope(store::Reader& session, const ScopeFilter& scope, const AreaId& area, Day day);

/// The area, all it lies in, and all areas that merged into one of these up to that day.
base::Result<std::vector<base::Uuid>> area_lineage(store::Reader& session, const AreaId& area, Day day);
/// The same for where a camera stands on that day; empty if it stood nowhere.
base::Result<std::vector<base::Uuid>> camera_lineage(store::Reader& session, const base::CameraId& camera, Day day);
base::Result<std::vector<base::Uuid>> site_lineage(store::Reader& session, const base::Uuid& site, Day day);

}  // namespace vonggac::catalogue
