/// One RTSP session as a state machine without sockets and clocks (RFC 2326 as cameras speak it).
/// Flow     Stream: start() -> { take_output() -> socket -> on_bytes(), on_timer() at next_deadline(), take_events() }
///          -> SessionEnd or Reconnect, or stop(). Packets go to the PacketSink while on_bytes() runs.
/// Threads  one thread at a time.
/// Owns     the credentials, the demuxer, the bytes still to be sent. Borrows the sink, which outlives it.
/// Errors   never returned: a session ends with one SessionEnd event that names reason and detail. The detail never
/// holds
///          a URL, a user name or a password.
/// Units    all times are monotonic; deadlines of stages as in CAM-01, CAM-17.
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/secret.h"
#include "base/units.h"
#include "ingest/rtsp_auth.h"
#include "ingest/rtsp_demuxer.h"
#include "ingest/rtsp_transport.h"
#include "ingest/rtsp_url.h"
#include "ingest/sdp.h"
#include "ingest/track_receiver.h"
#include "ipc/messages.h"

namespace vonggac::ingest {

constexpr base::Micros kDescribeDeadline{10'000'000};  ///< OPTIONS and DESCRIBE, challenges included
constexpr base::Micros kSetupDeadline{10'000'000};     ///< all SETUPs
constexpr base::Micros kPlayDeadline{10'000'000};
constexpr base::Micros kNoMediaDeadline{5'000'000};        ///< after PLAY, and after the last non-empty video packet
constexpr base::Micros kOptionsPatience{3'000'000};        ///< a camera that ignores OPTIONS is asked to DESCRIBE
constexpr base::Micros kLostSyncDeadline{2'000'000};       ///< CAM-10
constexpr base::Micros kDescriptionQuiet{500'000};         ///< ends a description of unknown length
constexpr base::Micros kShortDescriptionQuiet{3'000'000};  ///< ends one that is shorter than announced
constexpr base::Micros kUdpPunchPatience{500'000};         ///< how long PLAY waits for the UDP sockets to be connected

/// Takes the packets of set-up tracks. Track 0 is video, track 1 (if there) audio.
class PacketSink {
 public:
  virtual ~PacketSink() = default;
  /// Before the SETUP of a track. An error makes the session do without it (video: end).
  virtual base::Status on_track(std::size_t track, const TrackDescription& description) = 0;
  virtual void on_rtp(std::size_t track, base::ByteSpan packet) = 0;
  virtual void on_rtcp(std::size_t track, base::ByteSpan packet) = 0;
};

struct SessionConfig {
  RtspUrl url;
  ipc::Transport transport = ipc::Transport::kTcp;
  bool want_audio = false;
  bool keepalive_by_options = false;  ///< this camera dropped the link on GET_PARAMETER before
};

struct StateChanged {
  ipc::StreamState state = ipc::StreamState::kIdle;
};
/// UDP: two bound sockets are needed; answer with udp_ports().
struct UdpPortsWanted {
  std::uint8_t track = 0;
};
/// UDP: connect them to these ports of the camera (0: it did not say), punch, then call udp_ready().
struct UdpPeerKnown {
  std::uint8_t track = 0;
  std::uint16_t rtp_port = 0;
  std::uint16_t rtcp_port = 0;
};
/// The camera closed after its challenge: go on with the same Authenticator on a new connection.
struct Reconnect {};
struct SessionEnd {
  ipc::StreamReason reason = ipc::StreamReason::kNone;
  std::string detail;  ///< one English sentence for people
  std::uint16_t rtsp_status = 0;
  bool credentials_tried = false;
};
using SessionEvent = std::variant<StateChanged, UdpPortsWanted, UdpPeerKnown, Reconnect, SessionEnd>;

class RtspSession final : private RtspDemuxer::Handler {
 public:
  RtspSession(SessionConfig config, Authenticator authenticator, PacketSink& sink);

  void start(base::MonoTime now);
  void on_bytes(base::ByteSpan bytes, base::MonoTime now);
  /// The connection is gone; `reset` tells a reset from an orderly close.
  void on_closed(bool reset, base::MonoTime now);
  void on_timer(base::MonoTime now);
  /// When on_timer() is due at the latest.
  base::MonoTime next_deadline() const;
  /// Arrival of the last video packet with payload; RTCP and empty packets do not count.
  void note_media(base::MonoTime last_media, base::MonoTime now);
  void udp_ports(std::uint8_t track, std::uint16_t rtp_port, std::uint16_t rtcp_port, base::MonoTime now);
  void udp_ready(std::uint8_t track, base::MonoTime now);
  /// RTCP of ours over the TCP connection; dropped while much is unsent.
  void send_rtcp(std::size_t track, base::ByteSpan packet);
  /// Ends for a reason found outside (rates, codec). No effect once ended.
  void end(ipc::StreamReason reason, std::string detail, int rtsp_status = 0);
  /// Ends without an event; queues TEARDOWN if there is a session.
  void stop();

  void take_output(base::Bytes& out);
  void take_events(std::vector<SessionEvent>& out);
  bool ended() const { return stage_ == Stage::kEnded; }
  bool playing() const { return stage_ == Stage::kPlaying; }
  /// After an end by connection loss right behind a GET_PARAMETER: use OPTIONS next time.
  bool keepalive_by_options() const { return config_.keepalive_by_options; }
  const RtspDemuxer& demuxer() const { return demuxer_; }
  Authenticator& authenticator() { return authenticator_; }

 private:
  enum class Stage { kIdle, kOptions, kDescribe, kSetup, kPlay, kPlaying, kEnded };
  enum class Method { kOptions, kDescribe, kSetup, kPlay, kGetParameter, kKeepAliveOptions };
  struct Outstanding {
    Method method = Method::kOptions;
    std::uint32_t cseq = 0;
    base::MonoTime sent;
    bool authorised = false;
  };
  struct Track {
    TrackDescription description;
    std::vector<std::string> urls;  ///< SETUP URLs still worth a try; the first is in use
    std::uint8_t rtp_channel = 0;
    std::uint8_t rtcp_channel = 1;
    std::uint16_t rtp_port = 0;  ///< ours, UDP; 0 until known
    std::uint16_t rtcp_port = 0;
    bool ports_asked = false;
    bool punch_due = false;
    bool rtp_seen = false;
  };
  struct Route {
    std::int8_t track = -1;
    bool rtcp = false;
    bool shared = false;  ///< two tracks were given the same channel: told apart by payload type
  };

  void on_frame(std::uint8_t channel, base::ByteSpan packet) override;
  void on_message(RtspMessage message) override;
  void on_unrouted_frame(std::uint8_t channel, base::ByteSpan packet);

  void send(Method method, const std::string& url, std::vector<std::pair<std::string, std::string>> headers = {});
  void send_describe();
  void send_setup();
  void send_play();
  void send_keepalive();
  void answer_request(const RtspMessage& request);
  std::optional<Outstanding> match(const RtspMessage& response);
  static bool looks_like_answer_to(Method method, const RtspMessage& response);

  void on_unauthorized(const Outstanding& request, const RtspMessage& response);
  bool still_wanted(Method method) const;
  void resend(Method method);
  void on_options(const RtspMessage& response);
  void on_describe(const RtspMessage& response);
  void on_description(const RtspMessage& response);
  void add_track(const ChosenTrack& chosen, const std::string& base);
  void on_setup(const RtspMessage& response);
  void on_set_up(const RtspMessage& response);
  bool apply_transport(Track& track, const RtspMessage& response);
  void setup_failed(const RtspMessage& response);
  void next_setup();
  void begin_play();
  void on_play(const RtspMessage& response);
  void become_playing();
  void on_keepalive(Method method, const RtspMessage& response);
  void follow_redirect(const RtspMessage& response);
  void fail_with_status(const char* what, const RtspMessage& response);
  void note_session(const RtspMessage& response);
  void note_public(const RtspMessage& response);
  void route(std::uint8_t channel, std::size_t track, bool rtcp);
  void enter(Stage stage, base::Micros deadline);
  void set_state(ipc::StreamState state);
  void end_by_timeout();
  void end_by_fault(RtspDemuxer::Fault fault);
  void queue_teardown();
  bool check_describing_timers();

  SessionConfig config_;
  Authenticator authenticator_;
  PacketSink& sink_;
  RtspDemuxer demuxer_;
  Stage stage_ = Stage::kIdle;
  base::MonoTime now_;

  base::Bytes output_;
  std::vector<SessionEvent> events_;
  std::deque<Outstanding> outstanding_;
  std::uint32_t next_cseq_ = 1;
  std::optional<std::uint32_t> last_answered_cseq_;  ///< of a request answered with its own CSeq
  Method last_answered_method_ = Method::kOptions;   ///< of that request

  RtspUrl request_;  ///< config_.url, or where a redirect led
  bool redirected_ = false;
  bool challenged_here_ = false;  ///< a 401 came on this connection and its answer was not accepted yet
  std::string aggregate_url_;
  std::vector<std::string> play_urls_;
  bool play_with_range_ = true;
  std::vector<Track> tracks_;
  std::size_t setup_track_ = 0;
  std::array<Route, 256> routes_{};

  std::string session_id_;
  std::string early_session_id_;  ///< from OPTIONS or DESCRIBE, used if SETUP names none
  base::Micros keepalive_interval_{30'000'000};
  bool get_parameter_known_ = false;

  std::optional<base::MonoTime> stage_deadline_;
  std::optional<base::MonoTime> options_patience_;
  std::optional<base::MonoTime> description_quiet_;
  std::optional<base::MonoTime> play_patience_;  ///< UDP: PLAY goes out now, punched or not
  std::optional<base::MonoTime> keepalive_at_;
  std::optional<base::MonoTime> media_deadline_;
  std::optional<base::MonoTime> lost_since_;
  bool media_seen_ = false;
};

}  // namespace vonggac::ingest
