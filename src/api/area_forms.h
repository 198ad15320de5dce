/// Forms about areas that several handlers read. Internal to the room.
/// Threads  called on pool threads.
#pragma once

#include "api/json_form.h"
#include "api/route_table.h"
#include "catalogue/areas.h"

namespace vonggac::api {

catalogue::AreaForm area_form(Form& form);
/// The row's action must be allowed in `area` too (none: at the top); else a problem at `field`.
base::Status check_reach(store::Reader& session, const Call& call, const std::optional<base::Uuid>& area,
                         std::string_view field, base::WallTime now, catalogue::Problems& problems);

}  // namespace vonggac::api
