/// The part of the Router that deals with motion: feeding analyse shards, and what they report.
#include "base/log.h"
#include "core/router.h"

namespace vonggac::core {

void Router::analyse(const base::CameraId& id, media::StreamRole role, std::shared_ptr<ipc::ShmRing> ring,
                     std::uint16_t slot, std::uint32_t generation) {
  loop_->post([this, id, role, ring, slot, generation] {
    const auto found = cameras_.find(id);
    if (found == cameras_.end()) return;
    Camera& camera = found->second;
    end_motion(camera);
    camera.analysis = std::make_unique<Analysis>();
    *camera.analysis = {ring, slot, generation, role, true};
    const Stream& stream = camera.streams[static_cast<std::size_t>(role)];
    if (stream.parameters.codec == media::Codec::kNone) return;
    const auto sent =
        ring->write(ipc::MediaParameters{slot, generation, media::TrackKind::kVideo, stream.parameters}, true);
    if (!sent.ok()) base::log::warning("core", "analysis of a camera missed its parameters: {}", sent.message());
  });
}

void Router::stop_analysing(const base::CameraId& id) {
  loop_->post([this, id] {
    const auto found = cameras_.find(id);
    if (found == cameras_.end()) return;
    end_motion(found->second);
    found->second.analysis.reset();
  });
}

void Router::end_motion(Camera& camera) {
  if (!camera.open_motion) return;
  camera.open_motion->ended = true;
  camera.open_motion->end_reason = static_cast<std::uint8_t>(ipc::MotionReason::kStreamEnded);
  camera.recorder->on_motion(*camera.open_motion);
  camera.open_motion.reset();
}

void Router::on_motion(const base::CameraId& id, const ipc::MotionReport& report, const std::optional<Alarm>& alarm) {
  loop_->post([this, id, report, alarm] {
    const auto found = cameras_.find(id);
    if (found == cameras_.end()) return;
    Camera& camera = found->second;
    if (!camera.analysis || camera.analysis->generation != report.generation) return;
    record::MotionEvent event;
    // Unique per camera for the life of the index: the generation counts starts, the event counts within one.
    event.key = (static_cast<std::uint64_t>(report.generation) << 32) | (report.event & 0xffffffffU);
    event.start = recorder_.wall_of(report.start);
    event.end = recorder_.wall_of(report.end);
    event.ended = report.phase == ipc::MotionPhase::kEnd;
    event.score = report.score;
    event.box_x = report.box_x;
    event.box_y = report.box_y;
    event.box_w = report.box_w;
    event.box_h = report.box_h;
    event.zone = report.zone;
    if (alarm) {
      event.alarm = alarm->zone;
      event.alarm_at = alarm->at;
    }
    event.start_reason = static_cast<std::uint8_t>(report.start_reason);
    event.end_reason = static_cast<std::uint8_t>(report.end_reason);
    event.thumbnail = report.thumbnail;
    event.labels = report.labels;
    if (camera.open_motion && camera.open_motion->key != event.key) end_motion(camera);
    camera.recorder->on_motion(event);
    if (event.ended) {
      camera.open_motion.reset();
    } else {
      camera.open_motion = std::make_unique<record::MotionEvent>(event);
    }
  });
}

void Router::on_tamper(const base::CameraId& id, const record::TamperChange& change) {
  loop_->post([this, id, change] {
    const auto found = cameras_.find(id);
    if (found != cameras_.end()) found->second.recorder->on_tamper(change);
  });
}

void Router::keep_view(const base::CameraId& id, const base::Bytes& view) {
  loop_->post([this, id, view] {
    const auto found = cameras_.find(id);
    if (found != cameras_.end()) found->second.recorder->keep_view(view);
  });
}

void Router::on_motion_grid(const base::CameraId& id, const ipc::MotionGrid& grid) {
  loop_->post([this, id, grid] {
    const auto found = cameras_.find(id);
    if (found == cameras_.end()) return;
    const base::WallTime wall = recorder_.wall_of(grid.second);
    constexpr std::int64_t kSecondUs = 1'000'000;
    found->second.recorder->on_motion_grid({wall.us / kSecondUs * kSecondUs}, grid.cells);
  });
}

void Router::confirm_age_deletion() {
  loop_->post([this] { recorder_.confirm_age_deletion(); });
}

}  // namespace vonggac::core
