#include "core/analyse_pool.h"

#include <algorithm>
#include <thread>

#include <sys/epoll.h>

#include "base/log.h"

namespace vonggac::core {
namespace {

constexpr std::size_t kCamerasBeforeNextShard = 32;
constexpr std::size_t kRingBytes = 16U << 20;
/// Longer than for ingest: a 4K key frame under a sanitizer or on an old machine takes its time.
constexpr base::Seconds kAnalyseHeartbeatLimit{10};
/// One that ends sooner than this more than kQuickDeathsAtOnce times in a row is started after longer and longer
/// pauses.
constexpr base::Seconds kQuickAnalyseDeath{10};
constexpr unsigned kQuickDeathsAtOnce = 3;
constexpr base::Millis kLongestRestartPause{30'000};
constexpr base::Seconds kCrashWindow{600};
constexpr std::uint32_t kCrashesBeforeBan = 5;
constexpr base::Millis kFirstBan{2'000};

media::StreamRole analysed_role(const CameraConfig& camera) {
  return camera.sub ? media::StreamRole::kSub : media::StreamRole::kMain;
}

}  // namespace

std::size_t AnalysePool::Shard::cameras() const {
  return static_cast<std::size_t>(
      std::count_if(slots.begin(), slots.end(), [](const auto& s) { return s.has_value(); }));
}

AnalysePool::AnalysePool(EventLoop& loop, const base::Clock& clock, const ServiceConfig& config, Router& router,
                         record::Recorder& recorder)
    : loop_(loop),
      clock_(clock),
      config_(config),
      router_(router),
      recorder_(recorder),
      plugins_(config.analyse, config.plugins),
      tampers_(router) {
  // The generation is half of a motion event's key: it must not repeat after a restart of the service.
  next_generation_ = static_cast<std::uint32_t>(clock.wall_now().us / 1'000'000);
}

AnalysePool::~AnalysePool() {
  for (const auto& shard : shards_) {
    if (!shard->process) continue;
    loop_.remove(shard->process->control().fd());
    loop_.remove(shard->process->pid_fd());
  }
}

AnalysePool::Shard* AnalysePool::shard_for_new_camera() {
  const std::size_t wanted =
      config_.analyse.shards != 0 ? config_.analyse.shards : std::max(1U, std::thread::hardware_concurrency());
  Shard* emptiest = nullptr;
  for (const auto& shard : shards_) {
    if (emptiest == nullptr || shard->cameras() < emptiest->cameras()) emptiest = shard.get();
  }
  const bool full = emptiest == nullptr || emptiest->cameras() >= ipc::kMaxSlots;
  const bool busy = emptiest != nullptr && emptiest->cameras() >= kCamerasBeforeNextShard && shards_.size() < wanted;
  if (!full && !busy && (config_.analyse.shards == 0 || shards_.size() >= wanted)) return emptiest;
  shards_.push_back(std::make_unique<Shard>());
  Shard& shard = *shards_.back();
  shard.index = static_cast<std::uint32_t>(shards_.size() - 1);
  if (const base::Status started = start_process(shard); !started.ok()) {
    base::log::error("core", "cannot start an analyse process: {}", started.message());
    shard.restart_at = clock_.mono_now() + base::Seconds(1);
  }
  return &shard;
}

base::Status AnalysePool::start_process(Shard& shard) {
  WorkerSpec spec;
  spec.kind = ipc::WorkerKind::kAnalyse;
  spec.index = shard.index;
  spec.ring_to_worker_bytes = kRingBytes;
  VG_ASSIGN(shard.process, WorkerProcess::spawn(spec, base::log_level_name(config_.log.level),
                                                base::log_format_name(config_.log.format)));
  shard.ready = false;
  shard.started_at = clock_.mono_now();
  Shard* pointer = &shard;
  base::Status watched =
      loop_.add(shard.process->control().fd(), EPOLLIN, [this, pointer](std::uint32_t) { on_shard_event(*pointer); });
  if (watched.ok()) {
    watched = loop_.add(shard.process->pid_fd(), EPOLLIN, [this, pointer](std::uint32_t) {
      if (pointer->process) on_shard_event(*pointer);
      if (pointer->process) on_shard_death(*pointer, pointer->process->reap());
    });
  }
  if (!watched.ok()) {  // one whose end nobody would notice must not stay
    loop_.remove(shard.process->control().fd());
    shard.process.reset();
    return watched;
  }
  // One that has ended already takes no message; its end is noticed like any other.
  send(shard, plugins_.setup());
  return {};
}

void AnalysePool::add_camera(const CameraConfig& config) {
  if (!config_.analyse.enabled) return;
  Camera& camera = cameras_[config.id];
  camera.config = config;
  camera.shard = shard_for_new_camera();
  for (std::size_t i = 0; i < camera.shard->slots.size(); ++i) {
    if (camera.shard->slots[i]) continue;
    camera.shard->slots[i] = config.id;
    camera.slot = static_cast<std::uint16_t>(i);
    break;
  }
  begin(config.id, camera);
}

/// Footage that exists only where movement was found: then key pictures, seconds apart, are not enough to look at.
bool AnalysePool::records_on_motion(const CameraConfig& config) {
  return config.policy.schedule.has_value() || config.policy.mode == record::RecordMode::kMotion;
}

void AnalysePool::begin(const base::CameraId& id, Camera& camera) {
  // A camera that is not recorded by motion is still looked at: events are worth having in continuous footage too.
  if (camera.shard == nullptr || !camera.shard->ready || camera.banned || camera.config.policy.paused) return;
  camera.generation = next_generation_++;
  ipc::AnalyseCamera message;
  message.slot = camera.slot;
  message.generation = camera.generation;
  message.sensitivity = camera.config.sensitivity;
  message.zones = camera.config.zones;
  message.key_frames_only = !camera.config.sub && !records_on_motion(camera.config);
  send(*camera.shard, message);
  if (!camera.shard->process) return;
  camera.motion.analysed = true;
  camera.motion.trouble.clear();
  camera.motion.level = ipc::AnalyseLevel::kAsNeeded;
  router_.analyse(id, analysed_role(camera.config), camera.shard->process->ring_to_worker(), camera.slot,
                  camera.generation);
  send_wishes(camera);
}

void AnalysePool::leave(Camera& camera) {
  router_.stop_analysing(camera.config.id);
  if (camera.shard == nullptr) return;
  if (camera.shard->process && camera.shard->ready) send(*camera.shard, ipc::AnalyseStop{camera.slot});
  camera.shard->slots[camera.slot].reset();
  camera.shard = nullptr;
}

void AnalysePool::remove_camera(const base::CameraId& id) {
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return;
  leave(found->second);
  tampers_.forget(id, recorder_.wall_of(clock_.mono_now()));
  cameras_.erase(found);
}

void AnalysePool::update_camera(const CameraConfig& config) {
  const auto found = cameras_.find(config.id);
  if (found == cameras_.end()) {
    add_camera(config);
    return;
  }
  Camera& camera = found->second;
  router_.stop_analysing(config.id);
  if (camera.shard != nullptr && camera.shard->ready) send(*camera.shard, ipc::AnalyseStop{camera.slot});
  // Painted with the masks of before: what is hidden now must not be shown any longer.
  camera.snapshot.reset();
  if (config.policy.paused || !same_masks(camera.config.zones, config.zones))
    tampers_.forget(config.id, recorder_.wall_of(clock_.mono_now()));
  camera.config = config;
  camera.banned = false;
  camera.crashes = 0;
  camera.motion.active = false;
  camera.motion.alarm.reset();
  begin(config.id, camera);
}

void AnalysePool::send(Shard& shard, const ipc::Message& message) {
  if (!shard.process) return;
  if (const base::Status sent = shard.process->control().send(message); !sent.ok()) shard.process->kill_now();
}

AnalysePool::Camera* AnalysePool::camera_of(Shard& shard, std::uint16_t slot, std::uint32_t generation) {
  if (slot >= shard.slots.size() || !shard.slots[slot]) return nullptr;
  const auto found = cameras_.find(*shard.slots[slot]);
  return found != cameras_.end() && found->second.generation == generation ? &found->second : nullptr;
}

void AnalysePool::on_shard_event(Shard& shard) {
  auto received = shard.process->control().receive();
  if (!received) {
    if (received.error().kind() == base::ErrorKind::kDataLoss) shard.process->kill_now();
    if (received.error().kind() == base::ErrorKind::kUnavailable) loop_.remove(shard.process->control().fd());
    return;
  }
  for (const ipc::Received& message : *received) on_shard_message(shard, message.message);
}

void AnalysePool::on_shard_message(Shard& shard, const ipc::Message& message) {
  if (const auto* ready = std::get_if<ipc::WorkerReady>(&message)) {
    shard.ready = true;
    shard.sandbox = ready->sandbox;
    base::log::info("core", "{} runs (pid {}, {})", worker_name(ipc::WorkerKind::kAnalyse, shard.index),
                    shard.process->pid(), ready->sandbox);
    for (auto& [id, camera] : cameras_) {
      if (camera.shard == &shard) begin(id, camera);
    }
  } else if (const auto* report = std::get_if<ipc::MotionReport>(&message)) {
    Camera* camera = camera_of(shard, report->slot, report->generation);
    if (camera == nullptr) return;
    on_motion_report(*camera, *report);
  } else if (const auto* grid = std::get_if<ipc::MotionGrid>(&message)) {
    if (const Camera* camera = camera_of(shard, grid->slot, grid->generation)) {
      router_.on_motion_grid(camera->config.id, *grid);
    }
  } else if (const auto* snapshot = std::get_if<ipc::Snapshot>(&message)) {
    Camera* camera = camera_of(shard, snapshot->slot, snapshot->generation);
    if (camera != nullptr) camera->snapshot = SnapshotView{snapshot->jpeg, recorder_.wall_of(snapshot->capture)};
  } else if (on_tuning_message(shard, message) || on_tamper_message(shard, message)) {
    return;
  } else if (const auto* part = std::get_if<ipc::AnalysePartReport>(&message)) {
    plugins_.on_report(*part);
  } else if (const auto* watch = std::get_if<ipc::AnalyseWatch>(&message)) {
    if (Camera* const camera = camera_of(shard, watch->slot, watch->generation)) camera->motion.level = watch->level;
  } else if (const auto* failed = std::get_if<ipc::AnalyseFailed>(&message)) {
    Camera* camera = camera_of(shard, failed->slot, failed->generation);
    if (camera == nullptr) return;
    camera->motion.active = false;
    camera->motion.analysed = false;
    camera->motion.alarm.reset();
    camera->motion.level = ipc::AnalyseLevel::kAsNeeded;
    camera->motion.trouble = failed->detail;
    base::log::warning("core", "camera {} is recorded but not looked at: {}", camera->config.id.to_string(),
                       failed->detail);
  } else {
    base::log::error("core", "analyse process {} sent a message that is not its to send", shard.index);
    shard.process->kill_now();
  }
}

void AnalysePool::on_shard_death(Shard& shard, const std::string& how) {
  const ipc::AnalysePart part = shard.process->part_in_hand();
  // What a plug-in does to its process is not the camera's fault.
  const std::optional<std::uint16_t> in_hand =
      part == ipc::AnalysePart::kNone ? shard.process->camera_slot_in_hand() : std::nullopt;
  base::log::warning("core", "{} {}", worker_name(ipc::WorkerKind::kAnalyse, shard.index), how);
  const base::MonoTime now = clock_.mono_now();
  for (auto& [id, camera] : cameras_) {
    if (camera.shard != &shard) continue;
    router_.stop_analysing(id);
    camera.motion.active = false;
    camera.motion.alarm.reset();
    camera.motion.analysed = false;
    if (!in_hand || *in_hand != camera.slot) continue;
    if (camera.crashes == 0 || now - camera.first_crash > kCrashWindow) {
      camera.crashes = 0;
      camera.first_crash = now;
    }
    ++camera.crashes;
    camera.banned = true;
    camera.banned_until =
        camera.crashes >= kCrashesBeforeBan ? base::MonoTime{INT64_MAX} : now + kFirstBan * (1U << camera.crashes);
    camera.motion.trouble = "its pictures ended the process that decoded them";
    base::log::error("core", "camera {}: its pictures ended the process that decoded them; recording goes on",
                     id.to_string());
  }
  loop_.remove(shard.process->control().fd());
  loop_.remove(shard.process->pid_fd());
  shard.process.reset();
  shard.ready = false;
  ++shard.restarts;
  shard.quick_deaths = now - shard.started_at < kQuickAnalyseDeath ? shard.quick_deaths + 1 : 0;
  const bool again_and_again = shard.quick_deaths > kQuickDeathsAtOnce;
  const unsigned doublings = again_and_again ? std::min(shard.quick_deaths - kQuickDeathsAtOnce, 9U) : 0;
  shard.restart_at = now + std::min(base::Millis(100U << doublings), kLongestRestartPause);
  if (stopping_) shard.restart_at = now + base::Seconds(3600);
  if (again_and_again) say_trouble(shard);
  if (part != ipc::AnalysePart::kNone && !stopping_) on_part_crash(shard, part, how);
}

void AnalysePool::say_trouble(const Shard& shard) {
  for (auto& [id, camera] : cameras_) {
    if (camera.shard == &shard && camera.motion.trouble.empty()) {
      camera.motion.trouble = "the process that looks for movement ends again and again: the log says why";
    }
  }
}

/// The other shards are told to begin anew without a part that crashes again and again.
void AnalysePool::on_part_crash(const Shard& shard, ipc::AnalysePart part, const std::string& how) {
  if (!plugins_.on_crash(part, how, clock_.mono_now())) return;
  for (const PartView& view : plugins_.views()) {
    if (view.state == "disabled" && view.part == ipc::analyse_part_name(part)) {
      base::log::error("core", "{} {}: {}", view.part, view.name, view.detail);
    }
  }
  for (const auto& other : shards_) {
    if (other.get() != &shard && other->process) send(*other, ipc::Shutdown{});
  }
}

void AnalysePool::tick() {
  if (stopping_) return;
  const base::MonoTime now = clock_.mono_now();
  for (const auto& shard : shards_) {
    if (!shard->process) {
      if (now < shard->restart_at) continue;
      if (const base::Status started = start_process(*shard); !started.ok()) shard->restart_at = now + base::Seconds(1);
    } else if (now - shard->process->heartbeat() > kAnalyseHeartbeatLimit) {
      base::log::warning("core", "{} does not answer and is ended",
                         worker_name(ipc::WorkerKind::kAnalyse, shard->index));
      shard->process->kill_now();
    } else if (shard->process->control().wants_write() && !shard->process->control().flush().ok()) {
      shard->process->kill_now();
    }
  }
  for (auto& [id, camera] : cameras_) {
    if (!camera.banned || now < camera.banned_until) continue;
    camera.banned = false;
    begin(id, camera);
  }
}

void AnalysePool::stop() {
  stopping_ = true;
  for (const auto& shard : shards_) {
    if (shard->process) send(*shard, ipc::Shutdown{});
  }
}

MotionView AnalysePool::motion(const base::CameraId& id) const {
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return {};
  MotionView view = found->second.motion;
  view.tampers = tampers_.active(id);
  return view;
}

const SnapshotView* AnalysePool::snapshot(const base::CameraId& id) const {
  const auto found = cameras_.find(id);
  return found != cameras_.end() && found->second.snapshot ? &*found->second.snapshot : nullptr;
}

void AnalysePool::request_snapshot(const base::CameraId& id) {
  const auto found = cameras_.find(id);
  if (found == cameras_.end() || found->second.shard == nullptr || !found->second.shard->ready) return;
  send(*found->second.shard, ipc::SnapshotRequest{found->second.slot});
}

std::vector<ProcessView> AnalysePool::processes() const {
  std::vector<ProcessView> views;
  for (const auto& shard : shards_) {
    views.push_back({ipc::WorkerKind::kAnalyse, shard->index, shard->process ? shard->process->pid() : 0,
                     shard->restarts, shard->cameras(), false, shard->sandbox});
  }
  return views;
}

}  // namespace vonggac::core
