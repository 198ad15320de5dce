#include "ingest/stream.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <sys/socket.h>

#include "base/log.h"
#include "ingest/audio_shift.h"

namespace vonggac::ingest {
namespace {

using ipc::StreamReason;
using ipc::StreamState;
using Port = Stream::Port;

constexpr std::size_t kUdpBatch = 64;
constexpr std::size_t kMaxDatagramBytes = 4096;  ///< RTP over UDP stays below the MTU of its network
constexpr std::uint32_t kPunchSsrc = 0;
/// Links with 200 ms of jitter (NET-03), our gathering time, and a machine that is busy for a moment. A lost packet
/// delays its picture by as much, which a recording does not notice.
constexpr base::Micros kReorderWait{400'000};

Port rtp_port_of(std::size_t track) { return track == 0 ? Port::kVideoRtp : Port::kAudioRtp; }
Port rtcp_port_of(std::size_t track) { return track == 0 ? Port::kVideoRtcp : Port::kAudioRtcp; }

SessionConfig session_config(const ipc::StartStream& request, RtspUrl url, const SlotMemory& memory) {
  SessionConfig config;
  config.url = std::move(url);
  config.transport = request.transport;
  config.want_audio = request.want_audio;
  config.keepalive_by_options = memory.request_url == request.request_url && memory.keepalive_by_options;
  return config;
}

/// The one that met the challenge on the connection before, or a new one.
Authenticator authenticator_for(const ipc::StartStream& request, SlotMemory& memory) {
  if (memory.request_url == request.request_url && memory.authenticator) {
    Authenticator resumed = std::move(*memory.authenticator);
    memory.authenticator.reset();
    resumed.on_new_connection();
    return resumed;
  }
  return Authenticator(request.username, request.password);
}

}  // namespace

Stream::Stream(ipc::StartStream request, RtspUrl url, base::UniqueFd socket, SlotMemory& memory, StreamHost& host)
    : request_(std::move(request)),
      memory_(memory),
      host_(host),
      session_(session_config(request_, std::move(url), memory), authenticator_for(request_, memory), *this),
      rate_cap_(request_.max_bits_per_second, request_.max_frames_per_second),
      watched_(request_.watched) {
  sockets_[0] = std::move(socket);
  if (memory_.request_url != request_.request_url) memory_ = SlotMemory{request_.request_url, std::nullopt, false};
  memory_.authenticator.reset();
  request_.password.wipe();  // the session's copy is enough
}

void Stream::start(base::MonoTime now) {
  next_report_ = now + kReportInterval;
  next_stats_ = now + kStatsInterval;
  session_.start(now);
  settle(now);
}

// ---- in ------------------------------------------------------------------------------------------------

base::Status Stream::on_track(std::size_t track, const TrackDescription& description) {
  ReceiverLimits limits;
  limits.max_unit_bytes = ipc::kMaxAccessUnitBytes;
  limits.reorder_wait = kReorderWait;
  limits.ordered_transport = request_.transport == ipc::Transport::kTcp;
  VG_ASSIGN(receivers_.at(track), TrackReceiver::create(description, limits));
  return {};
}

void Stream::on_rtp(std::size_t track, base::ByteSpan packet) { receivers_[track]->on_rtp(packet, now_); }

void Stream::on_rtcp(std::size_t track, base::ByteSpan packet) {
  receivers_[track]->on_rtcp(packet, now_, host_.wall_now() - (turn_ - now_));
}

void Stream::on_readable(Port port, std::span<std::uint8_t> scratch, base::MonoTime now) {
  if (finished_ || blocked()) return;
  turn_ = now;
  if (closing_until_) return drain_closing(scratch, now);
  if (port == Port::kRtsp) {
    read_tcp(scratch, now);
  } else {
    now_ = now;
    read_udp(port, scratch, now);
  }
  settle(now);
}

/// recv() that also sets now_: gathered bytes have waited in the socket, and core has asked the kernel to say how long.
ssize_t Stream::receive(std::span<std::uint8_t> scratch, base::MonoTime now) {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(timespec))> control;
  iovec part{scratch.data(), scratch.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t n = recvmsg(fd(Port::kRtsp), &header, MSG_DONTWAIT);
  base::Micros waited{0};
  const cmsghdr* item = n > 0 ? CMSG_FIRSTHDR(&header) : nullptr;
  if (item != nullptr && item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_TIMESTAMPNS) {
    timespec taken_in{};
    std::memcpy(&taken_in, CMSG_DATA(item), sizeof taken_in);
    waited = host_.wall_now() - base::WallTime{taken_in.tv_sec * 1'000'000 + taken_in.tv_nsec / 1000};
  }
  // A stepped wall clock would show here; then the moment of reading has to do.
  const bool believed = waited.count() > 0 && waited < kLongestKernelWait;
  now_ = std::max(now_, believed ? now - waited : now);
  return n;
}

void Stream::read_tcp(std::span<std::uint8_t> scratch, base::MonoTime now) {
  std::size_t total = 0;
  while (total < kMaxBytesPerTurn && !session_.ended() && !blocked()) {
    const ssize_t n = receive(scratch, now);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
    if (n <= 0) return session_.on_closed(n < 0, now);
    const std::size_t bytes = static_cast<std::size_t>(n);
    total += bytes;
    if (total >= (now < hurry_until_ ? kStillMuchBytes : kNearlyFullBytes)) hurry_until_ = now + kHurryTime;
    rate_cap_.add_bytes(bytes);
    session_.on_bytes(scratch.first(bytes), now);
    take_media(now);
    // Less than asked for: the socket is empty, and asking again would cost a system call to learn it.
    if (bytes < scratch.size()) return;
  }
}

void Stream::read_udp(Port port, std::span<std::uint8_t> scratch, base::MonoTime now) {
  const std::size_t track = port == Port::kVideoRtp || port == Port::kVideoRtcp ? 0 : 1;
  const bool rtcp = port == Port::kVideoRtcp || port == Port::kAudioRtcp;
  const std::size_t batch = std::min(kUdpBatch, scratch.size() / kMaxDatagramBytes);
  std::array<mmsghdr, kUdpBatch> headers{};
  std::array<iovec, kUdpBatch> parts{};
  for (std::size_t i = 0; i < batch; ++i) {
    parts[i] = {scratch.data() + i * kMaxDatagramBytes, kMaxDatagramBytes};
    headers[i].msg_hdr.msg_iov = &parts[i];
    headers[i].msg_hdr.msg_iovlen = 1;
  }
  for (std::size_t total = 0; total < kMaxBytesPerTurn && !session_.ended() && !blocked();) {
    const int n = recvmmsg(fd(port), headers.data(), static_cast<unsigned>(batch), MSG_DONTWAIT, nullptr);
    if (n <= 0) return;  // nothing there, or the refusal of a punch packet: neither ends a session
    for (std::size_t i = 0; i < static_cast<std::size_t>(n); ++i) {
      total += headers[i].msg_len;
      rate_cap_.add_bytes(headers[i].msg_len);
      if (!udp_open_[track] || !receivers_[track] || (headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) continue;
      const base::ByteSpan packet(scratch.data() + i * kMaxDatagramBytes, headers[i].msg_len);
      if (rtcp) {
        on_rtcp(track, packet);
      } else {
        on_rtp(track, packet);
      }
    }
    take_media(now);
    if (static_cast<std::size_t>(n) < batch) return;
  }
}

void Stream::add_udp_sockets(const ipc::UdpSockets& ports, base::UniqueFd rtp, base::UniqueFd rtcp,
                             base::MonoTime now) {
  if (ports.track > 1 || session_.ended() || fd(rtp_port_of(ports.track)) >= 0) return;
  sockets_[static_cast<std::size_t>(rtp_port_of(ports.track))] = std::move(rtp);
  sockets_[static_cast<std::size_t>(rtcp_port_of(ports.track))] = std::move(rtcp);
  session_.udp_ports(ports.track, ports.rtp_port, ports.rtcp_port, now);
  settle(now);
}

// ---- out -----------------------------------------------------------------------------------------------

/// After anything that may have moved the session on.
void Stream::settle(base::MonoTime now) {
  if (receivers_[0]) session_.note_media(receivers_[0]->stats().last_media, now);
  handle_events(now);
  flush_output();
}

void Stream::take_media(base::MonoTime now) {
  for (std::size_t track = 0; track < receivers_.size(); ++track) {
    if (!receivers_[track]) continue;
    outputs_.clear();
    receivers_[track]->take_outputs(outputs_);
    const media::TrackKind kind = track == 0 ? media::TrackKind::kVideo : media::TrackKind::kAudio;
    for (TrackOutput& output : outputs_) {
      if (output.parameters) {
        pending_.emplace_back(
            ipc::MediaParameters{request_.slot, request_.generation, kind, std::move(*output.parameters)});
      }
      if (!output.unit) continue;
      if (track == 0) note_frame(now);
      if (track == 1) {
        output.unit->capture.us += audio_shift_us(receivers_[0]->stats(), receivers_[1]->stats());
      }
      pending_.emplace_back(ipc::MediaUnit{request_.slot, request_.generation, std::move(*output.unit)});
    }
  }
  emit_pending();
}

void Stream::note_frame(base::MonoTime now) {
  rate_cap_.add_frames(1);
  picture_deadline_ = now + kNextPictureDeadline;
  if (streaming_since_) return;
  streaming_since_ = now;
  host_.report(ipc::StreamStatus{request_.slot, request_.generation, StreamState::kStreaming});
}

void Stream::emit_pending() {
  while (pending_next_ < pending_.size() && host_.emit(pending_[pending_next_])) ++pending_next_;
  if (pending_next_ == pending_.size()) {
    pending_.clear();
    pending_next_ = 0;
  }
}

void Stream::flush_output() {
  if (unsent_.empty()) session_.take_output(unsent_);
  if (unsent_.empty() || fd(Port::kRtsp) < 0) return;
  const ssize_t n = send(fd(Port::kRtsp), unsent_.data(), unsent_.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  if (n > 0) unsent_.erase(unsent_.begin(), unsent_.begin() + n);
  // An error other than a full buffer shows in recv() too, with its cause.
}

void Stream::handle_events(base::MonoTime now) {
  events_.clear();
  session_.take_events(events_);
  for (const SessionEvent& event : events_) {
    if (const auto* state = std::get_if<StateChanged>(&event)) {
      // kStreaming is ours to report: media may have come before the answer to PLAY.
      if (!streaming_since_) host_.report(ipc::StreamStatus{request_.slot, request_.generation, state->state});
    } else if (const auto* wanted = std::get_if<UdpPortsWanted>(&event)) {
      host_.report(ipc::UdpRequest{request_.slot, request_.generation, wanted->track});
    } else if (const auto* peer = std::get_if<UdpPeerKnown>(&event)) {
      host_.report(ipc::UdpConnect{request_.slot, request_.generation, peer->track, peer->rtp_port, peer->rtcp_port});
      punch_due_.at(peer->track) = true;
    } else if (std::holds_alternative<Reconnect>(event)) {
      memory_.authenticator = session_.authenticator();
      host_.report(ipc::ReconnectNow{request_.slot, request_.generation});
      finished_ = true;
    } else {
      on_session_end(std::get<SessionEnd>(event), now);
    }
  }
}

void Stream::on_session_end(const SessionEnd& end, base::MonoTime now) {
  memory_.keepalive_by_options = session_.keepalive_by_options();
  ipc::StreamEnded message;
  message.slot = request_.slot;
  message.generation = request_.generation;
  message.reason = end.reason;
  message.detail = end.detail;
  message.rtsp_status = end.rtsp_status;
  message.credentials_tried = end.credentials_tried;
  if (streaming_since_) {
    message.media_seconds = static_cast<std::uint32_t>((now - *streaming_since_).count() / 1'000'000);
  }
  emit_pending();  // what was received belongs before the end; a full ring drops it
  host_.report(message);
  if (end.reason == StreamReason::kLinkLost) {
    finished_ = true;
  } else {
    begin_closing(now);
  }
}

void Stream::stop(base::MonoTime now) {
  if (finished_ || closing_until_) return;
  session_.stop();
  begin_closing(now);
}

/// Half-closes and waits for the camera's close: closing with unread bytes would make the kernel reset the connection
/// and could take the TEARDOWN with it.
void Stream::begin_closing(base::MonoTime now) {
  pending_.clear();
  pending_next_ = 0;
  base::Bytes last;
  session_.take_output(last);
  unsent_.insert(unsent_.end(), last.begin(), last.end());
  flush_output();
  shutdown(fd(Port::kRtsp), SHUT_WR);
  closing_until_ = now + kCloseLinger;
}

void Stream::drain_closing(std::span<std::uint8_t> scratch, base::MonoTime now) {
  for (std::size_t total = 0; total < kMaxBytesPerTurn;) {
    const ssize_t n = recv(fd(Port::kRtsp), scratch.data(), scratch.size(), MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) break;
    if (n <= 0) {
      finished_ = true;
      return;
    }
    total += static_cast<std::size_t>(n);
  }
  if (now >= *closing_until_) finished_ = true;
}

// ---- time ----------------------------------------------------------------------------------------------

void Stream::on_tick(std::span<std::uint8_t> scratch, base::MonoTime now) {
  if (finished_) return;
  turn_ = now_ = now;
  next_housekeeping_ = now + (request_.transport == ipc::Transport::kUdp ? kUdpHousekeeping : kHousekeeping);
  if (closing_until_) return drain_closing(scratch, now);
  emit_pending();
  if (blocked()) {
    session_.note_media(now, now);  // it is us who do not read: the camera is not silent
    picture_deadline_.reset();
  } else {
    for (const std::unique_ptr<TrackReceiver>& receiver : receivers_) {
      if (receiver) receiver->on_tick(now);
    }
    take_media(now);
  }
  try_punch(scratch, now);
  if (const std::optional<std::string> excess = rate_cap_.check(now)) {
    session_.end(StreamReason::kRateExceeded, *excess);
  }
  if (receivers_[0]) session_.note_media(receivers_[0]->stats().last_media, now);
  if (now >= session_.next_deadline()) session_.on_timer(now);
  check_pictures(now);
  send_reports(now);
  send_stats(now);
  settle(now);
}

/// Packets that never make a picture keep the session alive, but nothing is recorded: that must show.
void Stream::check_pictures(base::MonoTime now) {
  if (!session_.playing()) return;
  if (!picture_deadline_) picture_deadline_ = now + (streaming_since_ ? kNextPictureDeadline : kFirstPictureDeadline);
  if (now < *picture_deadline_) return;
  session_.end(StreamReason::kNoMedia, streaming_since_
                                           ? "The camera sends data, but no picture could be made of it for 10 s."
                                           : "The camera sends data, but no picture could be made of it within 20 s.");
}

/// UDP: opens the way through a firewall between us and the camera, and shows that core has connected the sockets:
/// until then anybody could have sent to them, and nothing they hold is believed.
void Stream::try_punch(std::span<std::uint8_t> scratch, base::MonoTime now) {
  for (std::size_t track = 0; track < punch_due_.size(); ++track) {
    if (!punch_due_[track]) continue;
    base::Bytes rtp;
    base::ByteWriter rtp_writer(rtp);
    rtp_writer.u32(0x8000'0000);  // version 2, no payload
    rtp_writer.u32(0);
    rtp_writer.u32(kPunchSsrc);
    base::Bytes rtcp;
    base::ByteWriter rtcp_writer(rtcp);
    rtcp_writer.u32(0x80C9'0001);  // receiver report without blocks
    rtcp_writer.u32(kPunchSsrc);
    const ssize_t n = send(fd(rtp_port_of(track)), rtp.data(), rtp.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n < 0 && (errno == EDESTADDRREQ || errno == ENOTCONN)) continue;
    (void)send(fd(rtcp_port_of(track)), rtcp.data(), rtcp.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    read_udp(rtp_port_of(track), scratch, now);  // throws away what came before
    read_udp(rtcp_port_of(track), scratch, now);
    punch_due_[track] = false;
    udp_open_[track] = true;
    session_.udp_ready(static_cast<std::uint8_t>(track), now);
  }
}

void Stream::send_reports(base::MonoTime now) {
  if (now < next_report_ || !session_.playing()) return;
  next_report_ = now + kReportInterval;
  for (std::size_t track = 0; track < receivers_.size(); ++track) {
    if (!receivers_[track]) continue;
    base::Bytes report;
    receivers_[track]->receiver_report(now, report);
    if (report.empty()) continue;
    if (request_.transport == ipc::Transport::kTcp) {
      session_.send_rtcp(track, report);
    } else {
      (void)send(fd(rtcp_port_of(track)), report.data(), report.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }
  }
}

void Stream::send_stats(base::MonoTime now) {
  if (now < next_stats_ || !streaming_since_ || session_.ended()) return;
  next_stats_ = now + kStatsInterval;
  ipc::StreamStats message;
  message.slot = request_.slot;
  message.generation = request_.generation;
  for (const std::unique_ptr<TrackReceiver>& receiver : receivers_) {
    if (!receiver) continue;
    const ReceiverStats& stats = receiver->stats();
    message.packets += stats.packets;
    message.packets_lost += stats.packets_lost;
    message.bytes += stats.bytes;
    message.access_units += stats.units;
    message.damaged_units += stats.damaged_units;
  }
  const ReceiverStats& video = receivers_[0]->stats();
  message.camera_offset_us = video.camera_offset_us;
  message.offset_valid = video.offset_valid;
  host_.report(message);
}

}  // namespace vonggac::ingest
