#include "core/web_link.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "base/log.h"

namespace vonggac::core {
namespace {

constexpr std::size_t kMaxViewers = 4'096;
/// Live media waiting for the web process; beyond it viewers skip to the next key frame.
constexpr std::size_t kMaxLiveQueueBytes = 16U << 20;
constexpr base::Seconds kWebHeartbeatLimit{10};
/// After a death; doubled while it dies soon after its start.
constexpr base::Millis kRestartAfter{500};
constexpr base::Seconds kLongestWebRestartPause{30}, kSoon{10};

std::uint32_t subscription_of(const ipc::Message& message) {
  if (const auto* unit = std::get_if<ipc::LiveUnit>(&message)) return unit->subscription;
  if (const auto* parameters = std::get_if<ipc::LiveParameters>(&message)) return parameters->subscription;
  return 0;
}

}  // namespace

WebLink::WebLink(EventLoop& loop, const base::Clock& clock, const ServiceConfig& config, std::string data_dir,
                 Commands& commands, Router& router, IngestPool& ingest)
    : loop_(loop),
      clock_(clock),
      config_(config),
      data_dir_(std::move(data_dir)),
      commands_(commands),
      router_(router),
      ingest_(ingest) {}

WebLink::~WebLink() {
  if (!process_) return;
  loop_.remove(process_->control().fd());
  loop_.remove(process_->pid_fd());
}

base::Status WebLink::listen() {
  const ListenAddress& wanted = config_.server.listen;
  sockaddr_storage address{};
  socklen_t length = 0;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address);
  if (inet_pton(AF_INET, wanted.address.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(wanted.port);
    length = sizeof *v4;
  } else if (inet_pton(AF_INET6, wanted.address.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(wanted.port);
    length = sizeof *v6;
  } else {
    return base::invalid_argument("not an address to listen on: " + wanted.address);
  }
  listener_.reset(socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int one = 1;
  setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0 ||
      ::listen(listener_.get(), 256) != 0) {
    return base::from_errno(
        errno, "listen on " + to_string(wanted) + " (another program may use the port: choose one with --listen)");
  }
  socklen_t size = sizeof address;
  getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  ListenAddress real = wanted;
  real.port = ntohs(address.ss_family == AF_INET ? v4->sin_port : v6->sin6_port);
  address_ = to_string(real);
  return {};
}

base::Status WebLink::start() {
  VG_TRY(listen());
  return start_process();
}

base::Status WebLink::start_process() {
  WorkerSpec spec;
  spec.kind = ipc::WorkerKind::kWeb;
  spec.extra_fd = listener_.get();
  VG_ASSIGN(process_, WorkerProcess::spawn(spec, base::log_level_name(config_.log.level),
                                           base::log_format_name(config_.log.format)));
  watching_output_ = false;
  started_ = clock_.mono_now();
  VG_TRY(loop_.add(process_->control().fd(), EPOLLIN, [this](std::uint32_t events) { on_event(events); }));
  VG_TRY(loop_.add(process_->pid_fd(), EPOLLIN, [this](std::uint32_t) { on_death(); }));
  const boost::json::object settings{
      {"web_config", boost::json::object{{"data_dir", data_dir_},
                                         {"database", config_.catalogue.database},
                                         {"listen", address_},
                                         {"tls", config_.server.uses_tls()},
                                         {"tls_certificate", config_.server.tls_certificate},
                                         {"tls_key", config_.server.tls_key}}}};
  return process_->control().send(ipc::ControlReply{0, boost::json::serialize(settings)});
}

void WebLink::send(const ipc::Message& message) {
  if (!process_) return;
  if (const base::Status sent = process_->control().send(message); !sent.ok()) {
    base::log::warning("core", "the web process is ended: {}", sent.message());
    process_->kill_now();
    return;
  }
  update_interest();
}

/// Asks to hear of room in the socket only while something waits.
void WebLink::update_interest() {
  const bool wants = process_->control().wants_write();
  if (wants == watching_output_) return;
  watching_output_ = wants;
  loop_.change(process_->control().fd(), wants ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void WebLink::on_event(std::uint32_t events) {
  if (!process_) return;
  if ((events & EPOLLOUT) != 0) {
    if (!process_->control().flush().ok()) process_->kill_now();
    update_interest();
  }
  auto received = process_->control().receive();
  if (!received) {
    if (received.error().kind() == base::ErrorKind::kDataLoss) process_->kill_now();
    if (received.error().kind() == base::ErrorKind::kUnavailable) loop_.remove(process_->control().fd());
    return;
  }
  for (const ipc::Received& item : *received) {
    if (const auto* request = std::get_if<ipc::ControlRequest>(&item.message)) {
      send(ipc::ControlReply{request->id, commands_.handle(request->json, Caller::kWeb)});
    } else if (const auto* live = std::get_if<ipc::LiveSubscribe>(&item.message)) {
      on_subscribe(*live);
    } else if (const auto* ready = std::get_if<ipc::WorkerReady>(&item.message)) {
      sandbox_ = ready->sandbox;
    } else {
      process_->kill_now();
      return;
    }
  }
}

void WebLink::on_subscribe(const ipc::LiveSubscribe& request) {
  unsubscribe(request.subscription);
  if (!request.subscribe) return;
  if (viewers_.size() >= kMaxViewers) {
    send(ipc::LiveEnded{request.subscription, ipc::StreamReason::kNone, "too many viewers"});
    return;
  }
  viewers_[request.subscription] = {request.camera, request.role, false};
  ingest_.set_watched(request.camera, request.role, true);
  router_.subscribe_live(request.subscription, request.camera, request.role);
}

void WebLink::unsubscribe(std::uint32_t subscription) {
  const auto found = viewers_.find(subscription);
  if (found == viewers_.end()) return;
  const Viewer gone = found->second;
  viewers_.erase(found);
  router_.unsubscribe_live(subscription);
  for (const auto& [id, viewer] : viewers_) {
    if (viewer.camera == gone.camera && viewer.role == gone.role) return;  // somebody else still watches
  }
  ingest_.set_watched(gone.camera, gone.role, false);
}

void WebLink::forward_live(const ipc::Message& message) {
  if (!process_ || stopping_) return;
  const auto found = viewers_.find(subscription_of(message));
  if (found == viewers_.end()) return;
  Viewer& viewer = found->second;
  if (const auto* unit = std::get_if<ipc::LiveUnit>(&message)) {
    if (process_->control().queued_bytes() > kMaxLiveQueueBytes) viewer.wait_for_key = true;
    if (viewer.wait_for_key && (!unit->unit.key || process_->control().queued_bytes() > kMaxLiveQueueBytes)) return;
    viewer.wait_for_key = false;
  }
  send(message);
}

void WebLink::on_death() {
  const std::string how = process_->reap();
  if (!stopping_) base::log::warning("core", "web {}", how);
  loop_.remove(process_->control().fd());
  loop_.remove(process_->pid_fd());
  process_.reset();
  ++restarts_;
  const base::MonoTime now = clock_.mono_now();
  restart_pause_ = now - started_ > kSoon ? base::Micros(kRestartAfter)
                                          : std::min(2 * restart_pause_, base::Micros(kLongestWebRestartPause));
  restart_at_ = now + restart_pause_;
  while (!viewers_.empty()) unsubscribe(viewers_.begin()->first);
}

void WebLink::tick() {
  if (stopping_) return;
  const base::MonoTime now = clock_.mono_now();
  if (!process_) {
    if (now < restart_at_) return;
    if (const base::Status started = start_process(); !started.ok()) {
      base::log::error("core", "cannot start the web process: {}", started.message());
      restart_at_ = now + base::Seconds(5);
    }
  } else if (now - process_->heartbeat() > kWebHeartbeatLimit) {
    base::log::warning("core", "web does not answer and is ended");
    process_->kill_now();
  }
}

void WebLink::stop() {
  stopping_ = true;
  if (process_) send(ipc::Shutdown{});
}

ProcessView WebLink::view() const {
  return {ipc::WorkerKind::kWeb, 0, process_ ? process_->pid() : 0, restarts_, 0, false, sandbox_};
}

}  // namespace vonggac::core
