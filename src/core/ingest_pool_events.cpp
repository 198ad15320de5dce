/// The part of IngestPool that answers its shards: messages, deaths, quarantine, UDP sockets.
#include <algorithm>

#include <fmt/format.h>

#include "base/log.h"
#include "core/ingest_pool.h"
#include "core/ingest_shard_state.h"

namespace vonggac::core {
namespace {

using ipc::StreamReason;
using media::StreamRole;

constexpr std::size_t kMaxQuarantineShards = 16;
constexpr base::Seconds kQuickDeath{10};

/// UDP sockets may be asked for only while a session is being set up.
bool may_set_up(const StreamController& controller) {
  return controller.state() == ipc::StreamState::kDescribing || controller.state() == ipc::StreamState::kSettingUp;
}

}  // namespace

void IngestPool::send(Shard& shard, const ipc::Message& message, std::vector<base::UniqueFd> fds) {
  const base::Status sent = shard.process->control().send(message, std::move(fds));
  if (!sent.ok()) kill_shard(shard, sent.message());
}

void IngestPool::kill_shard(Shard& shard, const std::string& why) {
  base::log::warning("core", "{} is ended: {}", worker_name(ipc::WorkerKind::kIngest, shard.index), why);
  shard.process->kill_now();  // its pid descriptor brings on_shard_death()
}

void IngestPool::end_shard_of_ring(std::uint32_t ring_id) {
  for (const auto& shard : shards_) {
    if (shard->process && shard->ring_id == ring_id) kill_shard(*shard, "broke its media ring");
  }
}

void IngestPool::on_shard_event(Shard& shard) {
  auto received = shard.process->control().receive();
  if (!received) {
    if (received.error().kind() == base::ErrorKind::kDataLoss) kill_shard(shard, received.error().message());
    if (received.error().kind() == base::ErrorKind::kUnavailable) loop_.remove(shard.process->control().fd());
    return;
  }
  for (ipc::Received& message : *received) on_shard_message(shard, std::move(message));
}

void IngestPool::on_shard_message(Shard& shard, ipc::Received received) {
  const base::MonoTime now = clock_.mono_now();
  if (const auto* ready = std::get_if<ipc::WorkerReady>(&received.message)) {
    shard.ready = true;
    shard.sandbox = ready->sandbox;
    fill_places();
    base::log::info("core", "{} runs (pid {}, {})", worker_name(ipc::WorkerKind::kIngest, shard.index),
                    shard.process->pid(), ready->sandbox);
  } else if (const auto* status = std::get_if<ipc::StreamStatus>(&received.message)) {
    Stream* stream = stream_of(shard, status->slot, status->generation);
    if (stream == nullptr) return;
    const bool held_place = stream->controller.in_handshake();
    stream->controller.on_status(now, status->state);
    if (held_place && !stream->controller.in_handshake()) fill_places();
    if (status->state == ipc::StreamState::kStreaming) {
      const auto remembered = store_.remember_transport(stream->camera, stream->role, stream->controller.transport());
      if (!remembered.ok()) base::log::warning("core", "transport not remembered: {}", remembered.message());
    }
  } else if (const auto* ended = std::get_if<ipc::StreamEnded>(&received.message)) {
    Stream* stream = stream_of(shard, ended->slot, ended->generation);
    if (stream == nullptr) return;
    end_session(*stream, ended->reason, ended->detail, false);
    stream->controller.on_ended(now, *ended);
    fill_places();
    base::log::info("core", "camera {} {}: {} ({})", stream->camera.to_string(),
                    stream->role == StreamRole::kMain ? "main" : "sub", ipc::stream_reason_name(ended->reason),
                    ended->detail);
  } else if (const auto* again = std::get_if<ipc::ReconnectNow>(&received.message)) {
    Stream* stream = stream_of(shard, again->slot, again->generation);
    if (stream == nullptr || !stream->controller.on_reconnect_now(now)) return;
    auto access = store_.access(stream->camera, stream->role);
    if (!access) return;
    open_connection(*stream, *access);
  } else if (const auto* udp = std::get_if<ipc::UdpRequest>(&received.message)) {
    if (Stream* stream = stream_of(shard, udp->slot, udp->generation)) on_udp_request(*stream, *udp);
  } else if (const auto* aim = std::get_if<ipc::UdpConnect>(&received.message)) {
    if (Stream* stream = stream_of(shard, aim->slot, aim->generation)) on_udp_connect(*stream, *aim);
  } else if (const auto* stats = std::get_if<ipc::StreamStats>(&received.message)) {
    Stream* stream = stream_of(shard, stats->slot, stats->generation);
    if (stream == nullptr) return;
    on_stats(*stream, *stats);
  } else {
    kill_shard(shard, "sent a message that is not its to send");
  }
}

void IngestPool::on_stats(Stream& stream, const ipc::StreamStats& stats) {
  const base::MonoTime now = clock_.mono_now();
  stream.stats = stats;
  if (stats.offset_valid && stream.role == StreamRole::kMain) {
    router_.set_camera_offset(stream.camera, stats.camera_offset_us);
  }
  const bool was_too_much = stream.loss.too_much();
  stream.loss.on_stats(now, stats.packets, stats.packets_lost);
  if (!stream.loss.too_much()) return;
  const double percent = stream.loss.percent();
  if (!was_too_much) {
    base::log::warning("core", "camera {} {}: {:.1f} % of the packets were lost in the last 30 s over {}",
                       stream.camera.to_string(), stream.role == StreamRole::kMain ? "main" : "sub", percent,
                       stream.controller.transport() == ipc::Transport::kTcp ? "TCP" : "UDP");
  }
  if (!stream.controller.on_sustained_loss(now)) return;
  end_session(stream, StreamReason::kLinkLost,
              fmt::format("{:.1f} % of the packets were lost over UDP: trying TCP", percent), true);
}

void IngestPool::on_udp_request(Stream& stream, const ipc::UdpRequest& request) {
  if (request.track >= stream.udp.size() || !may_set_up(stream.controller)) return;
  std::uint16_t port = 0;
  auto pair = make_udp_pair(stream.address, port);
  if (!pair) {
    base::log::warning("core", "camera {}: {}", stream.camera.to_string(), pair.error().message());
    return;  // the shard's own deadline ends the attempt
  }
  auto& ours = stream.udp[request.track];
  ours[0].reset(dup(pair->first.get()));
  ours[1].reset(dup(pair->second.get()));
  std::vector<base::UniqueFd> fds;
  fds.push_back(std::move(pair->first));
  fds.push_back(std::move(pair->second));
  const auto rtcp_port = static_cast<std::uint16_t>(port + 1);
  send(*stream.shard, ipc::UdpSockets{stream.slot, request.generation, request.track, port, rtcp_port}, std::move(fds));
}

void IngestPool::on_udp_connect(Stream& stream, const ipc::UdpConnect& request) {
  if (request.track >= stream.udp.size()) return;
  auto& ours = stream.udp[request.track];
  if (!ours[0].valid()) return;
  // Port 0 (the camera named none): the kernel then takes datagrams from every port, but only of this address.
  base::Status aimed = connect_udp(ours[0].get(), stream.address, request.server_rtp_port);
  if (aimed.ok()) aimed = connect_udp(ours[1].get(), stream.address, request.server_rtcp_port);
  if (!aimed.ok()) base::log::warning("core", "camera {}: {}", stream.camera.to_string(), aimed.message());
  for (auto& socket : ours) socket.reset();  // aimed once, not to be aimed elsewhere
}

void IngestPool::on_shard_death(Shard& shard, const std::string& how) {
  const std::optional<std::uint16_t> in_hand = shard.process->camera_slot_in_hand();
  base::log::warning("core", "{} {}", worker_name(ipc::WorkerKind::kIngest, shard.index), how);
  const base::MonoTime now = clock_.mono_now();
  std::optional<base::CameraId> culprit;
  if (in_hand && *in_hand < shard.slots.size()) culprit = shard.slots[*in_hand];
  for (const auto& id : shard.slots) {
    if (!id) continue;
    for (const auto& stream : cameras_[*id].streams) {
      if (!stream) continue;
      const bool had_session = stream->controller.generation() != 0;
      if (had_session) end_session(*stream, StreamReason::kWorkerDied, how, false);
      stream->controller.on_worker_died(now, culprit == id);
    }
  }
  router_.detach_shard(shard.ring_id);
  unwatch(loop_, shard);
  shard.process.reset();
  shard.ready = false;
  ++shard.restarts;
  shard.quick_deaths = now - shard.last_death < kQuickDeath ? shard.quick_deaths + 1 : 0;
  shard.last_death = now;
  // At once, unless it dies again and again: then the machine is spared.
  shard.restart_at = now + base::Millis(shard.quick_deaths < 3 ? 0 : std::min(200U * shard.quick_deaths, 5'000U));
  if (stopping_) {
    shard.restart_at = now + base::Seconds(3600);
    return;
  }
  if (culprit && !shard.quarantine) {
    const auto quarantined = static_cast<std::size_t>(
        std::count_if(shards_.begin(), shards_.end(), [](const auto& s) { return s->quarantine; }));
    base::log::error("core", "camera {} ended the process that read it and is moved to a process of its own",
                     culprit->to_string());
    Camera& camera = cameras_[*culprit];
    leave_shard(camera);
    Shard* target = nullptr;
    if (quarantined < kMaxQuarantineShards) {
      target = make_shard(true);
    } else {
      for (const auto& other : shards_) {
        if (other->quarantine && other->cameras() < kCamerasPerShard) target = other.get();
      }
    }
    place_camera(*culprit, camera, target != nullptr ? *target : shard);
  }
  if (shard.restart_at <= now) {
    if (const base::Status started = start_process(shard); !started.ok()) shard.restart_at = now + base::Seconds(1);
  }
}

}  // namespace vonggac::core
