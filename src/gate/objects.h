/// The thing that a request names, loaded before anybody acts on it, with the areas it lies in: whoever holds a grant
/// in one of them reaches it.
/// Flow     kind and id from the address -> load_object() -> Object -> admit() (admission.h).
/// Threads  within a read of room store; plain values.
/// Errors   those of the store. What does not exist is no object, not an error.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/units.h"
#include "catalogue/agreement_terms.h"
#include "store/store.h"

namespace vonggac::gate {

enum class ObjectKind {
  kNone,
  kCamera,
  kArea,
  kUser,
  kGrant,
  kReassignment,
  kSite,
  kRegisteredCamera,
  kRecorder,
  kTicket,
  kParty,
  kAgreement,
  kDocument,
  kModel,
  kForceTeam,
  kImport,
};
const char* object_kind_name(ObjectKind kind);

struct Object {
  ObjectKind kind = ObjectKind::kNone;
  base::Uuid id;
  /// From the thing itself up to its province, with the areas that were merged into any of them. Empty: it lies
  /// nowhere, and only grants without an area reach it.
  std::vector<base::Uuid> areas;
  std::optional<catalogue::AgreementFacts> agreement;  ///< of a camera in the register
  /// A person always reaches these: their own account, what they have sent in.
  std::optional<base::Uuid> owner;
};

base::Result<std::optional<Object>> load_object(store::Reader& session, ObjectKind kind, const base::Uuid& id,
                                                base::WallTime now);
/// The areas that reach an area: those above it and those that became part of any of them.
base::Result<std::vector<base::Uuid>> areas_reaching(store::Reader& session, const base::Uuid& area,
                                                     base::WallTime now);

}  // namespace vonggac::gate
