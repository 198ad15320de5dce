/// Rows of area_version, inside this room: reading, and writing with the rules that every version keeps.
#pragma once

#include <string_view>
#include <vector>

#include "catalogue/areas.h"

namespace vonggac::catalogue {

inline constexpr std::string_view kVersionColumns =
    "v.id, v.area, v.kind, v.name, v.type, v.code, v.parent, v.households, v.population, v.km2, v.valid_from, "
    "v.valid_to, "
    "v.basis, v.path";

AreaVersion area_version_of(const store::Row& row);
/// `condition`: "where ..." of our own.
base::Result<std::vector<AreaVersion>> read_versions(store::Reader& session, std::string_view condition,
                                                     const store::Parameters& parameters);

/// What a form says, as a version of this area; trims and checks names, type, code and numbers.
AreaVersion version_from(const AreaForm& form, AreaKind kind, const AreaId& area, Day from, Problems& problems);
/// V1 to V4 and the place in the tree, for the whole time of the version.
base::Status check_version(store::Reader& session, const AreaVersion& version, Problems& problems);
/// Checks and writes. A version of the area that is still open on that day ends there. What lies in the area gets new
/// search terms. kInvalidArgument if problems has refused.
base::Status put_version(store::WriteSession& session, AreaVersion version, Problems& problems);
/// The open version ends on this day. Nothing may lie in it from then on (checked by the caller, last).
base::Status close_area(store::WriteSession& session, const AreaId& area, Day day);
/// Writes the search terms of a version and of all that lies in it from its first day on.
base::Status index_terms(store::WriteSession& session, const AreaVersion& version);

}  // namespace vonggac::catalogue
