/// The RTSP side of one connection: which stream it asked for, whether it may, and the tracks it plays.
/// Flow     RtspRequest -> handle() -> reply text; after the reply is out, reply_sent() starts or ends the media
/// Threads  bound to the reactor's thread. Borrows the world and the pipe.
/// Owns     the track senders.
/// Errors   become RTSP status codes (RFC 2326 11).
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include <netinet/in.h>

#include "camsim/auth.h"
#include "camsim/camera.h"
#include "camsim/packet_out.h"
#include "camsim/rtsp_message.h"
#include "camsim/tcp_pipe.h"
#include "camsim/track_sender.h"

namespace vonggac::camsim {

class World;

class RtspSession {
 public:
  enum class Action { kReply, kNothing, kClose, kReset };
  struct Outcome {
    Action action = Action::kNothing;
    std::string reply;
  };

  RtspSession(World& world, TcpPipe& pipe, int fd, sockaddr_in peer);
  Outcome handle(const RtspRequest& request);
  void reply_sent();
  /// Stops all media; idempotent.
  void end();

  Camera* camera() const { return camera_; }
  Stream* stream() const { return stream_; }
  /// SETUP was done and not torn down.
  bool open() const { return tracks_[0].sender != nullptr || tracks_[1].sender != nullptr; }
  bool receives_at(const sockaddr_in& rtcp_peer) const;

 private:
  struct Track {
    std::unique_ptr<TrackSender> sender;
    sockaddr_in rtcp_peer{};
    bool attached = false;
  };

  /// Binds the connection to the camera that the URL names. False: answer `reply` instead.
  bool bind_target(const RtspRequest& request, RtspReply& reply);
  bool authorised(const RtspRequest& request, RtspReply& reply);
  bool path_credentials_match() const;
  AuthPolicy auth_policy() const;
  RtspReply dispatch(const RtspRequest& request);
  RtspReply on_options() const;
  RtspReply on_describe(const RtspRequest& request);
  RtspReply on_setup(const RtspRequest& request);
  RtspReply on_play(const RtspRequest& request);
  bool over_session_limit() const;
  std::unique_ptr<PacketOut> make_out(const TransportRequest& wanted, int track);
  std::string transport_header(const TransportRequest& wanted, const TrackSender& sender, int track) const;
  std::string session_header();
  std::string rtp_info(const std::string& base) const;
  SenderSetup make_setup(int track);
  std::string control_base(const std::string& uri) const;
  Outcome finish(const RtspRequest& request, RtspReply reply) const;
  void attach_tracks();
  void detach_tracks();

  World& world_;
  TcpPipe& pipe_;
  sockaddr_in peer_;
  std::string local_host_;  ///< our end of the connection, "127.0.0.1"
  std::string local_authority_;
  Authenticator authenticator_;
  Camera* camera_ = nullptr;
  Stream* stream_ = nullptr;
  RtspTarget target_;
  std::string session_id_;
  std::array<Track, 2> tracks_;  ///< video, audio
  bool play_after_reply_ = false;
  bool playing_ = false;
};

}  // namespace vonggac::camsim
