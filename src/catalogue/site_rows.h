/// Rows of camera_site, inside this room.
#pragma once

#include <string_view>
#include <vector>

#include "catalogue/area_members.h"
#include "catalogue/row_writing.h"
#include "catalogue/sites.h"

namespace vonggac::catalogue {

/// `condition`: "where ..." of our own, of table s.
base::Result<std::vector<Site>> read_sites(store::Reader& session, std::string_view condition,
                                           const store::Parameters& parameters);
/// What a form says as columns; checks it.
Columns site_columns(const SiteForm& form, Problems& problems);
base::Result<Site> site_must_be_there(store::Reader& session, const SiteId& site);
/// The official digits of the commune a place lies in, for codes; refuses where it has none.
base::Result<std::string> commune_digits_of(store::Reader& session, const AreaPlace& place, Day day,
                                            Problems& problems);

}  // namespace vonggac::catalogue
