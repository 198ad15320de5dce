/// Loading of people and bodies, agreements, documents and models for admission; internal to the room.
/// Threads  within a read of room store.
#pragma once

#include "gate/objects.h"

namespace vonggac::gate {

/// `owner` is the person who logs in for the party.
base::Result<std::optional<Object>> party_object(store::Reader& session, const base::Uuid& id, base::WallTime now);
/// Reached where all its cameras are reached. `owner`: who logs in for the giver.
base::Result<std::optional<Object>> agreement_object(store::Reader& session, const base::Uuid& id, base::WallTime now);
base::Result<std::optional<Object>> document_object(store::Reader& session, const base::Uuid& id, base::WallTime now);
/// Reached where all its areas are reached.
base::Result<std::optional<Object>> force_team_object(store::Reader& session, const base::Uuid& id, base::WallTime now);
base::Result<std::optional<Object>> model_object(store::Reader& session, const base::Uuid& id, base::WallTime now);

}  // namespace vonggac::gate
