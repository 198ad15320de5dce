#include "ingest/reorder.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "support/rtp_packets.h"

namespace vonggac::testing {
namespace {
using ingest::Reorder;
using ingest::RtpPacket;
using ReorderVerdict = ingest::Reorder::Verdict;

/// Sequence numbers as they come out, with the losses before each.
struct Receiver {
  explicit Receiver(bool ordered) : reorder(ordered, base::Millis(200)) {}

  ReorderVerdict push(int sequence, std::int64_t at_ms = 0, std::size_t size = 4) {
    const Bytes payload(size, static_cast<std::uint8_t>(sequence));
    RtpPacket packet;
    packet.sequence = static_cast<std::uint16_t>(sequence);
    packet.payload = payload;
    std::uint32_t lost = 0;
    const base::MonoTime now{at_ms * 1000};
    ReorderVerdict verdict = reorder.push(packet, now, lost);
    if (verdict == ReorderVerdict::kFull) {
      drain(now, true);
      verdict = reorder.push(packet, now, lost);
    }
    if (verdict == ReorderVerdict::kDeliver) note(packet, lost);
    drain(now, false);
    return verdict;
  }
  void drain(base::MonoTime now, bool force) {
    while (const auto released = reorder.next(now, force)) note(released->packet, released->lost_before);
  }
  void note(const RtpPacket& packet, std::uint32_t lost) {
    order.push_back(packet.sequence);
    total_lost += lost;
    if (packet.payload.empty() || packet.payload[0] != static_cast<std::uint8_t>(packet.sequence)) ++wrong_payloads;
  }

