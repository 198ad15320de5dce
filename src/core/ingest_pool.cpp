#include "core/ingest_pool.h"

#include <algorithm>

#include <sys/epoll.h>

#include "base/log.h"
#include "core/ingest_shard_state.h"

namespace vonggac::core {
namespace {

using ipc::StreamReason;
using ipc::StreamState;
using media::StreamRole;

constexpr base::Seconds kIngestHeartbeatLimit{8};
/// A camera that is there answers a SYN at once. One that is not must not keep a handshake place for 5 s.
constexpr base::Millis kConnectHoldsPlace{200};

LossRemedy loss_remedy_of(const LossWatch& loss, const StreamController& controller) {
  if (!loss.too_much()) return LossRemedy::kNone;
  if (controller.transport() == ipc::Transport::kTcp) return LossRemedy::kCameraSide;
  return controller.preference() == TransportPreference::kUdp ? LossRemedy::kChooseTcp : LossRemedy::kUdpOnly;
}

std::size_t index_of(StreamRole role) { return static_cast<std::size_t>(role); }

RetryRules rules_of(const NetworkConfig& network) {
  RetryRules rules;
  rules.first_ms = network.retry_min_ms;
  rules.longest_ms = network.retry_max_ms;
  rules.auth_tries = network.auth_tries;
  rules.auth_pause_ms = network.auth_pause_ms;
  return rules;
}

}  // namespace

record::GapCause gap_cause_of(StreamReason reason) {
  using record::GapCause;
  switch (reason) {
    case StreamReason::kCameraUnreachable:
    case StreamReason::kConnectionRefused:
    case StreamReason::kNotFound:
    case StreamReason::kForbiddenAddress:
    case StreamReason::kTransportRefused:
      return GapCause::kCameraUnreachable;
    case StreamReason::kLinkLost:
    case StreamReason::kTimedOut:
    case StreamReason::kProtocolError:
      return GapCause::kLinkLost;
    case StreamReason::kNoMedia:
      return GapCause::kCameraSilent;
    case StreamReason::kAuthRefused:
      return GapCause::kAuthRefused;
    case StreamReason::kUnsupportedCodec:
      return GapCause::kDamagedStream;
    case StreamReason::kRateExceeded:
      return GapCause::kRateExceeded;
    case StreamReason::kWorkerDied:
      return GapCause::kWorkerDied;
    case StreamReason::kStoppedByUser:
      return GapCause::kPausedByOwner;
    case StreamReason::kServiceStopped:
      return GapCause::kServiceStopped;
    case StreamReason::kNone:
      return GapCause::kUnknown;
  }
  return GapCause::kUnknown;
}

IngestPool::IngestPool(EventLoop& loop, const base::Clock& clock, const ServiceConfig& config, CameraStore& store,
                       Router& router)
    : loop_(loop),
      clock_(clock),
      config_(config),
      store_(store),
      router_(router),
      connector_(loop, clock, config.network.camera_networks, config.network.connect_timeout_ms) {}

IngestPool::~IngestPool() {
  for (const auto& shard : shards_) unwatch(loop_, *shard);
}

void IngestPool::make_stream(const CameraConfig& config, Camera& camera, StreamRole role) {
  const std::optional<StreamSource> source =
      role == StreamRole::kMain ? std::optional<StreamSource>(config.main) : config.sub;
  if (!source) {
    camera.streams[index_of(role)].reset();
    return;
  }
  const auto seed = static_cast<std::uint32_t>(std::hash<base::Uuid>()(config.id) + index_of(role));
  camera.streams[index_of(role)] = std::make_unique<Stream>(
      Stream{config.id,
             role,
             StreamController(rules_of(config_.network), config.transport, source->remembered_transport, seed),
             0,
             {},
             {},
             false,
             {},
             nullptr,
             0,
             false,
             config.policy.record_audio && role == StreamRole::kMain,
             {},
             {},
             {}});
}

void IngestPool::add_camera(const CameraConfig& config) {
  Camera& camera = cameras_[config.id];
  make_stream(config, camera, StreamRole::kMain);
  make_stream(config, camera, StreamRole::kSub);
  Shard* shard = shard_for_new_camera();
  if (shard != nullptr) place_camera(config.id, camera, *shard);
}

void IngestPool::remove_camera(const base::CameraId& id) {
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return;
  for (const auto& stream : found->second.streams) {
    if (stream) end_session(*stream, StreamReason::kStoppedByUser, "", true);
  }
  leave_shard(found->second);
  cameras_.erase(found);
}

void IngestPool::update_camera(const CameraConfig& config, bool reconnect) {
  const auto found = cameras_.find(config.id);
  if (found == cameras_.end() || !reconnect) return;
  remove_camera(config.id);
  add_camera(config);
}

IngestPool::Shard* IngestPool::shard_for_new_camera() {
  for (const auto& shard : shards_) {
    if (!shard->quarantine &&
        shard->cameras() < std::min<std::size_t>(config_.ingest.cameras_per_shard, kCamerasPerShard)) {
      return shard.get();
    }
  }
  return make_shard(false);
}

IngestPool::Shard* IngestPool::make_shard(bool quarantine) {
  auto shard = std::make_unique<Shard>();
  shard->index = next_index_++;
  shard->quarantine = quarantine;
  shards_.push_back(std::move(shard));
  if (const base::Status started = start_process(*shards_.back()); !started.ok()) {
    base::log::error("core", "cannot start an ingest process: {}", started.message());
    shards_.back()->restart_at = clock_.mono_now() + base::Seconds(1);
  }
  return shards_.back().get();
}

base::Status IngestPool::start_process(Shard& shard) {
  WorkerSpec spec;
  spec.kind = ipc::WorkerKind::kIngest;
  spec.index = shard.index;
  spec.setting = "VONGGAC_GATHER_MS=" + std::to_string(config_.ingest.gather_ms);
  spec.ring_from_worker_bytes = shard.quarantine ? kQuarantineRingBytes : kShardRingBytes;
  VG_ASSIGN(shard.process, WorkerProcess::spawn(spec, base::log_level_name(config_.log.level),
                                                base::log_format_name(config_.log.format)));
  shard.ready = false;
  shard.ring_id = next_ring_id_++;
  router_.attach_shard(shard.ring_id, shard.process->ring_from_worker());
  Shard* pointer = &shard;
  VG_TRY(
      loop_.add(shard.process->control().fd(), EPOLLIN, [this, pointer](std::uint32_t) { on_shard_event(*pointer); }));
  VG_TRY(loop_.add(shard.process->pid_fd(), EPOLLIN, [this, pointer](std::uint32_t) {
    // What it said before its end still counts.
    if (pointer->process) on_shard_event(*pointer);
    if (pointer->process) on_shard_death(*pointer, pointer->process->reap());
  }));
  return {};
}

void IngestPool::place_camera(const base::CameraId& id, Camera& camera, Shard& shard) {
  camera.shard = &shard;
  camera.camera_slot = shard.take_slot(id);
  for (const auto& stream : camera.streams) {
    if (!stream) continue;
    stream->shard = &shard;
    stream->slot = static_cast<std::uint16_t>(camera.camera_slot * 2 + index_of(stream->role));
  }
}

void IngestPool::leave_shard(Camera& camera) {
  if (camera.shard != nullptr) camera.shard->slots[camera.camera_slot].reset();
  camera.shard = nullptr;
}

IngestPool::Stream* IngestPool::find(const base::CameraId& camera, StreamRole role) {
  const auto found = cameras_.find(camera);
  return found == cameras_.end() ? nullptr : found->second.streams[index_of(role)].get();
}

IngestPool::Stream* IngestPool::stream_of(Shard& shard, std::uint16_t slot, std::uint32_t generation) {
  const std::size_t camera_slot = slot / 2;
  if (camera_slot >= shard.slots.size() || !shard.slots[camera_slot]) return nullptr;
  Stream* stream = find(*shard.slots[camera_slot], slot % 2 == 0 ? StreamRole::kMain : StreamRole::kSub);
  return stream != nullptr && stream->controller.generation() == generation && stream->controller.busy() ? stream
                                                                                                         : nullptr;
}

std::size_t IngestPool::places_taken(base::MonoTime now) const {
  std::size_t count = 0;
  for (const auto& [id, camera] : cameras_) {
    for (const auto& stream : camera.streams) {
      if (!stream) continue;
      const bool connects = stream->connect_attempt != 0 && now - stream->connect_began < kConnectHoldsPlace;
      count += connects || stream->controller.in_handshake() ? 1 : 0;
    }
  }
  return count;
}

void IngestPool::begin_connect(Stream& stream) {
  auto access = store_.access(stream.camera, stream.role);
  const base::MonoTime now = clock_.mono_now();
  stream.controller.on_connecting(now);
  if (!access) {
    stream.controller.on_connect_failed(now, StreamReason::kAuthRefused, access.error().message());
    return;
  }
  open_connection(stream, *access);
}

void IngestPool::open_connection(Stream& stream, const StreamAccess& access) {
  stream.connect_began = clock_.mono_now();
  stream.connect_attempt = connector_.connect(
      access.host, access.port, [this, camera = stream.camera, role = stream.role](ConnectOutcome outcome) {
        on_connected(camera, role, std::move(outcome));
      });
}

void IngestPool::on_connected(const base::CameraId& camera, StreamRole role, ConnectOutcome outcome) {
  Stream* stream = find(camera, role);
  if (stream == nullptr) return;
  stream->connect_attempt = 0;
  if (outcome.reason != StreamReason::kNone) {
    stream->controller.on_connect_failed(clock_.mono_now(), outcome.reason, outcome.detail);
    router_.report_absent(camera, role, gap_cause_of(outcome.reason), outcome.detail);
    fill_places();
    return;
  }
  stream->waiting = std::move(outcome);
  stream->has_waiting = true;
  fill_places();
}

void IngestPool::start_session(Stream& stream) {
  if (stream.shard == nullptr || !stream.shard->ready) return;  // tick() comes back to it
  auto access = store_.access(stream.camera, stream.role);
  stream.has_waiting = false;
  if (!access) {
    stream.waiting.socket.reset();
    stream.controller.on_connect_failed(clock_.mono_now(), StreamReason::kAuthRefused, access.error().message());
    return;
  }
  const std::uint32_t generation = next_generation_++;
  stream.address = stream.waiting.address;
  stream.stats = {};
  stream.loss.restart();
  stream.controller.on_session_started(clock_.mono_now(), generation);
  router_.bind_stream(stream.shard->ring_id, stream.slot, generation, stream.camera, stream.role);
  ipc::StartStream start;
  start.slot = stream.slot;
  start.generation = generation;
  start.camera_slot = static_cast<std::uint16_t>(stream.slot / 2);
  start.request_url = access->request_url.reveal();
  start.username = access->username;
  start.password = access->password;
  start.transport = stream.controller.transport();
  start.want_audio = stream.want_audio;
  start.watched = stream.watched;
  std::vector<base::UniqueFd> fds;
  fds.push_back(std::move(stream.waiting.socket));
  send(*stream.shard, start, std::move(fds));
}

void IngestPool::end_session(Stream& stream, StreamReason reason, const std::string& detail, bool tell_shard) {
  if (stream.connect_attempt != 0) connector_.cancel(stream.connect_attempt);
  stream.connect_attempt = 0;
  stream.has_waiting = false;
  stream.waiting.socket.reset();
  stream.loss.restart();
  for (auto& track : stream.udp) {
    for (auto& socket : track) socket.reset();
  }
  if (stream.shard == nullptr || stream.controller.generation() == 0) return;
  router_.end_stream(stream.shard->ring_id, stream.slot, stream.controller.generation(), gap_cause_of(reason), detail);
  if (tell_shard && stream.shard->process) {
    send(*stream.shard, ipc::StopStream{stream.slot, stream.controller.generation()});
  }
}

void IngestPool::set_watched(const base::CameraId& camera, StreamRole role, bool watched) {
  Stream* stream = find(camera, role);
  if (stream == nullptr || stream->watched == watched) return;
  stream->watched = watched;
  if (stream->shard != nullptr && stream->shard->ready) send(*stream->shard, ipc::SetWatched{stream->slot, watched});
}

void IngestPool::tick() {
  if (stopping_) return;
  connector_.tick();
  const base::MonoTime now = clock_.mono_now();
  for (const auto& shard : shards_) {
    if (shard->process && now - shard->process->heartbeat() > kIngestHeartbeatLimit) {
      kill_shard(*shard, "does not answer");
    } else if (!shard->process && now >= shard->restart_at) {
      if (const base::Status started = start_process(*shard); !started.ok()) shard->restart_at = now + base::Seconds(1);
    } else if (shard->process && shard->process->control().wants_write() && !shard->process->control().flush().ok()) {
      kill_shard(*shard, "closed its control socket");
    }
  }
  fill_places();
  drop_empty_quarantine_shards();
}

void IngestPool::fill_places() {
  if (stopping_) return;
  const base::MonoTime now = clock_.mono_now();
  std::vector<Stream*> candidates;
  for (const auto& [id, camera] : cameras_) {
    for (const auto& stream : camera.streams) {
      if (!stream || stream->shard == nullptr || !stream->shard->ready) continue;
      if (stream->has_waiting || stream->controller.wants_connect(now)) candidates.push_back(stream.get());
    }
  }
  // Who is connected already comes first, then who has been due for longest.
  std::sort(candidates.begin(), candidates.end(), [](const Stream* a, const Stream* b) {
    if (a->has_waiting != b->has_waiting) return a->has_waiting;
    if (a->controller.retry_at() != b->controller.retry_at())
      return a->controller.retry_at() < b->controller.retry_at();
    return a->role < b->role;
  });
  std::size_t places = candidates.empty() ? 0 : places_taken(now);
  for (Stream* stream : candidates) {
    if (places >= config_.network.handshakes_at_once) return;
    if (stream->has_waiting) {
      start_session(*stream);
    } else {
      begin_connect(*stream);
    }
    if (stream->controller.busy()) ++places;
  }
}

void IngestPool::drop_empty_quarantine_shards() {
  std::erase_if(shards_, [this](const std::unique_ptr<Shard>& shard) {
    if (!shard->quarantine || shard->cameras() != 0) return false;
    if (shard->process) router_.detach_shard(shard->ring_id);
    unwatch(loop_, *shard);
    return true;
  });
}

void IngestPool::stop() {
  stopping_ = true;
  for (const auto& shard : shards_) {
    if (shard->process) send(*shard, ipc::Shutdown{});
  }
}

std::vector<StreamView> IngestPool::streams(const base::CameraId& id) const {
  std::vector<StreamView> views;
  const auto found = cameras_.find(id);
  if (found == cameras_.end()) return views;
  for (const auto& stream : found->second.streams) {
    if (!stream) continue;
    const StreamController& c = stream->controller;
    StreamView view{stream->role,
                    c.state(),
                    c.reason(),
                    c.detail(),
                    c.since(),
                    std::nullopt,
                    c.attempts(),
                    c.transport(),
                    stream->stats,
                    found->second.shard != nullptr && found->second.shard->quarantine,
                    stream->loss.percent(),
                    loss_remedy_of(stream->loss, c)};
    if (!c.busy()) view.retry_at = c.retry_at();
    views.push_back(std::move(view));
  }
  return views;
}

std::vector<ProcessView> IngestPool::processes() const {
  std::vector<ProcessView> views;
  for (const auto& shard : shards_) {
    views.push_back({ipc::WorkerKind::kIngest, shard->index, shard->process ? shard->process->pid() : 0,
                     shard->restarts, shard->cameras(), shard->quarantine, shard->sandbox});
  }
  return views;
}

}  // namespace vonggac::core
