#include "gate/audience.h"

namespace vonggac::gate {

base::Result<const Audience::Standing*> Audience::standing(const Demand& door, const Credentials& credentials) {
  const std::pair key{credentials.session, credentials.token};
  if (const auto known = standings_.find(key); known != standings_.end()) return &known->second;
  Standing standing;
  VG_ASSIGN(standing.caller, identify(session_, credentials, now_));
  standing.ended = standing.caller ? refused_to_caller(door, *standing.caller) : std::optional(login_needed());
  return &standings_.emplace(key, std::move(standing)).first->second;
}

base::Result<const std::optional<Object>*> Audience::object(ObjectKind kind, const base::Uuid& id) {
  const std::pair key{kind, id};
  if (const auto known = objects_.find(key); known != objects_.end()) return &known->second;
  VG_ASSIGN(std::optional<Object> loaded, load_object(session_, kind, id, now_));
  return &objects_.emplace(key, std::move(loaded)).first->second;
}

base::Result<bool> Audience::may_hear(const Caller& caller, const Demand& demand, const base::Uuid& subject) {
  if (refused_to_caller(demand, caller, LockedScreen::kApart)) return false;
  if (demand.object == ObjectKind::kNone) return true;
  VG_ASSIGN(const std::optional<Object>* thing, object(demand.object, subject));
  return !refused_of_object(demand, caller, *thing, std::nullopt, now_).has_value();
}

}  // namespace vonggac::gate
