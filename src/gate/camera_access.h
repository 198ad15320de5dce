/// Which cameras somebody may see or use: where each lies (whose grants reach it) and what its owner has agreed to.
/// A camera that the recorder has and the register does not lies nowhere: only grants without an area reach it, and
/// nobody's agreement binds it.
/// Flow     admit() asks for one; lists take a CameraChoice before anything is counted.
/// Threads  within a read of room store.
/// Errors   those of the store.
#pragma once

#include <optional>
#include <vector>

#include "access/grants.h"
#include "base/ids.h"
#include "catalogue/agreement_terms.h"
#include "store/store.h"

namespace vonggac::gate {

struct CameraAccess {
  std::vector<base::Uuid> areas;
  std::optional<catalogue::AgreementFacts> agreement;  ///< none: not in the register
};
base::Result<CameraAccess> camera_access(store::Reader& session, const base::CameraId& camera, base::WallTime now);

/// Whether the owner's agreement lets it be recorded now; none: not in the register, or nobody ever had to agree, so
/// that no agreement can have ended.
base::Result<std::optional<bool>> recording_agreed(store::Reader& session, const base::CameraId& camera,
                                                   base::WallTime now);

/// What an agreement must allow for this to be done; none: agreements do not bind it.
std::optional<catalogue::Use> use_of(access::Action action);

struct CameraChoice {
  std::optional<std::vector<base::CameraId>> among;  ///< none: all of the node
  std::vector<base::CameraId> except;
  bool has(const base::CameraId& camera) const;
};
base::Result<CameraChoice> cameras_within(store::Reader& session, const access::Authority::Scope& scope,
                                          access::Action action, base::WallTime now);

}  // namespace vonggac::gate
