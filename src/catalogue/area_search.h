/// Which area words mean: find_areas() of areas.h gives all that fit, best first; whoever acts on one area must know
/// whether the words leave it open.
/// Flow     typed words -> areas_meant -> one area, or candidates to ask back with
/// Threads  within a transaction of room store.
/// Errors   those of the store.
#pragma once

#include <string_view>
#include <vector>

#include "catalogue/areas.h"

namespace vonggac::catalogue {

/// The areas of that day that fit best: one that is called exactly so, else those with most of the words in their own
/// name. Several where the words leave it open, none where nothing fits.
base::Result<std::vector<AreaVersion>> areas_meant(store::Reader& session, std::string_view query, Day day);

}  // namespace vonggac::catalogue
