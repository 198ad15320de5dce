#include "gate/agreement_pauses.h"

#include "access/audit.h"
#include "catalogue/form_checks.h"
#include "gate/camera_access.h"

namespace vonggac::gate {
namespace {

base::Status note_pause(store::WriteSession& session, const base::CameraId& camera, std::string_view action,
                        std::string_view why = "") {
  access::AuditEntry entry;
  entry.action = std::string(action);
  entry.subject_kind = "camera";
  entry.subject = camera;
  entry.detail = why.empty() ? "{}" : catalogue::json_object({{"why", why}});
  return access::write_audit(session, entry);
}

}  // namespace

base::Result<PauseOrder> settle_agreement_pause(store::WriteSession& session, const base::CameraId& camera,
                                                bool paused) {
  VG_ASSIGN(const auto decision, recording_decision(session, camera, session.now()));
  VG_ASSIGN(const store::Rows rows, session.query("select since_us from agreement_pause where camera = $1", {camera}));
  const bool ours = !rows.empty();
  if (decision && !decision->allowed) {
    if (paused) return PauseOrder::kNone;
    if (!ours) {
      VG_TRY(session.run("insert into agreement_pause (camera, since_us) values ($1, $2)", {camera, session.now()})
                 .error());
      VG_TRY(note_pause(session, camera, "recording.paused_without_agreement", decision->why_not.vi));
    }
    return PauseOrder::kPause;
  }
  // A camera that left the register is nobody's to resume by itself.
  if (!ours || !decision) return PauseOrder::kNone;
  if (paused) return PauseOrder::kResume;
  VG_TRY(session.run("delete from agreement_pause where camera = $1", {camera}).error());
  VG_TRY(note_pause(session, camera, "recording.resumed_with_agreement"));
  return PauseOrder::kNone;
}

base::Result<bool> pause_before_connecting(store::WriteSession& session, const base::CameraId& camera) {
  VG_ASSIGN(const auto decision, recording_decision(session, camera, session.now()));
  if (!decision || decision->allowed) return false;
  VG_TRY(settle_agreement_pause(session, camera, false).error());
  return true;
}

base::Result<std::map<base::CameraId, catalogue::Sentence>> paused_by_agreement(store::Reader& session,
                                                                                base::WallTime now) {
  std::map<base::CameraId, catalogue::Sentence> paused;
  VG_ASSIGN(const store::Rows rows, session.query("select camera from agreement_pause"));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const base::CameraId camera{rows[i].id(0)};
    VG_ASSIGN(const auto decision, recording_decision(session, camera, now));
    if (decision && !decision->allowed) paused[camera] = decision->why_not;
  }
  return paused;
}

}  // namespace vonggac::gate
