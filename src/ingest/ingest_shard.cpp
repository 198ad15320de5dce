#include "ingest/ingest_shard.h"

#include <algorithm>
#include <cerrno>

#include <sys/epoll.h>

#include "base/log.h"

namespace vonggac::ingest {
namespace {

constexpr std::uint64_t kControlKey = 0;  // serials begin at 1
constexpr std::size_t kMaxEvents = 128;
constexpr base::Micros kShutdownPatience{700'000};
constexpr base::Micros kIdleWait{500'000};  // without streams; the heartbeat is due once a second

/// The next moment of a grid that every process of this machine has in common.
base::MonoTime next_on_grid(base::MonoTime now, base::Micros step) {
  return {(now.us / step.count() + 1) * step.count()};
}

base::Result<base::UniqueFd> make_epoll() {
  base::UniqueFd fd(epoll_create1(EPOLL_CLOEXEC));
  if (!fd.valid()) return base::from_errno(errno, "epoll_create1");
  return fd;
}

std::uint64_t key_of(std::uint64_t serial, Stream::Port port) { return serial << 3 | static_cast<std::uint64_t>(port); }

bool control(int epoll_fd, int operation, int fd, std::uint64_t key) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = key;
  return epoll_ctl(epoll_fd, operation, fd, &event) == 0;
}

}  // namespace

base::Result<std::unique_ptr<IngestShard>> IngestShard::create(ShardLinks& links, const base::Clock& clock,
                                                               base::Micros gather_time) {
  VG_ASSIGN(base::UniqueFd attention, make_epoll());
  VG_ASSIGN(base::UniqueFd quick, make_epoll());
  if (!control(attention.get(), EPOLL_CTL_ADD, links.control_fd(), kControlKey)) {
    return base::from_errno(errno, "watch the control socket");
  }
  return std::unique_ptr<IngestShard>(
      new IngestShard(links, clock, gather_time, std::move(attention), std::move(quick)));
}

IngestShard::IngestShard(ShardLinks& links, const base::Clock& clock, base::Micros gather_time,
                         base::UniqueFd attention, base::UniqueFd quick)
    : links_(links),
      clock_(clock),
      gather_time_(gather_time),
      attention_(std::move(attention)),
      quick_(std::move(quick)),
      read_buffer_(kReadBufferBytes),
      next_tick_(next_on_grid(clock.mono_now(), std::min(kTick, gather_time))),
      next_gather_(next_tick_) {}

IngestShard::~IngestShard() = default;

// ---- the loop --------------------------------------------------------------------------------------------

void IngestShard::turn() {
  const base::MonoTime before = clock_.mono_now();
  const base::MonoTime wake = entries_.empty() ? before + kIdleWait : next_tick_;
  const std::int64_t wait_us = std::max<std::int64_t>((wake - before).count(), 0);
  read_ready(attention_.get(), static_cast<int>((wait_us + 999) / 1000));
  const base::MonoTime now = look_at_clocks();
  links_.beat(now);
  if (now >= next_tick_) tick(now);
  if (bell_due_) links_.ring_bell();
  bell_due_ = false;
  if (!links_.flush().ok()) done_ = true;
  if (shutdown_until_ && (entries_.empty() || now >= *shutdown_until_)) done_ = true;
}

base::MonoTime IngestShard::look_at_clocks() {
  wall_now_ = clock_.wall_now();
  return clock_.mono_now();
}

void IngestShard::read_ready(int epoll_fd, int timeout_ms) {
  std::array<epoll_event, kMaxEvents> events;
  const int count = epoll_wait(epoll_fd, events.data(), static_cast<int>(events.size()), timeout_ms);
  const base::MonoTime now = look_at_clocks();
  for (int i = 0; i < count; ++i) {
    const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
    if (key == kControlKey) {
      receive_control(now);
      continue;
    }
    const auto found = entries_.find(key >> 3);
    if (found == entries_.end()) continue;
    Stream& stream = *found->second.stream;
    guarded(stream, [&] { stream.on_readable(static_cast<Stream::Port>(key & 7), read_buffer_, now); });
    register_fds(found->first, found->second);
  }
}

template <typename Work>
void IngestShard::guarded(const Stream& stream, Work&& work) {
  struct Named {
    ShardLinks& links;
    ~Named() { links.name_camera(std::nullopt); }
  };
  links_.name_camera(stream.camera_slot());
  const Named named{links_};
  work();
}

void IngestShard::tick(base::MonoTime now) {
  read_ready(quick_.get(), 0);
  if (now >= next_gather_) gather(now);
  bool hurry = false;
  for (auto at = entries_.begin(); at != entries_.end();) {
    Stream& stream = *at->second.stream;
    if (stream.needs_tick(now)) {
      guarded(stream, [&] { stream.on_tick(read_buffer_, now); });
      if (stream.finished()) {
        if (active_[stream.slot()] == at->first) active_[stream.slot()] = 0;
        unregister_fds(at->second);
        at = entries_.erase(at);
        continue;
      }
      register_fds(at->first, at->second);
    }
    hurry = hurry || stream.hurries();
    ++at;
  }
  next_tick_ = hurry ? std::min(next_on_grid(now, kTick), next_gather_) : next_gather_;
}

/// Reads every stream that nobody waits for. Nearly all have something: asking epoll first would cost more than it
/// saves.
void IngestShard::gather(base::MonoTime now) {
  next_gather_ = next_on_grid(now, gather_time_);
  for (auto& [serial, entry] : entries_) {
    if (entry.registrations[static_cast<std::size_t>(Stream::Port::kRtsp)].set != Set::kGather) continue;
    Stream& stream = *entry.stream;  // clang 14 lets no lambda capture a structured binding
    guarded(stream, [&] { stream.on_readable(Stream::Port::kRtsp, read_buffer_, now); });
    register_fds(serial, entry);
  }
}

/// The epoll set behind a set; -1: none, its streams are read without being asked.
int IngestShard::set_fd(Set set) const {
  return set == Set::kAttention ? attention_.get() : set == Set::kQuick ? quick_.get() : -1;
}

/// Brings the epoll sets to what the stream is now. Descriptors are taken out before they are closed: core holds
/// copies, so closing ours would not end the registration.
void IngestShard::register_fds(std::uint64_t serial, Entry& entry) {
  const Stream& stream = *entry.stream;
  const Set set = stream.wants_attention() ? Set::kAttention : stream.overflows_soon() ? Set::kQuick : Set::kGather;
  for (std::size_t i = 0; i < Stream::kPorts; ++i) {
    const auto port = static_cast<Stream::Port>(i);
    Registration& current = entry.registrations[i];
    Registration wanted{stream.fd(port), set};
    if (wanted.fd < 0 || stream.finished() || (stream.closing() && port != Stream::Port::kRtsp)) wanted = {};
    if (wanted.fd == current.fd && wanted.set == current.set) continue;
    if (set_fd(current.set) >= 0) control(set_fd(current.set), EPOLL_CTL_DEL, current.fd, 0);
    if (set_fd(wanted.set) >= 0) control(set_fd(wanted.set), EPOLL_CTL_ADD, wanted.fd, key_of(serial, port));
    current = wanted;
  }
}

void IngestShard::unregister_fds(Entry& entry) {
  for (Registration& current : entry.registrations) {
    if (set_fd(current.set) >= 0) control(set_fd(current.set), EPOLL_CTL_DEL, current.fd, 0);
    current = {};
  }
}

// ---- core ------------------------------------------------------------------------------------------------

void IngestShard::report(const ipc::Message& message) {
  if (!links_.send(message).ok()) done_ = true;
}

bool IngestShard::emit(const ipc::Message& message) {
  if (!links_.write_media(message)) {
    bell_due_ = true;  // whoever should make room may be asleep
    return false;
  }
  bell_due_ = true;
  return true;
}

void IngestShard::receive_control(base::MonoTime now) {
  base::Result<std::vector<ipc::Received>> messages = links_.receive();
  if (!messages) {
    base::log::info("ingest", "core is gone: {}", messages.error().message());
    done_ = true;
    return;
  }
  for (ipc::Received& received : *messages) handle(std::move(received), now);
}

void IngestShard::handle(ipc::Received received, base::MonoTime now) {
  if (auto* start = std::get_if<ipc::StartStream>(&received.message)) {
    start_stream(std::move(*start), std::move(received.fds), now);
  } else if (const auto* stop = std::get_if<ipc::StopStream>(&received.message)) {
    const auto found = find_active(stop->slot);
    if (found == entries_.end() || found->second.stream->generation() != stop->generation) return;
    found->second.stream->stop(now);
    register_fds(found->first, found->second);
  } else if (const auto* watched = std::get_if<ipc::SetWatched>(&received.message)) {
    const auto found = find_active(watched->slot);
    if (found == entries_.end()) return;
    found->second.stream->set_watched(watched->watched);
    register_fds(found->first, found->second);
  } else if (const auto* udp = std::get_if<ipc::UdpSockets>(&received.message)) {
    add_udp_sockets(*udp, std::move(received.fds), now);
  } else if (std::holds_alternative<ipc::Shutdown>(received.message)) {
    begin_shutdown(now);
  } else {
    base::log::warning("ingest", "core sent a message that is not for an ingest shard (type {})",
                       received.message.index());
  }
}

std::map<std::uint64_t, IngestShard::Entry>::iterator IngestShard::find_active(std::uint16_t slot) {
  return slot < active_.size() && active_[slot] != 0 ? entries_.find(active_[slot]) : entries_.end();
}

void IngestShard::start_stream(ipc::StartStream message, std::vector<base::UniqueFd> fds, base::MonoTime now) {
  if (shutdown_until_) return;
  if (message.slot >= ipc::kMaxSlots) return refuse(message, "The slot number is out of range.");
  if (fds.empty()) return refuse(message, "The connected socket is missing.");
  base::Result<RtspUrl> url = parse_rtsp_url(message.request_url);
  if (!url) return refuse(message, "The stored camera address cannot be used: " + url.error().message() + ".");
  if (const auto previous = find_active(message.slot); previous != entries_.end()) {
    previous->second.stream->stop(now);
    register_fds(previous->first, previous->second);
  }
  const std::uint64_t serial = next_serial_++;
  const std::uint16_t slot = message.slot;
  StreamHost& host = *this;
  Entry& entry = entries_[serial];
  entry.stream =
      std::make_unique<Stream>(std::move(message), std::move(*url), std::move(fds.front()), memories_[slot], host);
  active_[slot] = serial;
  guarded(*entry.stream, [&] { entry.stream->start(now); });
  register_fds(serial, entry);
}

void IngestShard::refuse(const ipc::StartStream& message, std::string detail) {
  ipc::StreamEnded ended;
  ended.slot = message.slot;
  ended.generation = message.generation;
  ended.reason = ipc::StreamReason::kProtocolError;
  ended.detail = std::move(detail);
  report(ended);
}

void IngestShard::add_udp_sockets(const ipc::UdpSockets& message, std::vector<base::UniqueFd> fds, base::MonoTime now) {
  const auto found = find_active(message.slot);
  if (found == entries_.end() || fds.size() < 2) return;
  Stream& stream = *found->second.stream;
  if (stream.generation() != message.generation) return;
  stream.add_udp_sockets(message, std::move(fds[0]), std::move(fds[1]), now);
  register_fds(found->first, found->second);
}

void IngestShard::begin_shutdown(base::MonoTime now) {
  if (shutdown_until_) return;
  shutdown_until_ = now + kShutdownPatience;
  for (auto& [serial, entry] : entries_) {
    entry.stream->stop(now);
    register_fds(serial, entry);
  }
}

}  // namespace vonggac::ingest
