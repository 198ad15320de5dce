#include "core/router.h"

#include <algorithm>

#include <pthread.h>
#include <sys/epoll.h>

#include "base/log.h"

namespace vonggac::core {
namespace {

constexpr int kRouterTickMs = 200;
constexpr std::size_t kMaxUnitsPerTurn = 2'000;  ///< then other shards get their turn
constexpr std::size_t kMaxGopBytes = 8U << 20;
constexpr std::size_t kMaxGopUnits = 600;
constexpr base::Millis kPublishEvery{500};

}  // namespace

Router::Router(const base::Clock& clock, record::Recorder& recorder, RouterHooks hooks)
    : clock_(clock), recorder_(recorder), hooks_(std::move(hooks)) {}

Router::~Router() {
  if (thread_.joinable()) stop(record::GapCause::kServiceStopped, 0);
}

base::Status Router::start() {
  VG_ASSIGN(loop_, EventLoop::create());
  loop_->set_tick(kRouterTickMs, [this] { tick(); });
  thread_ = std::thread([this] { loop_->run(); });
  pthread_setname_np(thread_.native_handle(), "core-route");
  return {};
}

void Router::stop(record::GapCause cause, std::int64_t deadline_us) {
  loop_->post([this, cause, deadline_us] {
    std::vector<std::uint32_t> ids;
    for (const auto& [id, shard] : shards_) ids.push_back(id);
    for (const std::uint32_t id : ids) drain(id);
    for (auto& [id, camera] : cameras_) end_motion(camera);
    recorder_.stop(cause, deadline_us);
    loop_->stop();
  });
  thread_.join();
}

void Router::add_camera(const base::CameraId& id, const record::RecordPolicy& policy) {
  loop_->post([this, id, policy] {
    Camera& camera = cameras_[id];
    camera.recorder = &recorder_.open_camera(id, policy);
    point_bindings(id, &camera);
  });
}

void Router::set_policy(const base::CameraId& id, const record::RecordPolicy& policy) {
  loop_->post([this, id, policy] {
    if (const auto found = cameras_.find(id); found != cameras_.end()) found->second.recorder->set_policy(policy);
  });
}

void Router::remove_camera(const base::CameraId& id, record::GapCause cause) {
  loop_->post([this, id, cause] {
    const auto found = cameras_.find(id);
    if (found == cameras_.end()) return;
    end_motion(found->second);
    point_bindings(id, nullptr);
    recorder_.close_camera(id, cause);
    cameras_.erase(found);
  });
}

void Router::attach_shard(std::uint32_t shard, std::shared_ptr<ipc::ShmRing> ring) {
  loop_->post([this, shard, ring] {
    shards_[shard].ring = ring;
    const base::Status added = loop_->add(ring->doorbell_fd(), EPOLLIN, [this, shard](std::uint32_t) { drain(shard); });
    if (!added.ok()) base::log::error("core", "media ring {}: {}", shard, added.to_string());
  });
}

void Router::detach_shard(std::uint32_t shard) {
  loop_->post([this, shard] {
    drain(shard);
    const auto found = shards_.find(shard);
    if (found == shards_.end()) return;
    loop_->remove(found->second.ring->doorbell_fd());
    shards_.erase(found);
  });
}

void Router::bind_stream(std::uint32_t shard, std::uint16_t slot, std::uint32_t generation,
                         const base::CameraId& camera, media::StreamRole role) {
  loop_->post([this, shard, slot, generation, camera, role] {
    const auto found = shards_.find(shard);
    if (found == shards_.end() || slot >= ipc::kMaxSlots) return;
    const auto known = cameras_.find(camera);
    found->second.slots[slot] = {true, camera, known != cameras_.end() ? &known->second : nullptr, role, generation};
  });
}

void Router::point_bindings(const base::CameraId& id, Camera* camera) {
  for (auto& [number, shard] : shards_) {
    for (Binding& binding : shard.slots) {
      if (binding.bound && binding.id == id) binding.camera = camera;
    }
  }
}

void Router::end_stream(std::uint32_t shard, std::uint16_t slot, std::uint32_t generation, record::GapCause cause,
                        const std::string& detail) {
  loop_->post([this, shard, slot, generation, cause, detail] {
    drain(shard);
    const auto found = shards_.find(shard);
    if (found == shards_.end()) return;
    Binding* binding = binding_of(found->second, slot, generation);
    if (binding == nullptr) return;
    lost(binding->id, binding->role, cause, detail);
    *binding = {};
  });
}

void Router::report_absent(const base::CameraId& camera, media::StreamRole role, record::GapCause cause,
                           const std::string& detail) {
  loop_->post([this, camera, role, cause, detail] { lost(camera, role, cause, detail); });
}

void Router::lost(const base::CameraId& id, media::StreamRole role, record::GapCause cause, const std::string& detail) {
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return;
  Camera& camera = found->second;
  Stream& stream = camera.streams[index_of(role)];
  stream.gop.clear();
  stream.gop_bytes = 0;
  stream.gop_whole = false;
  if (role == media::StreamRole::kMain) camera.recorder->on_stream_lost(cause, detail);
  if (camera.analysis && camera.analysis->role == role) {
    camera.analysis->wait_for_key = true;
    end_motion(camera);
  }
}

void Router::set_camera_offset(const base::CameraId& id, std::int64_t offset_us) {
  loop_->post([this, id, offset_us] {
    if (const auto found = cameras_.find(id); found != cameras_.end())
      found->second.recorder->on_camera_offset(offset_us);
  });
}

Router::Binding* Router::binding_of(Shard& shard, std::uint16_t slot, std::uint32_t generation) {
  if (slot >= shard.slots.size()) return nullptr;
  Binding& binding = shard.slots[slot];
  return binding.bound && binding.generation == generation ? &binding : nullptr;
}

void Router::drain(std::uint32_t shard_id) {
  const auto found = shards_.find(shard_id);
  if (found == shards_.end() || found->second.broken) return;
  Shard& shard = found->second;
  shard.ring->clear_bell();
  turn_began_ = clock_.mono_now();
  for (std::size_t i = 0; i < kMaxUnitsPerTurn; ++i) {
    auto message = shard.ring->read();
    if (message) {
      take(shard, std::move(*message));
      continue;
    }
    if (message.error().kind() != base::ErrorKind::kNotFound) {
      shard.broken = true;
      loop_->remove(shard.ring->doorbell_fd());
      base::log::error("core", "media ring {} is broken ({}): its process is ended", shard_id,
                       message.error().message());
      hooks_.on_broken_shard(shard_id);
    }
    ring_analysis_bells();
    return;
  }
  ring_analysis_bells();
  loop_->post([this, shard_id] { drain(shard_id); });
}

void Router::take(Shard& shard, ipc::Message message) {
  if (auto* unit = std::get_if<ipc::MediaUnit>(&message)) {
    if (const Binding* binding = binding_of(shard, unit->slot, unit->generation)) on_unit(*binding, unit->unit);
  } else if (const auto* parameters = std::get_if<ipc::MediaParameters>(&message)) {
    if (const Binding* binding = binding_of(shard, parameters->slot, parameters->generation)) {
      on_parameters(*binding, *parameters);
    }
  }
}

void Router::on_parameters(const Binding& binding, const ipc::MediaParameters& message) {
  if (binding.camera == nullptr) return;
  Camera& camera = *binding.camera;
  if (binding.role == media::StreamRole::kMain) camera.recorder->on_parameters(message.track, message.parameters);
  if (message.track != media::TrackKind::kVideo) return;
  Stream& stream = camera.streams[index_of(binding.role)];
  stream.parameters = message.parameters;
  stream.meter.on_parameters(message.parameters);
  stream.gop.clear();
  stream.gop_bytes = 0;
  stream.gop_whole = false;
  if (camera.analysis && camera.analysis->role == binding.role) {
    Analysis& analysis = *camera.analysis;
    const auto sent = analysis.ring->write(
        ipc::MediaParameters{analysis.slot, analysis.generation, message.track, message.parameters}, true);
    analysis.wait_for_key = true;
    if (!sent.ok()) base::log::warning("core", "analysis of a camera missed its parameters: {}", sent.message());
  }
  for (const auto& [subscription, viewer] : viewers_) {
    if (viewer.camera == binding.id && viewer.role == binding.role) {
      hooks_.on_live(ipc::LiveParameters{subscription, message.parameters});
    }
  }
}

void Router::on_unit(const Binding& binding, const media::AccessUnit& unit) {
  if (binding.camera == nullptr) return;
  Camera& camera = *binding.camera;
  if (binding.role == media::StreamRole::kMain) camera.recorder->on_unit(unit);
  if (unit.track != media::TrackKind::kVideo) return;
  Stream& stream = camera.streams[index_of(binding.role)];
  stream.meter.on_unit(unit, turn_began_, recorder_.wall_of(unit.capture));
  if (binding.role == media::StreamRole::kSub) keep_gop(stream, unit);
  if (camera.analysis && camera.analysis->role == binding.role) to_analysis(camera, unit);
  if (!viewers_.empty()) to_viewers(binding.id, binding.role, unit);
}

void Router::keep_gop(Stream& stream, const media::AccessUnit& unit) {
  const std::size_t bytes = unit.payload ? unit.payload->size() : 0;
  if (unit.key) {
    stream.gop.clear();
    stream.gop_bytes = 0;
    stream.gop_whole = true;
  }
  if (stream.gop.size() >= kMaxGopUnits || stream.gop_bytes + bytes > kMaxGopBytes) {
    stream.gop.clear();  // too long to start a viewer with: it waits for the next key frame
    stream.gop_bytes = 0;
    stream.gop_whole = false;
  }
  if (!stream.gop_whole) return;
  stream.gop.push_back(unit);
  stream.gop_bytes += bytes;
}

void Router::to_analysis(Camera& camera, const media::AccessUnit& unit) {
  Analysis& analysis = *camera.analysis;
  if (analysis.wait_for_key && !unit.key) return;
  // The bell is rung once per turn: a still camera must not wake the analyser for each of its pictures.
  const base::Status sent = analysis.ring->write(ipc::MediaUnit{analysis.slot, analysis.generation, unit}, false);
  analysis.wait_for_key = !sent.ok();
  if (std::find(bells_due_.begin(), bells_due_.end(), analysis.ring) == bells_due_.end()) {
    bells_due_.push_back(analysis.ring);
  }
}

void Router::ring_analysis_bells() {
  for (const std::shared_ptr<ipc::ShmRing>& ring : bells_due_) ring->ring();
  bells_due_.clear();
}

void Router::to_viewers(const base::CameraId& camera, media::StreamRole role, const media::AccessUnit& unit) {
  for (const auto& [subscription, viewer] : viewers_) {
    if (viewer.camera == camera && viewer.role == role) hooks_.on_live(ipc::LiveUnit{subscription, unit});
  }
}

void Router::subscribe_live(std::uint32_t subscription, const base::CameraId& id, media::StreamRole role) {
  loop_->post([this, subscription, id, role] {
    viewers_[subscription] = {id, role};
    const auto found = cameras_.find(id);
    if (found == cameras_.end()) return;
    const Stream& stream = found->second.streams[index_of(role)];
    if (stream.parameters.codec == media::Codec::kNone) return;
    hooks_.on_live(ipc::LiveParameters{subscription, stream.parameters});
    const auto gop = role == media::StreamRole::kMain ? found->second.recorder->current_gop() : stream.gop;
    for (const media::AccessUnit& unit : gop) {
      if (unit.track == media::TrackKind::kVideo) hooks_.on_live(ipc::LiveUnit{subscription, unit});
    }
  });
}

void Router::unsubscribe_live(std::uint32_t subscription) {
  loop_->post([this, subscription] { viewers_.erase(subscription); });
}

void Router::tick() {
  recorder_.tick();
  if (clock_.mono_now() >= next_publish_) {
    next_publish_ = clock_.mono_now() + kPublishEvery;
    publish_views();
  }
}

void Router::publish_views() {
  std::map<base::CameraId, CameraMediaView> fresh;
  const base::MonoTime now = clock_.mono_now();
  for (const auto& [id, camera] : cameras_) {
    CameraMediaView& view = fresh[id];
    for (std::size_t role = 0; role < camera.streams.size(); ++role)
      view.meters[role] = camera.streams[role].meter.view(now);
    view.record = camera.recorder->state();
  }
  const std::lock_guard<std::mutex> lock(views_mutex_);
  views_.swap(fresh);
}

std::map<base::CameraId, CameraMediaView> Router::views() const {
  const std::lock_guard<std::mutex> lock(views_mutex_);
  return views_;
}

}  // namespace vonggac::core
