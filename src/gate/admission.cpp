#include "gate/admission.h"

#include "access/audit.h"
#include "access/purposes.h"
#include "base/log.h"
#include "gate/camera_access.h"

namespace vonggac::gate {
namespace {

bool reaches(const Demand& demand, const Caller& caller, const Object& object) {
  const bool by_owner = demand.own_object || demand.owner_only || demand.owner_too;
  if (by_owner && object.owner && *object.owner == caller.user) return true;
  return !demand.owner_only && caller.authority.may(demand.action, object.areas);
}

/// The owner of a camera has not agreed to this, or not at this hour, or has withdrawn.
std::optional<Refusal> without_agreement(access::Action action, const Object& object,
                                         const std::optional<catalogue::Filmed>& filmed, base::WallTime now) {
  const std::optional<catalogue::Use> use = use_of(action);
  if (!use || !object.agreement) return std::nullopt;
  const catalogue::AgreementDecision decision = catalogue::agreement_allows(*object.agreement, *use, now, filmed);
  return decision.allowed ? std::nullopt : std::optional(not_now(decision.why_not));
}

std::optional<Refusal> without_further(const Asked& asked, const Caller& caller, const Object& object,
                                       base::WallTime now) {
  if (!asked.further) return std::nullopt;
  if (!caller.authority.may(*asked.further, object.areas)) return not_allowed();
  return without_agreement(*asked.further, object, asked.filmed, now);
}

/// All that can be said from reading alone.
base::Result<AdmissionOutcome> decide(store::Reader& session, const Demand& demand, const Asked& asked,
                                      base::WallTime now, std::optional<Caller>& caller) {
  VG_ASSIGN(caller, identify(session, asked.credentials, now));
  if (!caller) return AdmissionOutcome(login_needed());
  if (const auto refused = refused_to_caller(demand, *caller)) return AdmissionOutcome(*refused);
  Admission admission{*caller, {}, {}, {}};
  if (demand.object != ObjectKind::kNone) {
    if (!asked.object) return AdmissionOutcome(not_there());
    VG_ASSIGN(std::optional<Object> object, load_object(session, demand.object, *asked.object, now));
    if (const auto refused = refused_of_object(demand, *caller, object, asked.filmed, now)) {
      return AdmissionOutcome(*refused);
    }
    if (const auto refused = without_further(asked, *caller, *object, now)) return AdmissionOutcome(*refused);
    admission.object = std::move(*object);
  }
  if (demand.purpose) {
    if (!asked.purpose) return AdmissionOutcome(purpose_needed());
    VG_ASSIGN(const std::optional<access::Purpose> purpose,
              access::purpose_of(session, caller->user, *asked.purpose, now));
    if (!purpose) return AdmissionOutcome(purpose_needed());
    admission.purpose = purpose->words;
  }
  if (!demand.any_person) admission.scope = caller->authority.scope(demand.action);
  return AdmissionOutcome(std::move(admission));
}

access::AuditEntry entry_of(const Caller& caller, std::string_view action, bool allowed, ObjectKind kind,
                            const std::optional<base::Uuid>& subject) {
  access::AuditEntry entry;
  entry.actor = caller.user;
  entry.actor_name = caller.name;
  entry.action = std::string(action);
  entry.allowed = allowed;
  entry.subject_kind = object_kind_name(kind);
  entry.subject = subject;
  entry.address = caller.credentials.address;
  return entry;
}

base::Status note_denial(Office& office, const Demand& demand, const Asked& asked, const Caller& caller,
                         const Refusal& refusal) {
  access::AuditEntry entry = entry_of(caller, demand.name, false, demand.object, asked.object);
  entry.detail = std::string(R"({"why":")") + std::string(refusal.code) + R"("})";
  return office.denials().note(office.store(), office.clock().mono_now(), entry);
}

/// A register that cannot be written is still read: nobody is shut out because the minute of their visit is not noted.
void note_use_if_possible(Office& office, const Caller& caller, base::WallTime now) {
  const base::Status noted = note_use(office.store(), caller, now);
  if (noted.ok()) return;
  base::log::warning("gate", "sessions are not noted as used for a while: {}", noted.to_string());
  office.rest_from_noting_uses();
}

/// A person who has not come to where they want to go yet is no denial.
bool is_denial(const Refusal& refusal) {
  return refusal.code == "not_allowed" || refusal.code == "not_there" || refusal.code == "not_agreed";
}

}  // namespace

std::optional<Refusal> refused_to_caller(const Demand& demand, const Caller& caller, LockedScreen lock) {
  if (demand.persons_only && caller.token) return not_allowed();
  if (lock == LockedScreen::kCounts && !demand.while_locked && caller.locked) return locked_session();
  if (const std::optional<Refusal> blocked = obstacle(caller); blocked && !demand.before_obstacles) return blocked;
  // Who may not do it anywhere is told so; who may do it elsewhere learns nothing about what is not theirs.
  if (!demand.any_person && !demand.own_object && !caller.authority.may_anywhere(demand.action)) return not_allowed();
  if (demand.everywhere_only && !caller.authority.scope(demand.action).everywhere) return not_allowed();
  return std::nullopt;
}

std::optional<Refusal> refused_of_object(const Demand& demand, const Caller& caller,
                                         const std::optional<Object>& object,
                                         const std::optional<catalogue::Filmed>& filmed, base::WallTime now) {
  if (!object || !reaches(demand, caller, *object)) return not_there();
  return without_agreement(demand.action, *object, filmed, now);
}

base::Result<AdmissionOutcome> admit(Office& office, const Demand& demand, const Asked& asked) {
  AdmissionOutcome outcome = login_needed();
  std::optional<Caller> caller;
  const base::WallTime now = office.clock().wall_now();
  const base::Status read = office.store().read([&](store::Reader& session) -> base::Status {
    VG_ASSIGN(outcome, decide(session, demand, asked, now, caller));
    return {};
  });
  VG_TRY(read);
  if (const Refusal* refusal = std::get_if<Refusal>(&outcome)) {
    if (caller && is_denial(*refusal)) VG_TRY(note_denial(office, demand, asked, *caller, *refusal));
    return outcome;
  }
  // What goes on by itself on a wall is no sign that somebody sits there.
  if (!demand.while_locked && office.notes_uses()) note_use_if_possible(office, *caller, now);
  return outcome;
}

base::Status note_misuse(Office& office, const Admission& admission, std::string_view action, std::string_view why) {
  const bool has_object = admission.object.kind != ObjectKind::kNone;
  access::AuditEntry entry = entry_of(admission.caller, action, false, admission.object.kind,
                                      has_object ? std::optional(admission.object.id) : std::nullopt);
  entry.detail = std::string(R"({"why":")") + std::string(why) + R"("})";
  return office.denials().note(office.store(), office.clock().mono_now(), entry);
}

base::Result<bool> still_admitted(store::Reader& session, const Demand& demand, const Asked& asked,
                                  base::WallTime now) {
  std::optional<Caller> caller;
  VG_ASSIGN(const AdmissionOutcome outcome, decide(session, demand, asked, now, caller));
  return std::holds_alternative<Admission>(outcome);
}

base::Status note_done(store::WriteSession& session, const Admission& admission, std::string_view action,
                       std::string_view detail_json) {
  const bool has_object = admission.object.kind != ObjectKind::kNone;
  access::AuditEntry entry = entry_of(admission.caller, action, true, admission.object.kind,
                                      has_object ? std::optional(admission.object.id) : std::nullopt);
  if (!admission.object.areas.empty()) entry.area = admission.object.areas.front();
  entry.purpose = admission.purpose;
  entry.detail = std::string(detail_json);
  return access::write_audit(session, entry);
}

}  // namespace vonggac::gate
