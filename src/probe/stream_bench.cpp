#include "probe/stream_bench.h"

#include <algorithm>

#include <poll.h>

#include "ingest/rtsp_url.h"

namespace vonggac::probe {
namespace {

constexpr int kTurnMs = 20;
constexpr int kMaxReconnects = 2;
constexpr base::Micros kGlanceTime{6'000'000};
constexpr double kEnoughForRatesS = 3.0;  ///< two key pictures may come within the first second

using Port = ingest::Stream::Port;

}  // namespace

StreamBench::Run* StreamBench::run_of(std::uint16_t slot, std::uint32_t generation) {
  if (slot >= runs_.size() || runs_[slot].generation != generation) return nullptr;
  return &runs_[slot];
}

bool StreamBench::emit(const ipc::Message& message) {
  if (const auto* parameters = std::get_if<ipc::MediaParameters>(&message)) {
    if (Run* run = run_of(parameters->slot, parameters->generation)) run->result.gauge.take(*parameters);
  } else if (const auto* unit = std::get_if<ipc::MediaUnit>(&message)) {
    if (Run* run = run_of(unit->slot, unit->generation)) run->result.gauge.take(*unit);
  }
  return true;
}

void StreamBench::on_ended(Run& run, const ipc::StreamEnded& ended) {
  const bool try_udp = ended.reason == ipc::StreamReason::kTransportRefused &&
                       run.result.transport == ipc::Transport::kTcp && !run.result.streamed;
  if (try_udp) {
    run.result.transport = ipc::Transport::kUdp;
    run.reconnect_due = true;
    return;
  }
  run.result.reason = ended.reason;
  run.result.detail = ended.detail;
  run.result.rtsp_status = ended.rtsp_status;
  run.result.password_refused = ended.reason == ipc::StreamReason::kAuthRefused && ended.credentials_tried;
  run.over = true;
}

void StreamBench::report(const ipc::Message& message) {
  if (const auto* status = std::get_if<ipc::StreamStatus>(&message)) {
    Run* run = run_of(status->slot, status->generation);
    if (run == nullptr) return;
    if (status->state >= ipc::StreamState::kSettingUp) run->result.let_in = true;
    if (status->state != ipc::StreamState::kStreaming) return;
    run->result.streamed = true;
    if (!run->first_picture) run->first_picture = line_.now();
  } else if (const auto* ended = std::get_if<ipc::StreamEnded>(&message)) {
    if (Run* run = run_of(ended->slot, ended->generation)) on_ended(*run, *ended);
  } else if (const auto* again = std::get_if<ipc::ReconnectNow>(&message)) {
    Run* run = run_of(again->slot, again->generation);
    if (run == nullptr) return;
    run->reconnect_due = ++run->reconnects <= kMaxReconnects;
    run->over = !run->reconnect_due;
  } else if (const auto* stats = std::get_if<ipc::StreamStats>(&message)) {
    if (Run* run = run_of(stats->slot, stats->generation)) run->result.gauge.take(*stats);
  } else if (std::holds_alternative<ipc::UdpRequest>(message) || std::holds_alternative<ipc::UdpConnect>(message)) {
    if (const base::Status sent = line_.send(message); !sent.ok()) trouble_ = sent;
  }
}

base::Status StreamBench::connect(Run& run) {
  run.reconnect_due = false;
  run.stream.reset();
  run.connection = line_.new_connection();
  // The connection's number is the session's generation: core finds the address of UDP sockets by it.
  run.generation = run.connection;
  return line_.ask_connection(run.connection, run.wish.offer.port);
}

void StreamBench::open(Run& run, const ipc::ProbeSocket& answer, std::vector<base::UniqueFd> fds) {
  if (answer.reason != ipc::StreamReason::kNone || fds.empty()) {
    run.result.reason = answer.reason;
    run.result.detail = answer.detail;
    run.over = true;
    return;
  }
  ipc::StartStream request;
  request.slot = static_cast<std::uint16_t>(&run - runs_.data());
  request.generation = run.generation;
  request.request_url = task_.rtsp_url(run.wish.offer.port, run.wish.offer.target.reveal());
  request.username = task_.username;
  request.password = task_.password;
  request.transport = run.result.transport;
  request.want_audio = run.wish.depth != Depth::kDoor;
  request.watched = true;
  auto url = ingest::parse_rtsp_url(request.request_url);
  if (!url) {
    run.result.detail = url.error().message();
    run.over = true;
    return;
  }
  ingest::StreamHost& host = *this;
  run.stream =
      std::make_unique<ingest::Stream>(std::move(request), std::move(*url), std::move(fds.front()), run.memory, host);
  run.stream->start(line_.now());
}

base::Status StreamBench::take_control() {
  VG_ASSIGN(std::vector<ipc::Received> received, line_.pump());
  for (ipc::Received& one : received) {
    if (const auto* answer = std::get_if<ipc::ProbeSocket>(&one.message)) {
      for (Run& run : runs_) {
        if (run.connection == answer->connection && !run.over && !run.stream) open(run, *answer, std::move(one.fds));
      }
    } else if (const auto* udp = std::get_if<ipc::UdpSockets>(&one.message)) {
      Run* run = run_of(udp->slot, udp->generation);
      if (run == nullptr || !run->stream || one.fds.size() != 2) continue;
      run->stream->add_udp_sockets(*udp, std::move(one.fds[0]), std::move(one.fds[1]), line_.now());
    }
  }
  return {};
}

void StreamBench::read_sockets() {
  std::vector<pollfd> polled{{line_.fd(), POLLIN, 0}};
  std::vector<std::pair<std::size_t, Port>> owners;
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    if (!runs_[i].stream || runs_[i].over) continue;
    for (std::size_t port = 0; port < ingest::Stream::kPorts; ++port) {
      const int fd = runs_[i].stream->fd(static_cast<Port>(port));
      if (fd < 0) continue;
      polled.push_back({fd, POLLIN, 0});
      owners.emplace_back(i, static_cast<Port>(port));
    }
  }
  if (poll(polled.data(), polled.size(), kTurnMs) <= 0) return;
  for (std::size_t i = 0; i < owners.size(); ++i) {
    if (polled[i + 1].revents == 0) continue;
    Run& run = runs_[owners[i].first];
    if (run.stream && !run.over) run.stream->on_readable(owners[i].second, scratch_, line_.now());
  }
}

