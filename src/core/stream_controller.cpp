#include "core/stream_controller.h"

#include <algorithm>
#include <array>

namespace vonggac::core {
namespace {

using base::Millis;
using base::MonoTime;
using ipc::StreamReason;
using ipc::StreamState;
using ipc::Transport;

constexpr std::uint32_t kMaxReconnectsPerAttempt = 2;
constexpr std::uint32_t kNoMediaBeforeOtherTransport = 2;
/// Growth of the wait: quick at first, never more than one try in five seconds after the third (G08).
constexpr std::array<std::int64_t, 7> kGrowthInFirstDelays = {1, 2, 4, 10, 20, 40, 60};
constexpr std::int64_t kAfterWorkerDeathMs = 50;
constexpr std::int64_t kLongestAuthPauseMs = 600'000;
constexpr base::Seconds kBetweenTcpTrials{86'400};

Transport first_transport(TransportPreference preference, std::optional<Transport> remembered) {
  switch (preference) {
    case TransportPreference::kTcp:
      return Transport::kTcp;
    case TransportPreference::kUdp:
      return Transport::kUdp;
    case TransportPreference::kAuto:
      return remembered.value_or(Transport::kTcp);
  }
  return Transport::kTcp;
}

bool is_unreachable(StreamReason reason) {
  return reason == StreamReason::kCameraUnreachable || reason == StreamReason::kConnectionRefused;
}

}  // namespace

StreamController::StreamController(RetryRules rules, TransportPreference preference,
                                   std::optional<Transport> remembered, std::uint32_t random_seed)
    : rules_(rules),
      preference_(preference),
      transport_(first_transport(preference, remembered)),
      random_(random_seed) {}

bool StreamController::busy() const {
  return state_ != StreamState::kIdle && state_ != StreamState::kBackoff && state_ != StreamState::kQuarantined;
}

bool StreamController::in_handshake() const {
  return state_ == StreamState::kDescribing || state_ == StreamState::kSettingUp;
}

bool StreamController::wants_connect(MonoTime now) const { return !busy() && now >= retry_at_; }

void StreamController::set_state(MonoTime now, StreamState state) {
  const bool crossed = (state_ == StreamState::kStreaming) != (state == StreamState::kStreaming);
  if (crossed || since_ == MonoTime{}) since_ = now;
  state_ = state;
}

void StreamController::wait(MonoTime now, std::int64_t delay_ms) {
  // +-20 % so that a hundred cameras behind one switch do not come back in the same instant.
  const std::int64_t jitter = static_cast<std::int64_t>(random_() % 401) - 200;
  retry_at_ = now + Millis(std::max<std::int64_t>(delay_ms + delay_ms * jitter / 1000, 0));
  set_state(now, StreamState::kBackoff);
}

std::int64_t StreamController::growing_delay_ms() const {
  const std::size_t step = std::min<std::size_t>(attempts_ == 0 ? 0 : attempts_ - 1, kGrowthInFirstDelays.size() - 1);
  return std::min(rules_.first_ms * kGrowthInFirstDelays[step], rules_.longest_ms);
}

std::int64_t StreamController::unreachable_delay_ms(MonoTime now) const {
  const bool patient = unreachable_since_ && now - *unreachable_since_ > Millis(rules_.unreachable_patience_ms);
  return patient ? growing_delay_ms() : std::min(growing_delay_ms(), rules_.unreachable_longest_ms);
}

void StreamController::on_connecting(MonoTime now) {
  ++attempts_;
  reconnects_ = 0;
  set_state(now, StreamState::kConnecting);
}

void StreamController::on_session_started(MonoTime now, std::uint32_t generation) {
  generation_ = generation;
  set_state(now, StreamState::kDescribing);
}

void StreamController::on_connect_failed(MonoTime now, StreamReason reason, const std::string& detail) {
  reason_ = reason;
  detail_ = detail;
  if (is_unreachable(reason) && !unreachable_since_) unreachable_since_ = now;
  wait(now, is_unreachable(reason) ? unreachable_delay_ms(now) : growing_delay_ms());
}

void StreamController::on_status(MonoTime now, StreamState state) {
  if (!busy()) return;
  set_state(now, state);
  if (state == StreamState::kStreaming) {
    reason_ = StreamReason::kNone;
    detail_.clear();
    unreachable_since_.reset();
    auth_refusals_ = 0;
    no_media_in_a_row_ = 0;
    tcp_trial_ = false;
  }
}

bool StreamController::on_sustained_loss(MonoTime now) {
  const bool may_try = state_ == StreamState::kStreaming && preference_ == TransportPreference::kAuto &&
                       transport_ == Transport::kUdp && now >= next_tcp_trial_;
  if (!may_try) return false;
  transport_ = Transport::kTcp;
  tcp_trial_ = true;
  next_tcp_trial_ = now + kBetweenTcpTrials;
  attempts_ = no_media_in_a_row_ = 0;
  wait(now, rules_.first_ms);
  return true;
}

/// The camera does not do TCP after all: back to UDP, which works, without the usual patience. False: no trial was
/// on, or its end says nothing about the transport.
bool StreamController::end_tcp_trial(MonoTime now, const ipc::StreamEnded& ended) {
  const bool says_nothing = ended.reason == StreamReason::kAuthRefused || ended.reason == StreamReason::kWorkerDied;
  if (!tcp_trial_ || says_nothing) return false;
  tcp_trial_ = false;
  transport_ = Transport::kUdp;
  wait(now, rules_.first_ms);
  return true;
}

void StreamController::choose_other_transport(StreamReason reason) {
  if (preference_ != TransportPreference::kAuto) return;
  no_media_in_a_row_ =
      reason == StreamReason::kNoMedia || reason == StreamReason::kTimedOut ? no_media_in_a_row_ + 1 : 0;
  const bool refused = reason == StreamReason::kTransportRefused;
  if (!refused && no_media_in_a_row_ < kNoMediaBeforeOtherTransport) return;
  transport_ = transport_ == Transport::kTcp ? Transport::kUdp : Transport::kTcp;
  no_media_in_a_row_ = 0;
}

void StreamController::on_ended(MonoTime now, const ipc::StreamEnded& ended) {
  reason_ = ended.reason;
  detail_ = ended.detail;
  if (end_tcp_trial(now, ended)) return;
  const bool was_good = ended.media_seconds >= rules_.reset_after_media_s;
  if (was_good) attempts_ = 0;
  if (was_good && ended.reason != StreamReason::kRateExceeded) {
    wait(now, rules_.first_ms);
    return;
  }
  if (ended.reason == StreamReason::kAuthRefused) {
    // Cameras lock accounts after a few wrong passwords: few tries, then long pauses (CAM-13). A camera that
    // demands a password when none is stored can only be helped by a person.
    ++auth_refusals_;
    const bool few = ended.credentials_tried && auth_refusals_ < rules_.auth_tries;
    const std::int64_t times = few ? 0 : std::min<std::int64_t>(auth_refusals_ - rules_.auth_tries + 1, 10);
    const std::int64_t pause_ms =
        std::min(rules_.auth_pause_ms * std::max<std::int64_t>(times, 1), kLongestAuthPauseMs);
    wait(now, few ? std::max<std::int64_t>(growing_delay_ms(), 2'000) : pause_ms + pause_ms / 4);
    return;
  }
  // Closed before it said anything: it boots, or a proxy answers for it. As cheap to ask as one that is away.
  if (ended.reason == StreamReason::kLinkLost && ended.rtsp_status == 0 && ended.media_seconds == 0) {
    if (!unreachable_since_) unreachable_since_ = now;
    wait(now, unreachable_delay_ms(now));
    return;
  }
  const Transport before = transport_;
  choose_other_transport(ended.reason);
  // The other transport has not been asked yet: no reason to let it wait, but for a loop between the two.
  const bool fresh = transport_ != before && attempts_ <= 2;
  wait(now, fresh ? rules_.first_ms : growing_delay_ms());
}

bool StreamController::on_reconnect_now(MonoTime now) {
  if (++reconnects_ <= kMaxReconnectsPerAttempt) {
    set_state(now, StreamState::kConnecting);
    return true;
  }
  on_connect_failed(now, StreamReason::kProtocolError, "the camera closes the connection after each request");
  return false;
}

void StreamController::on_worker_died(MonoTime now, bool culprit) {
  reason_ = StreamReason::kWorkerDied;
  detail_ = culprit ? "its data ended the process that read it" : "the process that read it was restarted";
  if (!culprit) {
    if (busy()) wait(now, kAfterWorkerDeathMs);
    return;
  }
  ++crashes_;
  attempts_ = std::max(attempts_, crashes_);
  wait(now, growing_delay_ms());
  set_state(now, StreamState::kQuarantined);
}

void StreamController::reset(MonoTime now, TransportPreference preference, std::optional<Transport> remembered) {
  preference_ = preference;
  transport_ = first_transport(preference, remembered);
  attempts_ = auth_refusals_ = reconnects_ = no_media_in_a_row_ = 0;
  tcp_trial_ = false;
  next_tcp_trial_ = {};
  unreachable_since_.reset();
  reason_ = StreamReason::kNone;
  detail_.clear();
  retry_at_ = now;
  since_ = now;
  set_state(now, StreamState::kBackoff);
}

}  // namespace vonggac::core
