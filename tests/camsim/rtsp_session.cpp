#include "camsim/rtsp_session.h"

#include <algorithm>
#include <utility>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include "camsim/world.h"

namespace vonggac::camsim {
namespace {

RtspReply make_reply(int code, std::string reason) {
  RtspReply reply;
  reply.code = code;
  reply.reason = std::move(reason);
  return reply;
}

/// Methods that cameras answer without a password.
bool is_public(std::string_view method) { return method == "OPTIONS"; }

}  // namespace

RtspSession::RtspSession(World& world, TcpPipe& pipe, int fd, sockaddr_in peer)
    : world_(world), pipe_(pipe), peer_(peer), authenticator_(world.random()) {
  sockaddr_in local{};
  socklen_t size = sizeof local;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&local), &size);
  char text[INET_ADDRSTRLEN] = {};
  inet_ntop(AF_INET, &local.sin_addr, text, sizeof text);
  local_host_ = text;
  local_authority_ = fmt::format("{}:{}", text, ntohs(local.sin_port));
}

bool RtspSession::receives_at(const sockaddr_in& rtcp_peer) const {
  return std::any_of(tracks_.begin(), tracks_.end(), [&](const Track& track) {
    return track.sender && track.rtcp_peer.sin_port == rtcp_peer.sin_port &&
           track.rtcp_peer.sin_addr.s_addr == rtcp_peer.sin_addr.s_addr && rtcp_peer.sin_port != 0;
  });
}

bool RtspSession::bind_target(const RtspRequest& request, RtspReply& reply) {
  const auto target = parse_target(request.uri);
  if (!target) {
    if (camera_ != nullptr || is_public(request.method)) return true;  // "*", or the bare host
    reply = make_reply(404, "Not Found");
    return false;
  }
  Camera* camera = world_.find_camera(*target);
  Stream* stream = camera == nullptr ? nullptr : camera->stream(target->role);
  if (stream == nullptr) {
    reply = make_reply(404, "Not Found");
    return false;
  }
  if (camera_ != camera) camera->note_connection();
  if (open() && stream != stream_) {
    reply = make_reply(459, "Aggregate Operation Not Allowed");
    return false;
  }
  const std::string path_user = target_.path_user;
  const std::string path_password = target_.path_password;
  target_ = *target;
  if (target_.path_user.empty() && camera_ == camera) {
    // Later requests may come by Content-Base and name the camera only.
    target_.path_user = path_user;
    target_.path_password = path_password;
  }
  camera_ = camera;
  stream_ = stream;
  return true;
}

AuthPolicy RtspSession::auth_policy() const {
  AuthPolicy policy;
  policy.scheme = world_.options().auth;
  policy.credentials = world_.options().credentials;
  const Faults& faults = camera_->faults();
  policy.fault = faults.auth;
  policy.offer_qop = has(faults.quirks, Quirk::kQop);
  if (faults.credentials) {
    policy.credentials.password = faults.credentials->password;
    if (!faults.credentials->user.empty()) policy.credentials.user = faults.credentials->user;
  }
  if (policy.fault != AuthFault::kNone && policy.scheme == AuthScheme::kNone) policy.scheme = AuthScheme::kDigest;
  return policy;
}

bool RtspSession::path_credentials_match() const {
  const AuthPolicy policy = auth_policy();
  if (policy.fault == AuthFault::kWrong) return false;
  return target_.path_user == policy.credentials.user && target_.path_password == policy.credentials.password;
}

bool RtspSession::authorised(const RtspRequest& request, RtspReply& reply) {
  const AuthPolicy policy = auth_policy();
  if (policy.scheme == AuthScheme::kNone) return true;
  Camera::Seen& seen = camera_->seen();
  if (to_lower(request.header("authorization")).starts_with("basic")) ++seen.basic_seen;
  if (is_public(request.method)) return true;
  if (!target_.path_user.empty()) {
    if (path_credentials_match()) return true;
    ++seen.auth_refused;
    reply = make_reply(401, "Unauthorized");
    return false;
  }
  const AuthVerdict verdict = authenticator_.check(policy, request);
  if (verdict == AuthVerdict::kAllowed) return true;
  if (verdict != AuthVerdict::kNotTried) ++seen.auth_refused;
  reply = make_reply(401, "Unauthorized");
  for (std::string& challenge : authenticator_.challenges(policy, verdict)) {
    reply.add("WWW-Authenticate", std::move(challenge));
  }
  return false;
}

