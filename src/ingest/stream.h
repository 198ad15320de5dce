/// One stream of one camera: its sockets, its RTSP session and the receivers of its tracks.
/// Flow     camera sockets -> Stream -> MediaParameters, MediaUnit to the ring and StreamStatus, StreamEnded,
///          ReconnectNow, UdpRequest, UdpConnect, StreamStats to core, both through the StreamHost.
/// Threads  bound to the shard's thread.
/// Owns     sockets, session, receivers, media the ring had no room for. Borrows host and slot memory.
/// Errors   none returned; a stream that cannot go on reports StreamEnded and becomes finished().
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/unique_fd.h"
#include "ingest/rate_cap.h"
#include "ingest/rtsp_session.h"
#include "ipc/messages.h"

namespace vonggac::ingest {

constexpr base::Micros kReportInterval{5'000'000};  ///< RTCP receiver reports; some cameras want them as often
constexpr base::Micros kStatsInterval{2'000'000};
constexpr base::Micros kHousekeeping{240'000};    ///< timers of a stream that is well
constexpr base::Micros kUdpHousekeeping{60'000};  ///< the same where packets may be missing or out of order
constexpr base::Micros kCloseLinger{500'000};     ///< for TEARDOWN to go out and be read
/// Data come, but no picture can be made of them; a long GOP may need some time for its first.
constexpr base::Micros kFirstPictureDeadline{20'000'000};
constexpr base::Micros kNextPictureDeadline{10'000'000};
constexpr std::size_t kMaxBytesPerTurn = 1U << 20;  ///< then the other cameras have their turn
/// A socket that held so much was nearly full (its buffer takes 210 to 400 kB where the system allows no more, see
/// net.core.rmem_max), so more waits in the camera: it is looked at every 20 ms until that much less comes at once. A
/// key picture of 200 kB alone does not count: it is over when it is read.
constexpr std::size_t kNearlyFullBytes = 200U << 10;
constexpr std::size_t kStillMuchBytes = kNearlyFullBytes / 5;  ///< in a fifth of the time
constexpr base::Micros kHurryTime{100'000};
constexpr base::Micros kLongestKernelWait{250'000};  ///< older kernel timestamps are not believed

class StreamHost {
 public:
  virtual ~StreamHost() = default;
  virtual void report(const ipc::Message& message) = 0;  ///< to core's control socket
  virtual bool emit(const ipc::Message& message) = 0;    ///< to the media ring; false: no room now
  virtual base::WallTime wall_now() const = 0;           ///< of the moment that is passed as `now`
};

/// What a slot keeps between two connections of the same camera.
struct SlotMemory {
  std::string request_url;
  std::optional<Authenticator> authenticator;  ///< set by a Reconnect, used once
  bool keepalive_by_options = false;
};

class Stream final : private PacketSink {
 public:
  /// Which socket of a stream epoll speaks of.
  enum class Port : std::uint8_t { kRtsp = 0, kVideoRtp = 1, kVideoRtcp = 2, kAudioRtp = 3, kAudioRtcp = 4 };
  static constexpr std::size_t kPorts = 5;

  Stream(ipc::StartStream request, RtspUrl url, base::UniqueFd socket, SlotMemory& memory, StreamHost& host);
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  void start(base::MonoTime now);
  /// Reads what is there, at most kMaxBytesPerTurn; `scratch` is shared by all streams and used during the call only.
  void on_readable(Port port, std::span<std::uint8_t> scratch, base::MonoTime now);
  /// Is on_tick() worth calling? While media flow, mostly not: housekeeping of 64 streams 50 times a second would cost
  /// as much as parsing their packets.
  bool needs_tick(base::MonoTime now) const {
    return !streaming_since_ || blocked() || closing() || finished_ || !unsent_.empty() || now >= next_housekeeping_;
  }
  /// Would 20 ms until the next tick be better than the gathering time?
  bool hurries() const {
    return !streaming_since_ || blocked() || closing() || finished_ || !unsent_.empty() || overflows_soon();
  }
  /// UDP, where a full socket loses packets, and TCP while the socket is found nearly full.
  bool overflows_soon() const { return request_.transport == ipc::Transport::kUdp || turn_ < hurry_until_; }
  /// Timers, unsent bytes, media that waits for room; at every tick for which needs_tick().
  void on_tick(std::span<std::uint8_t> scratch, base::MonoTime now);
  void add_udp_sockets(const ipc::UdpSockets& ports, base::UniqueFd rtp, base::UniqueFd rtcp, base::MonoTime now);
  void set_watched(bool watched) { watched_ = watched; }
  /// Closes with a TEARDOWN and without a StreamEnded.
  void stop(base::MonoTime now);

  /// Nothing more will come of it; may be destroyed.
  bool finished() const { return finished_; }
  /// The ring is full: its sockets must not be read now.
  bool blocked() const { return pending_next_ < pending_.size(); }
  bool closing() const { return closing_until_.has_value(); }
  /// Handshake or watched: read as soon as bytes arrive; else gathered.
  bool wants_attention() const { return (watched_ || !streaming_since_) && !blocked() && !closing(); }
  int fd(Port port) const { return sockets_[static_cast<std::size_t>(port)].get(); }
  std::uint16_t slot() const { return request_.slot; }
  std::uint16_t camera_slot() const { return request_.camera_slot; }
  std::uint32_t generation() const { return request_.generation; }

 private:
  base::Status on_track(std::size_t track, const TrackDescription& description) override;
  void on_rtp(std::size_t track, base::ByteSpan packet) override;
  void on_rtcp(std::size_t track, base::ByteSpan packet) override;

  ssize_t receive(std::span<std::uint8_t> scratch, base::MonoTime now);
  void read_tcp(std::span<std::uint8_t> scratch, base::MonoTime now);
  void read_udp(Port port, std::span<std::uint8_t> scratch, base::MonoTime now);
  void drain_closing(std::span<std::uint8_t> scratch, base::MonoTime now);
  void settle(base::MonoTime now);
  void take_media(base::MonoTime now);
  void note_frame(base::MonoTime now);
  void emit_pending();
  void handle_events(base::MonoTime now);
  void on_session_end(const SessionEnd& end, base::MonoTime now);
  void flush_output();
  void try_punch(std::span<std::uint8_t> scratch, base::MonoTime now);
  void send_reports(base::MonoTime now);
  void send_stats(base::MonoTime now);
  void begin_closing(base::MonoTime now);
  void check_pictures(base::MonoTime now);

  ipc::StartStream request_;
  SlotMemory& memory_;
  StreamHost& host_;
  RtspSession session_;
  RateCap rate_cap_;
  std::array<base::UniqueFd, kPorts> sockets_;
  std::array<std::unique_ptr<TrackReceiver>, 2> receivers_;
  std::array<bool, 2> punch_due_{};
  std::array<bool, 2> udp_open_{};  ///< before its sockets are connected anybody could have sent to them
  bool watched_ = false;
  bool finished_ = false;
  base::MonoTime now_;   ///< arrival time of what is being parsed: of its last byte, as the kernel took it in
  base::MonoTime turn_;  ///< when the turn began
  base::MonoTime hurry_until_;
  base::Bytes unsent_;
  std::vector<TrackOutput> outputs_;
  std::vector<ipc::Message> pending_;
  std::size_t pending_next_ = 0;
  std::vector<SessionEvent> events_;
  std::optional<base::MonoTime> streaming_since_;
  std::optional<base::MonoTime> picture_deadline_;
  base::MonoTime next_housekeeping_;
  base::MonoTime next_report_;
  base::MonoTime next_stats_;
  std::optional<base::MonoTime> closing_until_;
};

}  // namespace vonggac::ingest
