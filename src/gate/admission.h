/// The decision: may this caller do this to this thing, now? Everything that is done through the HTTP interface passes
/// here; a refusal is written to the audit.
/// Flow     Demand (from the table of routes) + Credentials -> admit() -> Admission or Refusal.
/// Threads  any; reads the register, and writes where a denial or a use is noted.
/// Errors   those of the store; the caller then lets nobody in.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "access/roles.h"
#include "catalogue/agreement_terms.h"
#include "gate/caller.h"
#include "gate/objects.h"
#include "gate/office.h"
#include "gate/refusal.h"

namespace vonggac::gate {

/// What a route asks for.
struct Demand {
  std::string_view name;          ///< of what is done, for the audit: "playback"
  bool any_person = false;        ///< no action needed, only a login
  bool before_obstacles = false;  ///< also for who must first change a password or set a second factor
  bool while_locked = false;      ///< goes on on a locked screen: what the duty wall shows
  bool persons_only = false;      ///< not for tokens
  bool everywhere_only = false;   ///< about the whole node: a grant for a part of it is not enough
  access::Action action = access::Action::kStatusRead;
  ObjectKind object = ObjectKind::kNone;
  bool own_object = false;  ///< the owner of the thing reaches it without the action
  bool owner_only = false;  ///< nobody but the owner of the thing, whatever their grants
  bool owner_too = false;   ///< besides those whose grants reach it, its owner, with the action in any area
  bool purpose = false;     ///< a stated purpose is needed
  bool footage = false;     ///< the query says what was filmed when (from, to), and whether it is taken away (download)
};

struct Admission {
  Caller caller;
  Object object;
  std::string purpose;             ///< in words
  access::Authority::Scope scope;  ///< for lists: where the action is allowed
};

struct Asked {
  Credentials credentials;
  std::optional<base::Uuid> object;
  std::optional<base::Uuid> purpose;
  std::optional<catalogue::Filmed> filmed;  ///< of footage: an agreement's hours bind it
  std::optional<access::Action> further;    ///< must be allowed for the object as well
};

/// The parts of the decision, for who decides about many things at once (audience.h).
enum class LockedScreen { kCounts, kApart };  ///< apart: whoever asks looks at the lock themselves
std::optional<Refusal> refused_to_caller(const Demand& demand, const Caller& caller,
                                         LockedScreen lock = LockedScreen::kCounts);
/// `object`: as it was loaded for demand.object; nothing there is refused like what is not theirs.
std::optional<Refusal> refused_of_object(const Demand& demand, const Caller& caller,
                                         const std::optional<Object>& object,
                                         const std::optional<catalogue::Filmed>& filmed, base::WallTime now);

using AdmissionOutcome = std::variant<Admission, Refusal>;
base::Result<AdmissionOutcome> admit(Office& office, const Demand& demand, const Asked& asked);
/// The same question asked again while something goes on (a live picture, a download): nothing is written.
base::Result<bool> still_admitted(store::Reader& session, const Demand& demand, const Asked& asked, base::WallTime now);
/// One row of the audit for something that was done.
base::Status note_done(store::WriteSession& session, const Admission& admission, std::string_view action,
                       std::string_view detail_json);

/// A denial of something that was tried in what is allowed otherwise.
base::Status note_misuse(Office& office, const Admission& admission, std::string_view action, std::string_view why);

}  // namespace vonggac::gate
