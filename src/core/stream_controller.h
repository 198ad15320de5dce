/// When to connect to one stream of one camera, and what its state means. No sockets here: it is told what happened
/// and says what to do, so that every rule is tested without a network.
/// Flow     IngestPool -> on_*() and next_action() -> connect / start / wait.
/// Threads  one thread at a time.
/// Errors   none; failures become a state, a reason and a time to try again.
/// Units    MonoTime; delays in milliseconds. Rules: quality.md CAM-01, CAM-13, NET-02, NET-06, G08.
#pragma once

#include <cstdint>
#include <optional>
#include <random>
#include <string>

#include "base/units.h"
#include "core/camera_config.h"
#include "ipc/messages.h"

namespace vonggac::core {

struct RetryRules {
  std::int64_t first_ms = 500;
  std::int64_t longest_ms = 30'000;
  std::int64_t unreachable_longest_ms = 5'000;  ///< a missing camera costs little to ask: found soon after it returns
  std::int64_t unreachable_patience_ms = 600'000;  ///< then it, too, waits up to longest_ms
  std::uint32_t auth_tries = 3;
  std::int64_t auth_pause_ms = 60'000;
  std::uint32_t reset_after_media_s = 30;
};

class StreamController {
 public:
  StreamController(RetryRules rules, TransportPreference preference, std::optional<ipc::Transport> remembered,
                   std::uint32_t random_seed);

  /// True once its time has come and it is not busy: connect now with transport().
  bool wants_connect(base::MonoTime now) const;
  void on_connecting(base::MonoTime now);
  /// Connected (or waiting for a handshake place); a session of this generation starts.
  void on_session_started(base::MonoTime now, std::uint32_t generation);
  void on_connect_failed(base::MonoTime now, ipc::StreamReason reason, const std::string& detail);
  void on_status(base::MonoTime now, ipc::StreamState state);
  void on_ended(base::MonoTime now, const ipc::StreamEnded& ended);
  /// Packets are lost for long (NET-03). True: the session is to be ended, TCP is tried next. Only in mode auto, over
  /// UDP, and not again for a day after the camera has shown that it cannot do TCP.
  bool on_sustained_loss(base::MonoTime now);
  /// The same attempt needs a fresh connection. False: too often, it was turned into a failure.
  bool on_reconnect_now(base::MonoTime now);
  void on_worker_died(base::MonoTime now, bool culprit);
  /// Settings or credentials changed: forget the past, try at once.
  void reset(base::MonoTime now, TransportPreference preference, std::optional<ipc::Transport> remembered);
  /// A connection is open or being made.
  bool busy() const;
  /// After TCP, before the answer to PLAY: counts against the limit of handshakes at once. The wait for the first key
  /// frame, up to a GOP, costs nobody anything and does not count.
  bool in_handshake() const;

  ipc::StreamState state() const { return state_; }
  ipc::StreamReason reason() const { return reason_; }
  const std::string& detail() const { return detail_; }
  /// Since when there is a picture, or since when there is none, however often it was tried meanwhile.
  base::MonoTime since() const { return since_; }
  base::MonoTime retry_at() const { return retry_at_; }
  std::uint32_t attempts() const { return attempts_; }
  std::uint32_t generation() const { return generation_; }
  ipc::Transport transport() const { return transport_; }
  std::uint32_t crashes() const { return crashes_; }
  TransportPreference preference() const { return preference_; }

 private:
  void set_state(base::MonoTime now, ipc::StreamState state);
  void wait(base::MonoTime now, std::int64_t delay_ms);
  std::int64_t growing_delay_ms() const;
  std::int64_t unreachable_delay_ms(base::MonoTime now) const;
  void choose_other_transport(ipc::StreamReason reason);
  bool end_tcp_trial(base::MonoTime now, const ipc::StreamEnded& ended);

  RetryRules rules_;
  TransportPreference preference_;
  ipc::Transport transport_;
  std::minstd_rand random_;
  ipc::StreamState state_ = ipc::StreamState::kBackoff;
  ipc::StreamReason reason_ = ipc::StreamReason::kNone;
  std::string detail_;
  base::MonoTime since_;
  base::MonoTime retry_at_;
  std::optional<base::MonoTime> unreachable_since_;
  std::uint32_t attempts_ = 0;  ///< since the last good stream
  std::uint32_t auth_refusals_ = 0;
  std::uint32_t reconnects_ = 0;
  std::uint32_t no_media_in_a_row_ = 0;
  bool tcp_trial_ = false;  ///< because of loss over UDP, which works
  base::MonoTime next_tcp_trial_;
  std::uint32_t generation_ = 0;
  std::uint32_t crashes_ = 0;
};

}  // namespace vonggac::core
