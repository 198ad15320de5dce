/// Bytes in and out, matching of answers, timers, media. The stages from OPTIONS to PLAY are in rtsp_handshake.cpp.
#include "ingest/rtsp_session.h"

#include <algorithm>
#include <limits>

namespace vonggac::ingest {
namespace {

constexpr std::size_t kMaxOutstanding = 8;
constexpr std::size_t kMaxUnsentBytes = 64U << 10;
constexpr base::Micros kDroppedByKeepalive{3'000'000};

/// RTCP packet types as told apart from RTP in RFC 5761 section 4. With a payload type of 64..95 only the channel
/// tells.
bool looks_like_rtcp(base::ByteSpan packet, const TrackDescription& track, bool rtcp_channel) {
  if (packet.size() < 2) return rtcp_channel;
  const bool ambiguous = track.payload_type >= 64 && track.payload_type <= 95;
  return ambiguous ? rtcp_channel : packet[1] >= 192 && packet[1] <= 223;
}

}  // namespace

RtspSession::RtspSession(SessionConfig config, Authenticator authenticator, PacketSink& sink)
    : config_(std::move(config)),
      authenticator_(std::move(authenticator)),
      sink_(sink),
      demuxer_(*this),
      request_(config_.url) {}

void RtspSession::start(base::MonoTime now) {
  now_ = now;
  enter(Stage::kOptions, kDescribeDeadline);
  options_patience_ = now + kOptionsPatience;
  set_state(ipc::StreamState::kDescribing);
  send(Method::kOptions, request_.text());
}

void RtspSession::on_bytes(base::ByteSpan bytes, base::MonoTime now) {
  if (ended()) return;
  now_ = now;
  const std::uint64_t resyncs = demuxer_.resync_count();
  const RtspDemuxer::Fault fault = demuxer_.feed(bytes);
  if (ended()) return;
  if (fault != RtspDemuxer::Fault::kNone) return end_by_fault(fault);
  if (!demuxer_.lost_sync() || stage_ < Stage::kPlay) {
    lost_since_.reset();  // before media, the deadline of the stage is enough
  } else if (!lost_since_ || demuxer_.resync_count() != resyncs) {
    lost_since_ = now;
  }
  description_quiet_.reset();
  if (demuxer_.description_waits()) {
    description_quiet_ = now + (demuxer_.description_open_ended() ? kDescriptionQuiet : kShortDescriptionQuiet);
  }
}

void RtspSession::on_frame(std::uint8_t channel, base::ByteSpan packet) {
  const Route& route = routes_[channel];
  if (route.track < 0) return on_unrouted_frame(channel, packet);
  std::size_t index = static_cast<std::uint8_t>(route.track);
  if (looks_like_rtcp(packet, tracks_[index].description, route.rtcp)) return sink_.on_rtcp(index, packet);
  if (route.shared && packet.size() >= 2) {
    for (std::size_t i = 0; i < tracks_.size(); ++i) {
      if (tracks_[i].description.payload_type == (packet[1] & 0x7F)) index = i;
    }
  }
  tracks_[index].rtp_seen = true;
  sink_.on_rtp(index, packet);
}

/// Some cameras send on other channels than they answered. A track that has got nothing yet takes such a channel if the
/// payload type is its own; everything else (old sessions of live555 servers, sections nobody asked for) is dropped.
void RtspSession::on_unrouted_frame(std::uint8_t channel, base::ByteSpan packet) {
  if (packet.size() < 12 || (packet[0] >> 6) != 2 || config_.transport != ipc::Transport::kTcp) return;
  if (stage_ != Stage::kPlay && stage_ != Stage::kPlaying) return;
  for (std::size_t i = 0; i < tracks_.size(); ++i) {
    Track& track = tracks_[i];
    if (track.rtp_seen || track.description.payload_type != (packet[1] & 0x7F)) continue;
    track.rtp_channel = channel;
    track.rtcp_channel = static_cast<std::uint8_t>(channel + 1);
    route(channel, i, false);
    if (routes_[track.rtcp_channel].track < 0) route(track.rtcp_channel, i, true);
    return on_frame(channel, packet);
  }
}

void RtspSession::on_message(RtspMessage message) {
  if (ended()) return;
  if (!message.is_response()) return answer_request(message);
  const std::optional<Outstanding> request = match(message);
  if (!request) return;
  if (message.status == 401) return on_unauthorized(*request, message);
  if (request->authorised && message.status != 403) {
    authenticator_.on_accepted();
    challenged_here_ = false;
  }
  switch (request->method) {
    case Method::kOptions:
      return on_options(message);
    case Method::kDescribe:
      return on_describe(message);
    case Method::kSetup:
      return on_setup(message);
    case Method::kPlay:
      return on_play(message);
    case Method::kGetParameter:
    case Method::kKeepAliveOptions:
      return on_keepalive(request->method, message);
  }
}

/// Does the answer hold what only that request brings?
bool RtspSession::looks_like_answer_to(Method method, const RtspMessage& response) {
  switch (method) {
    case Method::kDescribe:
      return !response.body.empty();
    case Method::kSetup:
      return response.find("Transport") != nullptr;
    case Method::kPlay:
      return response.find("RTP-Info") != nullptr || response.find("Range") != nullptr;
    default:
      return false;
  }
}

/// By CSeq. Cameras also answer without one, with 0 or with that of the request before; as only one request is open at
/// a time during the handshake, such an answer can only mean that one.
std::optional<RtspSession::Outstanding> RtspSession::match(const RtspMessage& response) {
  if (outstanding_.empty()) return std::nullopt;
  const std::string* header = response.find("CSeq");
  const std::int64_t cseq = header != nullptr ? parse_decimal(*header) : -1;
  const auto found = std::find_if(outstanding_.begin(), outstanding_.end(),
                                  [&](const Outstanding& request) { return request.cseq == cseq; });
  if (found != outstanding_.end()) {
    const Outstanding request = *found;
    outstanding_.erase(found);
    last_answered_cseq_ = request.cseq;
    last_answered_method_ = request.method;
    return request;
  }
  const bool said_twice = last_answered_cseq_ && cseq == *last_answered_cseq_ && response.status == 200 &&
                          !(last_answered_method_ != outstanding_.back().method &&
                            looks_like_answer_to(outstanding_.back().method, response));
  if (said_twice && stage_ != Stage::kPlaying) return std::nullopt;
  const Outstanding request = stage_ == Stage::kPlaying ? outstanding_.front() : outstanding_.back();
  if (stage_ == Stage::kPlaying) {
    outstanding_.pop_front();
  } else {
    outstanding_.pop_back();
  }
  return request;
}

/// Requests of the camera. ANNOUNCE brings a new description, which the packets themselves show better.
void RtspSession::answer_request(const RtspMessage& request) {
  if (output_.size() > kMaxUnsentBytes) return;
  const bool known = request.method == "OPTIONS" || request.method == "GET_PARAMETER" ||
                     request.method == "SET_PARAMETER" || request.method == "ANNOUNCE" || request.method == "TEARDOWN";
  const std::string* cseq = request.find("CSeq");
  write_answer(known ? 200 : 551, cseq != nullptr ? std::string_view(*cseq) : std::string_view(), session_id_, output_);
  if (request.method == "TEARDOWN") end(ipc::StreamReason::kLinkLost, "The camera ended the session.");
}

void RtspSession::send(Method method, const std::string& url,
                       std::vector<std::pair<std::string, std::string>> headers) {
  static constexpr const char* kNames[] = {"OPTIONS", "DESCRIBE", "SETUP", "PLAY", "GET_PARAMETER", "OPTIONS"};
  if (output_.size() > kMaxUnsentBytes) return;
  RtspRequest request;
  request.method = kNames[static_cast<std::size_t>(method)];
  request.url = url;
  request.cseq = next_cseq_++;
  request.authorization = authenticator_.authorization(request.method, url);
  request.session = session_id_;
  request.headers = std::move(headers);
  write_request(request, output_);
  outstanding_.push_back({method, request.cseq, now_, !request.authorization.empty()});
  if (outstanding_.size() > kMaxOutstanding) outstanding_.pop_front();
}

void RtspSession::send_rtcp(std::size_t track, base::ByteSpan packet) {
  if (ended() || track >= tracks_.size() || packet.empty() || packet.size() > 0xFFFF) return;
  if (output_.size() > kMaxUnsentBytes) return;
  base::ByteWriter writer(output_);
  writer.u8('$');
  writer.u8(tracks_[track].rtcp_channel);
  writer.u16(static_cast<std::uint16_t>(packet.size()));
  writer.raw(packet);
}

void RtspSession::send_keepalive() {
  keepalive_at_ = now_ + keepalive_interval_;
  const bool use_options = config_.keepalive_by_options || !get_parameter_known_;
  send(use_options ? Method::kKeepAliveOptions : Method::kGetParameter, aggregate_url_);
}

/// A camera that refuses the keep-alive it advertised (Tapo, thingino) is asked by OPTIONS from then on, at once: its
/// session may be about to time out. Whether the session lives, the media show; no answer to a keep-alive ends it.
void RtspSession::on_keepalive(Method method, const RtspMessage& response) {
  if (method == Method::kGetParameter && response.status >= 400) {
    config_.keepalive_by_options = true;
    return send_keepalive();
  }
  if (method == Method::kKeepAliveOptions && response.status == 200) note_public(response);
  if (response.status == 200) note_session(response);
}

void RtspSession::on_closed(bool reset, base::MonoTime now) {
  if (ended()) return;
  now_ = now;
  if (challenged_here_ && stage_ != Stage::kPlaying) {
    events_.emplace_back(Reconnect{});
    stage_ = Stage::kEnded;
    return;
  }
  for (const Outstanding& request : outstanding_) {
    if (request.method == Method::kGetParameter && now - request.sent < kDroppedByKeepalive) {
      config_.keepalive_by_options = true;
    }
  }
  const std::string how = reset ? "The connection to the camera was reset" : "The camera closed the connection";
  end(ipc::StreamReason::kLinkLost, how + (playing() ? "." : " before the stream was set up."));
}

void RtspSession::note_media(base::MonoTime last_media, base::MonoTime now) {
  if (ended() || last_media.us == 0) return;
  now_ = now;
  if (stage_ == Stage::kPlay) become_playing();  // media before the answer to PLAY, which may never come
  if (stage_ != Stage::kPlaying) return;
  media_seen_ = true;
  const base::MonoTime deadline = last_media + kNoMediaDeadline;
  media_deadline_ = media_deadline_ ? std::max(*media_deadline_, deadline) : deadline;
}

base::MonoTime RtspSession::next_deadline() const {
  base::MonoTime soonest{std::numeric_limits<std::int64_t>::max()};
  if (ended()) return soonest;
  for (const auto& deadline :
       {stage_deadline_, options_patience_, description_quiet_, play_patience_, keepalive_at_, media_deadline_}) {
    if (deadline) soonest = std::min(soonest, *deadline);
  }
  if (lost_since_) soonest = std::min(soonest, *lost_since_ + kLostSyncDeadline);
  return soonest;
}

void RtspSession::on_timer(base::MonoTime now) {
  if (ended()) return;
  now_ = now;
  if (check_describing_timers()) return;
  if (lost_since_ && now >= *lost_since_ + kLostSyncDeadline) {
    return end(ipc::StreamReason::kProtocolError,
               "The camera's data lost its framing and did not find it again within 2 s.");
  }
  if (media_deadline_ && now >= *media_deadline_) {
    return end(ipc::StreamReason::kNoMedia, media_seen_
                                                ? "No picture data came from the camera for 5 s."
                                                : "The camera started the stream but sent no picture data within 5 s.");
  }
  if (stage_deadline_ && now >= *stage_deadline_) return end_by_timeout();
  if (play_patience_ && now >= *play_patience_) {
    play_patience_.reset();
    send_play();
  }
  if (keepalive_at_ && now >= *keepalive_at_) send_keepalive();
}

/// True if the session ended by what they started.
bool RtspSession::check_describing_timers() {
  if (description_quiet_ && now_ >= *description_quiet_) {
    description_quiet_.reset();
    demuxer_.finish_description();
  }
  if (options_patience_ && now_ >= *options_patience_) {
    options_patience_.reset();
    if (stage_ == Stage::kOptions) send_describe();
  }
  return ended();
}

void RtspSession::end_by_timeout() {
  const char* what = stage_ == Stage::kSetup ? "SETUP" : stage_ == Stage::kPlay ? "PLAY" : "DESCRIBE";
  end(ipc::StreamReason::kTimedOut, std::string("The camera did not finish ") + what + " within 10 s.");
}

void RtspSession::end_by_fault(RtspDemuxer::Fault fault) {
  switch (fault) {
    case RtspDemuxer::Fault::kNone:
      return;
    case RtspDemuxer::Fault::kHeadTooLong:
      return end(ipc::StreamReason::kProtocolError, "The camera sent an RTSP header of more than 64 kB.");
    case RtspDemuxer::Fault::kBodyTooLong:
      return end(ipc::StreamReason::kProtocolError, "The camera announced or sent an RTSP body of more than 256 kB.");
    case RtspDemuxer::Fault::kNotRtsp:
      return end(ipc::StreamReason::kProtocolError, "The port of the camera speaks HTTP, not RTSP.");
  }
}

void RtspSession::enter(Stage stage, base::Micros deadline) {
  stage_ = stage;
  stage_deadline_ = now_ + deadline;
}

void RtspSession::set_state(ipc::StreamState state) { events_.emplace_back(StateChanged{state}); }

void RtspSession::end(ipc::StreamReason reason, std::string detail, int rtsp_status) {
  if (ended()) return;
  if (reason != ipc::StreamReason::kLinkLost) queue_teardown();
  events_.emplace_back(SessionEnd{reason, std::move(detail), static_cast<std::uint16_t>(rtsp_status),
                                  authenticator_.credentials_tried()});
  stage_ = Stage::kEnded;
  demuxer_.stop();
}

void RtspSession::stop() {
  if (ended()) return;
  queue_teardown();
  stage_ = Stage::kEnded;
  demuxer_.stop();
}

/// A session left open blocks the only place of some cameras until it times out.
void RtspSession::queue_teardown() {
  if (session_id_.empty() || aggregate_url_.empty() || output_.size() > kMaxUnsentBytes) return;
  RtspRequest request;
  request.method = "TEARDOWN";
  request.url = aggregate_url_;
  request.cseq = next_cseq_++;
  request.authorization = authenticator_.authorization(request.method, request.url);
  request.session = session_id_;
  write_request(request, output_);
}

void RtspSession::take_output(base::Bytes& out) {
  if (out.empty()) {
    out.swap(output_);
  } else {
    out.insert(out.end(), output_.begin(), output_.end());
  }
  output_.clear();
}

void RtspSession::take_events(std::vector<SessionEvent>& out) {
  for (SessionEvent& event : events_) out.push_back(std::move(event));
  events_.clear();
}

}  // namespace vonggac::ingest