RtspSession::Outcome RtspSession::handle(const RtspRequest& request) {
  RtspReply reply;
  if (!bind_target(request, reply)) return finish(request, std::move(reply));
  if (camera_ == nullptr) return finish(request, on_options());
  if (camera_->away()) return {Action::kReset, {}};
  const Faults& faults = camera_->faults();
  if (faults.blackhole) return {Action::kNothing, {}};
  ++camera_->seen().requests[request.method.substr(0, 32)];
  const bool parameter = request.method == "GET_PARAMETER" || request.method == "SET_PARAMETER";
  if (parameter && faults.options_only) return {Action::kClose, {}};
  if (authorised(request, reply)) reply = dispatch(request);
  return finish(request, std::move(reply));
}

RtspReply RtspSession::dispatch(const RtspRequest& request) {
  const std::string& method = request.method;
  if (method == "OPTIONS") return on_options();
  if (method == "DESCRIBE") return on_describe(request);
  if (method == "SETUP") return on_setup(request);
  const std::string_view session = request.header("session");
  const bool known = open() && session.substr(0, session.find(';')) == session_id_;
  if (method == "GET_PARAMETER" || method == "SET_PARAMETER") {
    return session.empty() || known ? RtspReply{} : make_reply(454, "Session Not Found");
  }
  if (method != "PLAY" && method != "PAUSE" && method != "TEARDOWN") return make_reply(501, "Not Implemented");
  if (!known && !has(camera_->faults().quirks, Quirk::kSessionChanges)) return make_reply(454, "Session Not Found");
  if (method == "PLAY") return on_play(request);
  if (method == "PAUSE") {
    detach_tracks();
  } else {
    end();
  }
  RtspReply reply;
  reply.add("Session", session_id_);
  return reply;
}

RtspReply RtspSession::on_options() const {
  RtspReply reply;
  if (camera_ != nullptr && has(camera_->faults().quirks, Quirk::kNoPublic)) return reply;
  const bool options_only = camera_ != nullptr && camera_->faults().options_only;
  std::string methods = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN";
  if (!options_only) methods += ", GET_PARAMETER, SET_PARAMETER";
  reply.add("Public", methods);
  return reply;
}

std::string RtspSession::control_base(const std::string& uri) const {
  const Faults& faults = camera_->faults();
  if (!faults.content_base.empty()) return faults.content_base;
  std::string base = uri;
  if (has(faults.quirks, Quirk::kSchemelessContentBase) && base.starts_with("rtsp://")) base.erase(0, 7);
  if (!base.ends_with('/') && !has(faults.quirks, Quirk::kContentBaseNoSlash)) base += '/';
  return base;
}

RtspReply RtspSession::on_describe(const RtspRequest& request) {
  const Faults& faults = camera_->faults();
  if (!faults.redirect_to.empty()) {
    RtspReply reply = make_reply(302, "Moved Temporarily");
    reply.add("Location", faults.redirect_to);
    return reply;
  }
  SdpInput input;
  const VideoTrack& video = stream_->video().clip().video;
  input.video = &video;
  input.audio = stream_->audio() == nullptr ? nullptr : &stream_->audio()->track();
  input.sprop = faults.sprop;
  const ParameterSets wrong = faults.sprop == SpropMode::kWrong ? wrong_parameter_sets(*camera_, *stream_) : video.sets;
  input.described = &wrong;
  input.address = local_host_;
  input.connection = faults.sdp_connection.empty() ? "0.0.0.0" : faults.sdp_connection;
  input.declared_frame_rate = video.frame_rate;
  input.quirks = faults.quirks;
  input.control_base = faults.control_base;
  if (has(faults.quirks, Quirk::kAbsoluteControl)) input.control_base = control_base(request.uri);
  RtspReply reply;
  reply.body = make_sdp(input);
  if (!has(faults.quirks, Quirk::kNoContentType)) reply.add("Content-Type", "application/sdp");
  if (!has(faults.quirks, Quirk::kNoContentBase)) reply.add("Content-Base", control_base(request.uri));
  return reply;
}

bool RtspSession::over_session_limit() const {
  const Faults& faults = camera_->faults();
  if (faults.max_sessions <= 0 || open()) return false;
  int others = 0;
  world_.for_connections_of(*camera_, [&](Connection& connection) {
    const RtspSession& session = connection.session();
    if (&session == this || !session.open()) return;
    if (!faults.max_per_stream || session.stream() == stream_) ++others;
  });
  return others >= faults.max_sessions;
}

