/// The part of AnalysePool about what happens before a camera: events with their alarms, and views that are not shown.
#include "base/log.h"
#include "core/analyse_pool.h"

namespace vonggac::core {

void AnalysePool::on_motion_report(Camera& camera, const ipc::MotionReport& report) {
  const base::CameraId& id = camera.config.id;
  const std::optional<Alarm>& alarm =
      camera.alarms.judge(report, camera.config.zones, [this](base::MonoTime t) { return recorder_.wall_of(t); });
  if (camera.alarms.fresh()) {
    base::log::warning("core", "camera {}: alarm, something moves in watch zone '{}'", id.to_string(), alarm->zone);
  }
  camera.motion.active = report.phase != ipc::MotionPhase::kEnd;
  camera.motion.alarm = camera.motion.active ? alarm : std::nullopt;
  camera.motion.last_motion = recorder_.wall_of(report.end);
  router_.on_motion(id, report, alarm);
}

bool AnalysePool::on_tamper_message(Shard& shard, const ipc::Message& message) {
  if (const auto* report = std::get_if<ipc::TamperReport>(&message)) {
    if (const Camera* const camera = camera_of(shard, report->slot, report->generation)) {
      tampers_.on_report(camera->config.id, *report, recorder_.wall_of(report->since));
    }
    return true;
  }
  if (const auto* view = std::get_if<ipc::TamperView>(&message)) {
    if (const Camera* const camera = camera_of(shard, view->slot, view->generation)) {
      tampers_.on_view(camera->config.id, *view);
    }
    return true;
  }
  return false;
}

/// Other masks make another view of the same scene.
bool AnalysePool::same_masks(const std::vector<ipc::Zone>& a, const std::vector<ipc::Zone>& b) {
  const auto masks_of = [](const std::vector<ipc::Zone>& zones) {
    std::vector<std::vector<std::pair<float, float>>> masks;
    for (const ipc::Zone& zone : zones) {
      if (zone.kind == ipc::ZoneKind::kPrivacy) masks.push_back(zone.polygon.points);
    }
    return masks;
  };
  return masks_of(a) == masks_of(b);
}

base::Status AnalysePool::accept_view(const base::CameraId& id) {
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return base::not_found("there is no camera with this id, or motion is not looked for");
  Camera& camera = found->second;
  if (!looked_at(camera))
    return base::unavailable("the camera is not looked at now; try again when its picture is there");
  tampers_.accept(id, recorder_.wall_of(clock_.mono_now()));
  send(*camera.shard, ipc::TamperAccept{camera.slot, camera.generation});
  return {};
}

}  // namespace vonggac::core
