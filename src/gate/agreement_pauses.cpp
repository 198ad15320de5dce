#include "gate/agreement_pauses.h"

#include "access/audit.h"
#include "gate/camera_access.h"

namespace vonggac::gate {
namespace {

base::Status note_pause(store::WriteSession& session, const base::CameraId& camera, std::string_view action) {
  access::AuditEntry entry;
  entry.action = std::string(action);
  entry.subject_kind = "camera";
  entry.subject = camera;
  entry.detail = "{}";
  return access::write_audit(session, entry);
}

}  // namespace

base::Result<PauseOrder> settle_agreement_pause(store::WriteSession& session, const base::CameraId& camera,
                                                bool paused) {
  VG_ASSIGN(const std::optional<bool> agreed, recording_agreed(session, camera, session.now()));
  VG_ASSIGN(const store::Rows rows, session.query("select since_us from agreement_pause where camera = $1", {camera}));
  const bool ours = !rows.empty();
  if (agreed && !*agreed) {
    if (paused) return PauseOrder::kNone;
    if (!ours) {
      VG_TRY(session.run("insert into agreement_pause (camera, since_us) values ($1, $2)", {camera, session.now()})
                 .error());
      VG_TRY(note_pause(session, camera, "recording.paused_without_agreement"));
    }
    return PauseOrder::kPause;
  }
  // A camera that left the register is nobody's to resume by itself.
  if (!ours || !agreed) return PauseOrder::kNone;
  if (paused) return PauseOrder::kResume;
  VG_TRY(session.run("delete from agreement_pause where camera = $1", {camera}).error());
  VG_TRY(note_pause(session, camera, "recording.resumed_with_agreement"));
  return PauseOrder::kNone;
}

}  // namespace vonggac::gate
