#include "core/stream_controller.h"

#include <gtest/gtest.h>

namespace vonggac::core {
namespace {

using base::Millis;
using base::MonoTime;
using ipc::StreamReason;
using ipc::StreamState;
using ipc::Transport;

constexpr std::int64_t kSecondUs = 1'000'000;

ipc::StreamEnded ended(StreamReason reason, std::uint32_t media_seconds = 0, bool tried = false) {
  ipc::StreamEnded e;
  e.reason = reason;
  e.media_seconds = media_seconds;
  e.credentials_tried = tried;
  return e;
}

StreamController controller(TransportPreference preference = TransportPreference::kAuto,
                            std::optional<Transport> remembered = std::nullopt) {
  return StreamController({}, preference, remembered, 1);
}

/// Lets the attempt reach a session.
void begin(StreamController& c, MonoTime now) {
  c.on_connecting(now);
  c.on_session_started(now, 1);
}

/// Milliseconds until it wants to connect again.
std::int64_t wait_ms(const StreamController& c, MonoTime now) { return (c.retry_at() - now).count() / 1000; }

TEST(StreamController, ConnectsAtOnceWhenNew) { EXPECT_TRUE(controller().wants_connect(MonoTime{1})); }

TEST(StreamController, BusyStreamDoesNotConnectTwice) {
  auto c = controller();
  c.on_connecting(MonoTime{1});
  EXPECT_FALSE(c.wants_connect(MonoTime{100 * kSecondUs}));
}

TEST(StreamController, SaysSinceWhenThereIsNoPictureHoweverOftenItTries) {
  auto c = controller();
  begin(c, MonoTime{5 * kSecondUs});
  c.on_status(MonoTime{6 * kSecondUs}, StreamState::kStreaming);
  EXPECT_EQ(c.since(), MonoTime{6 * kSecondUs});
  c.on_ended(MonoTime{90 * kSecondUs}, ended(StreamReason::kLinkLost, 84));
  for (int i = 0; i < 5; ++i) {
    c.on_connecting(c.retry_at());
    c.on_connect_failed(c.retry_at(), StreamReason::kCameraUnreachable, "");
  }
  EXPECT_EQ(c.since(), MonoTime{90 * kSecondUs});
}

TEST(StreamController, SilentCameraWaitsFromHalfASecondToHalfAMinute) {
  auto c = controller(TransportPreference::kTcp);
  MonoTime now{1};
  std::int64_t last_ms = 0;
  for (int i = 0; i < 12; ++i) {
    begin(c, now);
    c.on_ended(now, ended(StreamReason::kNoMedia));
    if (i == 0) {
      EXPECT_NEAR(static_cast<double>(wait_ms(c, now)), 500, 101);
    }
    last_ms = wait_ms(c, now);
    now = c.retry_at();
  }
  EXPECT_GE(last_ms, 24'000);
  EXPECT_LE(last_ms, 36'000);
}

TEST(StreamController, MissingCameraIsAskedEveryFiveSecondsForTenMinutesThenLess) {
  auto c = controller();
  MonoTime now{1};
  std::int64_t longest_ms = 0;
  std::int64_t shortest_after_third_ms = INT64_MAX;
  int tries = 0;
  while (now.us < 590 * kSecondUs) {
    c.on_connecting(now);
    c.on_connect_failed(now, StreamReason::kCameraUnreachable, "");
    longest_ms = std::max(longest_ms, wait_ms(c, now));
    if (++tries > 3) shortest_after_third_ms = std::min(shortest_after_third_ms, wait_ms(c, now));
    now = c.retry_at();
  }
  EXPECT_LE(longest_ms, 6'000);
  EXPECT_GE(shortest_after_third_ms, 4'000);
  now = MonoTime{700 * kSecondUs};
  c.on_connecting(now);
  c.on_connect_failed(now, StreamReason::kCameraUnreachable, "");
  EXPECT_GE(wait_ms(c, now), 24'000);
}

TEST(StreamController, CameraThatClosesWhileItBootsIsAskedEveryFiveSeconds) {
  auto c = controller();
  MonoTime now{1};
  for (int i = 0; i < 12; ++i) {
    begin(c, now);
    c.on_ended(now, ended(StreamReason::kLinkLost));
    EXPECT_LE(wait_ms(c, now), 6'000);
    now = c.retry_at();
  }
}

TEST(StreamController, HandshakeAloneDoesNotResetTheBackOff) {
  auto c = controller(TransportPreference::kTcp);
  MonoTime now{1};
  for (int i = 0; i < 6; ++i) {
    begin(c, now);
    c.on_status(now, StreamState::kWaitingMedia);
    c.on_ended(now, ended(StreamReason::kNoMedia, 3));
    now = c.retry_at();
  }
  EXPECT_GE(c.attempts(), 6U);
}

TEST(StreamController, ThirtySecondsOfMediaResetTheBackOff) {
  auto c = controller();
  MonoTime now{1};
  for (int i = 0; i < 8; ++i) {
    begin(c, now);
    c.on_ended(now, ended(StreamReason::kProtocolError));
    now = c.retry_at();
  }
  begin(c, now);
  c.on_status(now, StreamState::kStreaming);
  c.on_ended(now, ended(StreamReason::kLinkLost, 30));
  EXPECT_LE(wait_ms(c, now), 600);
}

TEST(StreamController, WrongPasswordIsTriedThriceThenPausesAMinuteOrMore) {
  auto c = controller();
  MonoTime now{1};
  for (int i = 0; i < 3; ++i) {
    begin(c, now);
    c.on_ended(now, ended(StreamReason::kAuthRefused, 0, true));
    if (i < 2) {
      EXPECT_LT(wait_ms(c, now), 10'000);
    }
    now = i < 2 ? c.retry_at() : now;
  }
  for (int i = 0; i < 5; ++i) {
    EXPECT_GE(wait_ms(c, now), 60'000);
    now = c.retry_at();
    begin(c, now);
    c.on_ended(now, ended(StreamReason::kAuthRefused, 0, true));
  }
}

TEST(StreamController, PasswordDemandedButNoneStoredPausesAtOnce) {
  auto c = controller();
  begin(c, MonoTime{1});
  c.on_ended(MonoTime{1}, ended(StreamReason::kAuthRefused, 0, false));
  EXPECT_GE(wait_ms(c, MonoTime{1}), 60'000);
}

TEST(StreamController, NewSettingsForgetThePause) {
  auto c = controller();
  begin(c, MonoTime{1});
  c.on_ended(MonoTime{1}, ended(StreamReason::kAuthRefused, 0, false));
  c.reset(MonoTime{2}, TransportPreference::kAuto, std::nullopt);
  EXPECT_TRUE(c.wants_connect(MonoTime{2}));
}

TEST(StreamController, RefusedTcpTurnsToUdpAtOnce) {
  auto c = controller();
  begin(c, MonoTime{1});
  c.on_ended(MonoTime{1}, ended(StreamReason::kTransportRefused));
  EXPECT_EQ(c.transport(), Transport::kUdp);
  EXPECT_LE(wait_ms(c, MonoTime{1}), 600);
}

TEST(StreamController, TwoSilentSessionsTurnToTheOtherTransport) {
  auto c = controller();
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(c.transport(), Transport::kTcp);
    begin(c, MonoTime{1});
    c.on_ended(MonoTime{1}, ended(StreamReason::kNoMedia));
  }
  EXPECT_EQ(c.transport(), Transport::kUdp);
}

TEST(StreamController, ChosenTransportIsKept) {
  auto c = controller(TransportPreference::kTcp);
  for (int i = 0; i < 4; ++i) {
    begin(c, MonoTime{1});
    c.on_ended(MonoTime{1}, ended(StreamReason::kTransportRefused));
  }
  EXPECT_EQ(c.transport(), Transport::kTcp);
}

TEST(StreamController, RememberedTransportIsFirst) {
  EXPECT_EQ(controller(TransportPreference::kAuto, Transport::kUdp).transport(), Transport::kUdp);
}

StreamController lossy_over_udp(TransportPreference preference = TransportPreference::kAuto) {
  auto c = controller(preference, Transport::kUdp);
  begin(c, MonoTime{1});
  c.on_status(MonoTime{1}, StreamState::kStreaming);
  return c;
}

TEST(StreamController, LossOverUdpTurnsToTcpSoon) {
  auto c = lossy_over_udp();
  EXPECT_TRUE(c.on_sustained_loss(MonoTime{1}));
  EXPECT_EQ(c.transport(), Transport::kTcp);
  EXPECT_LE(wait_ms(c, MonoTime{1}), 600);
  begin(c, c.retry_at());
  c.on_status(c.retry_at(), StreamState::kStreaming);
  EXPECT_EQ(c.transport(), Transport::kTcp);
  EXPECT_FALSE(c.on_sustained_loss(MonoTime{2}));
}

TEST(StreamController, CameraThatOnlyDoesUdpReturnsToItAndIsLeftAloneForADay) {
  for (const StreamReason reason : {StreamReason::kTransportRefused, StreamReason::kNoMedia, StreamReason::kLinkLost}) {
    auto c = lossy_over_udp();
    ASSERT_TRUE(c.on_sustained_loss(MonoTime{1}));
    begin(c, MonoTime{1});
    c.on_ended(MonoTime{1}, ended(reason));
    EXPECT_EQ(c.transport(), Transport::kUdp) << ipc::stream_reason_name(reason);
    EXPECT_LE(wait_ms(c, MonoTime{1}), 600);
    begin(c, MonoTime{1});
    c.on_status(MonoTime{1}, StreamState::kStreaming);
    EXPECT_FALSE(c.on_sustained_loss(MonoTime{3'600 * kSecondUs}));
    EXPECT_TRUE(c.on_sustained_loss(MonoTime{86'402 * kSecondUs}));
  }
}

TEST(StreamController, ChosenUdpIsKeptWhateverIsLost) {
  auto c = lossy_over_udp(TransportPreference::kUdp);
  EXPECT_FALSE(c.on_sustained_loss(MonoTime{1}));
  EXPECT_EQ(c.state(), StreamState::kStreaming);
}

TEST(StreamController, WaitingForTheFirstKeyFrameHoldsNoHandshakePlace) {
  auto c = controller();
  begin(c, MonoTime{1});
  EXPECT_TRUE(c.in_handshake());
  c.on_status(MonoTime{1}, StreamState::kSettingUp);
  EXPECT_TRUE(c.in_handshake());
  c.on_status(MonoTime{1}, StreamState::kWaitingMedia);
  EXPECT_FALSE(c.in_handshake());
  EXPECT_TRUE(c.busy());
}

TEST(StreamController, BystandersOfADeadWorkerReturnAtOnceTheCulpritWaitsLongerEachTime) {
  auto bystander = controller();
  begin(bystander, MonoTime{1});
  bystander.on_status(MonoTime{1}, StreamState::kStreaming);
  bystander.on_worker_died(MonoTime{1}, false);
  EXPECT_LE(wait_ms(bystander, MonoTime{1}), 100);

  auto culprit = controller();
  MonoTime now{1};
  std::int64_t last_ms = 0;
  for (int i = 0; i < 6; ++i) {
    begin(culprit, now);
    culprit.on_worker_died(now, true);
    EXPECT_EQ(culprit.state(), StreamState::kQuarantined);
    if (i == 0) {
      EXPECT_LE(wait_ms(culprit, now), 1'000);
    }
    last_ms = wait_ms(culprit, now);
    now = culprit.retry_at();
  }
  EXPECT_GE(last_ms, 10'000);
}

TEST(StreamController, WaitingStreamIsNotDelayedByADeathThatDidNotTouchIt) {
  auto c = controller();
  begin(c, MonoTime{1});
  c.on_ended(MonoTime{1}, ended(StreamReason::kAuthRefused, 0, false));
  const auto before = c.retry_at();
  c.on_worker_died(MonoTime{2}, false);
  EXPECT_EQ(c.retry_at(), before);
}

TEST(StreamController, CameraThatClosesAfterEachRequestIsGivenUpAfterTwoFreshConnections) {
  auto c = controller();
  begin(c, MonoTime{1});
  EXPECT_TRUE(c.on_reconnect_now(MonoTime{1}));
  EXPECT_TRUE(c.on_reconnect_now(MonoTime{1}));
  EXPECT_FALSE(c.on_reconnect_now(MonoTime{1}));
  EXPECT_EQ(c.state(), StreamState::kBackoff);
}

}  // namespace
}  // namespace vonggac::core