bool StreamBench::satisfied(const Run& run, base::Micros watch) const {
  const StreamGauge& gauge = run.result.gauge;
  if (run.wish.depth == Depth::kDoor) return run.result.let_in;
  if (!run.first_picture) return false;
  const base::Micros since = line_.now() - *run.first_picture;
  if (run.wish.depth == Depth::kGlance) return gauge.has_key() || since > kGlanceTime;
  return since > watch || (gauge.keys() >= 2 && gauge.watched_s() >= kEnoughForRatesS);
}

base::Status StreamBench::step(Run& run, base::Micros watch) {
  if (run.stream && !run.over) run.stream->on_tick(scratch_, line_.now());
  if (run.reconnect_due) return connect(run);
  if (!run.over && satisfied(run, watch)) run.over = true;
  if (run.over && run.stream) {
    run.stream->stop(line_.now());
    run.stream.reset();
  }
  return {};
}

base::Result<std::vector<StreamResult>> StreamBench::play(const std::vector<StreamWish>& wishes, base::Micros watch,
                                                          base::MonoTime deadline) {
  runs_.clear();
  runs_.resize(std::min(wishes.size(), ipc::kMaxSlots));
  for (std::size_t i = 0; i < runs_.size(); ++i) {
    runs_[i].wish = wishes[i];
    runs_[i].result.transport = wishes[i].transport;
    VG_TRY(connect(runs_[i]));
  }
  const auto open_runs = [&] { return std::any_of(runs_.begin(), runs_.end(), [](const Run& r) { return !r.over; }); };
  while (open_runs() && line_.now() < deadline) {
    line_.beat();
    read_sockets();
    VG_TRY(take_control());
    for (Run& run : runs_) VG_TRY(step(run, watch));
    VG_TRY(std::exchange(trouble_, base::Status()));
  }
  std::vector<StreamResult> results;
  for (Run& run : runs_) {
    if (run.stream) run.stream->stop(line_.now());
    run.stream.reset();
    if (!run.over && !run.result.streamed) run.result.reason = ipc::StreamReason::kTimedOut;
    results.push_back(std::move(run.result));
  }
  runs_.clear();
  return results;
}

}  // namespace vonggac::probe
