/// One RTSP connection as a camera sees it: requests in, replies out, at most one session.
/// Flow     socket -> parse_request -> RtspSession::handle -> reply (perhaps slow) -> TcpPipe
/// Threads  bound to the reactor's thread. Borrows the world.
/// Owns     its socket and its session. After dead() it only waits to be freed.
/// Errors   anything malformed ends the connection, as cameras do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <netinet/in.h>

#include "base/unique_fd.h"
#include "camsim/reactor.h"
#include "camsim/rtsp_session.h"
#include "camsim/tcp_pipe.h"

namespace vonggac::camsim {

class World;
class Camera;

class Connection final : public Reactor::Handler {
 public:
  Connection(World& world, std::uint64_t id, base::UniqueFd fd, sockaddr_in peer);
  ~Connection() override;
  base::Status watch();

  Camera* camera() const { return session_.camera(); }
  bool dead() const { return dead_; }
  RtspSession& session() { return session_; }
  /// Ends with RST, or with FIN.
  void reset() { die(true); }
  void close() { die(false); }
  /// A fault that concerns reading or writing changed.
  void faults_changed();
  void check_timeout();
  void on_udp_rtcp(const sockaddr_in& peer);

 private:
  void on_events(std::uint32_t events) override;
  bool read_available();
  void process_input();
  /// True if something was taken off the front of the input.
  bool take_one();
  bool take_interleaved();
  void start_reply(std::string text);
  void drip_next();
  void reply_done();
  bool blackholed() const;
  void update_interest();
  void die(bool with_rst);

  World& world_;
  std::uint64_t id_;
  base::UniqueFd fd_;
  TcpPipe pipe_;
  RtspSession session_;
  std::string input_;
  std::string slow_reply_;  ///< what is left of a reply being delayed or dripped
  bool replying_ = false;   ///< further requests wait
  std::optional<Reactor::TimerId> reply_timer_;
  std::int64_t last_activity_us_ = 0;
  std::uint32_t interest_ = 0;
  bool dead_ = false;
};

}  // namespace vonggac::camsim
