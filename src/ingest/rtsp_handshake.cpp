/// The stages of RtspSession: OPTIONS, DESCRIBE, SETUP of each track, PLAY, and the 401 and 3xx on the way.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "ingest/rtsp_session.h"

namespace vonggac::ingest {
namespace {

using ipc::StreamReason;

constexpr base::Micros kMinKeepalive{1'000'000};
constexpr base::Micros kMaxKeepalive{30'000'000};  ///< half of the default of 60 s (RFC 2326 section 12.37)
constexpr std::size_t kMaxSetupUrls = 2;

bool says_close(const RtspMessage& response) {
  const std::string* connection = response.find("Connection");
  return connection != nullptr && equal_no_case(*connection, "close");
}

}  // namespace

// ---- challenges and redirects ---------------------------------------------------------------------------

void RtspSession::on_unauthorized(const Outstanding& request, const RtspMessage& response) {
  if (!still_wanted(request.method)) return;
  const Authenticator::Verdict verdict =
      authenticator_.on_challenge(response.all("WWW-Authenticate"), request.authorised);
  const bool keepalive = request.method == Method::kGetParameter || request.method == Method::kKeepAliveOptions;
  switch (verdict) {
    case Authenticator::Verdict::kRetry:
      if (keepalive) return resend(request.method);
      challenged_here_ = true;
      if (!says_close(response)) return resend(request.method);
      events_.emplace_back(Reconnect{});
      stage_ = Stage::kEnded;
      return demuxer_.stop();
    case Authenticator::Verdict::kNoCredentials:
      if (keepalive) return;
      return end(StreamReason::kAuthRefused, "The camera asks for a user name and password, and none are stored.", 401);
    case Authenticator::Verdict::kNoUsableScheme:
      if (keepalive) return;
      return end(StreamReason::kAuthRefused, "The camera asks for a kind of login that this recorder does not use.",
                 401);
    case Authenticator::Verdict::kRefused:
      if (keepalive) return;
      return end(StreamReason::kAuthRefused, "The camera refused the stored user name and password.", 401);
  }
}

/// A late 401 to a request whose stage is over must not take the session back to it.
bool RtspSession::still_wanted(Method method) const {
  switch (method) {
    case Method::kOptions:
    case Method::kDescribe:
      return stage_ == Stage::kOptions || stage_ == Stage::kDescribe;
    case Method::kSetup:
      return stage_ == Stage::kSetup;
    case Method::kPlay:
      return stage_ == Stage::kPlay;
    case Method::kGetParameter:
    case Method::kKeepAliveOptions:
      return true;
  }
  return false;
}

void RtspSession::resend(Method method) {
  switch (method) {
    case Method::kOptions:  // its answer is not worth another round trip
    case Method::kDescribe:
      return send_describe();
    case Method::kSetup:
      return send_setup();
    case Method::kPlay:
      return send_play();
    case Method::kGetParameter:
    case Method::kKeepAliveOptions:
      return send_keepalive();
  }
}

/// Only to another path of the same host and port, and only once.
void RtspSession::follow_redirect(const RtspMessage& response) {
  const std::string* location = response.find("Location");
  const Redirect redirect = resolve_redirect(config_.url, location != nullptr ? *location : std::string_view());
  if (!redirect.same_host) {
    return end(StreamReason::kForbiddenAddress, "The camera redirects to another address, which is not followed.",
               response.status);
  }
  base::Result<RtspUrl> url = parse_rtsp_url(redirect.url);
  if (redirected_ || !url || stage_ != Stage::kDescribe) {
    return end(StreamReason::kProtocolError, "The camera redirects where no redirect can be followed.",
               response.status);
  }
  redirected_ = true;
  request_ = std::move(*url);
  send_describe();
}

void RtspSession::fail_with_status(const char* what, const RtspMessage& response) {
  switch (response.status) {
    case 403:
      return end(StreamReason::kAuthRefused, "The camera forbids this user to see the stream (403).", 403);
    case 404:
    case 410:
    case 454:
      return end(StreamReason::kNotFound,
                 fmt::format("The camera has no such stream ({} answered {}).", what, response.status),
                 response.status);
    case 453:
    case 503:
      return end(StreamReason::kConnectionRefused,
                 fmt::format("The camera has no room for another viewer ({} answered {}).", what, response.status),
                 response.status);
    case 461:
      return end(StreamReason::kTransportRefused,
                 fmt::format("The camera does not send over {} (461).",
                             config_.transport == ipc::Transport::kTcp ? "TCP" : "UDP"),
                 461);
    default:
      break;
  }
  if (response.status >= 300 && response.status < 400) return follow_redirect(response);
  end(StreamReason::kProtocolError,
      fmt::format("The camera answered {} with {} {}.", what, response.status, printable(response.reason, 60)),
      response.status);
}

// ---- OPTIONS and DESCRIBE -------------------------------------------------------------------------------

void RtspSession::on_options(const RtspMessage& response) {
  options_patience_.reset();
  note_public(response);
  if (stage_ == Stage::kOptions) send_describe();
}

void RtspSession::note_public(const RtspMessage& response) {
  for (const char* name : {"Public", "Allow"}) {
    for (const std::string& value : response.all(name)) {
      if (lower_case(value).find("get_parameter") != std::string::npos) get_parameter_known_ = true;
    }
  }
  if (const std::string* session = response.find("Session"); session != nullptr && early_session_id_.empty()) {
    early_session_id_ = parse_session(*session).id;
  }
}

void RtspSession::send_describe() {
  stage_ = Stage::kDescribe;
  options_patience_.reset();
  demuxer_.expect_description(true);
  send(Method::kDescribe, request_.text(), {{"Accept", "application/sdp"}});
}

void RtspSession::on_describe(const RtspMessage& response) {
  if (stage_ != Stage::kDescribe) return;
  demuxer_.expect_description(false);
  if (response.status == 200) return on_description(response);
  fail_with_status("DESCRIBE", response);
}

void RtspSession::on_description(const RtspMessage& response) {
  note_public(response);
  const base::Result<Sdp> sdp = parse_sdp(base::as_bytes(response.body));
  if (!sdp) {
    return end(StreamReason::kProtocolError, "The camera's answer to DESCRIBE holds no stream description.");
  }
  const TrackChoice choice = choose_tracks(*sdp);
  if (!choice.video) {
    const std::string seen = choice.video_codecs_seen.empty() ? "no video" : "only " + choice.video_codecs_seen;
    return end(StreamReason::kUnsupportedCodec, "The camera offers neither H.264 nor H.265 here, but " + seen + ".");
  }
  const std::string* header = response.find("Content-Base");
  if (header == nullptr || header->empty()) header = response.find("Content-Location");
  const std::string base = base_url(request_, header != nullptr ? *header : std::string_view());
  aggregate_url_ = sdp->control.empty() ? base : control_urls(request_, base, sdp->control).front();
  add_track(*choice.video, base);
  if (ended()) return;
  if (config_.want_audio && choice.audio) add_track(*choice.audio, base);
  play_urls_ = {aggregate_url_};
  for (const std::string& url : {request_.text(), tracks_[0].urls.front()}) {
    if (std::find(play_urls_.begin(), play_urls_.end(), url) == play_urls_.end()) play_urls_.push_back(url);
  }
  set_state(ipc::StreamState::kSettingUp);
  enter(Stage::kSetup, kSetupDeadline);
  send_setup();
}

void RtspSession::add_track(const ChosenTrack& chosen, const std::string& base) {
  const base::Status taken = sink_.on_track(tracks_.size(), chosen.description);
  if (!taken.ok()) {
    if (!tracks_.empty()) return;  // no sound, but pictures
    return end(StreamReason::kUnsupportedCodec,
               "The camera's stream description cannot be used: " + printable(taken.message(), 160) + ".");
  }
  Track track;
  track.description = chosen.description;
  track.urls = control_urls(request_, base, chosen.control);
  if (track.urls.size() > kMaxSetupUrls) track.urls.resize(kMaxSetupUrls);
  track.rtp_channel = static_cast<std::uint8_t>(2 * tracks_.size());
  track.rtcp_channel = static_cast<std::uint8_t>(track.rtp_channel + 1);
  tracks_.push_back(std::move(track));
}

// ---- SETUP ----------------------------------------------------------------------------------------------

void RtspSession::send_setup() {
  Track& track = tracks_[setup_track_];
  if (config_.transport == ipc::Transport::kTcp) {
    return send(Method::kSetup, track.urls.front(), {{"Transport", tcp_transport(track.rtp_channel)}});
  }
  if (track.rtp_port != 0) {
    return send(Method::kSetup, track.urls.front(), {{"Transport", udp_transport(track.rtp_port, track.rtcp_port)}});
  }
  if (!std::exchange(track.ports_asked, true)) {
    events_.emplace_back(UdpPortsWanted{static_cast<std::uint8_t>(setup_track_)});
  }
}

void RtspSession::udp_ports(std::uint8_t track, std::uint16_t rtp_port, std::uint16_t rtcp_port, base::MonoTime now) {
  if (stage_ != Stage::kSetup || track != setup_track_ || rtp_port == 0 || tracks_[track].rtp_port != 0) return;
  now_ = now;
  tracks_[track].rtp_port = rtp_port;
  tracks_[track].rtcp_port = rtcp_port;
  send_setup();
}

void RtspSession::on_setup(const RtspMessage& response) {
  if (stage_ != Stage::kSetup) return;
  if (response.status != 200) return setup_failed(response);
  note_session(response);
  if (apply_transport(tracks_[setup_track_], response)) next_setup();
}

/// The first id counts: cameras that name another one with the second SETUP keep the first (H264DVR).
void RtspSession::note_session(const RtspMessage& response) {
  const std::string* value = response.find("Session");
  const SessionHeader header = value != nullptr ? parse_session(*value) : SessionHeader{};
  if (session_id_.empty() && stage_ == Stage::kSetup) session_id_ = header.id.empty() ? early_session_id_ : header.id;
  if (header.timeout_s > 0) {
    const base::Micros half(header.timeout_s * 500'000);
    keepalive_interval_ = std::clamp(half, kMinKeepalive, std::min(kMaxKeepalive, keepalive_interval_));
  }
}

/// False if the session ended by it.
bool RtspSession::apply_transport(Track& track, const RtspMessage& response) {
  const std::string* value = response.find("Transport");
  const TransportAnswer answer = value != nullptr ? parse_transport(*value) : TransportAnswer{};
  if (config_.transport == ipc::Transport::kTcp) {
    if (answer.says_multicast || (!answer.interleaved && !answer.says_tcp && answer.server_port)) {
      end(StreamReason::kTransportRefused, "The camera was asked for TCP and set up UDP.");
      return false;
    }
    if (answer.interleaved) std::tie(track.rtp_channel, track.rtcp_channel) = *answer.interleaved;
    route(track.rtp_channel, setup_track_, false);
    route(track.rtcp_channel, setup_track_, true);
    return true;
  }
  if (answer.says_multicast || (answer.interleaved && !answer.server_port)) {
    end(StreamReason::kTransportRefused, "The camera was asked for UDP unicast and set up something else.");
    return false;
  }
  track.punch_due = true;
  const auto ports = answer.server_port.value_or(std::pair<std::uint16_t, std::uint16_t>{0, 0});
  events_.emplace_back(UdpPeerKnown{static_cast<std::uint8_t>(setup_track_), ports.first, ports.second});
  return true;
}

void RtspSession::route(std::uint8_t channel, std::size_t track, bool rtcp) {
  Route& entry = routes_[channel];
  if (entry.track >= 0) {
    entry.shared = entry.shared || static_cast<std::size_t>(entry.track) != track;
    return;
  }
  entry.track = static_cast<std::int8_t>(track);
  entry.rtcp = rtcp;
  demuxer_.announce_channel(channel, tracks_[track].description.payload_type);
}

void RtspSession::setup_failed(const RtspMessage& response) {
  Track& track = tracks_[setup_track_];
  const bool other_url_may_help = response.status != 461 && response.status != 453 && response.status < 500;
  if (other_url_may_help && track.urls.size() > 1) {
    track.urls.erase(track.urls.begin());
    return send_setup();
  }
  if (setup_track_ == 0) return fail_with_status("SETUP", response);
  next_setup();  // no sound, but pictures
}

void RtspSession::next_setup() {
  if (++setup_track_ < tracks_.size()) return send_setup();
  begin_play();
}

// ---- PLAY -----------------------------------------------------------------------------------------------

void RtspSession::begin_play() {
  enter(Stage::kPlay, kPlayDeadline);
  const bool punch_due =
      std::any_of(tracks_.begin(), tracks_.end(), [](const Track& track) { return track.punch_due; });
  if (!punch_due) return send_play();
  play_patience_ = now_ + kUdpPunchPatience;
}

void RtspSession::udp_ready(std::uint8_t track, base::MonoTime now) {
  if (track >= tracks_.size()) return;
  tracks_[track].punch_due = false;
  const bool punch_due = std::any_of(tracks_.begin(), tracks_.end(), [](const Track& t) { return t.punch_due; });
  if (stage_ != Stage::kPlay || !play_patience_ || punch_due) return;
  now_ = now;
  play_patience_.reset();
  send_play();
}

void RtspSession::send_play() {
  std::vector<std::pair<std::string, std::string>> headers;
  if (play_with_range_) headers.emplace_back("Range", "npt=0.000-");
  send(Method::kPlay, play_urls_.front(), std::move(headers));
}

void RtspSession::on_play(const RtspMessage& response) {
  if (stage_ != Stage::kPlay && stage_ != Stage::kPlaying) return;
  if (response.status == 200) {
    note_session(response);
    if (stage_ == Stage::kPlay) become_playing();
    return;
  }
  // 457 Invalid Range, 456 Header Field Not Valid for Resource: some cameras know no Range.
  if (play_with_range_ && (response.status == 457 || response.status == 456)) {
    play_with_range_ = false;
    return send_play();
  }
  // 459 / 460: aggregate operation (not) allowed; 404 and 400 come from cameras that want another of their URLs.
  const bool other_url_may_help = response.status == 400 || response.status == 404 || response.status == 405 ||
                                  response.status == 455 || response.status == 459 || response.status == 460;
  if (other_url_may_help && play_urls_.size() > 1) {
    play_urls_.erase(play_urls_.begin());
    return send_play();
  }
  fail_with_status("PLAY", response);
}

void RtspSession::become_playing() {
  stage_ = Stage::kPlaying;
  stage_deadline_.reset();
  play_patience_.reset();
  media_deadline_ = now_ + kNoMediaDeadline;
  keepalive_at_ = now_ + keepalive_interval_;
  set_state(ipc::StreamState::kWaitingMedia);
}

}  // namespace vonggac::ingest
