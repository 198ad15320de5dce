/// Imports and their rows as the interface shows them. Internal to the room.
/// Threads  within a read of room store, and pure functions.
#pragma once

#include <boost/json.hpp>

#include "api/route_table.h"
#include "intake/imports.h"

namespace vonggac::api {

base::Result<boost::json::object> import_view(store::Reader& session, const intake::Import& import);
boost::json::object import_row_view(const intake::Import& import, const intake::ImportRow& row);
/// The words of all columns, by the names that cells have.
boost::json::array import_fields();

/// The import that the call is about, which was there a moment ago.
base::Result<intake::Import> import_of_call(store::Reader& session, const Call& call);

}  // namespace vonggac::api
