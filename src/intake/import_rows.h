/// Reading and changing the rows that an import keeps; within the room only.
/// Threads  within a transaction of room store.
#pragma once

#include "intake/imports.h"

namespace vonggac::intake {

base::Result<Import> import_must_be_there(store::Reader& session, const ImportId& id);
/// kInvalidArgument in words if it is not in this state.
base::Status must_be_dry(const Import& import, catalogue::Problems& problems);
base::Result<std::vector<ImportRow>> all_rows(store::Reader& session, const ImportId& id);

}  // namespace vonggac::intake
