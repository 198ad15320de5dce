/// Who of many may hear of which of many things: the decision of admission.h for a feed, where each thing is loaded
/// once and each caller identified once, however many pairs there are.
/// Flow     one read -> Audience -> standing(credentials), may_hear(caller, demand, subject) -> what each is sent.
/// Threads  within one read of room store; true at that moment only, so nothing of it is kept.
/// Errors   those of the store; nobody then hears anything.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "gate/admission.h"

namespace vonggac::gate {

class Audience {
 public:
  Audience(store::Reader& session, base::WallTime now) : session_(session), now_(now) {}

  /// How somebody stands who was let in to `door` before.
  struct Standing {
    std::optional<Caller> caller;
    std::optional<Refusal> ended;  ///< they would not be let in any more
  };
  base::Result<const Standing*> standing(const Demand& door, const Credentials& credentials);
  /// The thing; nothing where there is none.
  base::Result<const std::optional<Object>*> object(ObjectKind kind, const base::Uuid& id);
  /// Whether they may know this of that thing now. A locked screen is a question of its own (demand.while_locked).
  base::Result<bool> may_hear(const Caller& caller, const Demand& demand, const base::Uuid& subject);

 private:
  store::Reader& session_;
  base::WallTime now_;
  std::map<std::pair<std::string, std::string>, Standing> standings_;
  std::map<std::pair<ObjectKind, base::Uuid>, std::optional<Object>> objects_;
};

}  // namespace vonggac::gate
