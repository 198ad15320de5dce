/// The part of AnalysePool that serves people who tune, and whoever knows that a camera should be looked at.
#include "core/analyse_pool.h"

namespace vonggac::core {

bool AnalysePool::looked_at(const Camera& camera) {
  return camera.shard != nullptr && camera.shard->process && camera.shard->ready && camera.motion.analysed;
}

/// What was asked for and is not over: for a process that has just begun to look at this camera.
void AnalysePool::send_wishes(Camera& camera) {
  ipc::TamperView view = tampers_.known(camera.config.id);
  view.slot = camera.slot;
  view.generation = camera.generation;
  send(*camera.shard, view);
  if (!camera.shard->process) return;
  const base::MonoTime now = clock_.mono_now();
  if (camera.wake_until > now) send(*camera.shard, ipc::AnalyseWake{camera.slot, camera.generation, camera.wake_until});
  if (!camera.shadow || camera.shadow->until <= now || !camera.shard->process) return;
  camera.shadow->slot = camera.slot;
  camera.shadow->generation = camera.generation;
  send(*camera.shard, *camera.shadow);
}

base::Status AnalysePool::wake(const base::CameraId& id, base::MonoTime until) {
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return base::not_found("there is no camera with this id, or motion is not looked for");
  Camera& camera = found->second;
  camera.wake_until = until;
  if (!looked_at(camera)) return base::unavailable("the camera is not looked at now; it will be woken when it is");
  send(*camera.shard, ipc::AnalyseWake{camera.slot, camera.generation, until});
  return {};
}

base::Status AnalysePool::start_shadow(const base::CameraId& id, const TuneSettings& settings, base::MonoTime until) {
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return base::not_found("there is no camera with this id, or motion is not looked for");
  Camera& camera = found->second;
  ipc::AnalyseShadow shadow;
  shadow.until = until;
  shadow.sensitivity = settings.sensitivity;
  shadow.zones = settings.zones;
  camera.shadow = shadow;
  const base::MonoTime now = clock_.mono_now();
  camera.tune.begin_shadow(settings, recorder_.wall_of(now), recorder_.wall_of(until));
  if (!looked_at(camera)) return base::unavailable("the camera is not looked at now; tuning begins when it is");
  send_wishes(camera);
  return {};
}

const TuneLog* AnalysePool::tune_log(const base::CameraId& id) const {
  const auto found = cameras_.find(id);
  return found == cameras_.end() ? nullptr : &found->second.tune;
}

bool AnalysePool::on_tuning_message(Shard& shard, const ipc::Message& message) {
  if (const auto* candidate = std::get_if<ipc::MotionCandidate>(&message)) {
    if (Camera* const camera = camera_of(shard, candidate->slot, candidate->generation)) {
      camera->tune.add({recorder_.wall_of(candidate->start), recorder_.wall_of(candidate->end), *candidate});
    }
    return true;
  }
  if (const auto* live = std::get_if<ipc::MotionLive>(&message)) {
    if (Camera* const camera = camera_of(shard, live->slot, live->generation)) {
      camera->tune.set_live(*live, recorder_.wall_of(live->time));
    }
    return true;
  }
  return false;
}

}  // namespace vonggac::core