  Reorder reorder;
  std::vector<int> order;
  std::uint32_t total_lost = 0;
  int wrong_payloads = 0;
};

TEST(Reorder, PutsSwappedPacketsBackInOrder) {
  Receiver receiver(false);
  for (const int sequence : {10, 12, 11, 15, 14, 13, 16}) receiver.push(sequence);
  EXPECT_EQ(receiver.order, (std::vector<int>{10, 11, 12, 13, 14, 15, 16}));
  EXPECT_EQ(receiver.total_lost, 0U);
  EXPECT_EQ(receiver.wrong_payloads, 0);
}

TEST(Reorder, WorksAcrossTheWrap) {
  Receiver receiver(false);
  for (const int sequence : {0xFFFE, 0, 0xFFFF, 2, 1}) receiver.push(sequence);
  EXPECT_EQ(receiver.order, (std::vector<int>{0xFFFE, 0xFFFF, 0, 1, 2}));
}

TEST(Reorder, GivesUpOnAMissingPacketAfterTheWait) {
  Receiver receiver(false);
  receiver.push(1, 0);
  EXPECT_EQ(receiver.push(4, 10), ReorderVerdict::kHeld);
  receiver.drain(base::MonoTime{209'000}, false);
  EXPECT_EQ(receiver.order, (std::vector<int>{1}));
  receiver.drain(base::MonoTime{210'000}, false);
  EXPECT_EQ(receiver.order, (std::vector<int>{1, 4}));
  EXPECT_EQ(receiver.total_lost, 2U);
}

TEST(Reorder, TellsDuplicatesFromLatePackets) {
  Receiver receiver(false);
  receiver.push(1, 0);
  receiver.push(3, 0);
  EXPECT_EQ(receiver.push(3, 0), ReorderVerdict::kDuplicate);
  receiver.push(4, 300);  // 2 is given up
  EXPECT_EQ(receiver.push(2, 301), ReorderVerdict::kLate);
  EXPECT_EQ(receiver.push(1, 301), ReorderVerdict::kDuplicate);
  EXPECT_EQ(receiver.order, (std::vector<int>{1, 3, 4}));
}

TEST(Reorder, TcpIsPassedThroughWithItsHolesCounted) {
  Receiver receiver(true);
  for (const int sequence : {1, 2, 5, 6}) EXPECT_EQ(receiver.push(sequence), ReorderVerdict::kDeliver);
  EXPECT_EQ(receiver.total_lost, 2U);
  EXPECT_EQ(receiver.push(6), ReorderVerdict::kDuplicate);
  EXPECT_EQ(receiver.push(4), ReorderVerdict::kLate);
  EXPECT_EQ(receiver.push(7), ReorderVerdict::kDeliver);
}

TEST(Reorder, FarJumpIsARestartAfterTwoInSequence) {
  Receiver receiver(false);
  receiver.push(1);
  EXPECT_EQ(receiver.push(40'000), ReorderVerdict::kLate);
  EXPECT_EQ(receiver.push(2), ReorderVerdict::kDeliver);  // one stray packet changed nothing
  EXPECT_EQ(receiver.push(50'000), ReorderVerdict::kLate);
  EXPECT_EQ(receiver.push(50'001), ReorderVerdict::kDeliver);
  EXPECT_EQ(receiver.push(50'002), ReorderVerdict::kDeliver);
  EXPECT_EQ(receiver.total_lost, 1U);
}

TEST(Reorder, LatePairsDoNotLookLikeARestart) {
  Receiver receiver(false);
  receiver.push(100, 0);
  receiver.push(110, 0);
  receiver.push(111, 300);
  EXPECT_EQ(receiver.push(103, 301), ReorderVerdict::kLate);
  EXPECT_EQ(receiver.push(104, 301), ReorderVerdict::kLate);
  EXPECT_EQ(receiver.push(112, 302), ReorderVerdict::kDeliver);
}

TEST(Reorder, RestartCloseBehindIsNoticedInTheEnd) {
  Receiver receiver(false);
  for (int sequence = 0; sequence < 300; ++sequence) receiver.push(sequence);
  const std::size_t before = receiver.order.size();
  for (int sequence = 0; sequence < 100; ++sequence) receiver.push(sequence);
  EXPECT_GE(receiver.order.size() - before, 60U);
}

TEST(Reorder, HeldBytesAreBounded) {
  Receiver receiver(false);
  receiver.push(0);
  std::size_t held = 0;
  for (int sequence = 2; sequence < 100; ++sequence) {
    if (receiver.push(sequence, 0, 60'000) == ReorderVerdict::kHeld) ++held;
  }
  EXPECT_GE(held, 15U);
  EXPECT_GE(receiver.order.size(), 80U);  // the rest went out although packet 1 never came
  EXPECT_TRUE(std::is_sorted(receiver.order.begin(), receiver.order.end()));
}

TEST(Reorder, GapLargerThanTheWindowIsSkipped) {
  Receiver receiver(false);
  receiver.push(0);
  receiver.push(2);
  constexpr int kFar = Reorder::kWindow + 200;
  receiver.push(kFar);
  EXPECT_EQ(receiver.order, (std::vector<int>{0, 2, kFar}));
  EXPECT_EQ(receiver.total_lost, 1U + kFar - 3U);
}

// NET-03: 5 % loss, duplicates, reordering within 50 ms: what was not lost comes out once, in order.
TEST(Reorder, RandomLossDuplicatesAndReorderingComeOutInOrder) {
  std::mt19937 random(7);
  struct Flight {
    int sequence;
    std::int64_t arrives_ms;
  };
  std::vector<Flight> flights;
  std::size_t kept = 0;
  for (int i = 0; i < 20'000; ++i) {
    if (i > 0 && random() % 20 == 0) continue;
    ++kept;
    flights.push_back({i, i * 5 + (i > 0 ? static_cast<std::int64_t>(random() % 50) : 0)});
    if (i > 0 && random() % 50 == 0) flights.push_back({i, flights.back().arrives_ms + 20});
  }
  std::stable_sort(flights.begin(), flights.end(),
                   [](const Flight& a, const Flight& b) { return a.arrives_ms < b.arrives_ms; });
  Receiver receiver(false);
  for (const Flight& flight : flights) receiver.push(flight.sequence, flight.arrives_ms);
  receiver.drain(base::MonoTime{1'000'000'000}, false);
  EXPECT_EQ(receiver.order.size(), kept);
  EXPECT_EQ(receiver.order.size() + receiver.total_lost, 20'000U);
  EXPECT_EQ(receiver.wrong_payloads, 0);
}

}  // namespace
}  // namespace vonggac::testing
