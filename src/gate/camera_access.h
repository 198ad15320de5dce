/// Which cameras somebody may see or use: where each lies (whose grants reach it) and what its owner has agreed to.
/// A camera that the recorder has and the register does not lies nowhere: only grants without an area reach it, and
/// nobody's agreement binds it.
/// Flow     admit() asks for one; lists take a CameraChoice before anything is counted.
/// Threads  within a read of room store.
/// Errors   those of the store.
#pragma once

#include <map>
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

/// Whether its owner's agreement lets it be recorded now, and why not. A household's camera is not recorded before
/// somebody has agreed. None: not in the register, or nobody has to agree and nobody did.
base::Result<std::optional<catalogue::AgreementDecision>> recording_decision(store::Reader& session,
                                                                             const base::CameraId& camera,
                                                                             base::WallTime now);
/// The same for its sound, hours apart: those say when, not whether. In a public place sound needs a basis (V12).
base::Result<std::optional<catalogue::AgreementDecision>> sound_decision(store::Reader& session,
                                                                         const base::CameraId& camera,
                                                                         base::WallTime now);

/// What an agreement must allow for this to be done; none: agreements do not bind it.
std::optional<catalogue::Use> use_of(access::Action action);

struct CameraChoice {
  std::optional<std::vector<base::CameraId>> among;  ///< none: all of the node
  std::vector<base::CameraId> except;
  /// Whose owner agreed to some hours of the day only: what was filmed outside of them does not exist for who asks.
  std::map<base::CameraId, std::vector<catalogue::HourSpan>> hours;
  bool has(const base::CameraId& camera) const;
};
base::Result<CameraChoice> cameras_within(store::Reader& session, const access::Authority::Scope& scope,
                                          access::Action action, base::WallTime now);

}  // namespace vonggac::gate