RtspReply RtspSession::on_setup(const RtspRequest& request) {
  const int track = std::max(target_.track, 0);
  if (track > 1 || (track == 1 && stream_->audio() == nullptr)) return make_reply(404, "Not Found");
  if (over_session_limit()) return make_reply(453, "Not Enough Bandwidth");
  const Options& options = world_.options();
  const auto wanted = parse_transport(request.header("transport"), options.allow_tcp, options.allow_udp);
  if (!wanted) return make_reply(461, "Unsupported Transport");
  if (playing_) return make_reply(455, "Method Not Valid in This State");
  if (session_id_.empty() || has(camera_->faults().quirks, Quirk::kSessionChanges)) {
    session_id_ = fmt::format("{:08X}", static_cast<std::uint32_t>(world_.random()));
  }
  TransportRequest given = *wanted;
  if (given.tcp && (given.interleaved_rtp < 0 || has(camera_->faults().quirks, Quirk::kOtherChannels))) {
    given.interleaved_rtp = has(camera_->faults().quirks, Quirk::kOtherChannels) ? 10 + 2 * track : 2 * track;
    given.interleaved_rtcp = given.interleaved_rtp + 1;
  }
  Track& slot = tracks_[static_cast<std::size_t>(track)];
  StreamCounts& counts = stream_->counts();
  slot.sender = std::make_unique<TrackSender>(world_.reactor(), camera_->faults(), make_out(given, track),
                                              make_setup(track), track == 0 ? counts.video : counts.audio);
  RtspReply reply;
  reply.add("Transport", transport_header(given, *slot.sender, track));
  reply.add("Session", session_header());
  return reply;
}

RtspReply RtspSession::on_play(const RtspRequest& request) {
  RtspReply reply;
  reply.add("Session", session_id_);
  reply.add("Range", "npt=0.000-");
  const QuirkSet& quirks = camera_->faults().quirks;
  stream_->catch_up();
  if (!has(quirks, Quirk::kNoRtpInfo)) {
    std::string base = request.uri;
    if (!base.ends_with('/')) base += '/';
    reply.add("RTP-Info", rtp_info(base));
  }
  play_after_reply_ = true;
  return reply;
}

void RtspSession::reply_sent() {
  if (!std::exchange(play_after_reply_, false)) return;
  attach_tracks();
}

void RtspSession::attach_tracks() {
  if (tracks_[0].sender && !std::exchange(tracks_[0].attached, true)) {
    stream_->video().attach(tracks_[0].sender.get());
  }
  if (tracks_[1].sender && !std::exchange(tracks_[1].attached, true)) {
    stream_->audio()->attach(tracks_[1].sender.get());
  }
  if (std::exchange(playing_, true)) return;
  StreamCounts& counts = stream_->counts();
  ++counts.sessions_opened;
  counts.max_playing = std::max(counts.max_playing, ++counts.playing);
}

void RtspSession::detach_tracks() {
  if (std::exchange(tracks_[0].attached, false)) stream_->video().detach(tracks_[0].sender.get());
  if (std::exchange(tracks_[1].attached, false)) stream_->audio()->detach(tracks_[1].sender.get());
  if (std::exchange(playing_, false)) --stream_->counts().playing;
}

void RtspSession::end() {
  play_after_reply_ = false;
  detach_tracks();
  for (Track& track : tracks_) track.sender.reset();
}

RtspSession::Outcome RtspSession::finish(const RtspRequest& request, RtspReply reply) const {
  const std::string_view cseq = request.header("cseq");
  reply.headers.insert(reply.headers.begin(), {"CSeq", std::string(cseq)});
  if (camera_ == nullptr) return {Action::kReply, reply.to_text()};
  const QuirkSet& quirks = camera_->faults().quirks;
  if (has(quirks, Quirk::kLowerCaseHeaders)) {
    for (auto& [name, value] : reply.headers) name = to_lower(name);
  }
  std::string text = reply.to_text(has(quirks, Quirk::kLfOnly) ? "\n" : "\r\n");
  if (has(quirks, Quirk::kBlankLines)) text.insert(0, "\r\n");
  return {Action::kReply, std::move(text)};
}

}  // namespace vonggac::camsim
